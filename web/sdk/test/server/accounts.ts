/** What was typed, and what became of it: kept by the outcomes, and compared with the log in the end. */
import { expect } from 'vitest';
import type { Json, Outcome } from '../../src/client/types.js';
import { Decimal } from '../../src/rules/json.js';
import { Replica } from '../../src/rules/replica.js';
import type { Change, EventMessage, Operation } from '../../src/wire/protocol.js';
import type { Ledger } from './ledger.js';
import type { Till } from './stage.js';

/** What became of something that was typed, as the till was told. */
interface Typed {
    /** Null as long as it was told nothing. */
    outcome: Outcome | null;
}

export class Accounts {
    private readonly orders = new Set<string>();
    private readonly taps = new Map<string, Typed>();
    private readonly lines = new Map<string, Typed>();
    private readonly payments: Typed[] = [];

    constructor(private readonly ledger: Ledger) {}

    /** How much was typed. */
    get size(): number {
        return this.taps.size + this.lines.size + this.payments.length;
    }

    /** N1: no uid is given twice. */
    order(uid: string): void {
        expect(this.orders.has(uid)).toBe(false);
        this.orders.add(uid);
    }

    tap(mark: string, outcome: Promise<Outcome>): void {
        this.taps.set(mark, following(outcome));
    }

    line(uid: string, outcome: Promise<Outcome>): void {
        expect(this.lines.has(uid)).toBe(false);
        this.lines.set(uid, following(outcome));
    }

    payment(...outcomes: Promise<Outcome>[]): void {
        for (const outcome of outcomes) this.payments.push(following(outcome));
    }

    /** Every till has said all, and heard all. */
    check(tills: Till[]): void {
        const events = this.ledger.whole();
        if (!events) throw new Error('an event was heard by nobody, so that nothing can be said of it');
        const [till] = tills as [Till];
        this.checkDrafts(till);
        expect(replay(events, till)).toBe(till.engine.replicaText());
        this.checkOnce(events, tills);
        this.checkNumbers(tills[0]?.engine.run ?? 0);
    }

    /** M3: in every order that is open, the taps add up exactly. */
    private checkDrafts({ engine }: Till): void {
        for (const { uid, fields } of engine.orders()) {
            const marks = namesIn(fields.marks);
            const taps = new Decimal(Number(fields.taps ?? 0));
            expect([uid, taps.toString()]).toEqual([uid, new Decimal(marks.length).dividedBy(10).toString()]);
        }
    }

    /** What was typed is in the log, once, or it was refused and is kept for its user. */
    private checkOnce(events: EventMessage[], tills: Till[]): void {
        const marks = new Map<string, number>();
        const lines = new Map<string, number>();
        /** What a payment that was booked late has on its bill, whoever typed it. */
        const settled = new Set<string>();
        const count = (counts: Map<string, number>, key: string) =>
            counts.set(key, (counts.get(key) ?? 0) + 1);
        for (const { changes } of events) {
            const isSettling = changes.some(({ change }) => change === 'paid');
            for (const change of changes) {
                const [ofMarks, ofLines] = typedIn(change);
                // C6: what came too late for an order that its payer paid is in the history.
                if (
                    isSettling ||
                    change.change === 'kept_aside' ||
                    (change.change === 'registered' && change.origin)
                ) {
                    for (const each of [...ofMarks, ...ofLines]) settled.add(each);
                } else {
                    for (const mark of ofMarks) count(marks, mark);
                    for (const line of ofLines) count(lines, line);
                }
            }
        }
        const kept = tills.flatMap(({ engine }) => engine.refused.flatMap(refused => refused.operations));
        const keptMarks = kept.filter(isMark).map(operation => operation.key);
        const keptLines = kept.flatMap(operation => (operation.op === 'add_line' ? [operation.line] : []));
        const wrong: unknown[] = [];
        const book = (
            typed: Map<string, Typed>,
            inLog: Map<string, number>,
            inKept: string[],
            max: number,
        ) => {
            for (const [what, { outcome }] of typed) {
                const own = Math.min(inLog.get(what) ?? 0, max);
                const given = inKept.filter(each => each === what).length;
                // What was refused is given back, unless it is on a bill that was paid before anybody knew.
                const taken = own > 0 || given > 0 ? own : Number(settled.has(what));
                // A page that was loaded anew has forgotten whom to tell, but not what was typed.
                const isAsTold = outcome === null || outcome.accepted === (own === 1);
                if (taken + given !== 1 || !isAsTold) wrong.push({ what, own, given, outcome });
            }
        };
        book(this.taps, marks, keptMarks, Number.POSITIVE_INFINITY);
        // A line that was removed and is edited after that comes back under its uid (M9): more than once is right.
        book(this.lines, lines, keptLines, 1);
        expect(wrong).toEqual([]);
    }

    /** N3, as far as answers told numbers; the ledger checks that there is no hole and no double. */
    private checkNumbers(run: number): void {
        for (const { outcome } of [...this.lines.values(), ...this.taps.values(), ...this.payments]) {
            if (outcome?.accepted && outcome.uid !== null && outcome.number !== null) {
                this.ledger.number(run, outcome.uid, outcome.number);
            }
        }
    }
}

/** W6: the log, from the first event on, leads to the replica that the tills have. */
function replay(events: EventMessage[], { engine }: Till): string {
    const replica = new Replica();
    // What came before was no order's: the first till only came in.
    replica.seq = (events[0]?.seq ?? 1) - 1;
    for (const event of events) replica.evolve(event);
    replica.run = engine.run;
    return replica.canonical();
}

function following(promise: Promise<Outcome>): Typed {
    const typed: Typed = { outcome: null };
    void promise.then(outcome => {
        typed.outcome = outcome;
    });
    return typed;
}

/** The marks and the lines that a change brings. */
function typedIn(change: Change): [marks: string[], lines: string[]] {
    if (change.change === 'registered') {
        return [namesIn(change.fields.marks), change.lines.map(({ uid }) => uid)];
    }
    const operations = 'operations' in change ? change.operations : [];
    const marks = operations.flatMap(operation => {
        if (isMark(operation)) return [operation.key];
        return operation.op === 'set' && operation.field === 'marks' ? namesIn(operation.value) : [];
    });
    const lines = operations.flatMap(operation => (operation.op === 'add_line' ? [operation.line] : []));
    return [marks, lines];
}

function namesIn(value: Json | undefined): string[] {
    return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

function isMark(operation: Operation): operation is Extract<Operation, { op: 'set' }> & { key: string } {
    return operation.op === 'set' && operation.field === 'marks' && operation.key !== undefined;
}

/** The till's commands: those that wait for their answers, in order, and the journal of those that have them. */
import type { Action } from '../wire/protocol.js';
import { COMMANDS_UNANSWERED_MAX } from '../wire/protocol.js';
import { OutboxFullError } from './errors.js';
import type { Keeper } from './keeper.js';
import { namedBy } from './names.js';
import type { Waits } from './presence.js';
import { type Kind, STORED_VERSION, type StoredCommand, type StoredTill } from './storage.js';
import type { Outcome, User } from './types.js';

/** Commands that may wait; a till that was offline for weeks stays under it. */
export const OUTBOX_COMMANDS_MAX = 20_000;
/** Answered commands that are kept for a server that lost them (W17), and for how long. */
export const JOURNAL_COMMANDS_MAX = 2_000;
export const JOURNAL_MS_MAX = 7 * 24 * 3_600_000;

/** A command that waits for its answer. */
export interface Entry {
    command: StoredCommand;
    /** Nothing is added to it any more. */
    isSealed: boolean;
    /** It was written to the storage, or it is known that it cannot be: it may be sent. */
    isReady: boolean;
    /** It went out on the present connection. */
    isSent: boolean;
    /** When it went out last; 0 for never. */
    sentMs: number;
    /** It went out, or may have: what is in it cannot be changed any more. */
    mayBeKnown: boolean;
    /** It is in the replica already (W10). */
    isCovered: boolean;
    /** Its event was heard, and with it an order was paid. */
    hasPaid: boolean;
    readonly outcome: Promise<Outcome>;
    resolve(outcome: Outcome): void;
}

export function newId(prefix: string): string {
    return `${prefix}-${crypto.randomUUID()}`;
}

/** Whether a command books a payment. */
export function booksPayment({ kind }: StoredCommand): boolean {
    return kind === 'settle' || kind === 'close';
}

export class Outbox {
    /** Without an answer, by number. */
    readonly waiting: Entry[] = [];
    /** Answered, by number. */
    private journal: StoredCommand[] = [];
    private next = 1;
    /** How long the last answer took. */
    private delayMs: number | null = null;
    /** The last number that the server had taken when it said welcome. */
    private takenNumber = 0;
    /** Those that wait, by the uids that they name. */
    private readonly byOrder = new Map<string, Set<Entry>>();

    /** @param till the stored counters; `answered` is moved on as answers are kept */
    constructor(
        commands: StoredCommand[],
        private readonly till: StoredTill,
        private readonly keeper: Keeper,
    ) {
        for (const command of commands) {
            this.next = Math.max(this.next, command.number + 1);
            if (command.answer) this.journal.push(command);
            else this.enter({ ...entryOf(command), isSealed: true, isReady: true, mayBeKnown: true });
        }
        this.next = Math.max(this.next, till.answered + 1);
    }

    /** All commands that are known, in order. */
    *all(): Iterable<StoredCommand> {
        yield* this.journal;
        for (const entry of this.waiting) yield entry.command;
    }

    /**
     * A new command at the end. It is sent once it was sealed and written.
     *
     * @throws OutboxFullError when {@link OUTBOX_COMMANDS_MAX} wait already
     */
    add(kind: Kind, user: User, actions: Action[], more: Partial<StoredCommand> = {}): Entry {
        if (this.waiting.length >= OUTBOX_COMMANDS_MAX) throw new OutboxFullError(OUTBOX_COMMANDS_MAX);
        const entry = entryOf({
            version: STORED_VERSION,
            number: this.next,
            id: newId('c'),
            kind,
            user,
            device_time_ms: Date.now(),
            actions,
            answer: null,
            answered_ms: null,
            cut: false,
            reoffered: false,
            retries: 0,
            ...more,
        });
        this.next += 1;
        this.enter(entry);
        return entry;
    }

    /** Those that wait and are about an order, under any of its names, in order. */
    about(names: string[]): Entry[] {
        const [first, second] = names.map(name => this.byOrder.get(name));
        if (!first || !second) return [...(first ?? second ?? [])];
        return [...new Set([...first, ...second])].sort(
            (one, other) => one.command.number - other.command.number,
        );
    }

    /** The payment of an order that waits to be booked; null for none. */
    paymentOf(names: string[]): string | null {
        const payments = this.about(names).flatMap(({ command }) => paymentIn(command) ?? []);
        return payments[0] ?? null;
    }

    /** The payments that this till recorded, as far as it remembers. */
    recorded(): Set<string> {
        const payments = new Set<string>();
        for (const { actions } of this.all())
            for (const action of actions) if (action.action === 'pay') payments.add(action.payment.id);
        return payments;
    }

    /** What is said to people who look after tills (W16). */
    waits(nowMs: number): Waits {
        const [oldest] = this.waiting;
        return {
            unsent: this.waiting.length,
            ...(oldest && { oldest_ms: Math.max(0, nowMs - oldest.command.device_time_ms) }),
            ...(this.delayMs !== null && { delay_ms: this.delayMs }),
        };
    }

    /** How many orders have something that waits. */
    get ordersWaiting(): number {
        return this.byOrder.size;
    }

    /** How many payments wait to be booked. */
    get paidWaiting(): number {
        return this.waiting.filter(({ command }) => booksPayment(command)).length;
    }

    /** Notes a changed command, to be written. */
    note(entry: Entry): void {
        this.keeper.command(entry.command.number, entry.command);
    }

    /** The last number that this till gave a command. */
    get lastNumber(): number {
        return this.next - 1;
    }

    /** The server says which number it took last. */
    welcomed(lastCommand: number): void {
        this.takenNumber = lastCommand;
    }

    /**
     * What may go out now: in order, and no more than the server takes unanswered (W8). What the server took already
     * is asked for first: only its answers show that it was this till that sent it, and not a copy of it (W12).
     */
    sendable(): Entry[] {
        const window = this.waiting.slice(0, COMMANDS_UNANSWERED_MAX);
        const isAsking = (window[0]?.command.number ?? Number.POSITIVE_INFINITY) <= this.takenNumber;
        const stop = window.findIndex(
            ({ isReady, command }) => !isReady || (isAsking && command.number > this.takenNumber),
        );
        return (stop < 0 ? window : window.slice(0, stop)).filter(entry => !entry.isSent);
    }

    /** Whether something was sent that has no answer. */
    get isAwaiting(): boolean {
        return this.waiting[0]?.isSent ?? false;
    }

    /** The connection is gone: what has no answer goes out again. */
    unsend(): void {
        for (const entry of this.waiting) entry.isSent = false;
    }

    waitingAt(number: number): Entry | undefined {
        return this.waiting.find(entry => entry.command.number === number);
    }

    /**
     * A command has its answer: it goes to the journal.
     *
     * @returns undefined when it has one already: the answer was sent again
     */
    answered(number: number, answer: NonNullable<StoredCommand['answer']>, nowMs: number): Entry | undefined {
        const at = this.waiting.findIndex(entry => entry.command.number === number);
        const [entry] = at < 0 ? [] : this.waiting.splice(at, 1);
        if (!entry) return undefined;
        this.leave(entry);
        if (entry.sentMs > 0) this.delayMs = Math.max(0, nowMs - entry.sentMs);
        entry.command = { ...entry.command, answer, answered_ms: nowMs };
        this.journal.push(entry.command);
        this.note(entry);
        this.prune(nowMs);
        return entry;
    }

    /** Every command up to this number has its answer. */
    get answeredUpTo(): number {
        return (this.waiting[0]?.command.number ?? this.next) - 1;
    }

    /** The answers up to a number are in the storage: the server may forget them (W8). */
    answersKept(upTo: number): void {
        if (upTo > this.till.answered && upTo <= this.answeredUpTo) this.till.answered = upTo;
    }

    /** The number of the last command that has an answer; 0 for none. */
    get lastAnswered(): number {
        return Math.max(this.journal.at(-1)?.number ?? 0, this.till.answered);
    }

    /** W17: the server lost what came after `last`. It is offered again, under its ids and numbers. */
    reoffer(last: number): void {
        const lost = this.journal.filter(command => command.number > last);
        if (lost.length > 0) {
            this.journal = this.journal.filter(command => command.number <= last);
            const again = lost.map(command => ({
                ...command,
                answer: null,
                answered_ms: null,
                reoffered: true,
            }));
            const after = this.waiting.splice(0);
            this.byOrder.clear();
            for (const command of again) {
                this.enter({ ...entryOf(command), isSealed: true, isReady: true, mayBeKnown: true });
            }
            for (const entry of after) this.enter(entry);
            for (const entry of this.waiting) this.note(entry);
        }
        this.till.answered = Math.min(this.till.answered, last);
        // What is not in the journal any more cannot be offered: the rest takes the numbers that the server expects.
        if (this.waiting[0] && this.waiting[0].command.number > last + 1) this.renumber(last + 1);
        else if (this.waiting.length === 0) this.next = last + 1;
    }

    /** The server misses commands (A4): it gets them from there, or what there is under the numbers that it expects. */
    gap(expected: number): void {
        this.unsend();
        const first = this.waiting[0]?.command.number;
        if (first === undefined || first > expected) this.reoffer(expected - 1);
    }

    /** W12: the device logs in anew. What waits gets new ids, and numbers from 1; the journal was the former till's. */
    startOver(): void {
        for (const { number } of this.journal) this.keeper.command(number, null);
        this.journal = [];
        this.till.answered = 0;
        this.renumber(1);
    }

    private renumber(first: number): void {
        for (const { command } of this.waiting) this.keeper.command(command.number, null);
        this.waiting.forEach((entry, at) => {
            entry.command = { ...entry.command, number: first + at, id: newId('c') };
            entry.isSent = false;
            entry.isCovered = false;
            this.note(entry);
        });
        this.next = first + this.waiting.length;
    }

    private enter(entry: Entry): void {
        this.waiting.push(entry);
        for (const { uid } of entry.command.actions.flatMap(namedBy)) {
            const set = this.byOrder.get(uid) ?? new Set();
            this.byOrder.set(uid, set.add(entry));
        }
    }

    private leave(entry: Entry): void {
        for (const { uid } of entry.command.actions.flatMap(namedBy)) {
            const set = this.byOrder.get(uid);
            set?.delete(entry);
            if (set?.size === 0) this.byOrder.delete(uid);
        }
    }

    private prune(nowMs: number): void {
        const isOld = (command: StoredCommand) => nowMs - (command.answered_ms ?? nowMs) > JOURNAL_MS_MAX;
        while (this.journal.length > JOURNAL_COMMANDS_MAX || (this.journal[0] && isOld(this.journal[0]))) {
            const oldest = this.journal.shift();
            if (oldest) this.keeper.command(oldest.number, null);
        }
    }
}

/** The payment that a command closes an order with; null for other commands. */
export function paymentIn({ payment, actions }: StoredCommand): string | null {
    const settling = actions.find(action => action.action === 'settle');
    return payment?.id ?? settling?.payment.id ?? null;
}

function entryOf(command: StoredCommand): Entry {
    let resolve: Entry['resolve'] = () => {};
    const outcome = new Promise<Outcome>(done => {
        resolve = done;
    });
    return {
        command,
        isSealed: false,
        isReady: false,
        isSent: false,
        sentMs: 0,
        mayBeKnown: false,
        isCovered: false,
        hasPaid: false,
        outcome,
        resolve,
    };
}

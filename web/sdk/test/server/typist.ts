/** Somebody at a till who does this and that. What was typed is entered into the accounts. */
import { randomUUID } from 'node:crypto';
import { LockedError } from '../../src/client/errors.js';
import type { OrderView } from '../../src/client/types.js';
import type { Accounts } from './accounts.js';
import type { Chance } from './chance.js';
import type { Till } from './stage.js';

/** What people do, and how often. */
const WEIGHTS = {
    tap: 12,
    line: 5,
    qty: 4,
    note: 3,
    remove: 2,
    move: 1,
    new: 2,
    pay: 2,
    delete: 1,
};
type Act = keyof typeof WEIGHTS;

export class Typist {
    constructor(
        /** The till; null while its page is loaded anew. */
        private readonly till: () => Till | null,
        private readonly accounts: Accounts,
        readonly chance: Chance,
    ) {}

    /** Does one thing, if the till lets it be done now. */
    act(): void {
        const till = this.till();
        if (!till) return;
        const order = this.chance.pick(till.engine.orders());
        const act = this.chance.weighted(WEIGHTS);
        try {
            if (act === 'new' || !order) this.begin(till);
            else this.change(till, act, order);
        } catch (error) {
            // Offline, or while an order is being paid, it cannot be changed: nothing was typed then.
            if (!(error instanceof LockedError)) throw error;
        }
    }

    private begin(till: Till): void {
        const uid = till.engine.newOrder();
        this.accounts.order(uid);
        this.line(till, uid);
    }

    private change(till: Till, act: Exclude<Act, 'new'>, { uid, lines }: OrderView): void {
        const { engine } = till;
        const line = this.chance.pick(lines);
        switch (act) {
            case 'tap': {
                const mark = randomUUID();
                const outcome = engine.record(uid, [
                    { op: 'increment', field: 'taps', by: 0.1 },
                    { op: 'set', field: 'marks', key: mark, value: true },
                ]);
                this.accounts.tap(mark, outcome);
                break;
            }
            case 'line':
                this.line(till, uid);
                break;
            case 'qty':
                if (line) void engine.record(uid, [{ op: 'increment', line: line.uid, field: 'qty', by: 1 }]);
                break;
            case 'note':
                void engine.record(uid, [
                    { op: 'set', line: line?.uid, field: 'note', value: this.chance.below(100) },
                ]);
                break;
            case 'remove':
                if (line)
                    void engine.record(uid, [
                        { op: 'remove_line', line: line.uid, seen: Number(line.fields.qty) },
                    ]);
                break;
            case 'move':
                if (line)
                    void engine.move(uid, { newOrder: {} }, [
                        { line: line.uid, qty: 1, into: engine.lineUid(uid) },
                    ]);
                break;
            case 'pay':
                if (lines.length > 0)
                    this.accounts.payment(engine.pay(uid, { amount: 1 }), engine.close(uid));
                break;
            case 'delete':
                void engine.delete(uid);
                break;
        }
    }

    private line({ engine }: Till, uid: string): void {
        const line = engine.lineUid(uid);
        const fields = { product_id: 1 + this.chance.below(9), qty: 1, price_unit: 2.5 };
        this.accounts.line(line, engine.record(uid, [{ op: 'add_line', line, fields }]));
    }
}

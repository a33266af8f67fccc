/** The orders of the server in memory, and a naive merge: operations are applied as they come. */
import { billDifferences, billDigest } from '../../src/rules/bill.js';
import { apply } from '../../src/rules/operation.js';
import type {
    Action,
    Answer,
    Change,
    Command,
    Mark,
    Payment,
    Refusal,
    View,
    WireOrder,
} from '../../src/wire/protocol.js';

export interface Known {
    order: WireOrder;
    creation: string;
    /** The tills that changed it, and the revision that they made last. */
    changedBy: Map<string, { revision: number; mark: Mark }>;
}
class Refused extends Error {
    constructor(
        readonly refusal: Refusal,
        readonly about: string | null = null,
    ) {
        super(refusal.reason);
    }
}

export abstract class FakeOrders {
    orders = new Map<string, Known>();
    /** The last number given, by run (N3). */
    numbers = new Map<number, number>();
    abstract get run(): number;

    /** Takes a command whole or not at all (A2). */
    protected judge(
        command: Command,
        till: string,
        mark: Mark,
    ): { changes: Change[]; answer: Answer } | { refusal: Refusal; order: WireOrder | null } {
        const before = new Map(
            [...this.orders].map(([uid, known]) => [uid, { ...known, changedBy: new Map(known.changedBy) }]),
        );
        const numbers = new Map(this.numbers);
        const changes: Change[] = [];
        let answer: Answer = {};
        try {
            for (const action of command.actions) {
                const uid = this.take(action, till, mark, changes);
                const order = this.orders.get(uid)?.order;
                answer = { order: uid, number: order?.sequence_number, revision: order?.revision_ID };
                const others = 'base' in action ? this.othersSince(uid, till, action.base) : [];
                if (others.length > 0) answer.merged_with = others;
            }
        } catch (error) {
            if (!(error instanceof Refused)) throw error;
            this.orders = before;
            this.numbers = numbers;
            return {
                refusal: error.refusal,
                order: (error.about && this.orders.get(error.about)?.order) || null,
            };
        }
        return { changes, answer };
    }

    private take(action: Action, till: string, mark: Mark, changes: Change[]): string {
        const put = (uid: string, change: Change, next: (order: WireOrder) => WireOrder) => {
            const known = this.orders.get(uid) as Known;
            const order = next(known.order);
            known.changedBy.set(till, { revision: order.revision_ID, mark });
            this.orders.set(uid, { ...known, order });
            changes.push(change);
        };
        const update = (uid: string, operations: Extract<Change, { change: 'updated' }>['operations']) => {
            const order = this.open(uid);
            const revision = order.revision_ID + 1;
            const edited = operations.length > 0 ? mark : order.edited;
            put(uid, { change: 'updated', order: uid, revision, operations }, order => ({
                ...apply(order, operations, mark),
                revision_ID: revision,
                edited,
            }));
        };
        const end = (uid: string, state: 'paid' | 'deleted', view?: View) => {
            const revision = (this.orders.get(uid) as Known).order.revision_ID + 1;
            put(uid, { change: state, order: uid, revision }, order => ({
                ...order,
                state,
                revision_ID: revision,
                ...(view ? { lines: order.lines } : {}),
            }));
        };
        const payment = (uid: string, payment: Payment) => {
            const known = this.orders.get(uid) as Known;
            if (known.order.payments.some(each => each.id === payment.id)) return;
            put(uid, { change: 'payment_taken', order: uid, payment }, order => ({
                ...order,
                payments: [...order.payments, payment],
            }));
        };
        switch (action.action) {
            case 'create': {
                const known = this.orders.get(action.order);
                if (known?.creation === action.creation) return action.order;
                const made = known && this.createdAs(action.order, action.creation);
                if (made) return made;
                const uid = known ? this.freeUid(action.order) : action.order;
                const origin = action.origin ?? (known ? { order: action.order, reason: 'uid_taken' } : null);
                changes.push(
                    this.register(uid, action.creation, mark, action.fields, action.lines, origin, till),
                );
                return uid;
            }
            case 'update': {
                const uid = this.meant(action);
                update(uid, action.operations);
                return uid;
            }
            case 'keep_aside':
                this.known(action.order);
                changes.push({ change: 'kept_aside', order: action.order, operations: action.operations });
                return action.order;
            case 'move': {
                const from = this.meant({ order: action.from, creation: action.creation });
                this.open(from);
                let to: string;
                if (action.to.kind === 'new') {
                    to = action.to.order;
                    if (!this.orders.has(to)) {
                        changes.push(
                            this.register(
                                to,
                                action.to.creation,
                                mark,
                                action.to.fields,
                                [],
                                { order: from, reason: 'split' },
                                till,
                            ),
                        );
                    }
                } else to = this.meant(action.to);
                for (const { line: uid, qty, into } of action.items) {
                    const line = this.open(from).lines.find(line => line.uid === uid);
                    if (!line) continue;
                    const moved = Math.min(qty, Number(line.fields.qty));
                    const less = { op: 'increment' as const, line: uid, field: 'qty', by: -moved };
                    update(
                        from,
                        moved === line.fields.qty
                            ? [less, { op: 'remove_line', line: uid, seen: 0 }]
                            : [less],
                    );
                    const there = this.open(to).lines.some(line => line.uid === into);
                    update(to, [
                        there
                            ? { op: 'increment', line: into, field: 'qty', by: moved }
                            : { op: 'add_line', line: into, fields: { ...line.fields, qty: moved } },
                    ]);
                }
                if (action.emptied === 'delete' && this.open(from).lines.length === 0) end(from, 'deleted');
                return to;
            }
            case 'pay': {
                const uid = this.meant(action);
                this.known(uid);
                payment(uid, action.payment);
                return uid;
            }
            case 'close': {
                const uid = this.meant(action);
                const order = this.open(uid);
                if (billDigest(order) !== billDigest(action.seen)) {
                    const differences = billDifferences(action.seen, order);
                    const by = this.othersSince(uid, till, action.base);
                    throw new Refused(
                        { reason: 'bill_changed', order: uid, differences, by } as unknown as Refusal,
                        uid,
                    );
                }
                end(uid, 'paid');
                return uid;
            }
            case 'settle': {
                let uid = action.order;
                const creation = action.creation ?? `settle-${action.payment.id}`;
                const { fields, lines } = action.paid;
                const known = this.orders.get(uid);
                if (!known) {
                    changes.push(this.register(uid, creation, mark, fields, lines, null, till));
                } else if (action.creation !== undefined && known.creation !== action.creation) {
                    const origin = { order: uid, reason: 'uid_taken' };
                    const own = this.createdAs(uid, creation);
                    uid = own ?? this.freeUid(uid);
                    if (!own) changes.push(this.register(uid, creation, mark, fields, lines, origin, till));
                }
                const { order } = this.orders.get(uid) as Known;
                const isKnownMoney = order.payments.some(each => each.id === action.payment.id);
                if (order.state === 'paid') {
                    if (isKnownMoney) return uid;
                    const second = this.freeUid(uid);
                    changes.push(
                        this.register(
                            second,
                            `${creation}~`,
                            mark,
                            action.paid.fields,
                            action.paid.lines,
                            { order: uid, reason: 'paid_twice' },
                            till,
                        ),
                    );
                    payment(second, action.payment);
                    end(second, 'paid');
                    return uid;
                }
                const more = order.lines.flatMap(line => {
                    const seen = action.paid.lines.find(other => other.uid === line.uid);
                    const left = Number(line.fields.qty) - Number(seen?.fields.qty ?? 0);
                    return left > 0 ? [{ uid: line.uid, fields: { ...line.fields, qty: left } }] : [];
                });
                payment(uid, action.payment);
                end(uid, 'paid');
                if (more.length > 0) {
                    changes.push(
                        this.register(
                            this.freeUid(uid),
                            `${creation}~`,
                            mark,
                            order.fields,
                            more,
                            { order: uid, reason: 'added_meanwhile' },
                            till,
                        ),
                    );
                }
                return uid;
            }
            case 'delete': {
                const uid = this.meant(action);
                const { order } = this.known(uid);
                if (order.state === 'deleted') return uid;
                this.open(uid);
                const by = this.othersSince(uid, till, action.base);
                if (by.length > 0)
                    throw new Refused(
                        { reason: 'changed_by_others', order: uid, by } as unknown as Refusal,
                        uid,
                    );
                end(uid, 'deleted');
                return uid;
            }
        }
    }

    private register(
        uid: string,
        creation: string,
        mark: Mark,
        fields: View['fields'],
        lines: View['lines'],
        origin: WireOrder['origin'],
        till: string,
    ): Change {
        const number = (this.numbers.get(this.run) ?? 0) + 1;
        this.numbers.set(this.run, number);
        const order: WireOrder = {
            uid,
            sequence_number: number,
            run_ID: this.run,
            revision_ID: 1,
            state: 'draft',
            fields,
            lines: lines.map(line => ({ ...line, added: mark, edited: null })),
            added: mark,
            edited: null,
            payments: [],
            origin,
            carried_from: null,
            late: false,
        };
        this.orders.set(uid, { order, creation, changedBy: new Map([[till, { revision: 1, mark }]]) });
        return {
            change: 'registered',
            order: uid,
            creation,
            number,
            run: this.run,
            revision: 1,
            fields,
            lines,
            origin,
        };
    }

    private known(uid: string): Known {
        const known = this.orders.get(uid);
        if (!known) throw new Refused({ reason: 'unknown_order', order: uid });
        return known;
    }
    private open(uid: string): WireOrder {
        const { order } = this.known(uid);
        if (order.state !== 'draft') {
            throw new Refused(
                { reason: 'closed', order: uid, state: order.state, by: order.edited } as unknown as Refusal,
                uid,
            );
        }
        return order;
    }
    private meant({ order, creation }: { order: string; creation?: string }): string {
        const known = this.orders.get(order);
        if (!known || creation === undefined || known.creation === creation) return order;
        return this.createdAs(order, creation) ?? order;
    }
    private createdAs(_uid: string, creation: string): string | undefined {
        return [...this.orders].find(([, known]) => known.creation === creation)?.[0];
    }
    private freeUid(uid: string): string {
        const [session, , counter] = uid.split('-');
        for (let login = 900; ; login += 1)
            if (!this.orders.has(`${session}-${login}-${counter}`)) return `${session}-${login}-${counter}`;
    }
    private othersSince(uid: string, till: string, base: number): Mark[] {
        const changed = [...(this.orders.get(uid)?.changedBy ?? [])];
        return changed
            .filter(([other, { revision }]) => other !== till && revision > base)
            .map(([, { mark }]) => mark);
    }
}

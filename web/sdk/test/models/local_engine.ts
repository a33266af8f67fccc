/** An engine in memory, for tests of the models: a shop that two of them are joined to, and that can be held. */

import type {
    ClosedHere,
    ConnectionState,
    Engine,
    EngineEvents,
    Fields,
    LineView,
    Locked,
    Mark,
    Operation,
    OrderChange,
    OrderView,
    Outcome,
    Payment,
    Pos,
    Present,
    Refusal,
    Refused,
    User,
} from '../../src/client/types.js';
import { apply } from '../../src/rules/operation.js';

interface Confirmed {
    uid: string;
    number: number;
    revision: number;
    fields: Fields;
    lines: readonly LineView[];
    added: Mark;
    edited: Mark | null;
    payments: Payment[];
}
interface Command {
    from: LocalEngine;
    uid: string;
    mark: Mark;
    operations: Operation[];
    also?: 'paid' | 'deleted';
    answer: (outcome: Outcome) => void;
}

/** What stands for the Sync Server: it takes commands in the order in which they come. */
export class LocalShop {
    readonly orders = new Map<string, Confirmed>();
    readonly engines: LocalEngine[] = [];
    /** Commands that wait; none unless the shop is held. */
    private waiting: Command[] = [];
    private held = false;
    private numbers = 0;
    readonly commands: { uid: string; operations: Operation[] }[] = [];

    till(user: User, pos: Pos): LocalEngine {
        const engine = new LocalEngine(this, user, pos, this.engines.length + 1);
        this.engines.push(engine);
        return engine;
    }

    /** Nothing arrives while `work` is done; then all of it, in order. */
    meanwhile(work: () => void): void {
        this.held = true;
        work();
        this.held = false;
        const waiting = this.waiting;
        this.waiting = [];
        for (const command of waiting) this.judge(command);
    }

    submit(command: Command): void {
        this.commands.push({ uid: command.uid, operations: command.operations });
        if (this.held) this.waiting.push(command);
        else this.judge(command);
    }

    /** Money was taken for an order that the shop knows. */
    pay(from: LocalEngine, uid: string, payment: Payment): void {
        const order = this.orders.get(uid);
        if (!order) return;
        this.orders.set(uid, { ...order, payments: [...order.payments, payment] });
        for (const engine of this.engines) engine.paidFor(uid, engine === from ? 'me' : 'others');
    }

    private judge(command: Command): void {
        const { uid, mark } = command;
        const known = this.orders.get(uid);
        let order = known;
        if (!order) {
            this.numbers += 1;
            const nothing = { fields: {}, lines: [], edited: null, payments: [], revision: 0 };
            order = { uid, number: this.numbers, added: mark, ...nothing };
        }
        const after = apply(order, command.operations, mark, 'pending');
        const next = { ...after, revision: order.revision + 1, edited: known ? mark : null };
        if (command.also) this.orders.delete(uid);
        else this.orders.set(uid, next);
        for (const engine of this.engines) {
            engine.heard(uid, command.from === engine ? 'server' : 'others', command, command.also);
        }
        command.answer({ accepted: true, uid, number: next.number });
    }
}

export class LocalEngine implements Engine {
    readonly till: Engine['till'];
    readonly run = 1;
    active = true;
    readonly sessionOpen = true;
    readonly offlineEdits = 'lock';
    readonly present: readonly Present[] = [];
    readonly refused: readonly Refused[] = [];
    shown: string | null = null;
    /** Makes the next `record` fail as an engine may. */
    failing: Error | null = null;
    locked: Locked | null = null;
    /** What closing and deleting are refused with. */
    refusing: Refusal | null = null;
    readonly paid: { uid: string; fields: Fields }[] = [];
    private readonly pending: Command[] = [];
    private readonly begun = new Map<string, Mark>();
    private readonly views = new Map<string, OrderView>();
    private readonly ears: { [event: string]: ((heard: never) => void)[] } = {};
    private orderCount = 0;
    private lineCount = 0;

    constructor(
        private readonly shop: LocalShop,
        public user: User,
        readonly pos: Pos,
        login: number,
    ) {
        this.till = { name: `local/${login}`, session: 1, login };
        for (const uid of shop.orders.keys()) this.refresh(uid);
    }

    get connection(): ConnectionState {
        throw new Error('not in tests of the models');
    }

    orders(): readonly OrderView[] {
        return [...this.views.values()];
    }

    order(uid: string): OrderView | undefined {
        const view = this.views.get(uid);
        return view && this.locked ? { ...view, locked: this.locked } : view;
    }

    newOrder(): string {
        this.orderCount += 1;
        const uid = `00001-${String(this.till?.login).padStart(3, '0')}-${String(this.orderCount).padStart(4, '0')}`;
        this.begun.set(uid, this.mark);
        this.tell(uid, 'me');
        return uid;
    }

    lineUid(order: string): string {
        this.lineCount += 1;
        return `${order}-${this.lineCount}.${this.till?.login}`;
    }

    record(uid: string, operations: Operation[]): Promise<Outcome> {
        if (this.failing) throw this.failing;
        return this.command(uid, operations);
    }

    close(uid: string): Promise<Outcome> {
        return this.command(uid, [], 'paid');
    }

    delete(uid: string): Promise<Outcome> {
        return this.command(uid, [], 'deleted');
    }

    async pay(uid: string, fields: Fields): Promise<Outcome> {
        this.paid.push({ uid, fields });
        this.shop.pay(this, uid, {
            id: `p-${this.till?.login}-${this.paid.length}`,
            till: this.till?.name ?? '',
            fields,
        });
        return { accepted: true, uid, number: null };
    }

    closedHere(): readonly ClosedHere[] {
        return [];
    }

    showing(order: string | null): void {
        this.shown = order;
    }

    on<E extends keyof EngineEvents>(event: E, heard: EngineEvents[E]): () => void {
        this.ears[event] = [...(this.ears[event] ?? []), heard as (heard: never) => void];
        return () => {
            this.ears[event] = this.ears[event]?.filter(ear => ear !== heard) ?? [];
        };
    }

    paidFor(uid: string, by: OrderChange['by']): void {
        this.tell(uid, by);
    }

    /** What arrives from the shop; an own command is no longer pending then. */
    heard(uid: string, by: OrderChange['by'], command: Command, why?: OrderChange['why']): void {
        const at = this.pending.indexOf(command);
        if (at >= 0) this.pending.splice(at, 1);
        this.tell(uid, by, why);
    }

    /** The shop gives an order another uid (N4); the other engines are to be told by {@link renamed}. */
    rename(former: string, uid: string): void {
        const order = this.shop.orders.get(former);
        if (!order) throw new Error('only orders that the shop knows are renamed here');
        this.shop.orders.delete(former);
        this.shop.orders.set(uid, { ...order, uid });
        this.renamed(former, uid);
    }

    renamed(former: string, uid: string): void {
        this.views.delete(former);
        const after = this.refresh(uid);
        this.emit([{ uid, kind: 'renamed', by: 'server', former, ...(after ? { after } : {}) }]);
    }

    async shutdown(): Promise<void> {}
    async kept(): Promise<boolean> {
        return true;
    }
    async settled(): Promise<void> {}
    async check(): Promise<void> {}
    setNetwork(): void {}
    discard(): void {}
    rescue(): string {
        throw new Error('not in tests of the models');
    }
    move(): Promise<Outcome> {
        throw new Error('not in tests of the models');
    }
    async exportUnsent(): Promise<string> {
        return '';
    }

    private get mark(): Mark {
        return { user: this.user, pos: this.pos };
    }

    private command(uid: string, operations: Operation[], also?: Command['also']): Promise<Outcome> {
        if (also && this.refusing) {
            return Promise.resolve({
                accepted: false,
                refusal: this.refusing,
                order: this.order(uid) ?? null,
            });
        }
        return new Promise(answer => {
            const { mark } = this;
            const command: Command = { from: this, uid, mark, operations, answer, ...(also ? { also } : {}) };
            this.pending.push(command);
            this.tell(uid, 'me');
            this.shop.submit(command);
        });
    }

    private tell(uid: string, by: OrderChange['by'], why?: OrderChange['why']): void {
        const before = this.views.get(uid);
        const after = this.refresh(uid);
        const kind = after ? (before ? 'changed' : 'added') : 'removed';
        if (!before && !after) return;
        this.emit([
            {
                uid,
                kind,
                by,
                ...(why ? { why } : {}),
                ...(before ? { before } : {}),
                ...(after ? { after } : {}),
            },
        ]);
    }

    activate(active: boolean): void {
        this.active = active;
        for (const ear of this.ears.session ?? []) ear(undefined as never);
    }

    private emit(changes: OrderChange[]): void {
        for (const ear of this.ears.orders ?? []) ear(changes as never);
    }

    /** Confirmed + pending. */
    private refresh(uid: string): OrderView | undefined {
        const confirmed = this.shop.orders.get(uid);
        const pending = this.pending.filter(command => command.uid === uid);
        if (confirmed) this.begun.delete(uid);
        const added = confirmed?.added ?? this.begun.get(uid);
        if (!added) {
            this.views.delete(uid);
            return undefined;
        }
        const former = this.views.get(uid);
        let content = { fields: confirmed?.fields ?? {}, lines: confirmed?.lines ?? [] };
        for (const command of pending) content = apply(content, command.operations, command.mark, 'pending');
        const view: OrderView = {
            uid,
            number: confirmed?.number ?? null,
            run: 1,
            revision: confirmed?.revision ?? 0,
            ...content,
            // As the real engine: what did not change keeps its identity.
            lines: content.lines.map(line => {
                const same = former?.lines.find(other => other.uid === line.uid);
                return same && JSON.stringify(same) === JSON.stringify(line) ? same : line;
            }),
            added,
            edited: confirmed?.edited ?? null,
            payments: confirmed?.payments ?? [],
            origin: null,
            carriedFrom: null,
            late: false,
            unsent: pending.length,
            locked: null,
        };
        this.views.set(uid, view);
        return view;
    }
}

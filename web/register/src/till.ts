/** The till that is open in this page, as signals that the screen paints from. */
import { type Signal, signal } from '@preact/signals';
import { type ConnectionState, connect, type Order, type PosModel } from '@tillsync/sdk';
import type { Person, TillData } from './api';
import { followCatalogue } from './catalogue';
import { type Hold, update, working } from './install';

/** What was to be told, until it is taken away. */
export interface Told {
    id: number;
    text: string;
}

/** How long a quiet sentence stays. */
const TOLD_MS = 6_000;
/** Sentences at a time; older ones make room. */
const TOLD_MAX = 3;

export class Till {
    /** Grows with whatever the models tell: who paints from them reads it. */
    readonly tick: Signal<number> = signal(0);
    readonly connection: Signal<ConnectionState>;
    readonly told: Signal<Told[]> = signal([]);
    private painting = false;
    private sentences = 0;

    private constructor(
        readonly pos: PosModel,
        /** The catalogue that the till works with now. */
        public data: TillData,
    ) {
        this.connection = signal(pos.engine.connection);
        pos.engine.on('connection', state => {
            const isBack = state.sync === 'green' && this.connection.value.sync !== 'green';
            // Whoever was away may be a newer version of the server.
            if (isBack) update.look();
            this.connection.value = state;
        });
        pos.engine.on('presence', () => this.paint());
        pos.engine.on('session', () => this.paint());
        pos.engine.on('merged', ({ uid, with: others }) => {
            const order = pos.order_by_uid(uid);
            const names = [...new Set(others.map(({ user, pos }) => `${user.name} (${pos.name})`))];
            if (order && names.length > 0)
                this.tell(
                    `${label(order)}: ${names.join(', ')} changed it at the same time. Both changes count.`,
                );
        });
        pos.on('error', fault => this.tell(fault.text));
        pos.on('order_gone', (order: Order, change: { why?: string; by: string }) => {
            if (change.by === 'others' && order.get_orderlines().length > 0)
                this.tell(`${label(order)} was ${change.why ?? 'closed'} elsewhere.`);
        });
        pos.on('all', () => this.paint());
        const orders = pos.get('orders');
        orders.on('all', () => this.paint());
        const listen = (order: Order) => {
            order.orderlines.on('all', () => this.paint());
            order.paymentlines.on('all', () => this.paint());
        };
        orders.on('add', listen);
        for (const order of pos.get_order_list()) listen(order);
    }

    static async open(data: TillData, user: Person): Promise<Till> {
        const pos = await connect({
            url: location.origin,
            database: data.database,
            multiSession: data.multi_session,
            pos: { id: data.config.id, name: data.config.name },
            user: { id: user.id, name: user.name },
            app: 'register 0.1.0',
            shop: data.shop,
            config: data.config,
        });
        const till = new Till(pos, data);
        followCatalogue(pos.engine, fresh => till.restock(fresh));
        working({ hold: () => till.hold(), leave: () => till.leave() });
        return till;
    }

    /** Goes on with a catalogue that has changed. Orders keep the prices that they have. */
    private restock(fresh: TillData): void {
        const { database, multi_session } = this.data;
        // A POS that was moved to another multi-session has its orders there: that takes a page that is opened anew.
        if (fresh.database !== database || fresh.multi_session !== multi_session) return;
        this.data = fresh;
        this.pos.load_shop(fresh.shop, fresh.config);
        this.paint();
    }

    /** Why this page cannot be left just now. */
    private hold(): Hold | null {
        const { engine } = this.pos;
        const isPaying = this.pos.get_order_list().some(order => {
            const isTaken = order.get_paymentlines().some(line => !line.recorded);
            return isTaken || order.finalized || engine.order(order.uid)?.locked === 'paying';
        });
        if (isPaying) return 'payment';
        const { storage, commandsWaiting } = engine.connection;
        return storage !== 'ok' && commandsWaiting > 0 ? 'unsaved' : null;
    }

    /** Writes down what is on its way to the disk, and lets go of everything. */
    private async leave(): Promise<Hold | null> {
        await this.pos.close();
        return this.hold() === 'unsaved' ? 'unsaved' : null;
    }

    /** A quiet sentence, which goes away by itself. */
    tell(text: string): void {
        this.sentences += 1;
        const id = this.sentences;
        this.told.value = [...this.told.value, { id, text }].slice(-TOLD_MAX);
        setTimeout(() => this.takeAway(id), TOLD_MS);
    }

    takeAway(id: number): void {
        this.told.value = this.told.value.filter(told => told.id !== id);
    }

    /** Does something at the till; what the models refuse is told. */
    act(work: () => void): void {
        try {
            work();
        } catch (error) {
            this.tell(error instanceof Error ? error.message : String(error));
        }
    }

    /** Many events of one turn are painted once. */
    private paint(): void {
        if (this.painting) return;
        this.painting = true;
        queueMicrotask(() => {
            this.painting = false;
            this.tick.value += 1;
        });
    }
}

/** What people call an order by. */
export function label(order: Order): string {
    return order.sequence_number ? `Order ${order.sequence_number}` : 'New';
}

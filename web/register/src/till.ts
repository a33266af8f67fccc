/** The till that is open in this page, as signals that the screen paints from. */
import { type Signal, signal } from '@preact/signals';
import {
    type Config,
    type ConnectionState,
    connect,
    models,
    type Order,
    type OrderChange,
    type OrderView,
    type Partner,
    type PartnerData,
    type PosError,
    type PosModel,
} from '@tillsync/sdk';
import type { Person, TillData } from './api';
import { followCatalogue, lookForNews } from './catalogue';
import { label, moneyOf, t } from './i18n';
import { type Hold, update, working } from './install';
import { namesOf, refusalText } from './refusal';
import { screen } from './screen';

/** What was to be told, until it is taken away. */
export interface Told {
    id: number;
    text: string;
}

/** How long a quiet sentence stays. */
const TOLD_MS = 6_000;
/** Sentences at a time; older ones make room. */
const TOLD_MAX = 3;
/** A customer that nobody knows is not asked for all the time. */
const LOOK_AGAIN_MS = 5_000;
/** A server that is well has answered by then. */
const ANSWER_MS = 300;
/** How long a line that another till changed glows. */
export const GLOW_MS = 1_600;

export class Till {
    /**
     * Grows with whatever the models tell. Every component that paints from them reads it itself: one that is given the
     * same models is not painted anew with the one around it.
     */
    readonly tick: Signal<number> = signal(0);
    readonly connection: Signal<ConnectionState>;
    /**
     * Whether something waits for the server longer than it takes to answer. Only then is it said what is unsent: a sign
     * that came and went with each tap would tell nobody anything, and everything beside it would be laid out anew.
     */
    readonly isBehind: Signal<boolean> = signal(false);
    readonly told: Signal<Told[]> = signal([]);
    /** Lines that another till has just changed, by uid. */
    readonly glowing: Signal<ReadonlySet<string>> = signal(new Set());
    /** The session of this POS was closed at another device. */
    readonly sessionClosed: Signal<boolean> = signal(false);
    /** This POS was given another multi-session: its orders are there, and this page is still here. */
    readonly moved: Signal<boolean> = signal(false);
    private painting = false;
    private waitingTimer: ReturnType<typeof setTimeout> | undefined;
    private sentences = 0;
    private lookAgainMs = 0;

    private constructor(
        readonly pos: PosModel,
        /** The catalogue that the till works with now. */
        public data: TillData,
    ) {
        moneyOf(pos);
        document.documentElement.dataset.paper = String(pos.config.receipt_width ?? 80);
        this.connection = signal(pos.engine.connection);
        pos.engine.on('connection', state => {
            const isBack = state.sync === 'green' && this.connection.value.sync !== 'green';
            // Whoever was away may be a newer version of the server.
            if (isBack) update.look();
            this.connection.value = state;
            this.noteWaiting(state);
        });
        this.noteWaiting(pos.engine.connection);
        pos.engine.on('presence', () => this.paint());
        pos.engine.on('refused', () => this.paint());
        pos.engine.on('session', () => {
            this.sessionClosed.value = pos.engine.till !== null && !pos.engine.sessionOpen;
            // Nobody is expected at a till whose session is over.
            if (this.sessionClosed.value) pos.engine.showing(null);
            this.paint();
        });
        pos.engine.on('orders', changes => {
            this.glow(changes);
            this.tellOfBill(changes);
            queueMicrotask(() => this.missCustomers());
        });
        pos.engine.on('merged', ({ uid, with: others }) => {
            const order = pos.order_by_uid(uid);
            const names = [...new Set(others.map(({ user, pos }) => who(user.name, pos.name)))];
            if (order && names.length > 0)
                this.tell(t('order.merged', { order: label(order), names: names.join(', ') }));
        });
        pos.on('error', (fault: PosError) => this.tell(this.worded(fault)));
        // Of the order under somebody's hands only: that others are paid is what happens all day.
        pos.on('order_gone', (order: Order, change: { why?: string; by: string }, isCurrent: boolean) => {
            if (!isCurrent || change.by !== 'others') return;
            if (screen.value === 'payment') screen.value = 'order';
            if (order.get_orderlines().length > 0)
                this.tell(t('order.gone', { order: label(order), why: change.why ?? 'other' }));
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
            timing: waits(data.config),
        });
        const till = new Till(pos, data);
        followCatalogue(pos.engine, fresh => till.restock(fresh));
        working({ hold: () => till.hold(), leave: () => till.leave() });
        return till;
    }

    /** A quiet sentence, which goes away by itself. */
    tell(text: string): void {
        // Said twice, it is read once.
        if (this.told.value.some(told => told.text === text)) return;
        this.sentences += 1;
        const id = this.sentences;
        // Said again, it is not there twice.
        const others = this.told.value.filter(told => told.text !== text);
        this.told.value = [...others, { id, text }].slice(-TOLD_MAX);
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

    /** Begins an order: the empty one, where there is one, and not whatever is open beside it. */
    newOrder(): void {
        this.act(() => this.pos.begin_order());
    }

    /** Takes the last step back, and says what of it stays since somebody else changed it. */
    undo(order: Order): void {
        this.act(() => {
            const { kept } = order.undo();
            if (kept.length === 0) return;
            const names = kept.flatMap(({ whose }) => (whose ? [who(whose.user.name, whose.pos.name)] : []));
            this.tell(t('undo.not_all', { names: [...new Set(names)].join(', ') || '?' }));
        });
    }

    /** Deletes an order on all tills; says in words if it stays, and why. */
    async delete(order: Order): Promise<void> {
        const name = label(order);
        try {
            const outcome = await this.pos.delete_order(order);
            if (outcome.accepted) return;
            const { refusal } = outcome;
            if (refusal.reason === 'changed_by_others')
                this.tell(t('order.not_deleted', { order: name, names: namesOf(refusal) }));
            else this.tell(refusalText(refusal, name));
        } catch (error) {
            this.tell(error instanceof Error ? error.message : String(error));
        }
    }

    /** A customer that was made or changed at this till, or elsewhere. */
    addPartner(data: PartnerData): Partner {
        const partner = new models.Partner({}, data);
        this.pos.db.add_partners([partner]);
        this.paint();
        return partner;
    }

    /** Lets go of the session: it was closed. What is unsent stays on the device. */
    async close(): Promise<void> {
        await this.pos.close();
    }

    /** Many events of one turn are painted once. */
    paint(): void {
        if (this.painting) return;
        this.painting = true;
        queueMicrotask(() => {
            this.painting = false;
            this.tick.value += 1;
        });
    }

    private noteWaiting({ ordersWaiting, sync }: ConnectionState): void {
        const isAnswered = ordersWaiting === 0;
        if (isAnswered || sync === 'red') {
            clearTimeout(this.waitingTimer);
            this.waitingTimer = undefined;
            this.isBehind.value = !isAnswered;
            return;
        }
        this.waitingTimer ??= setTimeout(() => {
            this.isBehind.value = true;
        }, ANSWER_MS);
    }

    /** What the models say in English, in the language where the Register has words for it. */
    private worded(fault: PosError): string {
        const order = fault.order ?? this.pos.order_by_uid(fault.uid);
        if (fault.where === 'paid_twice' && order) return t('order.paid_twice', { order: label(order) });
        if (fault.where !== 'locked') return fault.text;
        const locked = this.pos.engine.order(fault.uid)?.locked;
        if (locked === 'offline') return t('order.locked_offline');
        return order && locked === 'paying' ? t('order.locked_paying') : fault.text;
    }

    /** Another till chose a customer who was made a moment ago: this one does not wait for its next look. */
    private missCustomers(): void {
        const isMissing = this.pos
            .get_order_list()
            .some(order => order.unknown_references.partner_id !== undefined);
        if (!isMissing || Date.now() < this.lookAgainMs) return;
        this.lookAgainMs = Date.now() + LOOK_AGAIN_MS;
        lookForNews();
    }

    /** Whoever takes money for an order hears at once that somebody else changes it. */
    private tellOfBill(changes: readonly OrderChange[]): void {
        const order = this.pos.get_order();
        if (screen.value !== 'payment' || !order) return;
        for (const { uid, by, kind, before, after } of changes) {
            const isBill = before && after && !equalBills(before, after);
            if (uid !== order.uid || by !== 'others' || kind !== 'changed' || !isBill) continue;
            const { user, pos } = after.edited ?? after.added;
            this.tell(t('payment.changed', { order: label(order), name: who(user.name, pos.name) }));
        }
    }

    /** Lines that changed by somebody else's doing light up for a moment. */
    private glow(changes: readonly OrderChange[]): void {
        const lines = changes
            .filter(({ by, kind }) => by === 'others' && (kind === 'changed' || kind === 'added'))
            .flatMap(({ before, after }) => {
                const former = new Map(before?.lines.map(line => [line.uid, line]));
                return (after?.lines ?? []).filter(line => former.get(line.uid) !== line);
            });
        if (lines.length === 0) return;
        const uids = lines.map(({ uid }) => uid);
        this.glowing.value = new Set([...this.glowing.value, ...uids]);
        setTimeout(() => {
            this.glowing.value = new Set([...this.glowing.value].filter(uid => !uids.includes(uid)));
        }, GLOW_MS);
    }

    /** Goes on with a catalogue that has changed. Orders keep the prices that they have. */
    private restock(fresh: TillData): void {
        const { database, multi_session } = this.data;
        // A POS that was moved to another multi-session has its orders there: that takes a page that is opened anew.
        this.moved.value = fresh.database !== database || fresh.multi_session !== multi_session;
        if (this.moved.value) return;
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
        const { engine } = this.pos;
        if (!(await engine.kept()) && engine.connection.commandsWaiting > 0) return 'unsaved';
        await this.pos.close();
        return null;
    }
}

/** Whether the lines are the same: what stays the same keeps its identity. */
function equalBills(before: OrderView, after: OrderView): boolean {
    const { lines } = before;
    return (
        lines.length === after.lines.length &&
        lines.every((line, at) => line.fields === after.lines[at]?.fields)
    );
}

/** How long a till waits before it asks whether the server is there, and for the answer: a POS may say so (rule 30). */
function waits({ ping_after_s, ping_answer_s }: Config): { silenceMs?: number; pingMs?: number } {
    const ms = (seconds: unknown) => (typeof seconds === 'number' && seconds > 0 ? seconds * 1_000 : null);
    const [silenceMs, pingMs] = [ms(ping_after_s), ms(ping_answer_s)];
    return { ...(silenceMs && { silenceMs }), ...(pingMs && { pingMs }) };
}

/** Somebody at a point of sale. */
export function who(name: string, pos: string): string {
    return t('who', { name, pos });
}

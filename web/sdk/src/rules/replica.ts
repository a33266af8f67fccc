/** The replica of a multi-session (W5): what the server confirmed, grown by events (W6). */
import type { Mark } from '../client/types.js';
import type { Change, EventMessage, OfflineEdits, WireLine, WireOrder } from '../wire/protocol.js';
import { canonical } from './json.js';
import { apply } from './operation.js';

/** A replica as it is stored and as a snapshot brings it. */
export interface ReplicaData {
    run: number;
    seq: number;
    /** When the event at `seq` was taken; 0 or left out: not known. */
    seq_ms?: number;
    active: boolean;
    offline_edits: OfflineEdits;
    orders: WireOrder[];
}

/** Why an order left the replica. */
export type Why = 'paid' | 'deleted' | 'unpaid';

/** What an event did: the orders that it touched, each with the reason if it left. */
export type Touched = Map<string, Why | null>;

/**
 * Grows in place; the orders in it never do: a change puts a new order in the old one's place, and what an event
 * does not reach keeps its identity.
 */
export class Replica {
    run = 0;
    /** The last event that is in it; 0 for none. */
    seq = 0;
    /** When that was taken by the server, in milliseconds since 1970; 0 if that is not known. */
    seqMs = 0;
    active = true;
    offlineEdits: OfflineEdits = 'lock';
    readonly orders = new Map<string, WireOrder>();

    /** Takes a snapshot's place. Only drafts are kept. */
    static from(data: ReplicaData): Replica {
        const replica = new Replica();
        replica.run = data.run;
        replica.seq = data.seq;
        replica.seqMs = data.seq_ms ?? 0;
        replica.active = data.active;
        replica.offlineEdits = data.offline_edits;
        for (const order of data.orders) if (order.state === 'draft') replica.orders.set(order.uid, order);
        return replica;
    }

    /** As it is stored, and as {@link Replica.from} takes it. */
    data(): ReplicaData {
        const { run, seq, seqMs, active, offlineEdits } = this;
        return {
            run,
            seq,
            seq_ms: seqMs,
            active,
            offline_edits: offlineEdits,
            orders: [...this.orders.values()],
        };
    }

    /** The text in which tills that have seen the same `seq` are equal byte for byte (A6); orders by uid. */
    canonical(): string {
        const orders = [...this.orders.values()].sort((one, other) => (one.uid < other.uid ? -1 : 1));
        return canonical({ active: this.active, offline_edits: this.offlineEdits, orders, run: this.run });
    }

    /**
     * Follows one event. The caller makes sure that it is the next one; an event that is in it already does nothing.
     */
    evolve(event: EventMessage): Touched {
        const touched: Touched = new Map();
        if (event.seq <= this.seq) return touched;
        const mark: Mark = { user: event.user, pos: event.pos };
        for (const change of event.changes) this.follow(change, mark, touched);
        for (const order of event.brings ?? []) {
            const known = this.orders.get(order.uid);
            if (order.state !== 'draft' || (known && known.revision_ID >= order.revision_ID)) continue;
            this.put(order, touched);
        }
        this.seq = event.seq;
        this.seqMs = event.time_ms;
        return touched;
    }

    private follow(change: Change, mark: Mark, touched: Touched): void {
        switch (change.change) {
            case 'registered': {
                const known = this.orders.get(change.order);
                if (!known || known.revision_ID < change.revision)
                    this.put(registered(change, mark), touched);
                break;
            }
            case 'updated':
                this.revise(change, touched, order => updated(order, change, mark));
                break;
            case 'payment_taken': {
                const order = this.orders.get(change.order);
                if (!order || order.payments.some(known => known.id === change.payment.id)) break;
                this.put({ ...order, payments: [...order.payments, change.payment] }, touched);
                break;
            }
            case 'paid':
            case 'deleted':
            case 'unpaid': {
                const order = this.orders.get(change.order);
                if (!order || order.revision_ID >= change.revision) break;
                this.orders.delete(change.order);
                touched.set(change.order, change.change);
                break;
            }
            case 'renumbered':
                this.revise(change, touched, order => {
                    const moved = order.run_ID !== change.run;
                    const former = { run: order.run_ID, number: order.sequence_number };
                    const carried_from = moved ? former : order.carried_from;
                    const { run: run_ID, number: sequence_number } = change;
                    return { ...order, state: 'draft', run_ID, sequence_number, carried_from };
                });
                break;
            case 'run_began':
                this.run = change.run;
                break;
            case 'activated':
                this.active = change.active;
                break;
            case 'offline_edits':
                this.offlineEdits = change.offline_edits;
                break;
            default:
                // History and book-keeping: nothing that a till shows (W6, "any other").
                break;
        }
    }

    private revise(
        change: { order: string; revision: number },
        touched: Touched,
        revised: (order: WireOrder) => WireOrder,
    ): void {
        const order = this.orders.get(change.order);
        if (!order || order.revision_ID >= change.revision) return;
        this.put({ ...revised(order), revision_ID: change.revision }, touched);
    }

    private put(order: WireOrder, touched: Touched): void {
        this.orders.set(order.uid, order);
        touched.set(order.uid, null);
    }
}

function registered(change: Extract<Change, { change: 'registered' }>, mark: Mark): WireOrder {
    return {
        uid: change.order,
        sequence_number: change.number,
        run_ID: change.run,
        revision_ID: change.revision,
        state: 'draft',
        fields: change.fields ?? {},
        lines: (change.lines ?? []).map(line => ({
            uid: line.uid,
            fields: line.fields,
            added: line.added ?? mark,
            edited: null,
        })),
        added: mark,
        edited: null,
        payments: [],
        origin: change.origin ?? null,
        carried_from: null,
        late: change.late ?? false,
    };
}

function updated(order: WireOrder, change: Extract<Change, { change: 'updated' }>, mark: Mark): WireOrder {
    const next = apply(order, change.operations, mark);
    const touched = change.touched ?? [];
    const touch = (line: WireLine): WireLine => ({ ...line, edited: mark });
    const lines =
        touched.length > 0
            ? next.lines.map(line => (touched.includes(line.uid) ? touch(line) : line))
            : next.lines;
    const edited = change.operations.length > 0 || touched.includes(null) ? mark : order.edited;
    return { ...next, lines, edited };
}

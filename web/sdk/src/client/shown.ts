/** What the screen shows: confirmed + pending, recomputed for the orders that changed, and what changed by that. */
import { equal } from '../rules/json.js';
import type { Replica, Touched, Why } from '../rules/replica.js';
import type { WireOrder } from '../wire/protocol.js';
import { Laid, type Single } from './laid.js';
import { createdBy, type Names } from './names.js';
import type { Entry, Outbox } from './outbox.js';
import { newView, overlay, viewOf, type World } from './overlay.js';
import type { Locked, Mark, OrderChange, OrderView, Pos } from './types.js';

/** What is shown depends on this. */
export interface Sources {
    readonly replica: Replica;
    readonly outbox: Outbox;
    readonly names: Names;
    readonly pos: Pos;
    /** Whether orders that the server knows are locked now (rule 15). */
    readonly isLocked: boolean;
}

/** An order that goes by another uid from now on (N4). */
export interface Renamed {
    former: string;
    uid: string;
}

interface Computed {
    world: World;
    /** How many unsent commands each order has. */
    pending: Map<string, number>;
    single: Single | null;
    /** What all but the last command made of a single order. */
    beforeLast: OrderView | undefined;
}

export class Shown {
    private views = new Map<string, OrderView>();
    private sorted: readonly OrderView[] | null = null;
    /** Orders that were begun here and hold nothing yet. */
    private readonly begun = new Map<string, OrderView>();
    private readonly confirmed = new WeakMap<WireOrder, OrderView>();
    private readonly laid = new Laid();

    constructor(private readonly sources: Sources) {}

    get(uid: string): OrderView | undefined {
        return this.views.get(uid);
    }

    /** By number; those without one last. */
    all(): readonly OrderView[] {
        this.sorted ??= [...this.views.values()].sort(byNumber);
        return this.sorted;
    }

    /** Every uid that is shown or could be. */
    everything(): Set<string> {
        const { replica, outbox, names } = this.sources;
        const uids = new Set([...this.views.keys(), ...replica.orders.keys(), ...this.begun.keys()]);
        for (const entry of outbox.waiting) for (const uid of names.about(entry.command)) uids.add(uid);
        return uids;
    }

    /** Whether the server has confirmed the order, and it is the one that is meant here. */
    isKnown(uid: string): boolean {
        return this.sources.replica.orders.has(uid) && this.sources.names.creationOf(uid) === undefined;
    }

    /** An empty order of this till. */
    begin(uid: string, added: Mark): void {
        this.begun.set(uid, newView(uid, this.sources.replica.run, added));
    }

    /** Whether it was begun here and nothing is sent of it yet. */
    isBegun(uid: string): boolean {
        return this.begun.has(uid);
    }

    /** It was thrown away, or its first command is there. */
    forget(uid: string): boolean {
        return this.begun.delete(uid);
    }

    /**
     * Recomputes orders.
     *
     * @param uids the orders whose confirmed state, pending commands or lock may have changed
     * @param by whose doing it is, for each uid
     * @param whys why an order left the replica, where the server said it
     */
    refresh(
        uids: Iterable<string>,
        by: OrderChange['by'] | ((uid: string) => OrderChange['by']),
        whys: Touched = new Map(),
        renamed: Renamed[] = [],
    ): OrderChange[] {
        const { world, pending, single, beforeLast } = this.compute(
            new Set([...uids, ...renamed.map(({ uid }) => uid)]),
        );
        const changes: OrderChange[] = [];
        const doer = typeof by === 'function' ? by : () => by;
        for (const { former, uid } of renamed) {
            const before = this.views.get(former);
            this.views.delete(former);
            // It was shown twice while the till did not know that both are one.
            const double = this.views.get(uid);
            if (before && double)
                changes.push({ uid, kind: 'removed', by: 'server', why: 'gone', before: double });
            const after = world.get(uid);
            if (before && typeof after === 'object') {
                const next = sameWhereEqual(before, this.dressed(after, pending.get(uid) ?? 0));
                this.views.set(uid, next);
                changes.push({ uid, kind: 'renamed', by: 'server', former, before, after: next });
            }
        }
        for (const [uid, computed] of world) {
            const before = this.views.get(uid);
            if (typeof computed !== 'object') {
                this.laid.forget(uid);
                if (!before) continue;
                this.views.delete(uid);
                const why: Why | 'gone' = computed ?? whys.get(uid) ?? 'gone';
                changes.push({ uid, kind: 'removed', by: doer(uid), why, before });
                continue;
            }
            const after = sameWhereEqual(before, this.dressed(computed, pending.get(uid) ?? 0));
            if (single) {
                // With the parts that kept their identity, what comes next is compared at a glance.
                const { fields, lines, payments } = after;
                this.laid.note(uid, single, beforeLast, { ...computed, fields, lines, payments });
            } else this.laid.forget(uid);
            if (after === before) continue;
            this.views.set(uid, after);
            changes.push({ uid, kind: before ? 'changed' : 'added', by: doer(uid), before, after });
        }
        if (changes.length > 0) this.sorted = null;
        return changes;
    }

    /** Confirmed + pending, for these orders and those that a pending move ties to them. */
    private compute(uids: Set<string>): Computed {
        const { replica, outbox, names, pos } = this.sources;
        const entries = new Map<Entry, string[]>();
        // The set grows while it is walked through: an order that a move ties to another is looked at too.
        for (const uid of uids) {
            for (const entry of outbox.about(names.namesOf(uid))) {
                if (entries.has(entry)) continue;
                const about = names.about(entry.command);
                if (!about.includes(uid)) continue;
                entries.set(entry, about);
                for (const other of about) uids.add(other);
            }
        }
        const world: World = new Map([...uids].map(uid => [uid, this.base(uid)]));
        const pending = new Map<string, number>();
        const inOrder = [...entries].sort(([one], [other]) => one.command.number - other.command.number);
        const toLay: Entry[] = [];
        for (const [entry, about] of inOrder) {
            // What is in the replica is not unsent any more, even if its answer is still under way.
            if (!entry.isCovered) for (const uid of about) pending.set(uid, (pending.get(uid) ?? 0) + 1);
            if (!entry.isCovered || about.some(uid => names.creationOf(uid) !== undefined)) {
                toLay.push(entry);
            }
        }
        const [uid] = uids;
        const isSingle = uid !== undefined && uids.size === 1;
        const single = isSingle ? { base: this.base(uid), run: replica.run, entries: toLay } : null;
        const before = single && uid !== undefined ? this.laid.before(uid, single) : null;
        if (before && uid !== undefined) world.set(uid, before.view);
        let beforeLast = before?.beforeLast;
        for (const entry of toLay.slice(before?.done ?? 0)) {
            const view = uid === undefined ? undefined : world.get(uid);
            beforeLast = typeof view === 'object' ? view : undefined;
            overlay(world, entry.command, names, pos, replica.run);
        }
        for (const [entry] of inOrder) {
            const created = createdBy(entry.command);
            if (created) this.begun.delete(created.uid);
        }
        return { world, pending, single, beforeLast };
    }

    private base(uid: string): OrderView | undefined {
        // While the till waits for its order's uid, an order of that uid in the replica may be another's.
        const { replica, names } = this.sources;
        const order = names.creationOf(uid) === undefined ? replica.orders.get(uid) : undefined;
        if (!order) return this.begun.get(uid);
        let view = this.confirmed.get(order);
        if (!view) {
            view = viewOf(order);
            this.confirmed.set(order, view);
        }
        return view;
    }

    private dressed(view: OrderView, unsent: number): OrderView {
        const isKnown = this.isKnown(view.uid);
        const locked: Locked | null = view.locked ?? (isKnown && this.sources.isLocked ? 'offline' : null);
        return view.unsent === unsent && view.locked === locked ? view : { ...view, unsent, locked };
    }
}

/** Keeps the identity of whatever is as it was, however it was computed. */
function sameWhereEqual(before: OrderView | undefined, after: OrderView): OrderView {
    if (!before || before === after) return after;
    const fields = equal(before.fields, after.fields) ? before.fields : after.fields;
    const former = new Map(before.lines.map(line => [line.uid, line]));
    const each = after.lines.map(line => {
        const known = former.get(line.uid);
        if (!known || equal(known, line)) return known ?? line;
        return equal(known.fields, line.fields) ? { ...line, fields: known.fields } : line;
    });
    const isSame = each.length === before.lines.length && each.every((line, at) => line === before.lines[at]);
    const lines = isSame ? before.lines : each;
    const payments = equal(before.payments, after.payments) ? before.payments : after.payments;
    const kept: OrderView = { ...after, fields, lines, payments };
    const names = Object.keys(kept) as (keyof OrderView)[];
    return names.every(name => kept[name] === before[name] || equal(kept[name], before[name]))
        ? before
        : kept;
}

function byNumber(one: OrderView, other: OrderView): number {
    if (one.number !== other.number) {
        return (one.number ?? Number.POSITIVE_INFINITY) < (other.number ?? Number.POSITIVE_INFINITY) ? -1 : 1;
    }
    return one.uid < other.uid ? -1 : 1;
}

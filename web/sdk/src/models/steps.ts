/** The last steps of each order at this till, and taking them back. */

import type { Fields, Json, LineView, Mark, Merged, OrderView, Outcome } from '../client/types.js';
import { equal, isObject, member, number, QTY, quantity, withMember } from '../rules/json.js';
import type { Order } from './order.js';
import type { PosModel } from './pos_model.js';
import { type Deed, isTypedOn, join, type Step, same, type Whose } from './step.js';
import { NOTHING_UNDONE, takeBack, type Undone } from './undone.js';

/** Steps of one order that are remembered; older ones cannot be taken back. */
export const STEPS_MAX = 50;

/** A line that came back before the server had judged its removal. */
interface Doubtful {
    former: string;
    line: string;
    fields: Fields;
}

interface Remembered {
    steps: Step[];
    doubtful: Doubtful[];
}

export class Steps {
    /** In memory: what was done before a reload is not taken back by a touch. */
    private readonly orders = new WeakMap<Order, Remembered>();

    constructor(private readonly pos: PosModel) {}

    /** Notes what was done. A step that the server refuses is gone: it was taken back already. */
    note(order: Order, step: Step, outcome: Promise<Outcome>): void {
        const { steps } = this.of(order);
        const last = steps.at(-1);
        const isMore = last !== undefined && isTypedOn(last, step);
        const noted = isMore ? last : step;
        if (!isMore) steps.push(step);
        else if (!join(last, step)) steps.pop();
        if (steps.length > STEPS_MAX) steps.shift();
        outcome.then(
            ({ accepted }) => this.settled(order, noted, accepted),
            () => this.settled(order, noted, false),
        );
        this.tell(order);
    }

    /** Whether there is a step of whoever is at the till. */
    has(order: Order): boolean {
        return this.lastOf(order) !== undefined;
    }

    /** Takes the last step of whoever is at the till back. */
    undo(order: Order): Undone {
        const step = this.lastOf(order);
        if (!step || !order.is_editable()) return NOTHING_UNDONE;
        const { pos } = this;
        pos.recorder.captureUnsaid(order);
        const view = pos.engine.order(order.uid);
        if (!view) return NOTHING_UNDONE;
        const back = takeBack(step, view, {
            isMe: mark => this.isMe(mark),
            newLine: () => pos.engine.lineUid(order.uid),
        });
        const remembered = this.of(order);
        const wasSelected = order.selected_orderline !== undefined;
        if (back.operations.length > 0 && !pos.recorder.replay(order, back.operations)) return NOTHING_UNDONE;
        remembered.steps = remembered.steps.filter(other => other !== step);
        // A number that is typed from now on is another one.
        for (const other of remembered.steps) other.typed = null;
        this.restored(remembered, step, back.restored);
        this.select(order, [...back.restored.values()], wasSelected);
        this.tell(order);
        return { changes: back.changes, kept: back.kept };
    }

    /** Nothing that was done until now can be taken back any more. */
    clear(order: Order): void {
        const { steps } = this.of(order);
        if (steps.splice(0).length > 0) this.tell(order);
    }

    /** Others changed an order: what they set is theirs from now on. */
    heard(order: Order, before: OrderView | undefined, after: OrderView | undefined): void {
        const remembered = this.orders.get(order);
        if (!before || !after || !remembered || remembered.steps.length === 0) return;
        const [old, now] = [before, after].map(view => new Map(view.lines.map(line => [line.uid, line])));
        const fieldsOf = (view: OrderView, lines: typeof old, line: string | undefined) =>
            line === undefined ? view.fields : lines?.get(line)?.fields;
        for (const deed of remembered.steps.flatMap(step => step.deeds)) {
            if (deed.deed !== 'set' && deed.deed !== 'add') continue;
            const [was, is] = [fieldsOf(before, old, deed.line), fieldsOf(after, now, deed.line)];
            if (!was || !is || was === is) continue;
            const isTheirs =
                deed.deed === 'set' ? !same(valueIn(was, deed), valueIn(is, deed)) : isEdited(was, is);
            if (isTheirs)
                deed.whose = this.doer(after, deed.line === undefined ? undefined : now?.get(deed.line));
        }
    }

    /** A removal met somebody's edit, so that the line stays (M8). If it was taken back already, that was once too often. */
    merged(order: Order, { notices }: Merged): void {
        const remembered = this.orders.get(order);
        if (!remembered) return;
        for (const notice of notices) {
            if (notice.notice !== 'line_kept') continue;
            for (const deed of remembered.steps.flatMap(step => step.deeds)) {
                if (deed.deed === 'remove' && deed.line === notice.line) deed.whose = notice.by;
            }
            const at = remembered.doubtful.findIndex(({ former }) => former === notice.line);
            const [double] = at < 0 ? [] : remembered.doubtful.splice(at, 1);
            const there = this.pos.engine.order(order.uid)?.lines.find(({ uid }) => uid === double?.line);
            // What was done to it since stays on it.
            if (!double || !there || !equal(there.fields, double.fields)) continue;
            const seen = number(quantity(there.fields));
            this.pos.recorder.replay(order, [{ op: 'remove_line', line: there.uid, seen }]);
            rename(remembered.steps, there.uid, notice.line);
        }
    }

    private of(order: Order): Remembered {
        const known = this.orders.get(order);
        if (known) return known;
        const remembered = { steps: [], doubtful: [] };
        this.orders.set(order, remembered);
        return remembered;
    }

    private lastOf(order: Order): Step | undefined {
        if (order.finalized || !this.pos.has_order(order)) return undefined;
        const { id } = this.pos.engine.user;
        return this.orders.get(order)?.steps.findLast(step => step.user === id);
    }

    /** The server has judged a step. */
    private settled(order: Order, step: Step, accepted: boolean): void {
        const remembered = this.of(order);
        const removed = step.deeds.filter(deed => deed.deed === 'remove');
        for (const deed of removed) deed.isSettled = true;
        remembered.doubtful = remembered.doubtful.filter(
            ({ former }) => !removed.some(deed => deed.line === former),
        );
        const at = accepted ? -1 : remembered.steps.indexOf(step);
        if (at < 0) return;
        remembered.steps.splice(at, 1);
        this.tell(order);
    }

    /** Lines came back under other uids: earlier steps mean those. */
    private restored({ steps, doubtful }: Remembered, step: Step, lines: Map<string, string>): void {
        for (const deed of step.deeds) {
            const line = deed.deed === 'remove' ? lines.get(deed.line) : undefined;
            if (deed.deed !== 'remove' || line === undefined) continue;
            rename(steps, deed.line, line);
            if (deed.isSettled) continue;
            doubtful.push({ former: deed.line, line, fields: deed.fields });
            if (doubtful.length > STEPS_MAX) doubtful.shift();
        }
    }

    /** What is typed next is about what came back, or about the last line, as after a removal by hand. */
    private select(order: Order, restored: string[], wasSelected: boolean): void {
        const back = order.get_orderlines().findLast(line => restored.includes(line.uid));
        if (back) order.select_orderline(back);
        else if (wasSelected && !order.selected_orderline) order.select_orderline(order.get_last_orderline());
    }

    private doer(view: OrderView, line: LineView | undefined): Whose {
        return [line?.edited, view.edited].find(mark => mark && !this.isMe(mark)) ?? null;
    }

    private isMe({ user, pos }: Mark): boolean {
        const { engine } = this.pos;
        return user.id === engine.user.id && pos.id === engine.pos.id;
    }

    private tell(order: Order): void {
        order.trigger('steps', order);
    }
}

function rename(steps: readonly Step[], from: string, to: string): void {
    for (const deed of steps.flatMap(step => step.deeds)) if (deed.line === from) deed.line = to;
}

function valueIn(fields: Fields, { field, key }: Extract<Deed, { deed: 'set' }>): Json | undefined {
    const value = member(fields, field);
    if (key === undefined) return value;
    return isObject(value) ? member(value, key) : undefined;
}

/** Whether anything but the quantity is another. */
function isEdited(before: Fields, after: Fields): boolean {
    return !equal(withMember(before, QTY, 0), withMember(after, QTY, 0));
}

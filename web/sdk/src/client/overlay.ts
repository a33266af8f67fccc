/** Pending commands, laid over what is confirmed: what the till shows before the server has answered. */
import { Decimal, number, QTY, quantity, withMember } from '../rules/json.js';
import { apply } from '../rules/operation.js';
import type { Why } from '../rules/replica.js';
import type { Action, WireOrder } from '../wire/protocol.js';
import type { Names } from './names.js';
import type { StoredCommand } from './storage.js';
import type { LineView, Mark, OrderView, Pos } from './types.js';

/** The orders that are looked at. An order that is not shown (any more) is there as the reason for it. */
export type World = Map<string, OrderView | Why | undefined>;

/** An order as the server confirmed it. */
export function viewOf(order: WireOrder): OrderView {
    const { uid, fields, lines, added, edited, payments, origin, late } = order;
    return {
        uid,
        number: order.sequence_number,
        run: order.run_ID,
        revision: order.revision_ID,
        fields,
        lines,
        added,
        edited,
        payments,
        origin,
        carriedFrom: order.carried_from,
        late,
        unsent: 0,
        locked: null,
    };
}

/** An order that only this till knows. */
export function newView(
    uid: string,
    run: number,
    added: Mark,
    origin: OrderView['origin'] = null,
): OrderView {
    return {
        uid,
        number: null,
        run,
        revision: 0,
        fields: {},
        lines: [],
        added,
        edited: null,
        payments: [],
        origin,
        carriedFrom: null,
        late: false,
        unsent: 0,
        locked: null,
    };
}

/** Lays a command over the orders of the world; what is about others is passed over. */
export function overlay(world: World, command: StoredCommand, names: Names, pos: Pos, run: number): void {
    const mark: Mark = { user: command.user, pos };
    for (const action of command.actions) lay(world, action, command, names, mark, run);
}

function lay(
    world: World,
    action: Action,
    command: StoredCommand,
    names: Names,
    mark: Mark,
    run: number,
): void {
    if (action.action === 'move') {
        move(world, action, names, mark, run);
        return;
    }
    if (action.action === 'keep_aside') return;
    const uid = names.meant({ uid: action.order, creation: action.creation });
    if (!world.has(uid)) return;
    const view = world.get(uid);
    if (action.action === 'create') {
        if (typeof view === 'object') return;
        const lines = action.lines.map((line): LineView => ({ ...line, added: mark, edited: null }));
        world.set(uid, { ...newView(uid, run, mark, action.origin ?? null), fields: action.fields, lines });
        return;
    }
    if (typeof view !== 'object') return;
    switch (action.action) {
        case 'update': {
            const next = apply(view, action.operations, mark, 'pending');
            world.set(uid, next === view ? view : { ...next, edited: mark });
            break;
        }
        case 'pay':
            if (view.payments.every(known => known.id !== action.payment.id)) {
                world.set(uid, { ...view, payments: [...view.payments, action.payment] });
            }
            break;
        case 'close':
            // While its answer may still come, the order stays on the screen, locked.
            world.set(uid, command.cut ? 'paid' : { ...view, locked: 'paying' });
            break;
        case 'settle':
            world.set(uid, 'paid');
            break;
        case 'delete':
            world.set(uid, 'deleted');
            break;
    }
}

/** M12, as far as this till can see it. */
function move(
    world: World,
    action: Extract<Action, { action: 'move' }>,
    names: Names,
    mark: Mark,
    run: number,
): void {
    const fromUid = names.meant({ uid: action.from, creation: action.creation });
    const toUid = names.meant({ uid: action.to.order, creation: action.to.creation });
    const source = world.get(fromUid);
    let target = world.get(toUid);
    if (action.to.kind === 'new' && typeof target !== 'object' && world.has(toUid)) {
        target = {
            ...newView(toUid, run, mark, { order: fromUid, reason: 'split' }),
            fields: action.to.fields,
        };
    }
    if (typeof source !== 'object' || typeof target !== 'object') return;
    let [from, to]: [OrderView, OrderView] = [source, target];
    for (const { line: uid, qty, into } of action.items) {
        const line = from.lines.find(line => line.uid === uid);
        if (!line) continue;
        const [there, asked] = [quantity(line.fields), new Decimal(qty)];
        if (there.isZero() || there.isNegative() !== asked.isNegative()) continue;
        const moved = there.abs().lessThan(asked.abs()) ? there : asked;
        const left = number(moved.negated());
        const fields = withMember(line.fields, QTY, number(moved));
        from = apply(
            from,
            moved.equals(there)
                ? [{ op: 'remove_line', line: uid, seen: 0 }]
                : [{ op: 'increment', line: uid, field: QTY, by: left }],
            mark,
        );
        to = apply(
            to,
            to.lines.some(line => line.uid === into)
                ? [{ op: 'increment', line: into, field: QTY, by: number(moved) }]
                : [{ op: 'add_line', line: into, fields }],
            mark,
        );
    }
    world.set(toUid, { ...to, edited: to.number === null && to.revision === 0 ? to.edited : mark });
    const isEmptied = from.lines.length === 0 && action.emptied === 'delete';
    world.set(fromUid, isEmptied ? 'deleted' : { ...from, edited: mark });
}

/** Money on the real server: closing against edits, payments that come late, what becomes of edits of closed orders. */
import { expect, it } from 'vitest';
import type { Till } from './stage.js';
import {
    arrival,
    brief,
    briefs,
    departure,
    isGreen,
    isRed,
    level,
    Stage,
    tap,
    typeLine,
    typeOrder,
} from './stage.js';
import { when } from './waits.js';

const stage = new Stage();
const CAKE = { product_id: 43, qty: 1, price_unit: 4 };
const CASH = { amount: 10 };

/** What the other does is not seen here before what is done here is on its way. */
async function unseen(here: Till, other: () => Promise<unknown>): Promise<void> {
    here.proxy.stall('down');
    await other();
}

/** After a second payment of an order: all that happened, and the order that the payment became. */
function secondBill(order: string) {
    stage.ledger.check();
    expect([...stage.ledger.numbers.values()]).toEqual([1, 2]);
    const changes = [...stage.ledger.events.values()].flatMap(event => event.changes);
    const second = changes.find(change => change.change === 'registered' && change.order !== order);
    expect(second).toMatchObject({ origin: { order, reason: 'paid_twice' } });
    return { changes, second: (second as { order: string }).order };
}

it('C2: paying while another adds is refused with the difference; then it is right, and closes', async () => {
    const [ada, bob] = await stage.pair();
    const { order, line } = typeOrder(ada);
    await arrival(bob, order);
    let cake = '';
    await unseen(ada, async () => {
        cake = typeLine(bob, order, CAKE);
        await tap(bob, order, line);
    });
    const closing = ada.engine.close(order);
    expect(ada.engine.order(order)?.locked).toBe('paying');
    ada.proxy.flow();
    const outcome = await closing;
    expect(outcome).toMatchObject({ accepted: false, refusal: { reason: 'bill_changed', order } });
    if (outcome.accepted) return;
    const { differences, by } = outcome.refusal as unknown as {
        differences: { line?: string }[];
        by: unknown;
    };
    expect(differences.map(difference => difference.line).sort()).toEqual([line, cake].sort());
    expect(by).toEqual([{ user: { id: 3, name: 'Bob' }, pos: { id: 2, name: 'Terrace' } }]);
    expect(outcome.order && brief(outcome.order)).toBe('#1 42x2 43x1');
    await when(ada.engine, 'the right bill', () => brief(ada.engine.order(order)) === '#1 42x2 43x1');
    expect(ada.engine.order(order)?.locked).toBeNull();
    expect(await ada.engine.close(order)).toMatchObject({ accepted: true, uid: order, number: 1 });
    await departure(bob, order);
    await level([ada, bob]);
    stage.ledger.check();
});

it('C2: a note of another does not stand in the way of paying', async () => {
    const [ada, bob] = await stage.pair();
    const { order, line } = typeOrder(ada);
    await arrival(bob, order);
    await unseen(ada, () => bob.engine.record(order, [{ op: 'set', line, field: 'note', value: 'no ice' }]));
    const closing = ada.engine.close(order);
    ada.proxy.flow();
    expect(await closing).toMatchObject({ accepted: true });
    await departure(bob, order);
    await level([ada, bob]);
});

it('C4: deleting while another edits is refused; the edit is there, and the next deleting holds', async () => {
    const [ada, bob] = await stage.pair();
    const { order, line } = typeOrder(ada);
    await arrival(bob, order);
    await unseen(ada, () => tap(bob, order, line));
    const deleting = ada.engine.delete(order);
    expect(ada.engine.order(order)).toBeUndefined();
    ada.proxy.flow();
    expect(await deleting).toMatchObject({
        accepted: false,
        refusal: { reason: 'changed_by_others', by: [{ user: { name: 'Bob' } }] },
    });
    await level([ada, bob]);
    expect(briefs(ada)).toEqual(['#1 42x2']);
    expect(await ada.engine.delete(order)).toMatchObject({ accepted: true });
    await departure(bob, order);
    await level([ada, bob]);
});

it('O7: sold and paid without a connection: booked on return, once, with a number', async () => {
    const [ada, bob] = await stage.pair();
    ada.proxy.refuse();
    ada.proxy.cut();
    await isRed(ada);
    const { order } = typeOrder(ada);
    const open = typeOrder(ada).order;
    const [paid, closed] = [ada.engine.pay(order, CASH), ada.engine.close(order)];
    expect(ada.engine.order(order)).toBeUndefined();
    expect(ada.engine.connection.paidWaiting).toBe(1);
    await ada.proxy.accept();
    expect(await paid).toMatchObject({ accepted: true });
    expect(await closed).toMatchObject({ accepted: true, uid: order, number: 1 });
    await arrival(bob, open);
    await level([ada, bob]);
    expect(briefs(bob)).toEqual(['#2 42x1']);
    const bookings = [...stage.ledger.events.values()].filter(event =>
        event.changes.some(change => change.change === 'paid' && change.order === order),
    );
    expect(bookings.length).toBe(1);
    stage.ledger.check();
});

it('A4, O5: a closing whose answer was lost is answered on return, and booked once', async () => {
    const [ada, bob] = await stage.pair();
    const { order } = typeOrder(ada);
    await arrival(bob, order);
    ada.proxy.stall('down');
    const closed = ada.engine.close(order);
    await departure(bob, order);
    ada.proxy.refuse();
    ada.proxy.cut();
    await isRed(ada);
    expect(ada.engine.order(order)).toBeUndefined();
    ada.proxy.flow();
    await ada.proxy.accept();
    expect(await closed).toMatchObject({ accepted: true, uid: order, number: 1 });
    await level([ada, bob]);
    expect(ada.engine.connection.paidWaiting).toBe(0);
    stage.ledger.check();
});

it('O1, O2: a payment that comes late is booked as the payer saw it; what another added is an order of its own', async () => {
    const [ada, bob] = await stage.pair();
    const { order, line } = typeOrder(ada);
    await arrival(bob, order);
    ada.proxy.stall();
    const closed = ada.engine.close(order);
    await isRed(ada);
    await tap(bob, order, line, 2);
    typeLine(bob, order, CAKE);
    await bob.engine.settled();
    ada.proxy.cut();
    ada.proxy.flow();
    expect(await closed).toMatchObject({ accepted: true, uid: order, number: 1 });
    await departure(bob, order);
    await level([ada, bob]);
    expect(briefs(bob)).toEqual(['#2 42x2 43x1']);
    const [follow] = bob.engine.orders();
    expect(follow?.origin).toEqual({ order, reason: 'added_meanwhile' });
    expect(follow?.lines.map(each => each.added.user.name).sort()).toEqual(['Ada', 'Bob']);
    expect(ada.engine.refused).toEqual([]);
    stage.ledger.check();
});

it('O4: an order that was paid on two tills at once: the second payment is an order of its own', async () => {
    const [ada, bob] = await stage.pair();
    const { order } = typeOrder(ada);
    await arrival(bob, order);
    ada.proxy.stall();
    const late = ada.engine.close(order);
    await isRed(ada);
    expect(await bob.engine.close(order)).toMatchObject({ accepted: true, number: 1 });
    ada.proxy.cut();
    ada.proxy.flow();
    expect(await late).toMatchObject({ accepted: true });
    await level([ada, bob]);
    expect([briefs(ada), briefs(bob)]).toEqual([[], []]);
    stage.ledger.check();
    expect([...stage.ledger.numbers.values()]).toEqual([1, 2]);
    const reasons = [...stage.ledger.events.values()].flatMap(event =>
        event.changes.map(change =>
            change.change === 'registered' ? (change.origin?.reason ?? null) : null,
        ),
    );
    expect(reasons).toContain('paid_twice');
});

it('O4: two tills record money for one order and both close it: each has a bill, and its own money on it', async () => {
    const [ada, bob] = await stage.pair();
    const { order } = typeOrder(ada);
    await arrival(bob, order);
    await unseen(ada, () => bob.engine.pay(order, { amount: 2.5, by: 'card' }));
    bob.proxy.stall();
    const late = bob.engine.close(order);
    void ada.engine.pay(order, CASH);
    const first = ada.engine.close(order);
    ada.proxy.flow();
    expect(await first).toMatchObject({ accepted: true, uid: order, number: 1 });
    await isRed(bob);
    bob.proxy.cut();
    bob.proxy.flow();
    expect(await late).toMatchObject({ accepted: true });
    await level([ada, bob]);
    const { changes, second } = secondBill(order);
    const moved = changes.filter(({ change }) => (change as string) === 'payment_moved');
    expect(moved).toMatchObject([{ order }]);
    const taken = changes.flatMap(change => (change.change === 'payment_taken' ? change : []));
    expect(taken.map(({ order, payment }) => [order, payment.fields.amount])).toEqual([
        [order, 2.5],
        [order, 10],
        [second, 2.5],
    ]);
});

it('O4: online, money that was recorded before the order turned out to be paid is booked, and its payer is told', async () => {
    const [ada, bob] = await stage.pair();
    const { order } = typeOrder(ada);
    await arrival(bob, order);
    // Ada's acts are held up; nothing of hers is cut off.
    ada.proxy.stall('up');
    void ada.engine.pay(order, CASH);
    const late = ada.engine.close(order);
    void bob.engine.pay(order, { amount: 2.5, by: 'card' });
    expect(await bob.engine.close(order)).toMatchObject({ accepted: true, number: 1 });
    ada.proxy.flow();
    const outcome = await late;
    expect(outcome).toMatchObject({ accepted: false, refusal: { reason: 'closed' } });
    await level([ada, bob]);
    const { changes, second } = secondBill(order);
    expect(outcome).toMatchObject({ booked: second });
    const taken = changes.flatMap(change => (change.change === 'payment_taken' ? change : []));
    expect(taken.map(({ payment }) => payment.fields.amount).sort()).toEqual([10, 10, 2.5]);
    expect(changes.filter(({ change }) => (change as string) === 'payment_moved')).toMatchObject([{ order }]);
});

it('O6: what was typed into an order that another deletes, and paid before anybody knew, is sold once', async () => {
    const [ada, bob] = await stage.pair();
    const { order } = typeOrder(ada);
    await arrival(bob, order);
    ada.proxy.stall();
    const cake = typeLine(ada, order, CAKE);
    void ada.engine.record(order, [{ op: 'set', field: 'note', value: 'birthday' }]);
    await Promise.resolve();
    void ada.engine.pay(order, CASH);
    const closed = ada.engine.close(order);
    await isRed(ada);
    expect(await bob.engine.delete(order)).toMatchObject({ accepted: true });
    ada.proxy.cut();
    ada.proxy.flow();
    expect(await closed).toMatchObject({ accepted: true, uid: order });
    await level([ada, bob]);
    const changes = [...stage.ledger.events.values()].flatMap(event => event.changes);
    const sold = changes.flatMap(change => (change.change === 'updated' ? change.operations : []));
    expect(sold).toMatchObject([{ op: 'add_line', line: cake, fields: CAKE }]);
    expect(changes.filter(({ change }) => change === 'attention')).toMatchObject([{ order }, { order }]);
    // What is not on the bill is in the history (C6).
    expect(changes.at(-1)).toMatchObject({
        change: 'kept_aside',
        operations: [
            { op: 'add_line', line: cake },
            { op: 'set', field: 'note', value: 'birthday' },
        ],
    });
    // It is on the paid order: nobody is asked whether to sell it again.
    expect(ada.engine.refused).toEqual([]);
    expect(briefs(bob)).toEqual([]);
    stage.ledger.check();
});

it('C5: what was typed into an order that another closed is given back, and becomes a new order on the user’s word', async () => {
    const [ada, bob] = await stage.pair();
    const { order, line } = typeOrder(ada);
    await arrival(bob, order);
    await unseen(ada, () => bob.engine.close(order));
    const typed = typeLine(ada, order, CAKE);
    const more = tap(ada, order, line, 2);
    ada.proxy.flow();
    expect(await more).toMatchObject({ accepted: false, refusal: { reason: 'closed', state: 'paid' } });
    await level([ada, bob]);
    expect(briefs(ada)).toEqual([]);
    const [refused] = ada.engine.refused;
    expect(refused?.operations.map(operation => operation.line)).toEqual([typed, line]);
    const rescued = ada.engine.rescue(refused?.id ?? '');
    await arrival(bob, rescued);
    await level([ada, bob]);
    expect(briefs(bob)).toEqual(['#2 42x2 43x1']);
    expect(bob.engine.order(rescued)?.origin).toEqual({ order, reason: 'added_afterwards' });
    expect(ada.engine.refused).toEqual([]);
    stage.ledger.check();
});

it('what was refused is kept over a reload and a crash of the server', async () => {
    const [first, bob] = await stage.pair();
    const { order } = typeOrder(first);
    await arrival(bob, order);
    await unseen(first, () => bob.engine.delete(order));
    const typed = typeLine(first, order, CAKE);
    first.proxy.flow();
    await when(first.engine, 'the refusal', () => first.engine.refused.length === 1);
    const ada = await stage.reload(first);
    await stage.server.restart();
    for (const till of [ada, bob]) await isGreen(till);
    expect(ada.engine.refused).toMatchObject([{ uid: order, operations: [{ op: 'add_line', line: typed }] }]);
    const rescued = ada.engine.rescue(ada.engine.refused[0]?.id ?? '');
    await arrival(bob, rescued);
    await level([ada, bob]);
    expect(briefs(bob)).toEqual(['#2 43x1']);
});

/** Work without a connection, in both policies, and what becomes of it (rules O, 15 to 18, 20). */
import { expect, it } from 'vitest';
import type { Known } from './fake_orders.js';
import { OTHER } from './fake_server.js';
import { Network } from './network.js';
import { briefs, coffee, pass, Shop, type Till, tap, typeCoffee } from './tills.js';

const shop = new Shop();
const commands = () => shop.server.received.filter(message => message.type === 'command');
const sync = ({ engine }: Till) => engine.connection.sync;

it('rules 16, 18: what was typed before the till noticed is sent on return, in order, each once', async () => {
    const ada = await shop.open();
    const { order, line } = await coffee(ada);
    ada.network.isSilent = true;
    const outcomes = [
        tap(ada, order, line),
        ada.engine.record(order, [{ op: 'set', field: 'note', value: 'a' }]),
    ];
    await pass(100);
    void ada.engine.record(order, [{ op: 'set', field: 'note', value: 'b' }]);
    await pass(6_000);
    expect(sync(ada)).toBe('red');
    expect(ada.engine.connection).toMatchObject({
        message: 'No connection to the server',
        commandsWaiting: 2,
        ordersWaiting: 1,
    });
    ada.network.isSilent = false;
    await pass(20_000);
    expect(sync(ada)).toBe('green');
    expect(ada.engine.connection).toMatchObject({ message: null, commandsWaiting: 0 });
    expect(await Promise.all(outcomes)).toHaveLength(2);
    expect(commands().map(({ number }) => number)).toEqual([1, 2, 3]);
    expect(ada.engine.order(order)).toMatchObject({ fields: { note: 'b' }, lines: [{ fields: { qty: 2 } }] });
});

it('rule 17: what was typed survives a reload, offline', async () => {
    const ada = await shop.open();
    const { order } = await coffee(ada);
    ada.engine.setNetwork(false);
    await pass(2_000);
    const offline = typeCoffee(ada, 4);
    void tap(ada, offline.order, offline.line);
    await pass();
    const network = new Network(shop.server);
    network.isUp = false;
    const reloaded = await shop.reload(ada, { network });
    expect(briefs(reloaded)).toEqual(['#1 42x1', '#New 42x5']);
    expect(reloaded.engine.newOrder()).toBe('00012-001-0003');
    expect(reloaded.engine.order(order)?.locked).toBe('offline');
    network.isUp = true;
    await pass(6_000);
    expect(briefs(reloaded)).toEqual(['#1 42x1', '#2 42x5', '#New']);
});

it('rule 15, lock: without a connection known orders are locked with the reason, new ones can be sold and paid', async () => {
    const [ada, bob] = [await shop.open(), await shop.open({ pos: 2 })];
    const { order, line } = await coffee(ada);
    ada.engine.setNetwork(false);
    await pass();
    expect(ada.engine.order(order)?.locked).toBe('offline');
    expect(ada.changes.at(-1)).toMatchObject({ kind: 'changed', by: 'server', after: { locked: 'offline' } });
    for (const act of [
        () => tap(ada, order, line),
        () => ada.engine.close(order),
        () => ada.engine.delete(order),
        () => ada.engine.pay(order, {}),
        () => ada.engine.move(order, { newOrder: {} }, []),
    ]) {
        expect(act).toThrow(expect.objectContaining({ name: 'LockedError', reason: 'offline' }));
    }
    const mine = typeCoffee(ada, 2);
    void ada.engine.pay(mine.order, { cash: 5 });
    const closing = ada.engine.close(mine.order);
    expect(briefs(ada)).toEqual(['#1 42x1']);
    expect(ada.changes.at(-1)).toMatchObject({ uid: mine.order, kind: 'removed', by: 'me', why: 'paid' });
    expect(ada.engine.connection.paidWaiting).toBe(1);
    ada.engine.setNetwork(true);
    await pass();
    expect(await closing).toMatchObject({ accepted: true, uid: mine.order });
    expect(ada.engine.connection.paidWaiting).toBe(0);
    expect(ada.engine.order(order)?.locked).toBeNull();
    const settled =
        commands().at(-1)?.type === 'command' ? (commands().at(-1) as { actions: unknown[] }).actions : [];
    expect(settled).toMatchObject([
        { action: 'settle', paid: { lines: [{ fields: { qty: 2 } }] }, payment: { fields: { cash: 5 } } },
    ]);
    expect(shop.server.orders.get(mine.order)?.order).toMatchObject({ state: 'paid', sequence_number: 2 });
    expect(briefs(bob)).toEqual(['#1 42x1']);
});

it('rule 15, merge: known orders are edited and paid offline, and what another added becomes an order of its own', async () => {
    shop.server.offlineEdits = 'merge';
    const [ada, bob] = [await shop.open(), await shop.open({ pos: 2 })];
    const { order, line } = await coffee(ada);
    ada.engine.setNetwork(false);
    await pass();
    expect(ada.engine.order(order)?.locked).toBeNull();
    void tap(ada, order, line);
    void tap(bob, order, line, 5);
    await pass();
    void ada.engine.pay(order, { cash: 5 });
    void ada.engine.close(order);
    expect(briefs(ada)).toEqual([]);
    ada.engine.setNetwork(true);
    await pass();
    expect(shop.server.orders.get(order)?.order).toMatchObject({
        state: 'paid',
        payments: [{ fields: { cash: 5 } }],
    });
    expect([briefs(ada), briefs(bob)]).toEqual([['#2 42x5'], ['#2 42x5']]);
    expect(ada.engine.orders()[0]?.origin).toEqual({ order, reason: 'added_meanwhile' });
});

it('O4: an order that both paid offline is kept as two, each with its money', async () => {
    shop.server.offlineEdits = 'merge';
    const [ada, bob] = [await shop.open(), await shop.open({ pos: 2 })];
    const { order } = await coffee(ada);
    for (const till of [ada, bob]) {
        till.engine.setNetwork(false);
        void till.engine.pay(order, { from: till.engine.user.name });
        void till.engine.close(order);
        await pass();
    }
    for (const till of [ada, bob]) {
        till.engine.setNetwork(true);
        await pass();
    }
    const paid = [...shop.server.orders.values()].map(known => known.order);
    expect(paid.map(each => [each.state, each.payments.map(payment => payment.fields.from)])).toEqual([
        ['paid', ['Ada']],
        ['paid', ['Bob']],
    ]);
});

it('O1, O5: money that the server may know already is not taken for other money', async () => {
    shop.server.offlineEdits = 'merge';
    const ada = await shop.open();
    const { order } = await coffee(ada);
    shop.server.isMute = true;
    void ada.engine.pay(order, { cash: 2.5 });
    await pass();
    ada.engine.setNetwork(false);
    await pass();
    void ada.engine.close(order);
    shop.server.isMute = false;
    ada.engine.setNetwork(true);
    await pass();
    expect(
        commands().flatMap(message =>
            message.type === 'command' ? message.actions.map(({ action }) => action) : [],
        ),
    ).toEqual(['create', 'pay', 'pay', 'settle']);
    expect([...shop.server.orders.values()].map(known => known.order)).toMatchObject([
        { state: 'paid', payments: [{ fields: { cash: 2.5 } }] },
    ]);
});

it('O1: a closing that was cut off and then refused is settled with what the payer saw', async () => {
    const ada = await shop.open();
    const { order, line } = await coffee(ada);
    void ada.engine.pay(order, { cash: 2.5 });
    await pass();
    shop.server.isMute = true;
    shop.server.isHolding = true;
    const closing = ada.engine.close(order);
    await pass(100);
    expect(ada.engine.order(order)?.locked).toBe('paying');
    ada.network.cut();
    await pass();
    expect(briefs(ada)).toEqual([]);
    shop.server.isMute = false;
    shop.server.act(
        [{ action: 'update', order, base: 2, operations: [{ op: 'increment', line, field: 'qty', by: 2 }] }],
        OTHER,
    );
    shop.server.work();
    await pass(1_000);
    expect(await closing).toMatchObject({ accepted: true, uid: order });
    expect(shop.server.orders.get(order)?.order).toMatchObject({
        state: 'paid',
        payments: [{ fields: { cash: 2.5 } }],
    });
    expect(briefs(ada)).toEqual(['#2 42x2']);
    expect(ada.engine.refused).toEqual([]);
});

it('O1: the same after a reload', async () => {
    const ada = await shop.open();
    const { order, line } = await coffee(ada);
    shop.server.isHolding = true;
    void ada.engine.close(order);
    await pass();
    ada.engine.setNetwork(false);
    await pass();
    shop.server.act(
        [{ action: 'update', order, base: 1, operations: [{ op: 'increment', line, field: 'qty', by: 2 }] }],
        OTHER,
    );
    shop.server.work();
    const reloaded = await shop.reload(ada);
    await pass(100);
    expect(shop.server.orders.get(order)?.order.state).toBe('paid');
    expect(briefs(reloaded)).toEqual(['#2 42x2']);
});

it('O9, N2: a till whose session is over logs in anew when it starts, once its work is sent', async () => {
    const ada = await shop.open();
    const { order, line } = await coffee(ada);
    shop.server.change({ change: 'offline_edits', offline_edits: 'merge' });
    shop.server.offlineEdits = 'merge';
    await pass();
    ada.engine.setNetwork(false);
    await pass();
    const open = shop.server.sessions.get(1);
    if (open) open.isOpen = false;
    void ada.engine.record(order, [{ op: 'set', field: 'note', value: 'unsent' }]);
    await pass();
    const again = await shop.reload(ada);
    expect(shop.server.orders.get(order)?.order.fields.note).toBe('unsent');
    expect(again.engine.till).toEqual({ name: 'dev-1/00013-001', session: 13, login: 1 });
    void tap(again, order, line);
    await pass();
    expect(briefs(again)).toEqual(['#1 42x2']);
});

it('a till without an open session hears everything, and says why it has no uids', async () => {
    const bob = await shop.open({ pos: 2 });
    const ada = await shop.open({ openSession: false });
    expect(ada.engine.till).toBeNull();
    await coffee(bob);
    expect(briefs(ada)).toEqual(['#1 42x1']);
    expect(() => ada.engine.newOrder()).toThrow(/no login yet/);
});

it('unsent work can be exported', async () => {
    const ada = await shop.open();
    ada.engine.setNetwork(false);
    const { order } = typeCoffee(ada);
    const unsent = JSON.parse(await ada.engine.exportUnsent());
    expect(unsent).toMatchObject({
        device: 'dev-1',
        till: 'dev-1/00012-001',
        commands: [{ number: 1, actions: [{ action: 'create', order }] }],
    });
});

it('settled waits for every answer', async () => {
    const ada = await shop.open();
    shop.server.isHolding = true;
    typeCoffee(ada);
    let isSettled = false;
    void ada.engine.settled().then(() => {
        isSettled = true;
    });
    await pass(100);
    expect(isSettled).toBe(false);
    shop.server.work();
    await pass();
    expect(isSettled).toBe(true);
});

it('rule 20: in an inactive multi-session nothing is locked', async () => {
    const ada = await shop.open();
    const { order } = await coffee(ada);
    shop.server.change({ change: 'activated', active: false });
    await pass();
    ada.engine.setNetwork(false);
    await pass();
    expect(ada.engine.order(order)?.locked).toBeNull();
});

it('taps that grow into one unsent command count once, also when the order is looked at anew in between', async () => {
    const ada = await shop.open();
    shop.server.change({ change: 'offline_edits', offline_edits: 'merge' });
    const { order, line } = await coffee(ada);
    await pass();
    for (const isUp of [false, true, false]) {
        void tap(ada, order, line);
        // Every order's lock is looked at.
        ada.engine.setNetwork(isUp);
    }
    expect(briefs(ada)).toEqual(['#1 42x4']);
    expect(ada.engine.order(order)?.unsent).toBe(1);
});

it('money whose record was refused is kept, and told', async () => {
    const ada = await shop.open();
    const { order } = await coffee(ada);
    const told: unknown[] = [];
    ada.engine.on('refused', refused => told.push(refused));
    shop.server.orders.delete(order);
    const outcome = ada.engine.pay(order, { cash: 5 });
    await pass();
    expect(await outcome).toMatchObject({ accepted: false, refusal: { reason: 'unknown_order' } });
    expect(told).toHaveLength(1);
    expect(ada.engine.refused).toMatchObject([{ uid: order, operations: [] }]);
});

it('the outbox is bounded, and says what to do', async () => {
    const ada = await shop.open();
    const { order } = await coffee(ada);
    const { outbox } = ada.engine.shelf;
    shop.server.isHolding = true;
    for (let each = 0; each < 20_000; each += 1)
        outbox.add('aside', ada.engine.user, [{ action: 'keep_aside', order, operations: [] }]);
    expect(() => ada.engine.record(order, [{ op: 'set', field: 'note', value: 1 }])).toThrow(
        /20000 commands wait.*export/,
    );
});

/** Ada adds a cake and pays, while another deletes or pays the order; nothing is answered before her connection goes. */
async function payWhatIsRefused(
    ada: Till,
    others: 'delete' | 'close',
): Promise<{ order: string; cake: string }> {
    const { order } = await coffee(ada);
    shop.server.isHolding = true;
    const cake = ada.engine.lineUid(order);
    const fields = { product_id: 43, qty: 1, price_unit: 4 };
    void ada.engine.record(order, [{ op: 'add_line', line: cake, fields }]);
    await pass();
    if (others === 'close') {
        void ada.engine.pay(order, { cash: 6.5 });
        await pass();
    }
    void ada.engine.close(order);
    await pass();
    if (others === 'delete') shop.server.act([{ action: 'delete', order, base: 1 }], OTHER);
    else {
        const { fields, lines } = (shop.server.orders.get(order) as Known).order;
        const seen = { fields, lines: lines.map(({ uid, fields }) => ({ uid, fields })) };
        shop.server.act([{ action: 'close', order, base: 1, seen }], OTHER);
    }
    return { order, cake };
}

it('O6: what was refused and is on the bill that its payer saw is sold with it, and not given back to be sold again', async () => {
    const ada = await shop.open();
    const told: unknown[] = [];
    ada.engine.on('refused', refused => told.push(refused));
    const { order, cake } = await payWhatIsRefused(ada, 'delete');
    ada.network.cut();
    await pass();
    shop.server.work();
    await pass(1_000);
    expect(shop.server.orders.get(order)?.order.state).toBe('paid');
    expect([ada.engine.refused, told]).toEqual([[], []]);
    // C6: what was typed is in the history.
    expect(commands().at(-1)).toMatchObject({
        actions: [{ action: 'keep_aside', order, operations: [{ op: 'add_line', line: cake }] }],
    });
    expect(ada.engine.connection).toMatchObject({ commandsWaiting: 0, paidWaiting: 0 });
});

it('O5: what was refused is given back when the payment that its payer made changes nothing any more', async () => {
    const ada = await shop.open();
    const { cake } = await payWhatIsRefused(ada, 'close');
    ada.network.cut();
    await pass();
    shop.server.work();
    await pass(1_000);
    expect(ada.engine.refused).toMatchObject([{ operations: [{ op: 'add_line', line: cake }] }]);
    expect((await shop.reload(ada)).engine.refused).toMatchObject([{ operations: [{ line: cake }] }]);
});

it('C5: what was refused is given back when the closing behind it is refused too', async () => {
    const ada = await shop.open();
    const told: unknown[] = [];
    ada.engine.on('refused', refused => told.push(refused));
    const { cake } = await payWhatIsRefused(ada, 'delete');
    shop.server.work();
    await pass();
    expect(ada.engine.refused).toMatchObject([{ operations: [{ op: 'add_line', line: cake }] }]);
    expect(told).toMatchObject([{ operations: [] }, { operations: [{ line: cake }] }]);
});

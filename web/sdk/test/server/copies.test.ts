/** One POS on several devices, reloads, and storages that were copied: no uid is another's, no customers are merged. */
import 'fake-indexeddb/auto';
import { afterEach, expect, it } from 'vitest';
import { arrival, briefs, isGreen, level, Stage, tap, typeLine, typeOrder } from './stage.js';
import { when } from './waits.js';

const stage = new Stage();
afterEach(() => stage.ledger.check());

const CAKE = { product_id: 43, qty: 1, price_unit: 4 };

it('N1, N2: one POS on two devices at once: logins, uids and numbers of their own', async () => {
    const [one, two] = [await stage.open(), await stage.open()];
    expect(one.engine.till?.session).toBe(two.engine.till?.session);
    expect([one, two].map(({ engine }) => engine.till?.login).sort()).toEqual([1, 2]);
    const orders = [typeOrder(one), typeOrder(two), typeOrder(one), typeOrder(two)];
    expect(new Set(orders.map(({ order }) => order)).size).toBe(4);
    await level([one, two]);
    expect(one.engine.orders().map(order => order.number)).toEqual([1, 2, 3, 4]);
    for (const { order, line } of orders) {
        void tap(one, order, line);
        void tap(two, order, line);
    }
    await level([one, two]);
    expect(briefs(two)).toEqual(['#1 42x3', '#2 42x3', '#3 42x3', '#4 42x3']);
});

it('N2: ten devices that open at once get ten logins', async () => {
    const tills = await Promise.all(Array.from({ length: 10 }, () => stage.open()));
    const logins = tills.map(({ engine }) => engine.till?.login ?? 0).sort((one, other) => one - other);
    expect(logins).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (const till of tills) typeOrder(till);
    await level(tills);
    expect(briefs(tills[9] ?? (tills[0] as (typeof tills)[0])).length).toBe(10);
});

it('N1, W3: a reload is the same till, with uids that it never used', async () => {
    const first = await stage.open();
    const { order } = typeOrder(first);
    await first.engine.settled();
    const name = first.engine.till;
    const ada = await stage.reload(first);
    await isGreen(ada);
    expect(ada.engine.till).toEqual(name);
    const again = typeOrder(ada).order;
    expect(again).not.toBe(order);
    await level([ada]);
    expect(briefs(ada)).toEqual(['#1 42x1', '#2 42x1']);
});

it('W12, W13: a copied storage while the other is at work: `replaced`, a login of its own, and both go on', async () => {
    const one = await stage.open();
    typeOrder(one);
    await one.engine.settled();
    const two = await stage.open({ storage: one.storage.copy() });
    await when(one.engine, 'another login', () => (one.engine.till?.login ?? 1) !== 1);
    for (const till of [one, two]) await isGreen(till);
    expect(one.engine.till).not.toEqual(two.engine.till);
    const orders = [typeOrder(one).order, typeOrder(two).order];
    await arrival(two, orders[0] ?? '');
    await arrival(one, orders[1] ?? '');
    await level([one, two]);
    expect(briefs(one)).toEqual(['#1 42x1', '#2 42x1', '#3 42x1']);
});

it('N4, A4, W12: two copies that both sold offline: the same uids and numbers, and nothing is lost, doubled or merged', async () => {
    const first = await stage.open();
    const watcher = await stage.open({ pos: 2 });
    const { order } = typeOrder(first);
    await arrival(watcher, order);
    await stage.close(first);
    const ways = [await stage.proxy(), await stage.proxy()];
    for (const way of ways) way.refuse();
    const [one, two] = await Promise.all(
        ways.map(proxy => stage.open({ proxy, storage: first.storage.copy() })),
    );
    if (!one || !two) throw new Error('no tills');
    const here = [typeOrder(one).order, typeOrder(one).order];
    const there = [typeOrder(two, CAKE).order, typeOrder(two, CAKE).order];
    expect(there).toEqual(here);
    typeLine(two, there[0] ?? '', { product_id: 44, qty: 1, price_unit: 1 });
    for (const way of ways) await way.accept();
    await level([one, two, watcher]);
    const all = briefs(watcher).map(each => each.replace(/#\d+ /, ''));
    expect(all.sort()).toEqual(['42x1', '42x1', '42x1', '43x1', '43x1 44x1']);
    expect(one.engine.till).not.toEqual(two.engine.till);
    // Both go on, each under its own name.
    const more = [typeOrder(one).order, typeOrder(two, CAKE).order];
    for (const uid of more) await arrival(watcher, uid);
    await level([one, two, watcher]);
});

it('A4, W12: a storage that was restored to an older state numbers anew, and its next orders are orders of their own', async () => {
    const first = await stage.open();
    typeOrder(first);
    await first.engine.settled();
    const backup = first.storage.copy();
    typeOrder(first);
    typeOrder(first);
    await first.engine.settled();
    await stage.close(first);
    const way = await stage.proxy();
    way.refuse();
    const restored = await stage.open({ proxy: way, storage: backup });
    typeOrder(restored, CAKE);
    await way.accept();
    await level([restored]);
    expect(briefs(restored)).toEqual(['#1 42x1', '#2 42x1', '#3 42x1', '#4 43x1']);
});

it('17: in IndexedDB: what was typed while the server was down is there after a reload, and is sent', async () => {
    const { IdbStorage } = await import('../../src/client/storage_idb.js');
    const open = async () =>
        stage.open({ options: { storage: await IdbStorage.open('main', 1, 'dev-idb') } });
    const [first, bob] = [await open(), await stage.open({ pos: 2 })];
    const { order } = typeOrder(first);
    await arrival(bob, order);
    await level([first, bob]);
    await stage.server.kill();
    await when(first.engine, 'red', () => !first.engine.isUp);
    const typed = typeOrder(first, CAKE).order;
    void first.engine.pay(typed, { amount: 4 });
    void first.engine.close(typed);
    const kept = typeOrder(first, CAKE).order;
    await stage.close(first);
    const ada = await open();
    expect(briefs(ada)).toEqual(['#1 42x1', '#New 43x1']);
    expect(ada.engine.connection.paidWaiting).toBe(1);
    await stage.server.restart();
    await arrival(bob, kept);
    await level([ada, bob]);
    expect(briefs(bob)).toEqual(['#1 42x1', '#3 43x1']);
    expect(typeOrder(ada).order).not.toBe(kept);
    await level([ada, bob]);
});

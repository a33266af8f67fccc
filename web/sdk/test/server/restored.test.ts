/** A server that was put back from a backup: what had been acknowledged after it is offered again (W17). */
import { afterEach, expect, it } from 'vitest';
import { arrival, briefs, isGreen, isRed, level, Stage, tap, typeLine, typeOrder } from './stage.js';
import { when } from './waits.js';

const stage = new Stage();
const CAKE = { product_id: 43, qty: 1, price_unit: 4 };
// The ledger is of no use here: there are two logs.
afterEach(() => expect(stage.ledger.errors.filter(code => code !== 'stopping')).toEqual([]));

it('W17: acknowledged work that the backup has not is offered again, by each till, and all is there once', async () => {
    const [ada, bob] = await stage.pair();
    const before = typeOrder(ada);
    await arrival(bob, before.order);
    const backup = await stage.server.backUp();
    for (const till of [ada, bob]) await isGreen(till);
    await tap(ada, before.order, before.line);
    await tap(bob, before.order, before.line, 2);
    const after = typeOrder(bob, CAKE);
    await arrival(ada, after.order);
    // Ada's edit of an order that the backup does not know: Bob has to offer the order first.
    typeLine(ada, after.order, { product_id: 44, qty: 1, price_unit: 1 });
    await level([ada, bob]);
    const shown = briefs(bob);
    expect(shown).toEqual(['#1 42x4', '#2 43x1 44x1']);
    await stage.server.restore(backup);
    // A till that never had any of it. Ada's line comes last: it is offered again once its order is there.
    const fresh = await stage.open({ pos: 3 });
    await when(fresh.engine, 'all to be back', () => briefs(fresh).join() === shown.join(), 15_000);
    await level([ada, bob, fresh]);
    expect(briefs(ada)).toEqual(shown);
    expect([...ada.engine.refused, ...bob.engine.refused]).toEqual([]);
});

it('W17: an order that was paid after the backup is paid again, once, and nobody has to do anything', async () => {
    const [ada, bob] = await stage.pair();
    const { order } = typeOrder(ada);
    await arrival(bob, order);
    const backup = await stage.server.backUp();
    for (const till of [ada, bob]) await isGreen(till);
    void ada.engine.pay(order, { amount: 2.5 });
    expect(await ada.engine.close(order)).toMatchObject({ accepted: true });
    await level([ada, bob]);
    await stage.server.restore(backup);
    await when(
        bob.engine,
        'the new epoch',
        () => bob.engine.connection.sync === 'green' && bob.engine.order(order) === undefined,
    );
    await level([ada, bob]);
    expect(briefs(bob)).toEqual([]);
    expect(ada.engine.refused).toEqual([]);
});

it('W3: without "after-restore", too, a till that only looked on gets the history that there is now', async () => {
    const [ada, bob] = await stage.pair();
    const backup = await stage.server.backUp();
    for (const till of [ada, bob]) await isGreen(till);
    const gone = typeOrder(ada);
    await arrival(bob, gone.order);
    // What only Ada gave is lost with her; Bob gave nothing, and by the numbers he has missed nothing but the end.
    await ada.engine.shutdown();
    bob.proxy.refuse();
    bob.proxy.cut();
    await stage.server.replaceBy(backup);
    const fresh = await stage.open({ pos: 3 });
    for (const qty of [5, 6, 7]) typeOrder(fresh, { ...CAKE, qty });
    await level([fresh]);
    await bob.proxy.accept();
    await level([bob, fresh]);
    expect(briefs(bob)).toEqual(['#1 43x5', '#2 43x6', '#3 43x7']);
});

it('22: another server at the same address: nothing of the former one is shown or sent', async () => {
    const ada = await stage.open();
    typeOrder(ada);
    await level([ada]);
    const former = await stage.server.backUp();
    await isGreen(ada);
    ada.proxy.refuse();
    ada.proxy.cut();
    await isRed(ada);
    // Sold while the server was away, and an order that is open still.
    const sold = typeOrder(ada, CAKE).order;
    const open = ada.engine.record(typeOrder(ada, CAKE).order, [
        { op: 'set', field: 'note', value: 'to go' },
    ]);
    const paid = ada.engine.close(sold);
    await stage.server.replaceBy(null);
    await ada.proxy.accept();
    await when(
        ada.engine,
        'nothing of the former server',
        () => briefs(ada).length === 0 && ada.engine.till !== null,
    );
    // Who waited for the former server is let go, and nobody is left in the dark about the money.
    for (const outcome of [await open, await paid]) {
        expect(outcome).toMatchObject({ accepted: false, refusal: { reason: 'other_server' } });
    }
    await ada.engine.settled();
    const { elsewhere, paidWaiting, message } = ada.engine.connection;
    expect([elsewhere, paidWaiting]).toEqual([{ commands: 3, paid: 1 }, 1]);
    expect(message).toContain('3 changes wait, a payment among them, on this device for the former one');
    const exported = JSON.parse(await ada.engine.exportUnsent());
    expect(exported.commands).toEqual([]);
    expect(exported.elsewhere[0].commands).toHaveLength(3);
    typeOrder(ada, CAKE);
    await level([ada]);
    expect(briefs(ada)).toEqual(['#1 43x1']);
    await stage.server.replaceBy(former);
    await when(ada.engine, 'the former server', () => briefs(ada).join() === '#1 42x1,#3 43x1');
    await when(ada.engine, 'nothing waits', () => ada.engine.connection.message === null);
    expect(ada.engine.connection).toMatchObject({ elsewhere: { commands: 0, paid: 0 }, paidWaiting: 0 });
});

/** Steps that are taken back while another is at the same order, judged by the real server (M6 to M10). */
import { afterEach, expect, it } from 'vitest';
import type { Order } from '../../src/models/order.js';
import type { PosModel } from '../../src/models/pos_model.js';
import { till } from '../../src/till.js';
import { CAKE, COFFEE, SHOP } from '../models/shop.js';
import { arrival, level, Stage, type Till } from './stage.js';
import { when } from './waits.js';

const stage = new Stage();
const faults: unknown[] = [];
afterEach(() => {
    expect(faults.splice(0)).toEqual([]);
    stage.ledger.check();
});

interface Scene {
    ada: Till;
    bob: Till;
    here: PosModel;
    /** Ada's order with two coffees, at her till and at Bob's. */
    order: Order;
    there: Order;
    /** What is done at once: neither has seen the other's. */
    atOnce(work: () => void): Promise<void>;
}

async function begin(): Promise<Scene> {
    const [ada, bob] = await stage.pair();
    const [here, elsewhere] = [ada, bob].map(({ engine }) => till(engine, SHOP)) as [PosModel, PosModel];
    for (const pos of [here, elsewhere]) pos.on('error', fault => faults.push(fault));
    const order = here.get_order() as Order;
    tap(order, COFFEE, 2);
    await arrival(bob, order.uid);
    await level([ada, bob]);
    const there = elsewhere.order_by_uid(order.uid) as Order;
    const atOnce = async (work: () => void) => {
        for (const { proxy } of [ada, bob]) proxy.delay(100);
        work();
        await level([ada, bob]);
        for (const { proxy } of [ada, bob]) proxy.flow();
    };
    return { ada, bob, here, order, there, atOnce };
}

function tap(order: Order, id = COFFEE, quantity = 1): void {
    const product = order.pos.db.get_product_by_id(id);
    if (product) order.add_product(product, { quantity });
}
const first = (order: Order) => {
    const [line] = order.get_orderlines();
    if (!line) throw new Error('no line');
    return line;
};
const lines = (order: Order) =>
    order.get_orderlines().map(line => {
        const discount = line.get_discount() ? ` -${line.get_discount()} %` : '';
        return `${line.get_quantity()} ${line.get_product().display_name}${discount}`;
    });
const shown = ({ order, there }: Scene) => {
    expect(lines(there)).toEqual(lines(order));
    return lines(order);
};

it("a tap that is taken back while another taps leaves the other's; the history has both", async () => {
    const scene = await begin();
    tap(scene.order);
    await scene.atOnce(() => {
        tap(scene.there);
        scene.order.undo();
    });
    expect(shown(scene)).toEqual(['3 Coffee']);
});

it("a new line that is taken back stays with what another added to it, and with another's edit", async () => {
    const scene = await begin();
    tap(scene.order, CAKE);
    await level([scene.ada, scene.bob]);
    await scene.atOnce(() => {
        tap(scene.there, CAKE);
        scene.order.undo();
    });
    expect(shown(scene)).toEqual(['2 Coffee', '1 Cake']);
    tap(scene.order, CAKE, 2);
    scene.order.undo();
    await level([scene.ada, scene.bob]);
    expect(shown(scene)).toEqual(['2 Coffee', '1 Cake']);
});

it('a removal that is taken back brings the line under a uid of its own, with all that was on it', async () => {
    const scene = await begin();
    first(scene.order).set_discount(10);
    scene.order.remove_orderline(first(scene.order));
    await level([scene.ada, scene.bob]);
    expect(shown(scene)).toEqual([]);
    expect(scene.order.undo().changes).toMatchObject([{ what: 'quantity', by: 2 }]);
    await level([scene.ada, scene.bob]);
    expect(shown(scene)).toEqual(['2 Coffee -10 %']);
    scene.order.undo();
    await level([scene.ada, scene.bob]);
    expect(shown(scene)).toEqual(['2 Coffee']);
});

it("M7, M9: a removal that met another's tap: what was taken away comes back to it", async () => {
    const scene = await begin();
    await scene.atOnce(() => {
        tap(scene.there);
        scene.order.remove_orderline(first(scene.order));
    });
    expect(shown(scene)).toEqual(['1 Coffee']);
    scene.order.undo();
    await level([scene.ada, scene.bob]);
    expect(shown(scene)).toEqual(['3 Coffee']);
});

it("M8: a removal that met another's edit took nothing away, and that is told", async () => {
    const scene = await begin();
    const merged: unknown[] = [];
    scene.ada.engine.on('merged', each => merged.push(...each.notices));
    // Bob's edit is there first.
    scene.ada.proxy.delay(300);
    first(scene.there).set_quantity(5);
    scene.order.remove_orderline(first(scene.order));
    await when(scene.ada.engine, 'the notice', () => merged.length > 0);
    scene.ada.proxy.flow();
    await level([scene.ada, scene.bob]);
    expect(shown(scene)).toEqual(['5 Coffee']);
    expect(scene.order.undo()).toMatchObject({
        changes: [],
        kept: [{ what: 'quantity', by: -2, whose: { user: { name: 'Bob' } } }],
    });
    await level([scene.ada, scene.bob]);
    expect(shown(scene)).toEqual(['5 Coffee']);
});

it("M8: a removal that was taken back before it turned out that another's edit kept the line counts once", async () => {
    const scene = await begin();
    scene.ada.proxy.delay(300);
    first(scene.there).set_discount(10);
    scene.order.remove_orderline(first(scene.order));
    await Promise.resolve();
    scene.order.undo();
    expect(lines(scene.order)).toEqual(['2 Coffee']);
    await level([scene.ada, scene.bob]);
    scene.ada.proxy.flow();
    await level([scene.ada, scene.bob]);
    expect(shown(scene)).toEqual(['2 Coffee -10 %']);
});

it('after moving lines and after a payment nothing before that can be taken back', async () => {
    const scene = await begin();
    const { order, here } = scene;
    tap(order, CAKE);
    expect(order.can_undo()).toBe(true);
    const into = here.engine.lineUid(order.uid);
    const items = [{ line: first(order).uid, qty: 1, into }];
    expect(await here.engine.move(order.uid, { newOrder: {} }, items)).toMatchObject({ accepted: true });
    expect(order.can_undo()).toBe(false);
    tap(order, CAKE);
    expect(order.can_undo()).toBe(true);
    expect(await here.engine.pay(order.uid, { amount_paid: 1 })).toMatchObject({ accepted: true });
    expect(order.can_undo()).toBe(false);
    order.undo();
    await level([scene.ada, scene.bob]);
    expect(shown(scene)).toEqual(['1 Coffee', '2 Cake']);
});

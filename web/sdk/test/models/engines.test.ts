/** The models on real engines, with a server in memory between them: what a page does, end to end. */

import { afterEach, describe, expect, test } from 'vitest';
import { defineAddon } from '../../src/addon.js';
import { MemoryStorage } from '../../src/client/storage_memory.js';
import { models } from '../../src/models/models.js';
import type { Order } from '../../src/models/order.js';
import type { PosModel } from '../../src/models/pos_model.js';
import { connect, till } from '../../src/till.js';
import { Network } from '../client/network.js';
import { pass, Shop, type Till } from '../client/tills.js';
import { BOB, CAKE, COFFEE, restoreModels, SHOP } from './shop.js';

restoreModels();
const shop = new Shop();
const errors: unknown[] = [];
afterEach(() => errors.splice(0));

function open(at: Till, config: object = {}): PosModel {
    const pos = till(at.engine, SHOP, { pricelist_id: 1, ...config });
    pos.on('error', error => errors.push(error));
    return pos;
}
const product = (pos: PosModel, id: number) => {
    const found = pos.db.get_product_by_id(id);
    if (!found) throw new Error(`no product ${id}`);
    return found;
};
const current = (pos: PosModel): Order => {
    const order = pos.get_order();
    if (!order) throw new Error('no order');
    return order;
};
const brief = (order: Order | undefined) =>
    `#${order?.sequence_number ?? 'New'} ${order?.get_orderlines().map(line => `${line.get_quantity()}x${line.get_product().display_name}`)}`;
const briefs = (pos: PosModel) => pos.get_order_list().map(brief);

describe('on real engines', () => {
    test('a till that was closed says so', async () => {
        const pos = open(await shop.open());
        const order = current(pos);
        order.add_product(product(pos, COFFEE));
        await pos.close();
        errors.splice(0);
        pos.on('error', error => errors.push(error));
        const uid = order.uid;
        for (const act of [() => pos.engine.close(uid), () => pos.engine.delete(uid)]) {
            expect(act).toThrow('This till was closed');
        }
        await expect(pos.engine.settled()).rejects.toThrow('This till was closed');
    });

    test('two tills tap one coffee at once, one edits while the other is offline, nothing is lost', async () => {
        const [ada, bob] = [await shop.open(), await shop.open({ pos: 2 })];
        const [here, there] = [open(ada), open(bob)];
        current(here).add_product(product(here, COFFEE));
        expect(briefs(here)).toEqual(['#New 1xCoffee']);
        await pass();
        expect([briefs(here), briefs(there)]).toEqual([['#1 1xCoffee'], ['#1 1xCoffee']]);
        current(here).add_product(product(here, COFFEE));
        current(there).add_product(product(there, COFFEE));
        await pass();
        expect([briefs(here), briefs(there)]).toEqual([['#1 3xCoffee'], ['#1 3xCoffee']]);

        bob.network.isUp = false;
        bob.network.cut();
        await pass(10_000);
        current(there).add_product(product(there, COFFEE));
        expect(errors).toMatchObject([{ where: 'locked' }]);
        there.add_new_order().add_product(product(there, CAKE));
        current(here).add_product(product(here, CAKE));
        await pass();
        bob.network.isUp = true;
        await pass(10_000);
        expect(briefs(here)).toEqual(['#1 3xCoffee,1xCake', '#2 1xCake']);
        expect(briefs(there)).toEqual(['#1 3xCoffee,1xCake', '#2 1xCake']);
        expect(current(there).get_total_with_tax()).toBe(4);
        expect(ada.engine.replicaText()).toBe(bob.engine.replicaText());
    });

    test('fields of an addon survive a reload, and arrive', async () => {
        const notes = defineAddon({
            name: 'notes',
            fields: { note: { on: 'order', default: '' }, seat: { on: 'orderline', default: 0 } },
        });
        const [ada, bob] = [await shop.open(), await shop.open({ pos: 2 })];
        const [here, there] = [open(ada), open(bob)];
        notes.order(current(here)).note = 'window';
        current(here).add_product(product(here, COFFEE), { extras: { seat: 3 } });
        await pass();
        const reloaded = open(await shop.reload(ada));
        for (const pos of [reloaded, there]) {
            const [line] = current(pos).get_orderlines();
            expect(notes.order(current(pos)).note).toBe('window');
            expect(line && notes.orderline(line).seat).toBe(3);
        }
        expect(errors).toEqual([]);
    });

    test('paying closes the order on all tills', async () => {
        const [ada, bob] = [await shop.open(), await shop.open({ pos: 2 })];
        const [here, there] = [open(ada), open(bob)];
        const order = current(here);
        order.add_product(product(here, COFFEE));
        await pass();
        const card = here.cashregisters[1];
        if (!card) throw new Error('no card');
        order.add_paymentline(card);
        const finalized = order.finalize();
        await pass();
        expect(await finalized).toMatchObject({ accepted: true, number: 1 });
        expect([briefs(here), briefs(there)]).toEqual([['#New '], ['#New ']]);
        expect(current(here).uid).not.toBe(order.uid);
        expect(errors).toEqual([]);
    });

    test('paid offline: done at once, and closed on all tills when the connection is back', async () => {
        const [ada, bob] = [await shop.open(), await shop.open({ pos: 2 })];
        const [here, there] = [open(ada), open(bob)];
        ada.network.isUp = false;
        ada.network.cut();
        await pass(10_000);
        const order = here.add_new_order();
        order.add_product(product(here, COFFEE));
        const cash = here.cashregisters[0];
        if (!cash) throw new Error('no cash');
        order.add_paymentline(cash).set_amount(5);
        expect(await order.finalize()).toMatchObject({ accepted: true });
        expect(here.get_order_list()).not.toContain(order);
        expect(ada.engine.connection.paidWaiting).toBe(1);
        ada.network.isUp = true;
        await pass(10_000);
        expect(ada.engine.connection.paidWaiting).toBe(0);
        expect(shop.server.orders.get(order.uid)?.order).toMatchObject({
            state: 'paid',
            payments: [{ fields: { amount_total: 2.5, amount_return: 2.5 } }],
        });
        expect(briefs(there)).toEqual(['#New ']);
        expect(errors).toEqual([]);
    });

    test('an order that another till deletes leaves; deleting says what became of it', async () => {
        const [ada, bob] = [await shop.open(), await shop.open({ pos: 2 })];
        const [here, there] = [open(ada), open(bob)];
        current(here).add_product(product(here, COFFEE));
        await pass();
        const deleted = there.delete_order(current(there));
        await pass();
        expect(await deleted).toMatchObject({ accepted: true });
        expect([briefs(here), briefs(there)]).toEqual([['#New '], ['#New ']]);
        expect(errors).toEqual([]);
    });

    test('moving lines to a new order brings that order', async () => {
        const ada = await shop.open();
        const here = open(ada);
        const order = current(here);
        order.add_product(product(here, COFFEE), { quantity: 3 });
        await pass();
        const [line] = order.get_orderlines();
        if (!line) throw new Error('no line');
        const into = ada.engine.lineUid(order.uid);
        void ada.engine.move(order.uid, { newOrder: {} }, [{ line: line.uid, qty: 2, into }]);
        await pass();
        expect(briefs(here)).toEqual(['#1 1xCoffee', '#2 2xCoffee']);
        expect(errors).toEqual([]);
    });

    test('a value that is another one each time does not make tills answer each other without end', async () => {
        const { prototype } = models.Order;
        let time = 0;
        models.Order = models.Order.extend({
            export_as_JSON() {
                time += 1;
                return { ...prototype.export_as_JSON.call(this), time };
            },
        });
        const [ada, bob] = [await shop.open(), await shop.open({ pos: 2 })];
        const [here, there] = [open(ada), open(bob)];
        current(here).add_product(product(here, COFFEE));
        await pass(1_000);
        const taken = shop.server.log.length;
        await pass(60_000);
        expect(shop.server.log.length).toBe(taken);
        expect(taken).toBeLessThan(20);
        expect(errors).toMatchObject([{ where: 'export' }, { where: 'export' }]);
        current(there).add_product(product(there, COFFEE));
        await pass(1_000);
        expect([briefs(here), briefs(there)]).toEqual([['#1 2xCoffee'], ['#1 2xCoffee']]);
    });

    test('connect opens a till; two in one page know nothing of each other', async () => {
        const opened = await Promise.all(
            [1, 2].map(async id => {
                const network = new Network(shop.server);
                const opening = connect({
                    url: 'https://sync.example/sync/KEY',
                    pos: { id, name: `POS ${id}` },
                    user: { id, name: `User ${id}` },
                    storage: new MemoryStorage(`page-${id}`),
                    WebSocket: network.WebSocket,
                    fetch: network.fetch,
                    shop: SHOP,
                });
                await pass(20);
                return await opening;
            }),
        );
        const [one, two] = opened;
        if (!one || !two) throw new Error('no tills');
        current(one).add_product(product(one, COFFEE));
        await pass();
        expect([briefs(one), briefs(two)]).toEqual([['#1 1xCoffee'], ['#1 1xCoffee']]);
        expect(current(two).get_orderlines()[0]?.get_ms_text()).toBe('added by User 1 (POS 1)');
        expect(one.config.name).toBe('POS 1');
        await Promise.all(opened.map(pos => pos.close()));
    });

    test('a till that starts without a login has no order until it gets one', async () => {
        const network = new Network(shop.server);
        network.isUp = false;
        const ada = await shop.open({ network, wait: true });
        const here = open(ada);
        expect(ada.engine.till).toBeNull();
        expect(here.get_order()).toBeNull();
        expect(() => here.add_new_order()).toThrow();
        network.isUp = true;
        await pass(10_000);
        expect(current(here).is_empty()).toBe(true);
        current(here).add_product(product(here, COFFEE));
        await pass();
        expect(briefs(here)).toEqual(['#1 1xCoffee']);
        expect(errors).toEqual([]);
    });

    test('an order that another customer has the uid of goes on under another one (N4)', async () => {
        const ada = await shop.open();
        const here = open(ada);
        const order = current(here);
        shop.server.orders.set(order.uid, {
            creation: 'another',
            changedBy: new Map(),
            order: {
                ...{
                    uid: order.uid,
                    sequence_number: 7,
                    run_ID: 1,
                    revision_ID: 1,
                    state: 'draft',
                    fields: {},
                },
                ...{ lines: [], added: { user: BOB, pos: { id: 2, name: 'Terrace' } }, edited: null },
                ...{ payments: [], origin: null, carried_from: null, late: false },
            },
        });
        order.add_product(product(here, COFFEE));
        await pass();
        expect(order.uid).toMatch(/-900-/);
        order.add_product(product(here, COFFEE));
        await pass();
        expect(brief(order)).toBe(`#${order.sequence_number} 2xCoffee`);
        expect(errors).toEqual([]);
    });
});

/** A paid order is given back: the real server takes negative quantities and payments, with and without a connection. */
import { afterEach, expect, it } from 'vitest';
import type { Order } from '../../src/models/order.js';
import type { Cashregister } from '../../src/models/shop.js';
import { till } from '../../src/till.js';
import { CAKE, COFFEE, SHOP } from '../models/shop.js';
import { isGreen, isRed, level, Stage } from './stage.js';

const stage = new Stage();
afterEach(() => stage.ledger.check());

it.each([true, false])('with a connection: %s', async isUp => {
    const [ada, bob] = await stage.pair();
    const pos = till(ada.engine, SHOP);
    const faults: unknown[] = [];
    pos.on('error', fault => faults.push(fault));
    const [cash] = pos.cashregisters as [Cashregister];
    const pay = async (order: Order) => {
        const line = order.add_paymentline(cash);
        line.set_amount(order.get_due(line));
        return await pos.push_order(order);
    };
    const order = pos.get_order() as Order;
    for (const id of [COFFEE, CAKE]) {
        const product = pos.db.get_product_by_id(id);
        if (product) order.add_product(product, { quantity: 2, discount: 12.5 });
    }
    const sold = ada.engine.order(order.uid);
    const total = order.get_total_with_tax();
    expect(await pay(order)).toMatchObject({ accepted: true });
    if (!sold) throw new Error('not sold');
    if (!isUp) {
        ada.proxy.refuse();
        ada.proxy.cut();
        await isRed(ada);
    }
    const refund = pos.refund_of(
        sold,
        sold.lines.map(({ uid }) => ({ uid, qty: 2 })),
    );
    expect(refund.get_total_with_tax()).toBe(-total);
    expect(await pay(refund)).toMatchObject({ accepted: true });
    if (!isUp) {
        await ada.proxy.accept();
        await isGreen(ada);
    }
    await level([ada, bob]);
    expect(bob.engine.order(refund.uid)).toBeUndefined();
    expect([ada.engine.refused, faults]).toEqual([[], []]);
});

/** The catalogue changes while orders are open. */

import { expect, test } from 'vitest';
import type { Shop } from '../../src/models/shop.js';
import { CAKE, COFFEE, restoreModels, SHOP, same, twoTills } from './shop.js';

restoreModels();

const changed = (change: Partial<Shop>): Shop => ({ ...structuredClone(SHOP), ...change });
const coffeeAt = (lst_price: number, display_name = 'Coffee, large') =>
    (SHOP.products ?? []).map(each => (each.id === COFFEE ? { ...each, lst_price, display_name } : each));

/** An order with a coffee and a cake for Zoe, abroad, at the members' prices. */
function begin() {
    const tills = twoTills();
    const { ann, bob, shop } = tills;
    const { order } = ann;
    order.add_product(ann.product(COFFEE));
    order.add_product(ann.product(CAKE));
    order.set_client(ann.pos.db.get_partner_by_id(26));
    order.set_fiscal_position(ann.pos.fiscal_positions[0]);
    order.set_pricelist(ann.pos.pricelists[1]);
    const events: string[] = [];
    for (const at of [ann, bob]) at.pos.on('shop_loaded', () => events.push(at.engine.pos.name));
    const sent = shop.commands.length;
    return { ...tills, order, there: same(bob, order), events, sent };
}

test('lines keep their prices, have the new products, and nothing is sent', () => {
    const { ann, shop, order, there, events, sent } = begin();
    const before = order.export_as_JSON();
    const [line] = order.get_orderlines();
    order.select_orderline(line);
    ann.pos.load_shop(changed({ products: coffeeAt(9) }), ann.pos.config);
    expect(events).toEqual(['Bar']);
    expect(order.export_as_JSON()).toEqual(before);
    expect(line?.get_product()).toBe(ann.product(COFFEE));
    expect(line?.get_product().display_name).toBe('Coffee, large');
    expect([order.get_selected_orderline(), ann.pos.get_order()]).toEqual([line, order]);
    for (const one of [order, there]) one.trigger('new_updates_to_send');
    expect(shop.commands.length).toBe(sent);
    // The next tap has the new price, and so is a line of its own.
    order.set_pricelist(undefined);
    order.set_fiscal_position(undefined);
    ann.pos.add_new_order().add_product(ann.product(COFFEE));
    expect(ann.order.get_total_with_tax()).toBe(9);
    expect([...ann.errors]).toEqual([]);
});

test('a customer, a fiscal position and a pricelist are the new records', () => {
    const { ann, order } = begin();
    const told: unknown[] = [];
    order.on('change:client', (_: unknown, client: { name: string }) => told.push(client.name));
    const partners = [{ id: 26, name: 'Zoe Zorn' }];
    ann.pos.load_shop(changed({ partners }), { ...ann.pos.config, name: 'Bar 2' });
    expect([order.get_client_name(), told]).toEqual(['Zoe Zorn', ['Zoe Zorn']]);
    expect(order.get_client()).toBe(ann.pos.db.get_partner_by_id(26));
    expect(order.fiscal_position).toBe(ann.pos.fiscal_positions[0]);
    expect(order.pricelist).toBe(ann.pos.pricelists[1]);
    expect(ann.pos.config.name).toBe('Bar 2');
});

test('what the shop has no more stays on open orders as it was', () => {
    const { ann, shop, order, sent } = begin();
    const before = order.export_as_JSON();
    const gone = { products: [], partners: [], fiscal_positions: [], pricelists: [] };
    ann.pos.load_shop(changed(gone), ann.pos.config);
    expect(order.export_as_JSON()).toEqual(before);
    expect(order.get_orderlines().map(line => line.get_product().display_name)).toEqual(['Coffee', 'Cake']);
    expect(order.get_client_name()).toBe('Zoe');
    order.get_orderlines()[1]?.set_quantity(2);
    expect(shop.commands.length).toBe(sent + 1);
    expect(order.get_total_with_tax()).toBe(9.06);
});

test('what this till did not know before is known now', () => {
    const { ann, bob, shop } = twoTills();
    ann.order.add_product(ann.product(COFFEE));
    const there = same(bob, ann.order);
    ann.engine.record(ann.order.uid, [
        { op: 'set', field: 'partner_id', value: 99 },
        { op: 'add_line', line: 'x', fields: { product_id: 98, qty: 1, price_unit: 3, discount: 0 } },
    ]);
    expect([there.get_client(), there.get_last_orderline()?.get_product().display_name]).toEqual([
        null,
        'Unknown product 98',
    ]);
    const more = {
        partners: [{ id: 99, name: 'New' }],
        products: [...(SHOP.products ?? []), { id: 98, display_name: 'Pie', lst_price: 5 }],
    };
    bob.pos.load_shop(changed(more), bob.pos.config);
    expect([there.get_client_name(), there.get_last_orderline()?.get_product().display_name]).toEqual([
        'New',
        'Pie',
    ]);
    expect(there.get_total_with_tax()).toBe(5.5);
    const sent = shop.commands.length;
    there.trigger('new_updates_to_send');
    expect(shop.commands.length).toBe(sent);
    there.set_client(null);
    expect(there.export_as_JSON().partner_id).toBe(false);
    // What comes from elsewhere meets the new records.
    ann.order.get_orderlines()[1]?.set_quantity(2);
    expect(there.get_last_orderline()?.get_product().display_name).toBe('Pie');
});

test('a tax that has another rate is computed anew, on the lines that have it', () => {
    const { ann, order } = begin();
    order.set_fiscal_position(undefined);
    order.set_pricelist(undefined);
    expect(order.get_total_tax()).toBe(0.76);
    const taxes = (SHOP.taxes ?? []).map(tax => (tax.id === 7 ? { ...tax, amount: 25 } : tax));
    ann.pos.load_shop(changed({ taxes }), ann.pos.config);
    expect([order.get_total_with_tax(), order.get_total_tax()]).toEqual([6.5, 0.83]);
});

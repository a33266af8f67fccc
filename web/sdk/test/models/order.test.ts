import { describe, expect, test } from 'vitest';
import { ANN, CAKE, CHEESE, COFFEE, register, same, twoTills } from './shop.js';

describe('what an order comes to', () => {
    test('taxes in the price, a discount, a weight; the same on both tills', () => {
        const { ann, bob } = twoTills();
        ann.order.add_product(ann.product(COFFEE), { quantity: 3, discount: 10 });
        ann.order.add_product(ann.product(CHEESE), { quantity: 0.333 });
        for (const order of [ann.order, same(bob, ann.order)]) {
            // 3 × 2.50 − 10 % = 6.75; 0.333 × 12.90 = 4.2957
            expect(order.get_total_with_tax()).toBe(11.05);
            expect(order.get_tax_details().map(({ name, amount }) => [name, amount])).toEqual([
                ['VAT 21 %', 1.17],
                ['VAT 9 %', 0.36],
            ]);
            expect(order.get_total_without_tax()).toBe(9.52);
            expect(order.get_total_tax()).toBe(1.53);
            expect(order.get_total_discount()).toBe(0.75);
            expect(order.get_subtotal()).toBe(11.05);
            const [coffee] = order.get_orderlines();
            expect(coffee?.get_all_prices()).toEqual({
                priceWithTax: 6.75,
                priceWithoutTax: 5.58,
                tax: 1.17,
                taxDetails: { 7: 1.17 },
            });
            expect(coffee?.get_unit_display_price()).toBe(2.25);
        }
    });

    test('ten times a tenth', () => {
        const { ann } = twoTills();
        for (let tap = 0; tap < 10; tap += 1) {
            ann.order.add_product(ann.product(CAKE), { price: 0.1, merge: false });
        }
        expect(ann.order.get_total_with_tax()).toBe(1);
    });

    test('a number as a numpad has it while somebody types; anything else changes nothing', () => {
        const { ann, bob } = twoTills();
        ann.order.add_product(ann.product(CHEESE));
        const [line] = ann.order.get_orderlines();
        for (const [typed, quantity] of [
            ['1.', 1],
            ['1.5', 1.5],
            ['', 0],
            ['-', 0],
            [' 2 ', 2],
        ] as const) {
            line?.set_quantity(typed);
            expect(line?.get_quantity(), typed).toBe(quantity);
        }
        for (const typed of ['1,5', '2 kg', '1.2.3', 'Infinity', '0x10', '1e3', Number.NaN]) {
            expect(() => line?.set_quantity(typed), String(typed)).toThrow('is no number here');
            expect(() => line?.set_unit_price(typed)).toThrow(`"${typed}"`);
        }
        const cash = ann.order.add_paymentline(register(ann, 'cash'));
        cash.set_amount('2.5');
        expect(() => cash.set_amount('7,50')).toThrow('is no number here');
        expect(cash.get_amount()).toBe(2.5);
        expect(line?.get_quantity()).toBe(2);
        expect(same(bob, ann.order).get_orderlines()[0]?.get_quantity()).toBe(2);
    });

    test('a pricelist: set later, typed prices stay; a step in quantity', () => {
        const { ann, bob } = twoTills();
        ann.order.add_product(ann.product(COFFEE));
        ann.order.add_product(ann.product(CAKE), { price: 3.33 });
        ann.order.set_pricelist(ann.pos.pricelists[1]);
        const there = same(bob, ann.order);
        const prices = () => there.get_orderlines().map(line => line.get_unit_price());
        expect(there.pricelist?.name).toBe('Members');
        expect(prices()).toEqual([2.25, 3.33]);
        there.get_orderlines()[0]?.set_quantity(10);
        there.get_orderlines()[1]?.set_quantity(10);
        expect(ann.order.get_orderlines().map(line => line.get_unit_price())).toEqual([2, 3.33]);
        ann.order.get_orderlines()[0]?.set_quantity(9);
        expect(prices()).toEqual([2.25, 3.33]);
    });

    test('a quantity does not bring in a catalogue price that has changed since', () => {
        const { ann } = twoTills();
        ann.order.add_product(ann.product(COFFEE));
        ann.product(COFFEE).lst_price = 99;
        ann.order.get_orderlines()[0]?.set_quantity(2);
        expect(ann.order.get_total_with_tax()).toBe(5);
    });

    test('a fiscal position replaces a tax, and takes it out of the price', () => {
        const { ann, bob } = twoTills();
        ann.order.add_product(ann.product(COFFEE));
        ann.order.set_fiscal_position(ann.pos.fiscal_positions[0]);
        const there = same(bob, ann.order);
        for (const order of [ann.order, there]) {
            expect(order.fiscal_position?.name).toBe('Abroad');
            // 2.50 / 1.21
            expect(order.get_total_with_tax()).toBe(2.07);
            expect(order.get_total_tax()).toBe(0);
        }
        there.add_product(bob.product(COFFEE));
        expect(ann.order.get_total_with_tax()).toBe(4.14);
    });

    test("a line keeps the taxes that it was added with, also where the catalogue's are others", () => {
        const { ann, bob } = twoTills();
        bob.product(COFFEE).taxes_id = [8];
        ann.order.add_product(ann.product(COFFEE));
        expect(same(bob, ann.order).get_total_tax()).toBe(ann.order.get_total_tax());
    });

    test('amounts as people read them', () => {
        const { ann } = twoTills();
        expect(ann.pos.format_currency(1234.5)).toBe('1,234.50 €');
        expect(ann.pos.format_currency('1.005', 3)).toBe('1.005 €');
        ann.pos.config.lang = 'de';
        expect(ann.pos.format_currency_no_symbol(1234.5)).toBe('1.234,50');
    });
});

describe('lookups', () => {
    const { ann } = twoTills();
    const { db } = ann.pos;
    const names = (found: { display_name: string }[]) => found.map(product => product.display_name);

    test.each([
        ['by id', () => names([db.get_product_by_id(CAKE)].filter(found => found !== undefined)), ['Cake']],
        [
            'by barcode',
            () => names([db.get_product_by_barcode('501')].filter(found => found !== undefined)),
            ['Coffee'],
        ],
        ['by name, whatever the case', () => names(db.search_product_in_category(0, ' cHe')), ['Cheese']],
        ['by code', () => names(db.search_product_in_category(0, 'k1')), ['Cake']],
        ['in a category above', () => names(db.get_product_by_category(1)), ['Coffee']],
        ['not in another', () => names(db.search_product_in_category(2, 'cake')), []],
        ['customers, sorted', () => db.get_partners_sorted().map(({ name }) => name), ['Abe', 'Zoe']],
        ['a customer by mail', () => db.search_partner('zoe@').map(({ id }) => id), [26]],
        ['categories below', () => db.get_category_childs_ids(0), [1]],
    ])('%s', (_, look, expected) => {
        expect(look()).toEqual(expected);
    });

    test('who is at the till', () => {
        expect(ann.pos.get_cashier()).toEqual(ANN);
        ann.pos.set_cashier({ id: 9, name: 'Mia' });
        expect(ann.engine.user).toEqual({ id: 9, name: 'Mia' });
    });
});

test('a refused deletion is told, and the order stays', async () => {
    const { ann } = twoTills();
    ann.order.add_product(ann.product(COFFEE));
    const { order } = ann;
    ann.engine.refusing = { reason: 'changed_by_others' };
    const told = new Promise(resolve => ann.pos.once('error', resolve));
    ann.pos.delete_current_order();
    expect(await told).toMatchObject({ where: 'destroy', uid: order.uid });
    expect(ann.order).toBe(order);
});

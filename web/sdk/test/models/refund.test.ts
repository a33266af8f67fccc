/** Giving back what was sold, and the money. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { models } from '../../src/models/models.js';
import type { Order } from '../../src/models/order.js';
import type { Cashregister, Shop, TaxData } from '../../src/models/shop.js';
import { LocalShop } from './local_engine.js';
import { ANN, CAKE, CHEESE, COFFEE, restoreModels, SHOP, same, twoTills } from './shop.js';

restoreModels();

const [CASH, CARD] = (SHOP.cashregisters ?? []) as [Cashregister, Cashregister];

/** Zoe's order, abroad, with two coffees at a discount and some cheese; as the server has it. */
function begin() {
    const tills = twoTills();
    const { ann, bob } = tills;
    const { order } = ann;
    order.set_client(ann.pos.db.get_partner_by_id(26));
    order.set_fiscal_position(ann.pos.fiscal_positions[0]);
    order.add_product(ann.product(COFFEE), { quantity: 2, discount: 10 });
    order.add_product(ann.product(CHEESE), { quantity: 0.333 });
    order.set_note('no note of the refund');
    const view = bob.engine.order(order.uid);
    if (!view) throw new Error('no view');
    return { ...tills, order, view, json: structuredClone(order.export_as_JSON()) };
}
const all = (order: Order) =>
    order.get_orderlines().map(line => ({ uid: line.uid, qty: line.get_quantity() }));
const amounts = (order: Order) => ({
    with: order.get_total_with_tax(),
    without: order.get_total_without_tax(),
    tax: order.get_total_tax(),
    rounding: order.get_rounding_applied(),
    details: Object.fromEntries(order.get_tax_details().map(({ tax, amount }) => [tax.id, amount])),
});
const negative = ({ details, ...sums }: ReturnType<typeof amounts>) => {
    const negated = (each: { [name: string]: number }) =>
        Object.fromEntries(Object.entries(each).map(([name, amount]) => [name, 0 - amount]));
    return { ...negated(sums), details: negated(details) };
};

describe('a refund', () => {
    test.each(['view', 'json'] as const)('of the whole order, given as %s', form => {
        const scene = begin();
        const { order, ann, bob, shop } = scene;
        const sent = shop.commands.length;
        const refund = bob.pos.refund_of(scene[form], all(order));
        expect(bob.order).toBe(refund);
        expect(shop.commands.length).toBe(sent + 1);
        for (const one of [refund, same(ann, refund)]) {
            expect(amounts(one)).toEqual(negative(amounts(order)));
            expect(one.export_as_JSON()).toMatchObject({
                refund_of: order.uid,
                partner_id: 26,
                fiscal_position_id: 3,
                pricelist_id: 1,
                lines: order.get_orderlines().map(line => [
                    0,
                    0,
                    {
                        refunded_line: line.uid,
                        product_id: line.get_product().id,
                        qty: -line.get_quantity(),
                        price_unit: line.get_unit_price(),
                        discount: line.get_discount(),
                    },
                ]),
            });
            expect([one.get_note(), one.get_client_name()]).toEqual(['', 'Zoe']);
        }
        expect(new Set([...all(refund), ...all(order)].map(({ uid }) => uid)).size).toBe(4);
        expect([...ann.errors, ...bob.errors]).toEqual([]);
    });

    test('of a part; what was sold in two steps of price stays at what was paid', () => {
        const { ann, order, view } = begin();
        const [coffee] = view.lines;
        const refund = ann.pos.refund_of(view, [{ uid: coffee?.uid ?? '', qty: 1 }]);
        expect(refund.get_total_with_tax()).toBe(-1.86);
        refund.set_pricelist(ann.pos.pricelists[1]);
        refund.get_orderlines()[0]?.set_quantity(-2);
        expect(refund.get_total_with_tax()).toBe(-3.73);
        expect(order.get_orderlines()[0]?.get_price_with_tax()).toBe(3.73);
        // What is sold beside is a line of its own.
        refund.add_product(ann.product(COFFEE));
        expect(refund.get_orderlines().map(line => line.get_quantity())).toEqual([-2, 1]);
    });

    test('of a refund is a sale', () => {
        const { ann, order, view } = begin();
        const back = ann.pos.refund_of(view, all(order));
        const again = ann.pos.refund_of(
            back.export_as_JSON(),
            all(back).map(({ uid, qty }) => ({ uid, qty: -qty })),
        );
        expect(amounts(again)).toEqual(amounts(order));
        expect(again.refund_of).toBe(back.uid);
    });

    test('is one step that can be taken back', () => {
        const { ann, order, view, bob } = begin();
        const refund = ann.pos.refund_of(view, all(order));
        expect(refund.undo().changes.map(({ what }) => what)).toContain('quantity');
        for (const one of [refund, same(bob, refund)]) {
            expect([one.is_empty(), one.refund_of, one.get_client()]).toEqual([true, undefined, null]);
        }
        expect(refund.can_undo()).toBe(false);
    });

    test('of products that the shop has no more', () => {
        const { ann, order, view } = begin();
        const before = negative(amounts(order));
        ann.pos.load_shop({ ...SHOP, products: [] }, ann.pos.config);
        const refund = ann.pos.refund_of(view, all(order));
        expect(amounts(refund)).toEqual(before);
        expect(refund.get_orderlines()[0]?.get_product().display_name).toBe(`Unknown product ${COFFEE}`);
    });

    test.each<[string, (uid: string) => { uid: string; qty: number }[], string]>([
        ['nothing', () => [], 'choose the lines'],
        ['a line that is not there', () => [{ uid: 'x', qty: 1 }], 'has no line x'],
        ['more than was sold', uid => [{ uid, qty: 2.5 }], 'at most 2 can be given back, not 2.5'],
        ['no quantity', uid => [{ uid, qty: 0 }], 'more than 0'],
        ['less than nothing', uid => [{ uid, qty: -1 }], 'more than 0'],
        [
            'a line twice',
            uid => [
                { uid, qty: 1 },
                { uid, qty: 1 },
            ],
            'is named twice',
        ],
    ])('of %s: none is begun', (_, items, text) => {
        const { ann, view, shop } = begin();
        const before = [ann.pos.get_order_list().length, shop.commands.length];
        expect(() => ann.pos.refund_of(view, items(view.lines[0]?.uid ?? ''))).toThrow(text);
        expect([ann.pos.get_order_list().length, shop.commands.length]).toEqual(before);
    });
});

describe('money that is given back', () => {
    const owing = (lines: [number, number][]) => {
        const { ann } = twoTills();
        for (const [id, quantity] of lines) ann.order.add_product(ann.product(id), { quantity });
        return ann;
    };
    const state = (order: Order) => [order.get_due(), order.get_change(), order.is_paid()];

    test('is not given before there is a payment for it', async () => {
        const ann = owing([
            [CAKE, -2],
            [COFFEE, -1],
        ]);
        const { order } = ann;
        expect(state(order)).toEqual([-10.5, 0, false]);
        await expect(ann.pos.push_order(order)).rejects.toThrow('10.5 is still to be given back');
        const cash = order.add_paymentline(CASH);
        cash.set_amount('-10');
        expect(state(order)).toEqual([-0.5, 0, false]);
        const card = order.add_paymentline(CARD);
        expect([card.get_amount(), order.get_due(card), order.get_change(card)]).toEqual([-0.5, -0.5, 0]);
        expect(state(order)).toEqual([0, 0, true]);
        expect(await ann.pos.push_order(order)).toMatchObject({ accepted: true });
        expect(ann.engine.paid[0]?.fields).toMatchObject({
            amount_total: -10.5,
            amount_paid: -10.5,
            amount_return: 0,
            statement_ids: [
                [0, 0, { amount: -10 }],
                [0, 0, { amount: -0.5 }],
            ],
        });
    });

    test('too much of it comes back as change', () => {
        const { order } = owing([[CAKE, -2]]);
        order.add_paymentline(CASH).set_amount(-10);
        expect(state(order)).toEqual([2, -2, true]);
        expect(order.export_as_JSON()).toMatchObject({ amount_paid: -8, amount_return: -2 });
    });

    test('money that was taken instead makes it more', () => {
        const { order } = owing([[CAKE, -2]]);
        order.add_paymentline(CASH).set_amount(5);
        expect(state(order)).toEqual([-13, 0, false]);
    });

    test('of an exchange there is nothing, and of one for more there is a price', () => {
        expect(
            state(
                owing([
                    [CAKE, -1],
                    [COFFEE, 1],
                    [COFFEE, -1],
                    [CAKE, 1],
                ]).order,
            ),
        ).toEqual([0, 0, true]);
        const { order } = owing([
            [COFFEE, -1],
            [CAKE, 1],
        ]);
        expect(state(order)).toEqual([1.5, 0, false]);
        order.add_paymentline(CASH).set_amount(2);
        expect(state(order)).toEqual([-0.5, 0.5, true]);
    });

    test('is rounded to coins as what was paid', () => {
        const ann = owing([[CAKE, -1]]);
        ann.pos.config.cash_rounding = true;
        ann.order.get_orderlines()[0]?.set_unit_price(4.13);
        ann.order.add_paymentline(CASH).set_amount(-4.15);
        expect([ann.order.get_rounding_applied(), ...state(ann.order)]).toEqual([-0.02, 0, 0, true]);
    });
});

const taxOf = (id: number) =>
    fc.record({
        id: fc.constant(id),
        name: fc.constant(`T${id}`),
        amount_type: fc.constantFrom('percent', 'fixed', 'division'),
        amount: fc.constantFrom(0, 3, 7.7, 10, 19, 21, 0.35),
        price_include: fc.boolean(),
        include_base_amount: fc.boolean(),
        sequence: fc.integer({ min: 1, max: 3 }),
    }) as fc.Arbitrary<TaxData>;
const shops = fc.record({
    taxes: fc.tuple(taxOf(1), taxOf(2), taxOf(3)),
    rounding: fc.constantFrom(0.01, 0.05, 1),
    method: fc.constantFrom('round_per_line' as const, 'round_globally' as const),
    coins: fc.record({
        rounding: fc.constantFrom(0.05, 0.5, 1),
        rounding_method: fc.constantFrom('HALF-UP' as const, 'UP' as const, 'DOWN' as const),
    }),
});
const sold = fc.record({
    product: fc.integer({ min: 1, max: 4 }),
    qty: fc.integer({ min: 1, max: 4_000 }).map(thousandths => thousandths / 1000),
    price: fc.integer({ min: 0, max: 99_999 }).map(cents => cents / 100),
    discount: fc.constantFrom(0, 0, 5, 12.5, 33.33, 100),
});

test('whatever the taxes and roundings, all that was paid comes back to the cent', () => {
    const original = { ...models };
    fc.assert(
        fc.property(
            shops,
            fc.array(sold, { minLength: 1, maxLength: 6 }),
            fc.boolean(),
            ({ taxes, rounding, method, coins }, lines, isAbroad) => {
                Object.assign(models, original);
                const group = {
                    id: 4,
                    name: 'All',
                    amount_type: 'group' as const,
                    amount: 0,
                    price_include: false,
                };
                const shop: Shop = {
                    ...SHOP,
                    currency: { ...SHOP.currency, rounding },
                    company: { ...SHOP.company, tax_calculation_rounding_method: method },
                    taxes: [
                        ...taxes,
                        { ...group, include_base_amount: false, sequence: 2, children_tax_ids: [1, 2] },
                    ],
                    fiscal_positions: [
                        { id: 3, name: 'Abroad', tax_ids: [{ tax_src_id: 1, tax_dest_id: 3 }] },
                    ],
                    products: [[1], [2, 3], [4], []].map((taxes_id, at) => ({
                        ...{ id: at + 1, display_name: `P${at}`, lst_price: 1, taxes_id },
                    })),
                    cash_rounding: coins,
                };
                const engine = new LocalShop().till(ANN, { id: 1, name: 'Bar' });
                const config = { id: 1, name: 'Bar', cash_rounding: true };
                const pos = new models.PosModel({}, { engine, shop, config });
                const order = pos.get_order();
                if (!order) throw new Error('no order');
                if (isAbroad) order.set_fiscal_position(pos.fiscal_positions[0]);
                for (const { product, qty, price, discount } of lines) {
                    const found = pos.db.get_product_by_id(product);
                    if (found) order.add_product(found, { quantity: qty, price, discount, merge: false });
                }
                order.add_paymentline(CASH);
                const view = engine.order(order.uid);
                if (!view) throw new Error('no view');
                const refund = pos.refund_of(view, all(order));
                const cash = refund.add_paymentline(CASH);
                expect(amounts(refund)).toEqual(negative(amounts(order)));
                expect(refund.get_due()).toBe(0 - order.get_due());
                expect(refund.is_paid()).toBe(order.get_due() === 0);
                cash.set_amount(refund.get_due());
                expect([refund.get_due(), refund.is_paid()]).toEqual([0, true]);
            },
        ),
        { numRuns: 300 },
    );
});

import { describe, expect, test } from 'vitest';
import type { Operation } from '../../src/client/types.js';
import { CAKE, CHEESE, COFFEE, same, twoTills } from './shop.js';

describe('what is done becomes operations', () => {
    const begin = () => {
        const tills = twoTills();
        const { ann } = tills;
        ann.order.add_product(ann.product(COFFEE));
        const first = tills.shop.commands.splice(0);
        const line = ann.order.get_last_orderline();
        if (!line) throw new Error('no line');
        return { ...tills, first, line, order: ann.order };
    };
    const sent = (tills: ReturnType<typeof begin>): Operation[] =>
        tills.shop.commands.flatMap(command => command.operations);

    test('the first tap begins the order: one command, with what others need to know', () => {
        const { first, line } = begin();
        expect(first).toHaveLength(1);
        const [command] = first;
        expect(command?.operations.map(({ op }) => op)).toEqual(['set', 'set', 'add_line']);
        expect(command?.operations.at(-1)).toEqual({
            op: 'add_line',
            line: line.uid,
            fields: { product_id: COFFEE, qty: 1, price_unit: 2.5, discount: 0, tax_ids: [7] },
        });
    });

    test('a second tap is an increment', () => {
        const tills = begin();
        tills.order.add_product(tills.ann.product(COFFEE));
        expect(sent(tills)).toEqual([{ op: 'increment', line: tills.line.uid, field: 'qty', by: 1 }]);
        expect(tills.line.get_quantity()).toBe(2);
    });

    test.each<[string, (tills: ReturnType<typeof begin>) => void, object[]]>([
        ['a typed quantity', ({ line }) => line.set_quantity('3'), [{ op: 'set', field: 'qty', value: 3 }]],
        [
            'the same quantity, typed',
            ({ line }) => line.set_quantity(1),
            [{ op: 'set', field: 'qty', value: 1 }],
        ],
        [
            'a discount',
            ({ line }) => line.set_discount('110'),
            [{ op: 'set', field: 'discount', value: 100 }],
        ],
        [
            'a price',
            ({ line }) => line.set_unit_price('1.005'),
            [{ op: 'set', field: 'price_unit', value: 1.01 }],
        ],
        [
            'a price that was typed at a numpad',
            ({ line }) => {
                line.price_manually_set = true;
                line.set_unit_price(3);
            },
            [
                { op: 'set', field: 'price_unit', value: 3 },
                { op: 'set', field: 'price_manually_set', value: true },
            ],
        ],
        ['removal by quantity', ({ line }) => line.set_quantity('remove'), [{ op: 'remove_line', seen: 1 }]],
        ['removal', ({ order, line }) => order.remove_orderline(line), [{ op: 'remove_line', seen: 1 }]],
        [
            'a property that an extension changed',
            ({ line }) => {
                line.quantity = 5;
                line.trigger('change', line);
            },
            [{ op: 'set', field: 'qty', value: 5 }],
        ],
    ])('%s', (_, act, expected) => {
        const tills = begin();
        act(tills);
        expect(sent(tills)).toEqual(expected.map(operation => ({ line: tills.line.uid, ...operation })));
    });

    test('a customer, and none', () => {
        const tills = begin();
        tills.order.set_client(tills.ann.pos.db.get_partner_by_id(26));
        tills.order.set_client(null);
        expect(sent(tills)).toEqual([
            { op: 'set', field: 'partner_id', value: 26 },
            { op: 'set', field: 'partner_id', value: false },
        ]);
    });

    test('options of a product: one line, one command', () => {
        const tills = begin();
        const options = { quantity: 2, price: 3, discount: 10, merge: false };
        tills.order.add_product(tills.ann.product(COFFEE), options);
        expect(tills.shop.commands).toHaveLength(1);
        expect(sent(tills)).toEqual([
            {
                op: 'add_line',
                line: tills.order.get_last_orderline()?.uid,
                fields: {
                    product_id: COFFEE,
                    qty: 2,
                    price_unit: 3,
                    discount: 10,
                    tax_ids: [7],
                    price_manually_set: true,
                },
            },
        ]);
    });

    test('what is weighed is not merged', () => {
        const tills = begin();
        for (const quantity of [0.25, 0.1234]) {
            tills.order.add_product(tills.ann.product(CHEESE), { quantity });
        }
        expect(tills.order.get_orderlines().map(line => line.get_quantity_str())).toEqual([
            '1',
            '0.250',
            '0.123',
        ]);
    });

    test('selecting says nothing', () => {
        const tills = begin();
        tills.order.deselect_orderline();
        tills.order.select_orderline(tills.line);
        expect(sent(tills)).toEqual([]);
    });

    test('an empty order says nothing', () => {
        const { shop, ann, bob } = twoTills();
        ann.order.trigger('new_updates_to_send');
        ann.order.trigger('change', ann.order);
        expect(shop.commands).toEqual([]);
        expect(bob.pos.get_order_list()).toHaveLength(1);
    });

    test('what comes from elsewhere is not sent back', () => {
        const tills = begin();
        const there = same(tills.bob, tills.order);
        there.add_product(tills.bob.product(CAKE));
        there.get_orderlines()[0]?.set_discount(5);
        expect(tills.shop.commands).toHaveLength(2);
        tills.order.trigger('new_updates_to_send');
        there.trigger('new_updates_to_send');
        expect(tills.shop.commands).toHaveLength(2);
        expect(tills.line.get_discount()).toBe(5);
        expect(tills.ann.errors.concat(tills.bob.errors)).toEqual([]);
    });
});

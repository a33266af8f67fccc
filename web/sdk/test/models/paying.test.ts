/** Money: taken, told, given back, and seen by whoever takes the rest. */
import { describe, expect, test } from 'vitest';
import { CAKE, COFFEE, register, same, till, twoTills } from './shop.js';

describe('paying', () => {
    const begin = () => {
        const tills = twoTills();
        const { ann } = tills;
        ann.order.add_product(ann.product(COFFEE));
        return { ...tills, order: ann.order, there: same(tills.bob, ann.order) };
    };

    test('a second tap on the button is the same payment', async () => {
        const { ann, bob, order } = begin();
        order.add_paymentline(register(ann, 'cash')).set_amount('5');
        const gone: unknown[] = [];
        ann.pos.on('order_gone', (each: unknown) => gone.push(each));
        const outcomes = await Promise.all([ann.pos.push_order(order), ann.pos.push_order(order)]);
        expect(outcomes).toMatchObject([{ accepted: true, number: 1 }, outcomes[0]]);
        expect(ann.engine.paid).toHaveLength(1);
        expect([order.finalized, gone]).toEqual([true, []]);
        expect(bob.pos.order_by_uid(order.uid)).toBeUndefined();
    });

    test('cash and change; what was paid here stays on the screen until its receipt was seen', async () => {
        const { ann, bob, order, there } = begin();
        const cash = order.add_paymentline(register(ann, 'cash'));
        expect([order.get_due(), order.is_paid()]).toEqual([2.5, false]);
        cash.set_amount('5');
        expect([order.get_due(), order.get_change(), order.is_paid()]).toEqual([-2.5, 2.5, true]);
        const outcome = await ann.pos.push_order(order);
        expect(outcome).toMatchObject({ accepted: true, number: 1 });
        expect(ann.engine.paid).toEqual([
            {
                uid: order.uid,
                fields: {
                    amount_total: 2.5,
                    amount_tax: 0.43,
                    amount_paid: 2.5,
                    amount_return: 2.5,
                    sold: {
                        lines: [{ product_id: COFFEE, name: 'Coffee', qty: 1, net: 2.07, total: 2.5 }],
                        taxes: [{ id: 7, base: 2.07, amount: 0.43 }],
                    },
                    statement_ids: [
                        [
                            0,
                            0,
                            { name: 'Cash', statement_id: 1, account_id: false, journal_id: 5, amount: 5 },
                        ],
                    ],
                },
            },
        ]);
        expect(ann.order).toBe(order);
        expect(bob.pos.get_order_list()).not.toContain(there);
        order.add_product(ann.product(CAKE));
        expect(ann.errors[0]?.text).toContain('is paid and cannot be changed');
        expect(() => order.add_paymentline(register(ann, 'cash'))).toThrow('is paid');
        expect(order.export_for_printing()).toMatchObject({
            total_with_tax: 2.5,
            change: 2.5,
            cashier: 'Ann',
        });
        await order.finalize();
        expect(ann.order.is_empty()).toBe(true);
        expect(ann.pos.get_order_list()).toHaveLength(1);
        expect(ann.engine.paid).toHaveLength(1);
    });

    test('card proposes what is due; money is told once, also when closing is tried again', async () => {
        const { ann, order } = begin();
        const card = order.add_paymentline(register(ann, 'bank'));
        expect(card.get_amount()).toBe(2.5);
        ann.engine.refusing = { reason: 'bill_changed' };
        expect(await ann.pos.push_order(order)).toMatchObject({ accepted: false });
        expect(order.finalized).toBe(false);
        expect(() => order.remove_paymentline(card)).toThrow('recorded already');
        order.add_product(ann.product(COFFEE));
        const cash = order.add_paymentline(register(ann, 'cash'));
        cash.set_amount(order.get_due());
        ann.engine.refusing = null;
        await order.finalize();
        const statements = ann.engine.paid.map(({ fields }) => fields.statement_ids);
        expect(statements).toMatchObject([
            [[0, 0, { journal_id: 6 }]],
            [[0, 0, { journal_id: 5, amount: 2.5 }]],
        ]);
    });

    test('an order that is not paid is not closed', async () => {
        const { ann, order } = begin();
        await expect(ann.pos.push_order(order)).rejects.toThrow('is not paid: 2.5 is missing');
    });

    test('coins: cash is rounded, a card is not', () => {
        const { ann, order } = begin();
        ann.pos.config.cash_rounding = true;
        order.get_orderlines()[0]?.set_unit_price(9.98);
        const cash = order.add_paymentline(register(ann, 'cash'));
        expect([order.get_rounding_applied(), order.get_due()]).toEqual([0.02, 10]);
        order.remove_paymentline(cash);
        order.add_paymentline(register(ann, 'bank'));
        expect([order.get_rounding_applied(), order.get_due()]).toEqual([0, 0]);
    });
});

describe('money that was recorded', () => {
    /** Ann was given 2.50 by card for a coffee, and meanwhile Bob has added a cake: nothing was closed. */
    const refused = async () => {
        const tills = twoTills();
        const { ann, bob } = tills;
        ann.order.add_product(ann.product(COFFEE));
        const { order } = ann;
        order.add_paymentline(register(ann, 'bank'));
        ann.engine.refusing = { reason: 'bill_changed' };
        await ann.pos.push_order(order);
        ann.engine.refusing = null;
        const there = same(bob, order);
        there.add_product(bob.product(CAKE));
        return { ...tills, order, there, rest: there.get_total_with_tax() - 2.5 };
    };
    const shown = ({ paymentlines }: { paymentlines: { models: { name: string; amount: number }[] } }) =>
        paymentlines.models.map(({ name, amount }) => [name, amount]);

    test('every till shows it: the rest is asked for, and not all of it again', async () => {
        const { bob, order, there, rest } = await refused();
        expect([shown(order), shown(there)]).toEqual([[['Card', 2.5]], [['Card', 2.5]]]);
        expect([order.get_due(), there.get_due()]).toEqual([rest, rest]);
        const [card] = there.get_paymentlines();
        if (!card) throw new Error('it is there');
        expect(() => there.remove_paymentline(card)).toThrow('recorded already');
        expect(() => card.set_amount(0)).toThrow('recorded already');
        there.add_paymentline(register(bob, 'cash')).set_amount(rest);
        expect(await bob.pos.push_order(there)).toMatchObject({ accepted: true });
        expect(bob.engine.paid.map(({ fields }) => fields)).toMatchObject([
            { amount_total: 2.5 + rest, amount_paid: 2.5 + rest, statement_ids: [[0, 0, { name: 'Cash' }]] },
        ]);
    });

    test('a page that is loaded anew shows it', async () => {
        const { shop, order } = await refused();
        const anew = till(shop);
        expect(shown(same(anew, order))).toEqual([['Card', 2.5]]);
    });

    test('what was given is enough for the new bill: the change is said anew', async () => {
        const { ann, bob } = twoTills();
        ann.order.add_product(ann.product(COFFEE));
        const { order } = ann;
        order.add_paymentline(register(ann, 'cash')).set_amount(10);
        ann.engine.refusing = { reason: 'bill_changed' };
        await ann.pos.push_order(order);
        same(bob, order).add_product(bob.product(COFFEE));
        ann.engine.refusing = null;
        expect(await ann.pos.push_order(order)).toMatchObject({ accepted: true });
        expect(ann.engine.paid.map(({ fields }) => fields)).toMatchObject([
            { amount_total: 2.5, amount_return: 7.5, statement_ids: [[0, 0, { amount: 10 }]] },
            { amount_total: 5, amount_return: 5, statement_ids: [] },
        ]);
    });

    test('what another app wrote in a form of its own is left alone', async () => {
        const { shop, ann, bob } = twoTills();
        ann.order.add_product(ann.product(COFFEE));
        const there = same(bob, ann.order);
        const form = {
            id: 'p-x',
            till: 'x',
            fields: { statement_ids: [7, [0, 0, { amount: '2' }]], note: 'x' },
        };
        shop.pay(ann.engine, ann.order.uid, form);
        expect([shown(there), there.get_due(), bob.errors]).toEqual([[], 2.5, []]);
    });
});

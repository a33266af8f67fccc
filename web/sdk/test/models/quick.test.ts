/** What is remembered to be quick changes nothing: the same is sent, and the same is to be paid, as without it. */

import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { models } from '../../src/models/models.js';
import type { Order } from '../../src/models/order.js';
import { computeLine, computeOrder } from '../../src/money/totals.js';
import { doUsual, isUsual } from './hands.js';
import { LocalShop } from './local_engine.js';
import { ANN, BOB, CAKE, CHEESE, COFFEE, restoreModels, SHOP, type Till, till } from './shop.js';

restoreModels();
// Both runs begin their orders at the same second.
beforeEach(() => {
    vi.useFakeTimers({ now: 0, toFake: ['Date'] });
});
afterEach(() => {
    vi.useRealTimers();
});

const small = fc.integer({ min: 0, max: 9 });
const act = fc.record({
    till: fc.integer({ min: 0, max: 1 }),
    kind: fc.constantFrom(
        ...(['tap', 'tap', 'tap more', 'qty', 'discount', 'typed price', 'remove', 'client'] as const),
        ...(['pricelist', 'position', 'note', 'order note', 'several', 'undo', 'select'] as const),
        // As extensions do it: without a word, in place, and with what is no JSON.
        ...(['silent', 'taxes', 'half a letter', 'no number', 'said', 'shop', 'one tax'] as const),
    ),
    at: small,
    value: small,
});
type Act = typeof act extends fc.Arbitrary<infer A> ? A : never;

function perform(at: Till, order: Order, { kind, at: place, value }: Act): void {
    const { pos } = at;
    const lines = order.get_orderlines();
    const line = lines[place % Math.max(1, lines.length)];
    const product = at.product([COFFEE, CAKE, CHEESE][place % 3] ?? COFFEE);
    if (isUsual(kind)) {
        doUsual(at, order, kind, place, value);
        return;
    }
    switch (kind) {
        case 'tap':
            order.add_product(product);
            break;
        case 'tap more':
            order.add_product(product, { merge: false, discount: value });
            break;
        case 'note':
            line?.set_note(value > 4 ? `n${value}` : '');
            break;
        case 'order note':
            order.set_note(value > 4 ? `n${value}` : '');
            break;
        case 'several':
            order.act(() => {
                order.add_product(product);
                line?.set_discount(value);
                if (value > 6 && line) order.remove_orderline(line);
            });
            break;
        case 'undo':
            order.undo();
            break;
        case 'select':
            order.select_orderline(line);
            break;
        case 'silent':
            if (line) line.quantity = value / 4;
            break;
        case 'taxes':
            if (line) line.tax_ids[0] = 7 + (value % 4);
            break;
        case 'half a letter':
            if (line) Object.assign(line, { note: '\ud83d' });
            break;
        case 'no number':
            if (line) Object.assign(line, { note: value > 6 ? Number.NaN : undefined });
            break;
        case 'said':
            order.trigger('new_updates_to_send');
            break;
        case 'shop':
            pos.load_shop(
                { ...SHOP, taxes: SHOP.taxes?.map(tax => ({ ...tax, amount: value })) ?? [] },
                pos.config,
            );
            break;
        case 'one tax': {
            const tax = pos.taxes_by_id.get(8);
            if (tax) pos.taxes_by_id.set(8, { ...tax, amount: value });
        }
    }
}

/** Two tills do it; what they sent, told and show in the end. */
function played(acts: readonly Act[], check: (order: Order) => void) {
    const shop = new LocalShop();
    const tills = [till(shop, ANN, { id: 1, name: 'Bar' }), till(shop, BOB, { id: 2, name: 'Counter' })];
    const [first] = tills as [Till, Till];
    first.order.add_product(first.product(COFFEE));
    const { uid } = first.order;
    for (const one of acts) {
        const at = tills[one.till] ?? first;
        const order = at.pos.order_by_uid(uid);
        if (!order) break;
        perform(at, order, one);
        check(order);
    }
    return {
        commands: shop.commands,
        orders: [...shop.orders.values()],
        errors: tills.map(({ errors }) => errors.map(({ text, where }) => ({ text, where }))),
        shown: tills.map(({ pos }) => pos.order_by_uid(uid)?.export_as_JSON()),
    };
}

test('a till sends the same whether an extension exports its orders or the SDK does', () => {
    const { Order, Orderline } = models;
    const run = (acts: readonly Act[], withOrder: boolean, withLine: boolean) => {
        Object.assign(models, { Order, Orderline });
        if (withOrder)
            models.Order = Order.extend({
                export_as_JSON(this: Order) {
                    return Order.prototype.export_as_JSON.call(this);
                },
            }) as typeof Order;
        if (withLine)
            models.Orderline = Orderline.extend({
                export_as_JSON(this: InstanceType<typeof Orderline>) {
                    return Orderline.prototype.export_as_JSON.call(this);
                },
            }) as typeof Orderline;
        return played(acts, () => {});
    };
    fc.assert(
        fc.property(fc.array(act, { maxLength: 25 }), acts => {
            const own = run(acts, false, false);
            expect(run(acts, true, true)).toEqual(own);
            expect(run(acts, false, true)).toEqual(own);
        }),
        { numRuns: 200 },
    );
});

test('what is to be paid is what comes out when all of it is computed anew', () => {
    fc.assert(
        fc.property(fc.array(act, { maxLength: 25 }), acts => {
            played(acts, order => {
                const { rules } = order.pos;
                const amounts = order.get_orderlines().map(line =>
                    computeLine(
                        {
                            price_unit: line.get_unit_price(),
                            qty: line.get_quantity(),
                            discount: line.get_discount(),
                            taxes: line.get_applicable_taxes(),
                        },
                        rules,
                    ),
                );
                expect(order.get_orderlines().map(line => line.get_amounts())).toEqual(amounts);
                expect(order.get_totals()).toEqual(computeOrder(amounts, rules));
            });
        }),
        { numRuns: 200 },
    );
});

test('an extension may add to its order’s lines while it exports the order', () => {
    const { Order } = models;
    models.Order = Order.extend({
        export_as_JSON(this: Order) {
            const json = Order.prototype.export_as_JSON.call(this);
            for (const [, , line] of json.lines) line.course = 2;
            return json;
        },
    }) as typeof Order;
    const shop = new LocalShop();
    const ann = till(shop);
    ann.order.add_product(ann.product(COFFEE));
    expect(shop.orders.get(ann.order.uid)?.lines.map(({ fields }) => fields.course)).toEqual([2]);
});

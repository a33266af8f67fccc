/** The last step is taken back while others work at the same order. */

import { describe, expect, test } from 'vitest';
import type { Order } from '../../src/models/order.js';
import { ANN, CAKE, CHEESE, COFFEE, restoreModels } from './shop.js';
import { BOB_AT_COUNTER, begin, first, lines } from './undo_scene.js';

restoreModels();

describe('with another at the same order', () => {
    test('a tap of another stays, before, at once and after', () => {
        const scene = begin();
        scene.tap(scene.ann);
        scene.tap(scene.bob);
        scene.shop.meanwhile(() => {
            scene.tap(scene.bob);
            scene.order.undo();
        });
        expect([lines(scene.order), lines(scene.there)]).toEqual([['3 Coffee'], ['3 Coffee']]);
    });

    test('a line to which another added stays with that, seen or not seen', () => {
        const scene = begin();
        scene.tap(scene.ann, CAKE);
        scene.tap(scene.bob, CAKE);
        expect(scene.order.undo()).toMatchObject({ changes: [{ by: -1, product_id: CAKE }], kept: [] });
        expect([lines(scene.order), lines(scene.there)]).toEqual(Array(2).fill(['1 Coffee', '1 Cake']));
        scene.tap(scene.ann, CHEESE, { quantity: 2 });
        const cheese = scene.there.get_last_orderline();
        scene.shop.meanwhile(() => {
            const more = scene.there.get_last_orderline();
            scene.there.record({ op: 'increment', line: more?.uid ?? '', field: 'qty', by: 1 });
            scene.order.undo();
        });
        expect(cheese?.get_quantity()).toBe(1);
        expect(lines(scene.order)).toEqual(['1 Coffee', '1 Cake', '1 Cheese']);
    });

    test('what another set since stays, and it is told whose it is', () => {
        const scene = begin();
        scene.line.set_discount(10);
        scene.theirs.set_discount(20);
        scene.line.set_quantity(4);
        scene.theirs.set_quantity(9);
        expect(scene.order.undo()).toEqual({
            changes: [],
            kept: [
                { what: 'quantity', line: scene.line.uid, product_id: COFFEE, by: 3, whose: BOB_AT_COUNTER },
            ],
        });
        expect(scene.order.undo()).toEqual({
            changes: [],
            kept: [
                {
                    what: 'field',
                    line: scene.line.uid,
                    product_id: COFFEE,
                    field: 'discount',
                    whose: BOB_AT_COUNTER,
                },
            ],
        });
        expect([scene.line.get_discount(), scene.line.get_quantity()]).toEqual([20, 9]);
        expect(scene.order.can_undo()).toBe(false);
    });

    test('also where another came back to the value that was there', () => {
        const scene = begin();
        scene.line.set_discount(10);
        scene.theirs.set_discount(20);
        scene.theirs.set_discount(10);
        expect(scene.order.undo().kept).toMatchObject([{ field: 'discount', whose: BOB_AT_COUNTER }]);
        expect(scene.line.get_discount()).toBe(10);
    });

    test("a number that goes on after another's is a step of its own, back to theirs", () => {
        const scene = begin();
        scene.line.set_quantity('1');
        scene.line.set_quantity('3');
        scene.theirs.set_quantity('7');
        scene.line.set_quantity('31');
        scene.order.undo();
        expect(scene.line.get_quantity()).toBe(7);
    });

    test('a line that another edited is not taken away', () => {
        const scene = begin();
        scene.tap(scene.ann, CAKE);
        scene.there.get_last_orderline()?.set_discount(5);
        expect(scene.order.undo()).toMatchObject({
            changes: [],
            kept: [{ what: 'quantity', product_id: CAKE, by: 1, whose: BOB_AT_COUNTER }],
        });
        expect(lines(scene.order)).toEqual(['1 Coffee', '1 Cake']);
    });

    test('no more is taken away than is there', () => {
        const scene = begin();
        scene.line.set_quantity(1);
        for (let taps = 0; taps < 3; taps += 1) scene.tap(scene.ann);
        scene.theirs.set_quantity(1);
        const undone = [1, 2, 3].map(() => scene.order.undo());
        expect(undone.map(({ changes }) => changes.length)).toEqual([1, 0, 0]);
        expect(undone[1]?.kept).toMatchObject([{ what: 'quantity', by: 1 }]);
        expect(lines(scene.there)).toEqual(['0 Coffee']);
    });

    test.each([
        // before, the step, what another typed since; then what is taken off, and what is left
        [2, 3, 1, -1, 0],
        [2, 3, 4, -3, 1],
        [2, 3, -1, 0, -1],
        [-3, 1, -2, -1, -3],
        [-3, 1, -5, -1, -6],
        [-3, 2, 4, -2, 2],
        [2, -1, 3, 1, 4],
        [2, -3, 0, 0, 0],
    ])('%i, then %i more, then typed to be %i: %i, which leaves %i', (before, more, typed, taken, left) => {
        const scene = begin();
        scene.line.set_quantity(before);
        scene.tap(scene.ann, COFFEE, { quantity: more });
        scene.theirs.set_quantity(typed);
        const { changes, kept } = scene.order.undo();
        const by = (all: typeof changes) => all.map(each => (each.what === 'quantity' ? each.by : 0));
        expect([by(changes), by(kept)]).toEqual([
            taken === 0 ? [] : [taken],
            taken === -more ? [] : [more + taken],
        ]);
        expect(scene.theirs.get_quantity()).toBe(left);
    });

    test('a line that is gone: nothing comes of it', () => {
        const scene = begin();
        scene.tap(scene.ann);
        scene.line.set_discount(10);
        scene.there.remove_orderline(scene.theirs);
        const kept = { line: scene.line.uid, product_id: COFFEE, whose: BOB_AT_COUNTER };
        expect(scene.order.undo()).toEqual({
            changes: [],
            kept: [{ what: 'field', field: 'discount', ...kept }],
        });
        expect(scene.order.undo()).toEqual({ changes: [], kept: [{ what: 'quantity', by: 1, ...kept }] });
        expect(lines(scene.order)).toEqual([]);
    });

    test('a removal that left what another added: what was taken away comes back to it', () => {
        const scene = begin();
        scene.line.set_quantity(2);
        scene.shop.meanwhile(() => {
            scene.tap(scene.bob);
            scene.order.remove_orderline(scene.line);
        });
        expect(lines(scene.order)).toEqual(['1 Coffee']);
        expect(scene.order.undo().changes).toMatchObject([{ what: 'quantity', by: 2 }]);
        expect([lines(scene.order), lines(scene.there)]).toEqual([['3 Coffee'], ['3 Coffee']]);
    });

    test('a pricelist goes back with the prices, but not those of a pricelist that another chose since', () => {
        const scene = begin();
        scene.tap(scene.ann, CAKE);
        scene.order.set_pricelist(scene.ann.pos.pricelists[1]);
        scene.there.get_last_orderline()?.set_unit_price(3);
        expect(scene.order.undo()).toMatchObject({
            changes: [{ field: 'price_unit', product_id: COFFEE }, { field: 'pricelist_id' }],
            kept: [{ field: 'price_unit', product_id: CAKE }],
        });
        expect(scene.there.get_orderlines().map(line => line.get_unit_price())).toEqual([2.5, 3]);

        scene.order.set_pricelist(scene.ann.pos.pricelists[1]);
        scene.there.set_pricelist(undefined);
        scene.there.set_pricelist(scene.bob.pos.pricelists[1]);
        expect(scene.order.undo().changes).toEqual([]);
        expect(scene.order.pricelist?.id).toBe(2);
        expect(scene.line.get_unit_price()).toBe(2.25);
    });

    test('a price that followed from a quantity goes back only with that quantity', () => {
        const scene = begin();
        scene.order.set_pricelist(scene.ann.pos.pricelists[1]);
        scene.line.set_quantity(9);
        scene.tap(scene.ann);
        const shown = (order: Order) => [first(order).get_quantity(), first(order).get_unit_price()];
        expect(shown(scene.order)).toEqual([10, 2]);
        scene.there.act(() => {
            scene.there.record({ op: 'increment', line: scene.line.uid, field: 'qty', by: 1 });
        });
        scene.order.undo();
        expect([shown(scene.order), shown(scene.there)]).toEqual(Array(2).fill([10, 2]));
        scene.theirs.set_quantity(9);
        scene.tap(scene.ann);
        scene.order.undo();
        expect(shown(scene.there)).toEqual([9, 2.25]);
    });

    test('steps are their own: another person at the till takes back theirs', () => {
        const scene = begin();
        scene.tap(scene.ann);
        scene.ann.pos.set_cashier({ id: 9, name: 'Mia' });
        expect(scene.order.can_undo()).toBe(false);
        scene.line.set_discount(10);
        scene.ann.pos.set_cashier(ANN);
        expect(scene.order.undo().changes).toMatchObject([{ what: 'quantity', by: -1 }]);
        expect(scene.order.can_undo()).toBe(false);
        scene.ann.pos.set_cashier({ id: 9, name: 'Mia' });
        expect(scene.order.can_undo()).toBe(true);
        expect(scene.bob.pos.get_order_list().map(order => order.can_undo())).toEqual([false]);
    });
});

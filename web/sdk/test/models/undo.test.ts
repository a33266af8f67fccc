/** The last step is taken back, and what cannot be. */

import { describe, expect, test } from 'vitest';
import { defineAddon } from '../../src/addon.js';
import type { Order } from '../../src/models/order.js';
import { STEPS_MAX } from '../../src/models/steps.js';
import { BOB, CAKE, COFFEE, restoreModels, same, till, twoTills } from './shop.js';
import { begin, first, lines, nothing, operations, type Scene } from './undo_scene.js';

restoreModels();

describe('alone', () => {
    test('a tap is an increment back, and told', () => {
        const scene = begin();
        scene.tap(scene.ann);
        expect(scene.order.can_undo()).toBe(true);
        expect(scene.order.undo()).toEqual({
            changes: [{ what: 'quantity', line: scene.line.uid, product_id: COFFEE, by: -1 }],
            kept: [],
        });
        expect(operations(scene).at(-1)).toEqual({
            op: 'increment',
            line: scene.line.uid,
            field: 'qty',
            by: -1,
        });
        expect([lines(scene.order), lines(scene.there)]).toEqual([['1 Coffee'], ['1 Coffee']]);
        expect(scene.order.can_undo()).toBe(false);
        expect(scene.order.undo()).toEqual(nothing);
    });

    test('the tap that began a line takes it away; the first of all leaves an empty order', () => {
        const { ann, shop } = twoTills();
        const before = ann.order.export_as_JSON();
        ann.order.add_product(ann.product(COFFEE));
        const { uid } = first(ann.order);
        ann.order.undo();
        expect(shop.commands.at(-1)?.operations).toEqual([{ op: 'remove_line', line: uid, seen: 1 }]);
        expect({ ...ann.order.export_as_JSON(), ...unchecked(before) }).toEqual(before);
        expect(ann.order.can_undo()).toBe(false);
    });

    test('digits that are typed one after the other are one number: 1, 12, 120, backspace', () => {
        const scene = begin();
        for (const text of ['3', '31', '310', '31', '31.', '31.0']) scene.line.set_quantity(text);
        scene.line.set_unit_price('1');
        scene.line.set_unit_price('1.5');
        scene.order.undo();
        expect([scene.line.get_unit_price(), scene.line.get_quantity()]).toEqual([2.5, 31]);
        expect(scene.order.undo().changes).toMatchObject([{ what: 'quantity', by: -30 }]);
        expect(lines(scene.order)).toEqual(['1 Coffee']);
        expect(scene.order.can_undo()).toBe(false);
    });

    test('another number, another line or another field is another step', () => {
        const scene = begin();
        scene.line.set_quantity('3');
        scene.line.set_quantity('5');
        scene.line.set_discount('5');
        const shown = () => [scene.line.get_quantity(), scene.line.get_discount()];
        expect(shown()).toEqual([5, 5]);
        scene.order.undo();
        expect(shown()).toEqual([5, 0]);
        scene.order.undo();
        expect(shown()).toEqual([3, 0]);
        // What is typed after that is not the number that was typed before.
        scene.line.set_quantity('30');
        scene.order.undo();
        expect(shown()).toEqual([3, 0]);
        scene.order.undo();
        expect(shown()).toEqual([1, 0]);
    });

    test('a number that comes to what was there is no step', () => {
        const scene = begin();
        scene.line.set_quantity('1');
        expect(scene.order.can_undo()).toBe(false);
        scene.line.set_quantity('12');
        scene.line.set_quantity('1');
        expect(scene.order.can_undo()).toBe(false);
    });

    test('a removed line comes back with all that was on it, under another uid, and is selected', () => {
        const scene = begin();
        scene.line.set_quantity(3);
        scene.line.price_manually_set = true;
        scene.line.set_unit_price(2.2);
        scene.line.set_discount(10);
        const { uid: _, id: __, ms_info: ___, ...before } = scene.line.export_as_JSON();
        const former = scene.line.uid;
        scene.order.remove_orderline(scene.line);
        const undone = scene.order.undo();
        const line = first(scene.order);
        expect(line.export_as_JSON()).toMatchObject(before);
        expect(line.uid).not.toBe(former);
        expect(undone.changes).toEqual([{ what: 'quantity', line: line.uid, product_id: COFFEE, by: 3 }]);
        expect(scene.order.get_selected_orderline()).toBe(line);
        // Earlier steps are about the line under its new uid.
        for (const _ of ['discount', 'price', 'quantity']) scene.order.undo();
        expect(lines(scene.there)).toEqual(['1 Coffee']);
        expect(first(scene.there).export_as_JSON()).toMatchObject({ discount: 0, price_unit: 2.5 });
        expect(scene.order.can_undo()).toBe(false);
    });

    test.each<[string, (scene: Scene) => void]>([
        ['a customer', ({ order, ann }) => order.set_client(ann.pos.db.get_partner_by_id(26))],
        [
            'a pricelist, with the prices that it changed',
            ({ order, ann }) => order.set_pricelist(ann.pos.pricelists[1]),
        ],
        [
            'a fiscal position, with the prices that it changed',
            ({ order, ann }) => order.set_fiscal_position(ann.pos.fiscal_positions[0]),
        ],
        ['options of a product', ({ tap, ann }) => tap(ann, CAKE, { quantity: 2, price: 3, discount: 10 })],
        ['a step of a pricelist', ({ line }) => line.set_quantity(10)],
        [
            'several changes in one act',
            ({ order, line, tap, ann }) =>
                order.act(() => {
                    line.set_discount(50);
                    tap(ann, CAKE);
                    order.set_client(ann.pos.db.get_partner_by_id(27));
                }),
        ],
    ])('%s: one step', (_, act) => {
        const scene = begin();
        scene.order.set_pricelist(scene.ann.pos.pricelists[1]);
        scene.order.set_pricelist(scene.ann.pos.pricelists[0]);
        scene.ann.pos.recorder.steps.clear(scene.order);
        const before = scene.order.export_as_JSON();
        act(scene);
        expect(scene.order.export_as_JSON()).not.toEqual({
            ...before,
            ...unchecked(scene.order.export_as_JSON()),
        });
        expect(scene.order.undo().kept).toEqual([]);
        for (const order of [scene.order, scene.there]) {
            const after = order.export_as_JSON();
            expect(after.lines.map(([, , { ms_info: _, id: __, ...line }]) => line)).toEqual(
                before.lines.map(([, , { ms_info: _, id: __, ...line }]) => line),
            );
            expect(after).toMatchObject({ partner_id: false, fiscal_position_id: false, pricelist_id: 1 });
        }
        expect(scene.order.can_undo()).toBe(false);
    });

    test('fields of extensions, by their merge rules', () => {
        const addon = defineAddon({
            name: 'steps',
            fields: {
                remark: { on: 'order', default: '' },
                tags: { on: 'order', merge: 'union', default: [] as string[] },
                courses: { on: 'order', merge: 'map', default: {} as { [course: string]: boolean } },
                guests: { on: 'order', merge: 'increment', default: 0 },
            },
        });
        const scene = begin();
        const [here, there] = [addon.order(scene.order), addon.order(scene.there)];
        here.remark = 'window';
        here.tags = ['a', 'b'];
        here.courses = { main: true };
        here.guests += 3;
        // What others added to them stays.
        there.guests += 1;
        there.courses = { ...there.courses, sweet: true };
        there.tags = [...there.tags, 'c'];
        const shown = ({ remark, tags, courses, guests }: typeof here) => ({ remark, tags, courses, guests });
        while (here.can_undo()) expect(here.undo().kept).toEqual([]);
        for (const order of [here, there]) {
            expect(shown(order)).toEqual({ remark: '', tags: ['c'], courses: { sweet: true }, guests: 1 });
        }
        expect([...scene.ann.errors, ...scene.bob.errors]).toEqual([]);
    });

    test(`${STEPS_MAX} steps are remembered`, () => {
        const scene = begin();
        for (let tap = 0; tap < STEPS_MAX + 5; tap += 1) scene.tap(scene.ann);
        let undone = 0;
        for (; scene.order.can_undo(); undone += 1) scene.order.undo();
        expect(undone).toBe(STEPS_MAX);
        expect(lines(scene.order)).toEqual(['6 Coffee']);
    });

    test('the screen is told whenever there is something to take back, or no more', () => {
        const scene = begin();
        const told: boolean[] = [];
        scene.order.on('steps', (order: Order) => told.push(order.can_undo()));
        scene.tap(scene.ann);
        scene.order.undo();
        expect(told).toEqual([true, false]);
    });
});

/** Members that tell when and by whom, and those that a till sets anew. */
function unchecked(json: ReturnType<Order['export_as_JSON']>) {
    const { ms_info, revision_ID, sequence_number } = json;
    return { ms_info, revision_ID, sequence_number };
}

describe('what cannot be taken back', () => {
    test('a locked order tells why, and the step stays', () => {
        const scene = begin();
        scene.tap(scene.ann);
        scene.ann.engine.locked = 'offline';
        expect(scene.order.undo()).toEqual(nothing);
        expect(scene.ann.errors).toMatchObject([{ where: 'locked' }]);
        expect(lines(scene.order)).toEqual(['2 Coffee']);
        scene.ann.engine.locked = null;
        scene.order.undo();
        expect(lines(scene.order)).toEqual(['1 Coffee']);
    });

    test('an engine that does not take it: the step stays', () => {
        const scene = begin();
        scene.tap(scene.ann);
        scene.ann.engine.failing = new Error('full');
        expect(scene.order.undo()).toEqual(nothing);
        expect(scene.ann.errors).toMatchObject([{ where: 'record', text: 'full' }]);
        expect([lines(scene.order), scene.order.can_undo()]).toEqual([['2 Coffee'], true]);
    });

    test('what the server refused: it was taken back already', async () => {
        const scene = begin();
        const refusal = { reason: 'bad' };
        const record = scene.ann.engine.record.bind(scene.ann.engine);
        scene.ann.engine.record = async () => ({ accepted: false, refusal, order: null });
        scene.tap(scene.ann);
        scene.ann.engine.record = record;
        await Promise.resolve();
        expect([scene.order.can_undo(), scene.order.undo()]).toEqual([false, nothing]);
    });

    test('an order that is gone', () => {
        const scene = begin();
        scene.tap(scene.ann);
        scene.bob.pos.set_order(scene.there);
        scene.bob.pos.delete_current_order();
        expect([scene.order.can_undo(), scene.order.undo()]).toEqual([false, nothing]);
    });

    test('a paid order', async () => {
        const scene = begin();
        scene.tap(scene.ann);
        const [cash] = scene.ann.pos.cashregisters;
        if (!cash) throw new Error('no cash');
        scene.order.add_paymentline(cash).set_amount(5);
        await scene.ann.pos.push_order(scene.order);
        expect(scene.order.can_undo()).toBe(false);
        expect(scene.order.undo()).toEqual(nothing);
    });

    test('what an extension changed without a word is recorded, and is no step', () => {
        const scene = begin();
        const later = till(scene.shop, BOB, { id: 3, name: 'Terrace' });
        scene.line.price_manually_set = true;
        same(later, scene.order).add_product(later.product(CAKE));
        expect(operations(scene)).toContainEqual({
            op: 'set',
            line: scene.line.uid,
            field: 'price_manually_set',
            value: true,
        });
        expect(scene.order.can_undo()).toBe(false);
    });
});

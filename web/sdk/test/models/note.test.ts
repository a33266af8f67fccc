/** Notes on orders and lines, and which lines add up. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { defineAddon } from '../../src/addon.js';
import { models } from '../../src/models/models.js';
import type { Order } from '../../src/models/order.js';
import { COFFEE, restoreModels, same, till, twoTills } from './shop.js';

restoreModels();

const lineOf = (order: Order) => {
    const line = order.get_last_orderline();
    if (!line) throw new Error('no line');
    return line;
};
function begin() {
    const tills = twoTills();
    tills.ann.order.add_product(tills.ann.product(COFFEE));
    return { ...tills, order: tills.ann.order, there: same(tills.bob, tills.ann.order) };
}

describe('a note', () => {
    test('on an order and on a line is sent, taken, and found by a till that comes later', () => {
        const { shop, order, there } = begin();
        expect([order.get_note(), lineOf(order).get_note()]).toEqual(['', '']);
        order.set_note('window seat');
        lineOf(there).set_note('no ice');
        const later = same(till(shop, { id: 5, name: 'Eva' }, { id: 3, name: 'Terrace' }), order);
        for (const one of [order, there, later]) {
            expect([one.get_note(), lineOf(one).get_note()]).toEqual(['window seat', 'no ice']);
            expect(one.export_as_JSON()).toMatchObject({
                note: 'window seat',
                lines: [[0, 0, { note: 'no ice' }]],
            });
        }
        expect(shop.commands.flatMap(({ operations }) => operations).slice(-2)).toEqual([
            { op: 'set', field: 'note', value: 'window seat' },
            { op: 'set', line: lineOf(order).uid, field: 'note', value: 'no ice' },
        ]);
    });

    test('that is empty is none', () => {
        const { shop, order, there } = begin();
        lineOf(order).set_note('hot');
        lineOf(there).set_note('');
        order.set_note('');
        expect(lineOf(order).get_note()).toBe('');
        expect(shop.orders.get(order.uid)?.lines[0]?.fields).not.toHaveProperty('note');
        expect(shop.orders.get(order.uid)?.fields).not.toHaveProperty('note');
    });

    test('is one step, and the line comes back with it', () => {
        const { order, there } = begin();
        lineOf(order).set_note('hot');
        order.set_note('birthday');
        order.remove_orderline(lineOf(order));
        order.undo();
        expect([lineOf(there).get_note(), there.get_note()]).toEqual(['hot', 'birthday']);
        order.undo();
        order.undo();
        expect([lineOf(there).get_note(), there.get_note()]).toEqual(['', '']);
    });

    test('belongs to an extension that declares it, which the methods of the SDK then write to', () => {
        const check = (text: string) => (text === 'wrong' ? 'no' : null);
        const notes = defineAddon({
            name: 'notes',
            fields: { note: { on: 'order', default: 'none', check } },
        });
        const { ann, bob, order, there } = begin();
        expect(order.get_note()).toBe('none');
        order.set_note('by the door');
        expect([notes.order(there).note, there.get_note()]).toEqual(['by the door', 'by the door']);
        expect(() => order.set_note('wrong')).toThrow('no');
        notes.order(there).note = 'window';
        expect(order.get_note()).toBe('window');
        expect([...ann.errors, ...bob.errors]).toEqual([]);
    });

    test('of the order note of the seeds is the same one', () => {
        const seed = readFileSync(new URL('./seeds/order-note.txt', import.meta.url), 'utf8');
        new Function('models', seed)(models);
        const { ann, bob, order, there } = begin();
        order.set_note('from a method');
        expect((there as { note?: string }).note).toBe('from a method');
        (there as { note?: string }).note = 'from a property';
        there.trigger('new_updates_to_send');
        expect(order.get_note()).toBe('from a property');
        lineOf(order).set_note('hot');
        expect(lineOf(there).get_note()).toBe('hot');
        expect([...ann.errors, ...bob.errors]).toEqual([]);
    });
});

describe('the same product adds up', () => {
    const EXTRAS = { extras: { seat: 2, custom: ['x'] } };
    function open() {
        const addon = defineAddon({
            name: 'merging',
            fields: {
                seat: { on: 'orderline', default: 0 },
                custom: { on: 'orderline', default: [] as string[] },
            },
        });
        return { addon, ...begin() };
    }
    type Scene = ReturnType<typeof open>;

    test.each<[string, (scene: Scene) => void, object]>([
        ['a note', ({ order }) => lineOf(order).set_note('hot'), {}],
        ['a discount', ({ order }) => lineOf(order).set_discount(10), {}],
        ['a discount of the new one', () => {}, { discount: 10 }],
        ['a price', ({ order }) => lineOf(order).set_unit_price(2), {}],
        [
            'a field of an extension',
            ({ order, addon }) => {
                addon.orderline(lineOf(order)).seat = 1;
            },
            {},
        ],
        ['a field of the new one', () => {}, EXTRAS],
    ])('unless it differs: %s', (_, change, options) => {
        const scene = open();
        change(scene);
        scene.order.add_product(scene.ann.product(COFFEE), options);
        expect(scene.there.get_orderlines().map(line => line.get_quantity())).toEqual([1, 1]);
        // One like the last one adds up to that.
        scene.order.add_product(scene.ann.product(COFFEE), options);
        expect(scene.there.get_orderlines().map(line => line.get_quantity())).toEqual([1, 2]);
    });

    test('a value that is as it would be anyway is no difference', () => {
        const { addon, ann, order } = open();
        addon.orderline(lineOf(order)).seat = 0;
        lineOf(order).set_note('');
        order.add_product(ann.product(COFFEE), { extras: { note: '' } });
        expect(order.get_orderlines()).toHaveLength(1);
    });

    test('also with the price of a larger quantity', () => {
        const { ann, order } = open();
        order.set_pricelist(ann.pos.pricelists[1]);
        lineOf(order).set_quantity(10);
        order.add_product(ann.product(COFFEE));
        expect(order.get_orderlines().map(line => [line.get_quantity(), line.get_unit_price()])).toEqual([
            [11, 2],
        ]);
    });

    test('a field that is declared in the way of Odoo, and only exported', () => {
        const { prototype } = models.Orderline;
        models.Orderline = models.Orderline.extend({
            ms_fields: { ...prototype.ms_fields, level: {} },
            export_as_JSON() {
                return {
                    ...prototype.export_as_JSON.call(this),
                    level: this.get_quantity() > 5 ? 'many' : 'few',
                };
            },
        });
        const { ann, order } = begin();
        order.add_product(ann.product(COFFEE));
        lineOf(order).set_quantity(6);
        order.add_product(ann.product(COFFEE));
        expect(order.get_orderlines().map(line => line.get_quantity())).toEqual([6, 1]);
    });
});

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { models } from '../../src/models/models.js';
import type { LocalShop } from './local_engine.js';
import { ANN, CAKE, COFFEE, restoreModels, same, till, twoTills } from './shop.js';

restoreModels();

/** An example's text, character by character. */
function text(name: string): string {
    return readFileSync(new URL(`./seeds/${name}.txt`, import.meta.url), 'utf8');
}

/** Runs code that extends `models`, as a page that loads an Odoo module. */
function load(code: string): void {
    new Function('models', code)(models);
}

/** An example that is only the members of a class. */
const inside = (model: 'Order' | 'Orderline' | 'PosModel', name: string) =>
    `var _super_order = models.${model}.prototype; models.${model} = models.${model}.extend({\n${text(name)}\n});`;

/** Somebody who brings a super method, and calls the one that is there already. */
const base = `for (const name of ['Order', 'Orderline']) {
    const before = models[name].prototype.apply_ms_data;
    models[name] = models[name].extend({ apply_ms_data: function (data) {
        if (before) before.apply(this, arguments);
        this.base_heard = (this.base_heard || 0) + 1;
    } });
}`;

// Extensions' properties are no part of the types, as in any page that loads Odoo's modules.
const open = (model: object) => model as { [property: string]: unknown };

const EXAMPLES: Record<string, string> = {
    base,
    'trio on Order': inside('Order', 'readme-trio'),
    'trio on Orderline': inside('Orderline', 'readme-trio'),
    'order note': text('order-note'),
    'order note, apply only': text('order-note-apply-only'),
};

function permutations<T>(items: readonly T[]): T[][] {
    if (items.length === 0) return [[]];
    return items.flatMap((item, at) =>
        permutations(items.filter((_, other) => other !== at)).map(rest => [item, ...rest]),
    );
}

describe('all examples together, in any loading order', () => {
    test.each(
        permutations(Object.keys(EXAMPLES)).map(order => [order.join(', '), order] as const),
    )('%s', (_, order) => {
        for (const name of order) load(EXAMPLES[name] ?? '');
        const { ann, bob } = twoTills();
        ann.order.add_product(ann.product(COFFEE));
        const there = same(bob, ann.order);
        const here = open(ann.order);
        const line = open(ann.order.get_orderlines()[0] ?? {});
        here.first_new_variable = { a: [1, null] };
        here.note = 'birthday';
        here.custom_notes = ['candles'];
        line.second_new_variable = 2;
        line.custom_notes = ['no ice'];
        ann.order.trigger('new_updates_to_send');

        const told = open(there.get_orderlines()[0] ?? {});
        expect(open(there).first_new_variable).toEqual({ a: [1, null] });
        expect(open(there).note).toBe('birthday');
        expect(open(there).custom_notes).toEqual(['candles']);
        expect(told.second_new_variable).toBe(2);
        expect(told.custom_notes).toEqual(['no ice']);
        expect(open(there).base_heard).toBe(1);
        expect(told.base_heard).toBe(1);

        // A till that comes later gets it by init_from_JSON.
        const later = till(shopOf(ann), ANN, { id: 3, name: 'Terrace' });
        const arrived = same(later, ann.order);
        expect(open(arrived).note).toBe('birthday');
        expect(open(arrived.get_orderlines()[0] ?? {}).second_new_variable).toBe(2);

        // What is taken away goes everywhere, and nothing is sent back.
        here.note = undefined;
        ann.order.trigger('new_updates_to_send');
        expect(open(there).note).toBeUndefined();
        expect(open(arrived).note).toBeUndefined();
        expect([...ann.errors, ...bob.errors, ...later.errors]).toEqual([]);
    });
});

function shopOf(of: { engine: object }): LocalShop {
    return (of.engine as unknown as { shop: LocalShop }).shop;
}

describe.each(['readme-trio', 'readme-trio-ru', 'description-trio'])('%s', name => {
    describe.each(['Order', 'Orderline'] as const)('on %s', model => {
        describe.each(['without', 'with', 'with itself as'])('%s a super method', superMethod => {
            test('reaches the other till and back', () => {
                if (superMethod === 'with') load(base);
                if (superMethod === 'with itself as') load(inside(model, name));
                load(inside(model, name));
                const { ann, bob, shop } = twoTills();
                ann.order.add_product(ann.product(COFFEE));
                const there = same(bob, ann.order);
                const of = (order: typeof there) =>
                    open(model === 'Order' ? order : (order.get_orderlines()[0] ?? {}));
                for (const [writer, order] of [
                    ['Ann', ann.order],
                    ['Bob', there],
                ] as const) {
                    of(order).first_new_variable = writer;
                    of(order).second_new_variable = { by: writer };
                    order.trigger('new_updates_to_send');
                    for (const other of [ann.order, there]) {
                        expect(of(other).first_new_variable).toBe(writer);
                        expect(of(other).second_new_variable).toEqual({ by: writer });
                    }
                }
                // One command for each act; an echo would be one more.
                expect(shop.commands).toHaveLength(3);
                if (superMethod === 'with') expect(of(there).base_heard).toBe(1);
                expect([...ann.errors, ...bob.errors]).toEqual([]);
            });
        });
    });
});

describe('apply only', () => {
    test('an extension that exports nothing sends nothing and breaks nothing', () => {
        load(inside('Order', 'apply-only'));
        const { ann, bob, shop } = twoTills();
        ann.order.add_product(ann.product(COFFEE));
        open(ann.order).first_new_variable = 1;
        ann.order.trigger('new_updates_to_send');
        expect(shop.commands).toHaveLength(1);
        expect(open(same(bob, ann.order)).first_new_variable).toBeUndefined();
    });
});

describe('pos_order_note', () => {
    test('the order widget is painted again on the other till, and both orders of a line know its note', () => {
        load(text('order-note'));
        const { ann, bob } = twoTills();
        ann.order.add_product(ann.product(COFFEE), { extras: { custom_notes: ['hot'] } });
        const there = same(bob, ann.order);
        expect(open(there.get_orderlines()[0] ?? {}).custom_notes).toEqual(['hot']);
        let painted = 0;
        bob.pos.on('render_order', () => {
            painted += 1;
        });
        open(ann.order).note = 'window seat';
        ann.order.trigger('change', ann.order);
        expect(painted).toBe(1);
        expect(open(there).note).toBe('window seat');
    });

    test('two notes on two lines at the same time both stay', () => {
        load(text('order-note'));
        const { ann, bob, shop } = twoTills();
        ann.order.add_product(ann.product(COFFEE));
        ann.order.add_product(ann.product(CAKE));
        const there = same(bob, ann.order);
        const notes = (order: typeof there) => order.get_orderlines().map(line => open(line).custom_notes);
        shop.meanwhile(() => {
            for (const [order, at] of [
                [ann.order, 0],
                [there, 1],
            ] as const) {
                const line = order.get_orderlines()[at];
                open(line ?? {}).custom_notes = [`line ${at}`];
                line?.trigger('change', line);
            }
        });
        expect(notes(ann.order)).toEqual([['line 0'], ['line 1']]);
        expect(notes(there)).toEqual([['line 0'], ['line 1']]);
    });
});

describe('pos_product_available', () => {
    test('its function runs, and sends what an extension changed', () => {
        load(text('order-note'));
        load(`models.PosModel = models.PosModel.extend({
            ${text('product-available')}
            refresh_qty_available: function (product) { this.refreshed = [...(this.refreshed || []), product.id]; },
        });`);
        const { ann, bob } = twoTills();
        const coffee = ann.product(COFFEE);
        coffee.qty_available = 10;
        ann.order.add_product(coffee, { quantity: 3 });
        open(ann.order).note = 'to go';
        const pos = ann.pos as unknown as { update_product_qty_from_order_lines(order: object): void };
        pos.update_product_qty_from_order_lines(ann.order);
        expect(coffee.qty_available).toBe(7);
        expect(open(ann.pos).refreshed).toEqual([COFFEE]);
        expect(open(same(bob, ann.order)).note).toBe('to go');
    });
});

/** Three tills do anything at once, with extensions of both kinds: afterwards they show the same, and what the shop has. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defineAddon } from '../../src/addon.js';
import { models } from '../../src/models/models.js';
import type { Order } from '../../src/models/order.js';
import { doUsual, isUsual } from './hands.js';
import { LocalShop } from './local_engine.js';
import { extendLines, type Noted } from './old_note.js';
import { ANN, BOB, CAKE, CHEESE, COFFEE, restoreModels, type Till, till } from './shop.js';

restoreModels();

const EVA = { id: 4, name: 'Eva' };

function extend() {
    extendLines();
    return defineAddon({
        name: 'laws',
        fields: {
            note: { on: 'order', default: '' },
            tags: { on: 'order', merge: 'union', default: [] as number[] },
            guests: { on: 'order', merge: 'increment', default: 0 },
        },
    });
}

const small = fc.integer({ min: 0, max: 9 });
const act = fc.record({
    till: fc.integer({ min: 0, max: 2 }),
    kind: fc.constantFrom(
        ...(['tap', 'tap', 'qty', 'discount', 'price', 'remove', 'client', 'pricelist', 'position'] as const),
        ...(['note', 'tag', 'guests', 'old note', 'unset'] as const),
    ),
    at: small,
    value: small,
});
type Act = typeof act extends fc.Arbitrary<infer A> ? A : never;

function perform(addon: ReturnType<typeof extend>, till: Till, order: Order, { kind, at, value }: Act) {
    if (isUsual(kind)) {
        doUsual(till, order, kind, at, value);
        return;
    }
    const lines = order.get_orderlines();
    const line = lines[at % Math.max(1, lines.length)];
    const fields = addon.order(order);
    switch (kind) {
        case 'tap':
            order.add_product(
                till.product([COFFEE, CAKE, CHEESE][at % 3] ?? COFFEE),
                value > 7 ? { quantity: value / 8 } : {},
            );
            break;
        case 'note':
            fields.note = `n${value}`;
            break;
        case 'tag':
            fields.tags = [...fields.tags, value];
            break;
        case 'guests':
            fields.guests += value - 4;
            break;
        case 'old note':
        case 'unset':
            if (!line) break;
            (line as Noted).old_note = kind === 'unset' ? undefined : { value };
            line.trigger('change', line);
    }
}

/** What a till shows of an order, and what its extensions know. */
const shown = (addon: ReturnType<typeof extend>, order: Order) => ({
    lines: order.get_orderlines().map(line => ({
        product: line.get_product().id,
        uid: line.uid,
        qty: line.get_quantity(),
        discount: line.get_discount(),
        price: line.get_unit_price(),
        note: (line as Noted).old_note,
    })),
    client: order.get_client()?.id ?? null,
    pricelist: order.pricelist?.id,
    position: order.fiscal_position?.id,
    note: addon.order(order).note,
    tags: addon.order(order).tags,
    guests: addon.order(order).guests,
    totals: [order.get_total_with_tax(), order.get_total_without_tax(), order.get_tax_details()],
});

test('after anything that three tills do at once they show the same, and nothing is sent back', () => {
    const original = { ...models };
    fc.assert(
        fc.property(fc.array(fc.array(act, { minLength: 1, maxLength: 6 }), { maxLength: 6 }), turns => {
            Object.assign(models, original);
            const addon = extend();
            const shop = new LocalShop();
            const tills = [
                till(shop, ANN, { id: 1, name: 'Bar' }),
                till(shop, BOB, { id: 2, name: 'Counter' }),
                till(shop, EVA, { id: 3, name: 'Terrace' }),
            ] as const;
            tills[0].order.add_product(tills[0].product(COFFEE));
            const { uid } = tills[0].order;
            const orderAt = (at: Till): Order => {
                const order = at.pos.order_by_uid(uid);
                if (!order) throw new Error('the order is gone');
                return order;
            };
            for (const turn of turns) {
                shop.meanwhile(() => {
                    for (const one of turn) {
                        const at = tills[one.till] ?? tills[0];
                        perform(addon, at, orderAt(at), one);
                    }
                });
                const sent = shop.commands.length;
                const [first, ...others] = tills.map(at => shown(addon, orderAt(at)));
                for (const other of others) expect(other).toEqual(first);
                const kept = shop.orders.get(uid);
                expect(first?.lines.map(line => [line.uid, line.qty])).toEqual(
                    kept?.lines.map(line => [line.uid, line.fields.qty]),
                );
                for (const at of tills) orderAt(at).trigger('new_updates_to_send');
                expect(shop.commands.length).toBe(sent);
            }
            for (const at of tills) expect(at.errors).toEqual([]);
        }),
        { numRuns: 150 },
    );
});

/** Steps at random: alone, taking all of them back gives what was there before; with another, theirs stays. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defineAddon } from '../../src/addon.js';
import type { Fields, Json } from '../../src/client/types.js';
import { models } from '../../src/models/models.js';
import type { Order } from '../../src/models/order.js';
import type { Undone } from '../../src/models/undone.js';
import { sum } from '../../src/money/decimal.js';
import { canonical } from '../../src/rules/json.js';
import { doUsual, isUsual } from './hands.js';
import { LocalShop } from './local_engine.js';
import { extendLines, type Noted } from './old_note.js';
import { ANN, BOB, CAKE, CHEESE, COFFEE, restoreModels, type Till, till } from './shop.js';

restoreModels();

/** An extension of each kind, and a field under each merge rule. */
function extend() {
    extendLines();
    return defineAddon({
        name: 'laws',
        fields: {
            remark: { on: 'order', default: '' },
            tags: { on: 'order', merge: 'union', default: [] as number[] },
            courses: { on: 'order', merge: 'map', default: {} as { [course: string]: number } },
            guests: { on: 'order', merge: 'increment', default: 0 },
        },
    });
}
type Laws = ReturnType<typeof extend>;

const small = fc.integer({ min: 0, max: 9 });
const kinds = [
    ...['tap', 'tap', 'tap', 'tap more', 'qty', 'qty', 'discount', 'price', 'typed price', 'remove'],
    ...[
        'client',
        'pricelist',
        'position',
        'remark',
        'tag',
        'course',
        'guests',
        'old note',
        'unset',
        'several',
    ],
] as const;
const act = fc.record({ kind: fc.constantFrom(...kinds), at: small, value: small });
type Act = typeof act extends fc.Arbitrary<infer A> ? A : never;

function perform(addon: Laws, at: Till, order: Order, { kind, at: place, value }: Act): void {
    const lines = order.get_orderlines();
    const line = lines[place % Math.max(1, lines.length)];
    const fields = addon.order(order);
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
            order.add_product(product, { quantity: value / 4, discount: place > 6 ? 10 : 0 });
            break;
        case 'remark':
            fields.remark = `r${value}`;
            break;
        case 'tag':
            fields.tags = value > 7 ? [] : [...new Set([...fields.tags, value])];
            break;
        case 'course':
            fields.courses = { ...fields.courses, [`c${value % 3}`]: place };
            break;
        case 'guests':
            fields.guests += value - 4;
            break;
        case 'several':
            order.act(() => {
                line?.set_quantity(value);
                order.add_product(product);
                line?.set_discount(place);
            });
            break;
        case 'old note':
        case 'unset':
            if (!line) break;
            (line as Noted).old_note = kind === 'unset' ? undefined : { value };
            line.trigger('change', line);
    }
}

/** What an order exports, without when, by whom, and the uids of lines, which come back at the end (M6). */
function exported(order: Order): { order: string; lines: string[] } {
    const { ms_info, revision_ID, sequence_number, user_id, lines, ...json } = order.export_as_JSON();
    // An object that lost its last member is as good as none.
    const courses = Object.keys((json.courses ?? {}) as object).length > 0 ? json.courses : undefined;
    const each = lines.map(([, , { uid, id, ms_info, ...line }]) => canonical(line));
    return { order: canonical({ ...json, courses }), lines: each.sort() };
}

test('alone, taking every step back gives what was there before', () => {
    const original = { ...models };
    fc.assert(
        fc.property(
            fc.array(act, { maxLength: 5 }),
            fc.array(act, { minLength: 1, maxLength: 45 }),
            (before, acts) => {
                Object.assign(models, original);
                const addon = extend();
                const at = till(new LocalShop(), ANN);
                const { order } = at;
                for (const each of before) perform(addon, at, order, each);
                at.pos.recorder.steps.clear(order);
                const stood = exported(order);
                const uids = order.get_orderlines().map(line => line.uid);
                for (const each of acts) perform(addon, at, order, each);
                while (order.can_undo()) expect(order.undo().kept).toEqual([]);
                expect(exported(order)).toEqual(stood);
                // Lines that never went stand where they stood.
                const now = order.get_orderlines().map(line => line.uid);
                expect(now.filter(uid => uids.includes(uid))).toEqual(uids.filter(uid => now.includes(uid)));
                expect(at.errors).toEqual([]);
            },
        ),
        { numRuns: 200 },
    );
});

/** What the shop has of an order. */
interface State {
    fields: Fields;
    lines: Map<string, Fields>;
}
function stateOf(shop: LocalShop, uid: string): State {
    const order = shop.orders.get(uid);
    const lines = new Map((order?.lines ?? []).map(line => [line.uid, line.fields]));
    return { fields: order?.fields ?? {}, lines };
}

/** Each field as a text that names it, with its value. */
function flat({ fields, lines }: State): Map<string, Json> {
    const all = new Map(Object.entries(fields).map(([field, value]) => [`order ${field}`, value]));
    for (const [uid, each] of lines) {
        for (const [field, value] of Object.entries(each)) all.set(`${uid} ${field}`, value);
    }
    return all;
}
function changed(before: State, after: State): string[] {
    const [old, now] = [flat(before), flat(after)];
    return [...new Set([...old.keys(), ...now.keys()])].filter(
        name => JSON.stringify(old.get(name)) !== JSON.stringify(now.get(name)),
    );
}
function quantities({ lines }: State): Map<unknown, number> {
    const all = [...lines.values()];
    const products = new Set(all.map(({ product_id }) => product_id));
    const of = (id: unknown) =>
        all.filter(({ product_id }) => product_id === id).map(({ qty }) => Number(qty));
    return new Map([...products].map(id => [id, sum(of(id)).toNumber()]));
}

const turn = fc.oneof(
    { weight: 3, arbitrary: fc.record({ by: fc.constant('ann' as const), act }) },
    { weight: 2, arbitrary: fc.record({ by: fc.constant('bob' as const), act }) },
    { weight: 2, arbitrary: fc.record({ by: fc.constantFrom('ann undo' as const, 'bob undo' as const) }) },
);
/** Merged member by member, so that two people's doings are in one value. */
const SHARED = /^order (tags|courses|guests)$/;

test('with another at the order, what they did last stays, and quantities add up to what was told', () => {
    const original = { ...models };
    fc.assert(
        fc.property(fc.array(turn, { minLength: 3, maxLength: 40 }), turns => {
            Object.assign(models, original);
            const addon = extend();
            const shop = new LocalShop();
            const ann = till(shop, ANN, { id: 1, name: 'Bar' });
            const bob = till(shop, BOB, { id: 2, name: 'Counter' });
            ann.order.add_product(ann.product(COFFEE));
            const { order } = ann;
            const there = bob.pos.order_by_uid(order.uid);
            if (!there) throw new Error('the order is not there');
            const last = new Map<string, string>();
            for (const name of flat(stateOf(shop, order.uid)).keys()) last.set(name, 'ann');
            for (const each of turns) {
                const before = stateOf(shop, order.uid);
                let undone: Undone | null = null;
                const who = each.by.startsWith('ann') ? 'ann' : 'bob';
                const [at, one] = who === 'ann' ? [ann, order] : [bob, there];
                if ('act' in each) perform(addon, at, one, each.act);
                else undone = one.undo();
                const after = stateOf(shop, order.uid);
                const names = changed(before, after);
                if (undone) {
                    const theirs = names.filter(
                        name => (last.get(name) ?? who) !== who && !SHARED.test(name),
                    );
                    // A quantity is both people's: what the step did to it is taken back, and nothing else.
                    expect(theirs.filter(name => !name.endsWith(' qty'))).toEqual([]);
                    expect(quantities(after)).toEqual(told(quantities(before), undone, after));
                }
                for (const name of names) last.set(name, who);
                const [here, elsewhere] = [order, there].map(exported);
                expect(here).toEqual(elsewhere);
            }
            expect([...ann.errors, ...bob.errors]).toEqual([]);
        }),
        { numRuns: 300 },
    );
});

/** The quantities that there have to be after what was told. */
function told(before: Map<unknown, number>, { changes }: Undone, after: State): Map<unknown, number> {
    const products = [...after.lines.values()].map(({ product_id }) => product_id);
    return new Map(
        [...new Set(products)].map(id => {
            const by = changes.map(each =>
                each.what === 'quantity' && each.product_id === id ? each.by : 0,
            );
            return [id, sum([before.get(id) ?? 0, ...by]).toNumber()];
        }),
    );
}

test('whatever is done and taken back at once, both tills show the same', () => {
    const original = { ...models };
    fc.assert(
        fc.property(fc.array(fc.array(turn, { minLength: 1, maxLength: 6 }), { maxLength: 8 }), rounds => {
            Object.assign(models, original);
            const addon = extend();
            const shop = new LocalShop();
            const ann = till(shop, ANN, { id: 1, name: 'Bar' });
            const bob = till(shop, BOB, { id: 2, name: 'Counter' });
            ann.order.add_product(ann.product(COFFEE));
            const { order } = ann;
            const there = bob.pos.order_by_uid(order.uid);
            if (!there) throw new Error('the order is not there');
            for (const turns of rounds) {
                shop.meanwhile(() => {
                    for (const each of turns) {
                        const [at, one] = each.by.startsWith('ann') ? [ann, order] : [bob, there];
                        if ('act' in each) perform(addon, at, one, each.act);
                        else one.undo();
                    }
                });
                expect(exported(order)).toEqual(exported(there));
                const uids = [order, there].map(one => one.get_orderlines().map(line => line.uid));
                expect(uids[0]).toEqual(uids[1]);
                const sent = shop.commands.length;
                for (const one of [order, there]) one.trigger('new_updates_to_send');
                expect(shop.commands.length).toBe(sent);
            }
            expect([...ann.errors, ...bob.errors]).toEqual([]);
        }),
        { numRuns: 150 },
    );
});

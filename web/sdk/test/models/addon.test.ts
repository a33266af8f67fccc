import { describe, expect, expectTypeOf, test } from 'vitest';
import { defineAddon, FieldError } from '../../src/addon.js';
import type { Json } from '../../src/client/types.js';
import { models } from '../../src/models/models.js';
import { CAKE, COFFEE, restoreModels, same, twoTills } from './shop.js';

restoreModels();

const defineNotes = () =>
    defineAddon({
        name: 'order_note',
        fields: {
            note: {
                on: 'order',
                merge: 'set',
                default: '',
                check: (text: string) => (text.length > 20 ? 'at most 20 characters' : null),
            },
            tags: { on: 'order', merge: 'union', default: [] as string[] },
            courses: { on: 'order', merge: 'map', default: {} as { [course: string]: boolean } },
            guests: { on: 'order', merge: 'increment', default: 0 },
            kitchen: { on: 'orderline', default: 'new' },
            seat: { on: 'orderline', default: undefined as number | undefined },
        },
        order: {
            shout(): string {
                return this.note.toUpperCase();
            },
        },
        overrides: {
            orderline: former => ({
                can_be_merged_with(other) {
                    return this.seat === undefined && former.can_be_merged_with.call(this, other);
                },
            }),
        },
    });

describe('declared fields', () => {
    test('have types', () => {
        const notes = defineNotes();
        const { ann } = twoTills();
        const order = notes.order(ann.order);
        expectTypeOf(order.note).toEqualTypeOf<string>();
        expectTypeOf(order.tags).toEqualTypeOf<string[]>();
        expectTypeOf(order.guests).toEqualTypeOf<number>();
        expectTypeOf(order.shout()).toEqualTypeOf<string>();
        ann.order.add_product(ann.product(COFFEE));
        const [line] = ann.order.get_orderlines();
        if (!line) throw new Error('no line');
        expectTypeOf(notes.orderline(line).seat).toEqualTypeOf<number | undefined>();
        const plain = defineAddon({ name: 'plain', fields: { anything: { on: 'order' } } });
        expectTypeOf(plain.order(ann.order).anything).toEqualTypeOf<Json | undefined>();
        // @ts-expect-error a field of orders is none of lines
        expect(notes.orderline(line).note).toBeUndefined();
    });

    test('are synced when they are set, in one command, and come by init_from_JSON and apply_ms_data', () => {
        const notes = defineNotes();
        const { ann, bob, shop } = twoTills();
        const order = notes.order(ann.order);
        expect([order.note, order.tags, order.guests]).toEqual(['', [], 0]);
        order.note = 'birthday';
        const there = notes.order(same(bob, ann.order));
        expect([there.note, there.shout()]).toEqual(['birthday', 'BIRTHDAY']);
        ann.order.add_product(ann.product(COFFEE));
        const [line] = order.get_orderlines();
        const [told] = there.get_orderlines();
        if (!line || !told) throw new Error('no line');
        notes.orderline(line).kitchen = 'sent';
        expect(notes.orderline(told).kitchen).toBe('sent');
        there.note = 'wedding';
        expect(order.note).toBe('wedding');
        expect(shop.commands).toHaveLength(4);
        expect(shop.orders.get(order.uid)?.fields).toMatchObject({ note: 'wedding' });
    });

    test('meet by their merge rules', () => {
        const notes = defineNotes();
        const { ann, bob, shop } = twoTills();
        ann.order.add_product(ann.product(COFFEE));
        const here = notes.order(ann.order);
        const there = notes.order(same(bob, ann.order));
        shop.meanwhile(() => {
            here.tags = [...here.tags, 'terrace'];
            there.tags = [...there.tags, 'regular'];
            here.courses = { ...here.courses, starter: true };
            there.courses = { ...there.courses, main: false };
            here.guests += 2;
            there.guests += 1;
            here.note = 'first';
            there.note = 'second';
        });
        for (const order of [here, there]) {
            expect(order.tags).toEqual(['terrace', 'regular']);
            expect(order.courses).toEqual({ starter: true, main: false });
            expect(order.guests).toBe(3);
            expect(order.note).toBe('second');
        }
        here.courses = { main: true };
        expect(there.courses).toEqual({ main: true });
    });

    test('a check that fails is told where the value is set, and nothing is sent', () => {
        const notes = defineNotes();
        const { ann, shop } = twoTills();
        ann.order.add_product(ann.product(COFFEE));
        const order = notes.order(ann.order);
        expect(() => {
            order.note = 'a text that is much too long';
        }).toThrow(new FieldError('order_note', 'note', 'at most 20 characters'));
        expect(order.note).toBe('');
        expect(() => {
            order.guests = Number.NaN;
        }).toThrow('NaN is no JSON number');
        expect(shop.commands).toHaveLength(1);
    });

    test('a value that is taken back is the default again, everywhere', () => {
        const notes = defineNotes();
        const { ann, bob } = twoTills();
        ann.order.add_product(ann.product(COFFEE));
        const [here, there] = [notes.order(ann.order), notes.order(same(bob, ann.order))];
        here.note = 'x';
        (here as { note: string | undefined }).note = undefined;
        expect([here.note, there.note]).toEqual(['', '']);
    });

    test('methods see the former ones', () => {
        const notes = defineNotes();
        const { ann } = twoTills();
        ann.order.add_product(ann.product(COFFEE));
        const [line] = ann.order.get_orderlines();
        if (!line) throw new Error('no line');
        notes.orderline(line).seat = 4;
        ann.order.add_product(ann.product(COFFEE));
        ann.order.add_product(ann.product(COFFEE));
        expect(ann.order.get_orderlines().map(one => one.get_quantity())).toEqual([1, 2]);
    });

    test('extras of a product are set before lines are compared', () => {
        const notes = defineNotes();
        const { ann, bob } = twoTills();
        ann.order.add_product(ann.product(COFFEE), { extras: { seat: 2 } });
        const [told] = same(bob, ann.order).get_orderlines();
        expect(told && notes.orderline(told).seat).toBe(2);
    });

    test('a locked order keeps its value', () => {
        const notes = defineNotes();
        const { ann } = twoTills();
        ann.order.add_product(ann.product(COFFEE));
        ann.engine.locked = 'offline';
        notes.order(ann.order).note = 'x';
        expect(notes.order(ann.order).note).toBe('');
        expect(ann.errors[0]?.where).toBe('locked');
    });

    test('two addons and an extension of the old kind work side by side', () => {
        const notes = defineNotes();
        const tips = defineAddon({ name: 'tips', fields: { tip: { on: 'order', default: 0 } } });
        new Function(
            'models',
            `const _super = models.Order.prototype;
            models.Order = models.Order.extend({
                export_as_JSON() { const json = _super.export_as_JSON.apply(this, arguments); json.old = this.old; return json; },
                init_from_JSON(json) { this.old = json.old; return _super.init_from_JSON.call(this, json); },
                apply_ms_data(json) { if (_super.apply_ms_data) _super.apply_ms_data.apply(this, arguments); this.old = json.old; },
            });`,
        )(models);
        const { ann, bob } = twoTills();
        ann.order.add_product(ann.product(CAKE));
        const there = same(bob, ann.order);
        notes.order(ann.order).note = 'n';
        tips.order(ann.order).tip = 0.5;
        (ann.order as unknown as { old: string }).old = 'o';
        ann.order.trigger('new_updates_to_send');
        expect([notes.order(there).note, tips.order(there).tip]).toEqual(['n', 0.5]);
        expect((there as unknown as { old: string }).old).toBe('o');
    });
});

test('an addon that is defined after the till was opened is told to that till, until it is closed', async () => {
    const { ann, bob } = twoTills();
    await bob.pos.close();
    defineNotes();
    expect(ann.errors).toMatchObject([{ where: 'defineAddon', uid: '' }]);
    expect(ann.errors[0]?.text).toContain('"order_note" was defined after this till was opened');
    expect(bob.errors).toEqual([]);
});

describe('definitions that cannot work', () => {
    test.each<[string, () => unknown, string]>([
        [
            'a field with a typo',
            () => defineAddon({ name: 'a', fields: { f: { on: 'order', defualt: 1 } as { on: 'order' } } }),
            'a: the field f has `defualt`, which means nothing; there are on, merge, default, check',
        ],
        [
            'an addon with a typo',
            () => defineAddon({ name: 'a', feilds: {} } as { name: string }),
            'the addon "a" has `feilds`, which means nothing; there are name, fields',
        ],
        [
            'an override of what cannot be overridden',
            () => defineAddon({ name: 'a', overrides: { lines: () => ({}) } as object }),
            'the addon "a" has `lines`, which means nothing; there are order, orderline',
        ],
        ['no name', () => defineAddon({ name: '' }), 'needs a name'],
        ['twice', () => [defineNotes(), defineNotes()], 'is there already'],
        [
            'a field of Odoo',
            () => defineAddon({ name: 'a', fields: { qty: { on: 'orderline' } } }),
            "Odoo's own",
        ],
        [
            'a total',
            () => defineAddon({ name: 'a', fields: { amount_total: { on: 'order' } } }),
            "Odoo's own",
        ],
        ['a member', () => defineAddon({ name: 'a', fields: { get_total_tax: { on: 'order' } } }), 'already'],
        [
            'a default that does not fit',
            () => defineAddon({ name: 'a', fields: { x: { on: 'order', merge: 'union', default: 1 } } }),
            'by "union"',
        ],
        [
            'a default that is no JSON',
            () => defineAddon({ name: 'a', fields: { x: { on: 'order', default: Number.NaN } } }),
            'no JSON',
        ],
        [
            'a method that is there',
            () => defineAddon({ name: 'a', order: { add_product() {} } }),
            'former.add_product',
        ],
        [
            'a hook',
            () => defineAddon({ name: 'a', order: { apply_ms_data() {} } }),
            'overrides: { order: former',
        ],
    ])('%s', (_, define, text) => {
        expect(define).toThrow(text);
        const { ann, bob } = twoTills();
        ann.order.add_product(ann.product(COFFEE));
        expect(same(bob, ann.order).get_orderlines()).toHaveLength(1);
    });
});

test('no field takes the name of something that orders and lines keep', () => {
    const { ann } = twoTills();
    ann.order.add_product(ann.product(COFFEE));
    const [line] = ann.order.get_orderlines();
    const names = { order: Object.keys(ann.order), orderline: Object.keys(line ?? {}) };
    expect(names.order.length + names.orderline.length).toBeGreaterThan(20);
    for (const on of ['order', 'orderline'] as const) {
        // A note is an extension's, where there is one that declares it.
        for (const name of names[on].filter(name => name !== 'note')) {
            const define = () => defineAddon({ name: `${on}_${name}`, fields: { [name]: { on } } });
            expect(define, `${on}.${name}`).toThrow('choose another');
        }
    }
});

describe('extensions of the old kind', () => {
    const withField = (declared: object) => {
        const { prototype } = models.Order;
        models.Order = models.Order.extend({
            ms_fields: { score: declared },
            export_as_JSON() {
                return { ...prototype.export_as_JSON.call(this), score: this.score };
            },
            apply_ms_data(json: { score: number }) {
                this.score = json.score;
            },
            score: 0,
        });
        return twoTills();
    };
    const score = (order: object) => order as { score: number };

    test('may declare a merge rule', () => {
        const { ann, bob, shop } = withField({ merge: 'increment' });
        ann.order.add_product(ann.product(COFFEE));
        const there = same(bob, ann.order);
        shop.meanwhile(() => {
            for (const order of [ann.order, there]) {
                score(order).score += 5;
                order.trigger('new_updates_to_send');
            }
        });
        expect([score(ann.order).score, score(there).score]).toEqual([10, 10]);
    });

    test('may declare a check: what fails is not sent, and told once', () => {
        const check = (value: number) => (value > 9 ? 'at most 9' : null);
        const { ann, bob, shop } = withField({ check });
        ann.order.add_product(ann.product(COFFEE));
        score(ann.order).score = 12;
        ann.order.trigger('new_updates_to_send');
        ann.order.add_product(ann.product(CAKE));
        expect(shop.orders.get(ann.order.uid)?.fields.score).toBe(0);
        expect(ann.errors).toMatchObject([
            { where: 'check', field: 'score', text: 'score is not sent: at most 9' },
        ]);
        score(ann.order).score = 7;
        ann.order.trigger('new_updates_to_send');
        expect(score(same(bob, ann.order)).score).toBe(7);
    });

    test('may declare a check: what fails is no base of what comes after it', () => {
        const check = (value: number) => (value > 20 ? 'at most 20' : null);
        const { ann, bob, shop } = withField({ check, merge: 'increment' });
        ann.order.add_product(ann.product(COFFEE));
        for (const value of [5, 999, 6]) {
            score(ann.order).score = value;
            ann.order.trigger('new_updates_to_send');
        }
        expect(score(same(bob, ann.order)).score).toBe(6);
        expect(shop.orders.get(ann.order.uid)?.fields.score).toBe(6);
        expect(ann.errors).toHaveLength(1);
    });

    test('may declare a check: one that throws is told, and the till goes on', () => {
        const { ann, shop } = withField({
            check: () => {
                throw new Error('no such table');
            },
        });
        ann.order.add_product(ann.product(COFFEE));
        score(ann.order).score = 1;
        ann.order.add_product(ann.product(CAKE));
        const text = 'score is not sent: its check failed: no such table';
        expect(ann.errors).toMatchObject([{ where: 'check', text }]);
        expect(shop.orders.get(ann.order.uid)?.lines).toHaveLength(2);
    });

    test('may declare a merge rule: what it cannot merge is not sent, and told once', () => {
        const { ann, bob, shop } = withField({ merge: 'increment' });
        ann.order.add_product(ann.product(COFFEE));
        for (const value of ['5', null, [1]]) {
            (score(ann.order) as { score: unknown }).score = value;
            ann.order.trigger('new_updates_to_send');
        }
        expect(shop.orders.get(ann.order.uid)?.fields.score).toBe(0);
        expect(ann.errors[0]).toMatchObject({
            where: 'check',
            text: 'score is not sent: it is merged by "increment", so it has to be a number, and not "5"',
        });
        score(ann.order).score = 2;
        ann.order.trigger('new_updates_to_send');
        expect(score(same(bob, ann.order)).score).toBe(2);
    });

    test('cannot declare what means nothing: no till opens on it', () => {
        const typo = { chek: () => null } as object;
        expect(() => withField(typo)).toThrow(
            'ms_fields: the field score has `chek`, which means nothing; there are merge, check',
        );
    });

    test('cannot declare a merge rule that there is not: no till opens on it', () => {
        expect(() => withField({ merge: 'sum' as 'set' })).toThrow(
            'ms_fields: the field score has the merge rule "sum"; there are set, increment, tap, map, union',
        );
        const fields = { points: { on: 'order' as const, merge: 'sum' as 'set' } };
        expect(() => defineAddon({ name: 'sums', fields })).toThrow(
            'sums: the field points has the merge rule "sum"',
        );
    });

    test('what they changed without a word is sent before it would be painted over', () => {
        const { ann, bob } = withField({});
        ann.order.add_product(ann.product(COFFEE));
        const there = same(bob, ann.order);
        score(ann.order).score = 3;
        there.add_product(bob.product(CAKE));
        expect([score(ann.order).score, score(there).score]).toEqual([3, 3]);
    });
});

/** The code of docs/EXTENDING.md that is marked `run`, as a reader would paste it. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { defineAddon } from '../../src/addon.js';
import { models } from '../../src/models/models.js';
import { COFFEE, restoreModels, same, twoTills } from './shop.js';

restoreModels();

const page = readFileSync(new URL('../../../../docs/EXTENDING.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/^```js run\n(.*?)^```$/gms)].map(match => match[1] ?? '');
const run = (code: string) => new Function('models', 'defineAddon', code)(models, defineAddon);

test('the page has its examples', () => {
    expect(examples).toHaveLength(5);
});

test.each(examples.map((code, index) => [index + 1, code] as const))('example %i on its own', (_, code) => {
    run(code);
    const { ann, bob } = twoTills();
    ann.order.add_product(ann.product(COFFEE));
    expect(same(bob, ann.order).get_orderlines()).toHaveLength(1);
    expect([...ann.errors, ...bob.errors]).toEqual([]);
});

test('the note, both ways', () => {
    const note = (order: object) => order as { note: string; set_note(note: string): void };
    const original = { ...models };
    for (const [code, write] of [
        [examples[0], (order: object) => note(order).set_note('window')],
        [
            examples[1],
            (order: object) => {
                note(order).note = 'window';
            },
        ],
    ] as const) {
        Object.assign(models, original);
        run(code ?? '');
        const { ann, bob } = twoTills();
        ann.order.add_product(ann.product(COFFEE));
        write(ann.order);
        expect(note(same(bob, ann.order)).note).toBe('window');
    }
});

test('the worked example', () => {
    const kitchen = defineAddon({
        name: 'kitchen_notes',
        fields: {
            note: { on: 'order', default: '' },
            custom_notes: { on: 'orderline', merge: 'union', default: [] as string[] },
        },
        order: {
            has_notes(): boolean {
                return (
                    this.note !== '' ||
                    this.get_orderlines().some(line => kitchen.orderline(line).custom_notes.length > 0)
                );
            },
        },
        overrides: {
            orderline: former => ({
                can_be_merged_with(other) {
                    const hasNotes = [this, other].some(
                        line => kitchen.orderline(line).custom_notes.length > 0,
                    );
                    return !hasNotes && former.can_be_merged_with.call(this, other);
                },
            }),
        },
    });
    const { ann, bob, shop } = twoTills();
    ann.order.add_product(ann.product(COFFEE), { extras: { custom_notes: ['hot'] } });
    const there = same(bob, ann.order);
    const lineOf = (order: typeof there) => {
        const [line] = order.get_orderlines();
        if (!line) throw new Error('no line');
        return kitchen.orderline(line);
    };
    shop.meanwhile(() => {
        for (const [order, text] of [
            [ann.order, 'no ice'],
            [there, 'oat milk'],
        ] as const) {
            const line = lineOf(order);
            line.custom_notes = [...line.custom_notes, text];
        }
    });
    expect(lineOf(ann.order).custom_notes).toEqual(['hot', 'no ice', 'oat milk']);
    expect(kitchen.order(there).has_notes()).toBe(true);
    expect(() => lineOf(there).custom_notes.push('x')).toThrow(TypeError);
    there.add_product(bob.product(COFFEE));
    expect(there.get_orderlines()).toHaveLength(2);
});

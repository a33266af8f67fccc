import { describe, expect, it } from 'vitest';
import type { HistoryEntry, OrderLine } from '../src/api/types';
import { removalsOf, totalOf } from '../src/orders/lines';

const ANN = { user: { id: 1, name: 'Ann' }, pos: { id: 1, name: 'Bar' } };

const line = (name: string, qty: string, price_unit = '4.5', discount = '0'): OrderLine => ({
    ...{ uid: name + qty, product: { id: 1, name }, qty, price_unit, discount, added: ANN, edited: null },
});

const entry = (name: string, ms: number, ...texts: string[]): HistoryEntry => ({
    ...{
        seq: ms,
        time_ms: ms,
        device_time_ms: ms,
        device: 'tablet',
        kind: 'removed',
        text: texts.join('; '),
    },
    ...{ user: { id: 2, name }, pos: ANN.pos, details: texts.map(text => ({ kind: 'removed', text })) },
});

it.each([
    [line('Beer', '2'), '9'],
    [line('Cheese', '0.35', '19.9'), '6.965'],
    [line('Beer', '3', '0.1', '10'), '0.27'],
])('a line comes to what it says', (given, expected) => expect(totalOf(given).toString()).toBe(expected));

describe('what was taken off', () => {
    const said = (...given: Parameters<typeof removalsOf>) =>
        removalsOf(...given).map(({ line, text, by, ms }) => [line?.uid ?? text, by?.user.name ?? null, ms]);

    it('has who took it off, the last first', () => {
        const history = [entry('Bob', 5, 'removed 2 × Beer'), entry('Cleo', 9, 'removed 1 × Tea')];
        expect(said([line('Tea', '1'), line('Beer', '2')], history)).toEqual([
            ['Tea1', 'Cleo', 9],
            ['Beer2', 'Bob', 5],
        ]);
    });

    it('has what was taken off a line that stayed, or was empty then', () => {
        const history = [entry('Bob', 5, 'removed 1 × Beer (2 before, 1 now)')];
        expect(said([], history)).toEqual([['removed 1 × Beer (2 before, 1 now)', 'Bob', 5]]);
        expect(said([line('Beer', '0')], history)).toHaveLength(1);
    });

    it('gives two of one kind to those who took them off', () => {
        const history = [entry('Bob', 5, 'removed 2 × Beer'), entry('Cleo', 9, 'removed 1 × Beer')];
        expect(said([line('Beer', '1'), line('Beer', '2')], history)).toEqual([
            ['Beer1', 'Cleo', 9],
            ['Beer2', 'Bob', 5],
        ]);
    });

    it('shows a line of which the history does not say more', () => {
        expect(said([line('Beer', '2')], [])).toEqual([['Beer2', null, null]]);
    });
});

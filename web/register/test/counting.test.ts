import { type Cashregister, decimal } from '@tillsync/sdk';
import { expect, it } from 'vitest';
import { closingOf, differenceOf, expectedOf, typedAmount } from '../src/counting';
import type { SessionReport, Sold } from '../src/server/sessions';

const method = (id: number, type: 'cash' | 'bank'): Cashregister => ({
    id,
    journal_id: [id + 10, `method ${id}`],
    type,
});
const sold: Sold = {
    orders: 3,
    refunds: 1,
    late: 0,
    rounding: '0',
    total: '30.30',
    tax: '3.03',
    change: '0.70',
    methods: [
        { journal: 11, name: 'Cash', payments: 2, amount: '21.00' },
        { journal: 12, name: 'Card', payments: 1, amount: '10.00' },
    ],
};
const methods = [method(1, 'cash'), method(2, 'bank'), method(3, 'cash')];

it('what there should be is what there was, and what was taken less the change', () => {
    const expected = expectedOf(methods, { cash: { 1: '100.10' } }, sold);
    expect(expected.map(({ expected }) => expected.toFixed(2))).toEqual(['120.40', '10.00', '0.00']);
    expect(expected.map(({ payments }) => payments)).toEqual([2, 1, 0]);
});

it('what went in or out for no order counts too', () => {
    const move = (method: number, amount: number) => ({
        ms: 1,
        user: { id: 1, name: 'Ann' },
        method,
        amount,
        reason: 'change',
    });
    const moves = [move(1, -50), move(3, 20), move(1, 10.5)];
    const expected = expectedOf(methods, { cash: { 1: '100.10' } }, sold, moves);
    expect(expected.map(({ moved }) => moved.toFixed(2))).toEqual(['-39.50', '0.00', '20.00']);
    expect(expected.map(({ expected }) => expected.toFixed(2))).toEqual(['80.90', '10.00', '20.00']);
});

it('what was counted makes the difference; what was not is as it should be', () => {
    const expected = expectedOf(methods, { cash: { 1: '100.10' } }, sold);
    const counted = new Map([[1, decimal('120.00')]]);
    expect(expected.map(each => differenceOf(each, counted).toFixed(2))).toEqual(['-0.40', '0.00', '0.00']);
    const report = { sold } as SessionReport;
    expect(closingOf({ report, expected, counted, note: ' short ' }, 2)).toMatchObject({
        cash: { 1: '120.00', 3: '0.00' },
        differences: { 1: '-0.40', 3: '0.00' },
        expected: { 1: '120.40', 2: '10.00', 3: '0.00' },
        note: 'short',
    });
});

it.each([
    ['12.5', '12.5'],
    ['12,50', '12.5'],
    [' 7 ', '7'],
    ['', null],
    ['1.2.3', null],
    ['12 €', null],
    ['1e5', null],
    ['12,345', null],
    ['1.234,56', null],
    ['٢٠٫٥٠', '20.5'],
    ['۱۲', '12'],
])('%j is the amount %j', (text, expected) => {
    expect(typedAmount(text, 2)?.toString() ?? null).toBe(expected);
});

import { describe, expect, it } from 'vitest';
import type { CashCount } from '../src/api/types';
import { cashOf, countsOf } from '../src/sessions/counting';

const cash = (id: number, expected: string): CashCount => ({
    ...{ method: { id, name: `Cash ${id}` }, opening: '0.00', taken: expected, moves: '0.00', expected },
    ...{ counted: null, difference: null, is_cash: true },
});

describe('counting a drawer', () => {
    it.each([
        ['409.10', '409.60', '-0.50'],
        ['0.30', '0.1', '0.20'],
        ['99,95', '100', '-0.05'],
        ['', '10.00', null],
        ['-5', '10.00', null],
        ['ten', '10.00', null],
        ['10.005', '10.00', null],
    ])('%s of %s is off by %s', (typed, expected, off) => {
        const [count] = countsOf([cash(1, expected)], { 1: typed }, 2);
        expect(count?.off).toBe(off);
    });

    it('is done when every method is counted', () => {
        const all = [cash(1, '10.00'), cash(3, '0.00')];
        expect(cashOf(countsOf(all, { 1: '10' }, 2))).toBeNull();
        expect(cashOf(countsOf(all, { 1: '10', 3: '0' }, 2))).toEqual({ 1: '10.00', 3: '0.00' });
    });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Decimal, decimal, sum, toNumber } from '../../src/money/decimal.js';
import { cashDifference, decimalsOf, type RoundingMethod, round } from '../../src/money/rounding.js';

describe('round', () => {
    test.each<[string | number, string | number, RoundingMethod, string]>([
        ['2.675', '0.01', 'HALF-UP', '2.68'],
        [2.675, 0.01, 'HALF-UP', '2.68'],
        [-2.675, 0.01, 'HALF-UP', '-2.68'],
        [1.005, 0.01, 'HALF-UP', '1.01'],
        [0.125, 0.01, 'HALF-UP', '0.13'],
        [0.1249999, 0.01, 'HALF-UP', '0.12'],
        [9.97, 0.05, 'HALF-UP', '9.95'],
        [9.975, 0.05, 'HALF-UP', '10'],
        [9.98, 0.05, 'HALF-UP', '10'],
        [0.5, 1, 'HALF-UP', '1'],
        [-0.5, 1, 'HALF-UP', '-1'],
        [-0.4, 1, 'HALF-UP', '0'],
        [124, 50, 'HALF-UP', '100'],
        [0.045, 0.03, 'HALF-UP', '0.06'],
        [2.671, 0.01, 'UP', '2.68'],
        [-2.671, 0.01, 'UP', '-2.68'],
        [2.679, 0.01, 'DOWN', '2.67'],
        [-2.679, 0.01, 'DOWN', '-2.67'],
    ])('%s to %s, %s, is %s', (amount, step, method, expected) => {
        expect(round(amount, step, method).toString()).toBe(expected);
    });

    test('a step that is not positive is refused with what to do', () => {
        expect(() => round(1, 0)).toThrow('a rounding step must be more than 0');
        expect(() => round(1, -0.01)).toThrow('more than 0');
    });

    test('is idempotent, odd, and never further than half a step away', () => {
        const cents = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 });
        const steps = fc.constantFrom('0.001', '0.01', '0.05', '0.25', '1', '50');
        fc.assert(
            fc.property(cents, steps, (thousandths, step) => {
                const amount = new Decimal(thousandths).div(10_000);
                const rounded = round(amount, step);
                expect(round(rounded, step).equals(rounded)).toBe(true);
                expect(round(amount.negated(), step).equals(rounded.negated())).toBe(true);
                expect(rounded.minus(amount).abs().times(2).lessThanOrEqualTo(step)).toBe(true);
                expect(rounded.mod(step).isZero()).toBe(true);
            }),
        );
    });
});

describe('amounts', () => {
    test('ten tenths are one', () => {
        expect(sum(Array.from({ length: 10 }, () => 0.1)).toString()).toBe('1');
        expect(toNumber(sum([0.1, 0.2]))).toBe(0.3);
    });

    test('what is no amount is refused', () => {
        for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, 'twelve', '']) {
            expect(() => decimal(bad)).toThrow(RangeError);
        }
    });

    test('zero has no sign', () => {
        expect(Object.is(toNumber(new Decimal('-0')), 0)).toBe(true);
    });

    test('a step says how many decimals it needs', () => {
        expect([0.01, 0.05, 1, 0.001, 50].map(step => decimalsOf(step))).toEqual([2, 2, 0, 3, 0]);
    });

    test('coins', () => {
        const swiss = { rounding: 0.05, rounding_method: 'HALF-UP' as const };
        expect(cashDifference(9.98, swiss).toString()).toBe('0.02');
        expect(cashDifference(9.97, swiss).toString()).toBe('-0.02');
        expect(cashDifference(-9.98, swiss).toString()).toBe('-0.02');
        expect(cashDifference(10, swiss).toString()).toBe('0');
        expect(cashDifference(9.96, { rounding: 0.1, rounding_method: 'DOWN' }).toString()).toBe('-0.06');
    });
});

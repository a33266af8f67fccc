/** Rounding to a currency's step, and to the coins that there are. */

import { type Amount, Decimal, decimal, ZERO } from './decimal.js';

/** Odoo's names for the directions (`account.cash.rounding`). `HALF-UP` rounds halves away from zero. */
export type RoundingMethod = 'HALF-UP' | 'UP' | 'DOWN';

/**
 * Rounds to the nearest multiple of `step`, such as 0.01, 0.05 or 1; halves go away from zero: 2.675 becomes 2.68,
 * −2.675 becomes −2.68.
 *
 * The rule is that of Odoo's `res.currency.round` (`HALF-UP` to the currency's `rounding`). Odoo computes with binary
 * floats and corrects their error before it looks for a half; on decimals there is none to correct.
 * `UP` is away from zero and `DOWN` towards zero, as in Odoo's `float_round`.
 *
 * @throws RangeError when `step` is not positive.
 */
export function round(amount: Amount, step: Amount, method: RoundingMethod = 'HALF-UP'): Decimal {
    const size = decimal(step);
    if (!size.isPositive() || size.isZero()) {
        throw new RangeError(`a rounding step must be more than 0, such as 0.01; it is ${size.toString()}`);
    }
    const steps = decimal(amount).div(size).toDecimalPlaces(0, DIRECTIONS[method]);
    return steps.isZero() ? ZERO : steps.times(size);
}

const DIRECTIONS = {
    'HALF-UP': Decimal.ROUND_HALF_UP,
    UP: Decimal.ROUND_UP,
    DOWN: Decimal.ROUND_DOWN,
} as const;

/** How many decimals a step needs: 2 for 0.01 and for 0.05, 0 for 1. */
export function decimalsOf(step: Amount): number {
    return decimal(step).decimalPlaces();
}

/** Which coins there are: cash is rounded to a multiple of `rounding`. Odoo's `account.cash.rounding`. */
export interface CashRounding {
    /** The smallest coin, such as 0.05. */
    rounding: number;
    rounding_method: RoundingMethod;
}

/**
 * What is added to an amount so that coins can pay it: 0.02 for 9.98 with a smallest coin of 0.05. Negative when it
 * goes down.
 */
export function cashDifference(amount: Amount, cash: CashRounding): Decimal {
    const exact = decimal(amount);
    return round(exact, cash.rounding, cash.rounding_method).minus(exact);
}

/** Amounts as decimals: what is added up is never a binary float. */

import { Decimal as Base } from 'decimal.js';

/**
 * The SDK's own decimals: 40 significant digits, halves away from zero. A clone, so that settings which a page makes
 * for itself on decimal.js do not reach the till's totals.
 */
export const Decimal = Base.clone({
    precision: 40,
    rounding: Base.ROUND_HALF_UP,
    toExpNeg: -30,
    toExpPos: 30,
});
export type Decimal = Base;

/** What amounts may come in as. A number is read as the shortest decimal that stands for it: `0.1` is a tenth. */
export type Amount = number | string | Decimal;

export const ZERO: Decimal = new Decimal(0);
export const ONE: Decimal = new Decimal(1);
export const HUNDRED: Decimal = new Decimal(100);

/**
 * Reads an amount.
 *
 * @throws RangeError when it is no finite number.
 */
export function decimal(amount: Amount): Decimal {
    let read: Decimal;
    try {
        read = new Decimal(amount);
    } catch {
        throw new RangeError(`"${String(amount)}" is no amount; give a number such as 2.5 or "2.50"`);
    }
    if (!read.isFinite()) throw new RangeError(`${String(amount)} is no amount; give a finite number`);
    return read;
}

/** The sum; 0 of nothing. */
export function sum(amounts: Iterable<Amount>): Decimal {
    let total = ZERO;
    for (const amount of amounts) total = total.plus(decimal(amount));
    return total;
}

/** The JSON number of an amount; zero has no sign. */
export function toNumber(amount: Decimal): number {
    return amount.isZero() ? 0 : amount.toNumber();
}

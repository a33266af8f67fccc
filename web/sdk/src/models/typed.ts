/** Numbers as people type them and extensions give them. */

import { AMOUNT_MAX } from '../rules/json.js';

/**
 * A number as it was given, or as it was typed: digits, and a point before the decimals; zero as long as a numpad holds
 * no digit. Beyond the bound it is the bound.
 *
 * @throws TypeError for anything else. To read "1,5" as 1, as `parseFloat` does, would sell the wrong thing.
 */
export function typedNumber(typed: number | string): number {
    const read = typeof typed === 'string' ? numberIn(typed.trim()) : typed;
    if (!Number.isFinite(read)) {
        throw new TypeError(
            `"${typed}" is no number here: digits, and a point before the decimals, as in "1.5"`,
        );
    }
    return Math.min(Math.max(read, -AMOUNT_MAX), AMOUNT_MAX);
}

function numberIn(text: string): number {
    if (/^[+-]?\.?$/.test(text)) return 0;
    return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
}

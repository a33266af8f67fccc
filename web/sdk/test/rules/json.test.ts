/** Amounts are read and written as `crates/core/src/json.rs` does (M3). */
import { expect, it } from 'vitest';
import { amount, canonical, equal, number } from '../../src/rules/json.js';

it.each([
    [0.1 + 0.2, 0.3],
    [3.0, 3],
    [1e-7, 1e-7],
    // Ties go to the even digit, as the server's decimals do.
    [0.1234567890125, 0.123456789012],
    [0.1234567890135, 0.123456789014],
    [-0, 0],
    [1e12, 1e12],
])('%d is the amount %d', (value, expected) => {
    const exact = amount(value);
    expect(exact && number(exact)).toBe(expected);
});

it.each(['3', null, 1e300, 1e12 + 1, true, [1], undefined, Number.NaN, 1.5e-28])('%s is no amount', value => {
    expect(amount(value as never)).toBeNull();
});

it('writes canonical JSON and compares without regard to the order of members', () => {
    expect(canonical({ b: 1.0, a: [-0, 'é'] })).toBe('{"a":[0,"é"],"b":1}');
    expect(equal({ a: 1, b: [2] }, { b: [2], a: 1 })).toBe(true);
    expect(equal({ a: 1 }, { b: 1 })).toBe(false);
    expect(equal({ constructor: 1 }, {})).toBe(false);
    expect(equal([], {})).toBe(false);
});

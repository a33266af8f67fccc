import { expect, it } from 'vitest';
import { type Key, keyed, keyOf, moneyOfSize, QUANTITY, type Size } from '../src/parts/keyed';

const type = (keys: string, shown = '', size: Size = QUANTITY) =>
    [...keys].reduce((text, key) => keyed(text, key as Key, size, shown), '');

it.each([
    ['12', '', '12'],
    ['1.5', '', '1.5'],
    ['1..5', '', '1.5'],
    ['.5', '', '0.5'],
    ['12⌫', '', '1'],
    ['⌫', '', ''],
    ['±', '3', '-3'],
    ['±±', '3', '3'],
    ['5±', '3', '-5'],
    ['±.5', '', '-0.5'],
    ['1234567890123', '', '12345'],
    ['±1234567890123', '', '-12345'],
    ['0.00001', '', '0.000'],
    ['12345.6789', '', '12345.678'],
])('%s on %s is %s', (keys, shown, text) => {
    expect(type(keys, shown)).toBe(text);
});

it('an amount has the decimals of its currency', () => {
    expect(type('12.345', '', moneyOfSize(2))).toBe('12.34');
    expect(type('1200.5', '', moneyOfSize(0))).toBe('12005');
    expect(type('123456789', '', moneyOfSize(2))).toBe('1234567');
});

it('a keyboard has the same keys, and leaves the others alone', () => {
    expect(['7', 'Backspace', ',', '.', '-'].map(keyOf)).toEqual(['7', '⌫', '.', '.', '±']);
    for (const name of ['Enter', 'F1', 'a', '10']) expect(keyOf(name)).toBeUndefined();
});

import { expect, it } from 'vitest';
import { DIGITS_MAX, type Key, keyed, keyOf } from '../src/parts/keyed';

const type = (keys: string, shown = '') =>
    [...keys].reduce((text, key) => keyed(text, key as Key, shown), '');

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
    ['1234567890123', '', '123456789'],
])('%s on %s is %s', (keys, shown, text) => {
    expect(type(keys, shown)).toBe(text);
    expect(text.replace(/\D/g, '').length).toBeLessThanOrEqual(DIGITS_MAX);
});

it('a keyboard has the same keys, and leaves the others alone', () => {
    expect(['7', 'Backspace', ',', '.', '-'].map(keyOf)).toEqual(['7', '⌫', '.', '.', '±']);
    for (const name of ['Enter', 'F1', 'a', '10']) expect(keyOf(name)).toBeUndefined();
});

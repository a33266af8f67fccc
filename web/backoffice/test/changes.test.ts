import { describe, expect, it } from 'vitest';
import { changedFields, differencesOf, isSame, mineOver } from '../src/records/changes';

describe('isSame', () => {
    it.each([
        [false, null, true],
        [undefined, '', true],
        [[], undefined, true],
        [{}, undefined, true],
        [{ a: false }, {}, true],
        [[1, 2], [1, 2], true],
        [[1, 2], [2, 1], false],
        [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
        [0, false, false],
        ['1', 1, false],
        [[{ tax_src_id: 1, tax_dest_id: false }], [{ tax_src_id: 1 }], true],
    ])('%j and %j: %s', (a, b, expected) => expect(isSame(a, b)).toBe(expected));
});

const base = { name: 'Latte', lst_price: 4, barcode: false, taxes_id: [1] };

it('finds what is changed', () => {
    expect(changedFields(base, { ...base, lst_price: 4.2, ref: '' })).toEqual(['lst_price']);
});

it('says field by field what the other person changed', () => {
    const theirs = { ...base, lst_price: 4.5, barcode: '123' };
    const mine = { ...base, lst_price: 4.2, name: 'Latte macchiato' };
    expect(differencesOf(base, theirs, mine)).toEqual([
        { field: 'lst_price', was: 4, theirs: 4.5, mine: 4.2, isMineToo: true },
        { field: 'barcode', was: false, theirs: '123', mine: false, isMineToo: false },
    ]);
});

it('keeps mine where I changed something, and theirs everywhere else', () => {
    const theirs = { ...base, lst_price: 4.5, barcode: '123' };
    const mine = { ...base, lst_price: 4.2, name: 'Latte macchiato' };
    expect(mineOver(base, theirs, mine)).toEqual({
        name: 'Latte macchiato',
        lst_price: 4.2,
        barcode: '123',
        taxes_id: [1],
    });
});

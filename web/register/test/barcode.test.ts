import { expect, it } from 'vitest';
import { checkDigit, type Rule, readBarcode } from '../src/barcode';

const rule = (type: string, pattern: string, encoding = 'any', sequence = 10): Rule => ({
    ...{ name: type, type, pattern, encoding, sequence },
});
/** Odoo 12's own. */
const RULES = [
    rule('product', '.*', 'any', 90),
    rule('weight', '21.....{NNDDD}', 'ean13', 40),
    rule('price', '23.....{NNNDD}', 'ean13', 41),
    rule('discount', '22{NN}', 'any', 40),
    rule('client', '042', 'any', 40),
    rule('cashier', '041', 'any', 40),
];

it.each([
    ['4006381333931', 'product', '4006381333931', 0],
    ['2112345012506', 'weight', '2112345000008', 1.25],
    ['2312345012500', 'price', '2312345000002', 12.5],
    ['2215', 'discount', '2200', 15],
    ['0421234', 'client', '0421234', 0],
    ['0419', 'cashier', '0419', 0],
    // A wrong check digit: no EAN, so it is whatever it is.
    ['2112345012507', 'product', '2112345012507', 0],
    ['ABC-123', 'product', 'ABC-123', 0],
])('%s is a %s of %s, %d', (code, type, base, value) => {
    expect(readBarcode(code, RULES)).toEqual({ type, base, value });
});

it('without rules every code is a product', () => {
    expect(readBarcode('2112345012506', [])).toEqual({ type: 'product', base: '2112345012506', value: 0 });
});

it('a pattern that is none is passed over', () => {
    expect(readBarcode('12345', [rule('weight', '(', 'any', 1)]).type).toBe('product');
});

it('check digits are those that are printed', () => {
    expect(checkDigit('400638133393')).toBe(1);
    expect(checkDigit('9638507')).toBe(4);
});

/**
 * Barcodes that say more than which product it is: a weight, a price, a discount, a customer.
 *
 * The rules are Odoo's barcode nomenclature: a pattern such as `21.....{NNDDD}`, where a dot is any digit, and in braces
 * N are the value's whole digits and D its decimals. In the code that the product is known by, the value's digits are 0
 * and the check digit is that of the code with them.
 */

export interface Rule {
    name: string;
    type: string;
    encoding: string;
    pattern: string;
    sequence: number;
}

export interface Barcode {
    /** The rule's: `product`, `weight`, `price`, `discount`, `client`, `cashier` … */
    type: string;
    /** What the product or person is known by. */
    base: string;
    /** The value in it; 0 without one. */
    value: number;
}

/** The check digit of an EAN's other digits: odd places from the right count three times. */
export function checkDigit(digits: string): number {
    const sum = [...digits].reverse().reduce((sum, digit, at) => sum + Number(digit) * (at % 2 ? 1 : 3), 0);
    return (10 - (sum % 10)) % 10;
}

function isEan(code: string, length: number): boolean {
    return (
        code.length === length && /^\d+$/.test(code) && checkDigit(code.slice(0, -1)) === Number(code.at(-1))
    );
}

function fits(code: string, encoding: string): boolean {
    switch (encoding) {
        case 'ean13':
            return isEan(code, 13);
        case 'ean8':
            return isEan(code, 8);
        case 'upca':
            return isEan(code, 12);
        default:
            return true;
    }
}

/** Reads a code by the first rule that it fits; without one it is a product's. */
export function readBarcode(code: string, rules: readonly Rule[]): Barcode {
    // A scanner may send a UPC-A as the EAN-13 that it is.
    for (const rule of rules.toSorted((a, b) => a.sequence - b.sequence)) {
        if (rule.type === 'alias' || !fits(code, rule.encoding)) continue;
        const read = match(code, rule.pattern);
        if (!read) continue;
        const isEanCode = rule.encoding === 'ean13' || rule.encoding === 'ean8' || rule.encoding === 'upca';
        const digits = read.base.slice(0, -1);
        const base = read.hasValue && isEanCode ? `${digits}${checkDigit(digits)}` : read.base;
        return { type: rule.type, base, value: read.value };
    }
    return { type: 'product', base: code, value: 0 };
}

function match(code: string, pattern: string): { base: string; value: number; hasValue: boolean } | null {
    const braces = /\{(N*)(D*)\}/.exec(pattern);
    const plain = braces ? pattern.replace(braces[0], '.'.repeat(braces[0].length - 2)) : pattern;
    if (code.length < plain.replace(/\.\*$/, '').length) return null;
    let expression: RegExp;
    try {
        expression = new RegExp(`^(?:${plain})`);
    } catch {
        // An owner's own pattern that is none.
        return null;
    }
    if (!expression.test(code)) return null;
    if (!braces) return { base: code, value: 0, hasValue: false };
    const [, whole = '', decimals = ''] = braces;
    const [from, to] = [braces.index, braces.index + whole.length + decimals.length];
    const digits = code.slice(from, to);
    if (!/^\d+$/.test(digits)) return null;
    const value = Number(`${digits.slice(0, whole.length) || '0'}.${digits.slice(whole.length) || '0'}`);
    return { base: code.slice(0, from) + '0'.repeat(to - from) + code.slice(to), value, hasValue: true };
}

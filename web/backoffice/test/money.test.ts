import { describe, expect, it } from 'vitest';
import type { Currency } from '../src/api/types';
import { decimal, format, quantity, sum, typedAmount } from '../src/money';
import { check, typedNumber } from '../src/records/check';
import { fieldsOf } from '../src/records/kind';
import { KINDS } from '../src/records/kinds';

const EUR: Currency = { name: 'EUR', symbol: '€', position: 'after', rounding: 0.01 };
const USD: Currency = { name: 'USD', symbol: '$', position: 'before', rounding: 0.01 };
const JPY: Currency = { name: 'JPY', symbol: '¥', position: 'before', rounding: 1 };
const BARE: Currency = { name: 'AED', symbol: '', position: 'after', rounding: 0.05 };

describe('amounts', () => {
    it.each([
        ['1234.5', 'en-GB', EUR, '1,234.50\u00a0€'],
        ['1234.5', 'de', EUR, '1.234,50\u00a0€'],
        ['-4.5', 'en-GB', USD, '-$4.50'],
        ['0.005', 'en-GB', USD, '$0.01'],
        ['-0.004', 'en-GB', USD, '$0.00'],
        ['1499.5', 'en-GB', JPY, '¥1,500'],
        ['3', 'en-GB', BARE, '3.00\u00a0AED'],
        [null, 'en-GB', EUR, '0.00\u00a0€'],
        ['nonsense', 'en-GB', EUR, '0.00\u00a0€'],
        ['12.5', 'en-GB', null, '12.50'],
        ['9007199254740993.01', 'en-GB', EUR, '9,007,199,254,740,993.01\u00a0€'],
    ] as const)('%s in %s', (amount, locale, currency, expected) =>
        expect(format(amount, locale, currency)).toBe(expected));

    it('are added up as decimals', () => {
        expect(sum(['0.1', '0.2', 0.3]).toString()).toBe('0.6');
        expect(decimal(undefined).isZero()).toBe(true);
    });

    it.each([
        ['2.000', '2'],
        ['0.3333', '0.333'],
        [-1, '-1'],
        ['1200', '1,200'],
    ])('a quantity of %s is %s', (amount, expected) => expect(quantity(amount, 'en-GB')).toBe(expected));

    it.each([
        ['12.5', 2, '12.50'],
        ['12,5', 2, '12.50'],
        ['٣٫٥', 2, '3.50'],
        ['\u22125', 2, '-5.00'],
        ['12,345', 2, null],
        ['', 2, null],
        ['1.2.3', 2, null],
        ['12.5', 0, null],
    ])('%s typed is %s', (text, places, expected) => expect(typedAmount(text, places)).toBe(expected));
});

describe('what is typed into a form', () => {
    it.each([
        ['2,5', 2.5],
        [' -3 ', -3],
        ['', null],
        ['2,', null],
        ['1 000', null],
        ['1e3', null],
    ])('%s is the number %s', (text, expected) => expect(typedNumber(text)).toBe(expected));

    const kind = (resource: string) => KINDS.find(each => each.resource === resource) ?? KINDS[0];
    const checked = (resource: string, record: Record<string, unknown>) =>
        check(fieldsOf(kind(resource) as (typeof KINDS)[number]), record);

    it('is made into what is sent, and what the form does not know is kept', () => {
        const { draft, wrong } = checked('products', {
            ...{
                display_name: ' Tea ',
                lst_price: '2,5',
                standard_price: '',
                barcode: '',
                of_an_addon: { a: 1 },
            },
        });
        expect(wrong).toEqual({});
        expect(draft).toEqual({
            ...{ display_name: 'Tea', lst_price: 2.5, standard_price: undefined, barcode: false },
            ...{ default_code: undefined, of_an_addon: { a: 1 } },
        });
    });

    it.each([
        ['products', { display_name: '', lst_price: 'x' }, ['display_name', 'lst_price']],
        ['tables', { name: '5', floor_id: false }, ['floor_id']],
        ['payment-methods', { journal_id: [0, ' '], type: 'cash' }, ['journal_id']],
        [
            'pricelists',
            { name: 'A', items: [{ applied_on: '1_product', compute_price: 'fixed' }] },
            ['items'],
        ],
        ['pricelists', { name: 'A', items: [{ applied_on: '3_global', compute_price: 'fixed' }] }, []],
        ['taxes', { name: 'Group', amount_type: 'group', amount: '' }, []],
        ['points-of-sale', { name: 'Bar', discounts: '5 ten' }, ['discounts']],
    ])('%s %j is wrong in %j', (resource, record, expected) =>
        expect(Object.keys(checked(resource, record).wrong)).toEqual(expected));

    it('forgets what a price for all products no longer refers to', () => {
        const item = {
            applied_on: '3_global',
            categ_id: 2,
            product_id: 7,
            compute_price: 'fixed',
            fixed_price: '1',
        };
        expect(checked('pricelists', { name: 'A', items: [item] }).draft.items).toMatchObject([
            { categ_id: false, product_id: false, fixed_price: 1 },
        ]);
    });

    it.each([
        ['5, 10, 20', [5, 10, 20]],
        ['5,10;20', [5, 10, 20]],
        ['7.5 10', [7.5, 10]],
        ['', []],
    ])('discounts of %s', (typed, expected) =>
        expect(checked('points-of-sale', { name: 'Bar', discounts: typed }).draft.discounts).toEqual(
            expected,
        ));
});

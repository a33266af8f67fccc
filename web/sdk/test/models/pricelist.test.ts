import { describe, expect, test } from 'vitest';
import {
    type PricelistData,
    type PricelistItem,
    type PriceQuestion,
    priceOf,
} from '../../src/models/pricelist.js';

const product = {
    id: 1,
    lst_price: 20,
    standard_price: 8,
    product_tmpl_id: [11, 'Tea'] as [number, string],
    categ_id: 6,
};
const NOON = Date.parse('2026-03-01T12:00:00Z');
const lists: PricelistData[] = [];
const ask = (quantity = 1, nowMs = NOON): PriceQuestion => ({
    quantity,
    nowMs,
    pricelist: id => lists.find(list => list.id === id),
    categories: id => (id === 6 ? [6, 5] : [id]),
});
const price = (items: PricelistItem[], question = ask()) =>
    priceOf(product, { id: 1, name: 'test', items }, question).toNumber();
const fixed = (more: Partial<PricelistItem> = {}): PricelistItem => ({
    compute_price: 'fixed',
    fixed_price: 3,
    ...more,
});

describe('which rule holds', () => {
    test.each<[string, PricelistItem[], number]>([
        ['none: the list price', [], 20],
        ['the first that fits', [fixed({ product_id: 2 }), fixed({ fixed_price: 4 }), fixed()], 4],
        ['a template', [fixed({ product_tmpl_id: 11 })], 3],
        ['another template', [fixed({ product_tmpl_id: [12, 'Other'] })], 20],
        ['a category above', [fixed({ categ_id: 5 })], 3],
        ['another category', [fixed({ categ_id: 7 })], 20],
        ['a quantity not reached', [fixed({ min_quantity: 2 })], 20],
        ['not yet', [fixed({ date_start: '2026-03-02' })], 20],
        ['from today on', [fixed({ date_start: '2026-03-01' })], 3],
        ['until today', [fixed({ date_end: '2026-03-01' })], 3],
        ['until this morning', [fixed({ date_end: '2026-03-01 11:59:59' })], 20],
    ])('%s', (_, items, expected) => {
        expect(price(items)).toBe(expected);
    });
    test('a quantity that is reached', () => {
        expect(price([fixed({ min_quantity: 2 })], ask(2))).toBe(3);
    });
});

describe('what it makes of the price', () => {
    const formula = (more: Partial<PricelistItem>): PricelistItem[] => [
        { compute_price: 'formula', ...more },
    ];
    test.each<[string, PricelistItem[], number]>([
        ['percent off', [{ compute_price: 'percentage', percent_price: 12.5 }], 17.5],
        [
            'percent off the cost',
            [{ compute_price: 'percentage', percent_price: -50, base: 'standard_price' }],
            12,
        ],
        [
            'discount, rounding, surcharge: prices that end in 0.99',
            formula({ price_discount: 7, price_round: 1, price_surcharge: -0.01 }),
            18.99,
        ],
        ['at least this margin', formula({ base: 'standard_price', price_min_margin: 2 }), 10],
        ['at most this margin', formula({ price_discount: -50, price_max_margin: 5 }), 25],
    ])('%s', (_, items, expected) => {
        expect(price(items)).toBe(expected);
    });

    test('based on another pricelist; a loop ends at the list price', () => {
        const half = { compute_price: 'percentage' as const, percent_price: 50, base: 'pricelist' as const };
        lists.splice(0, 2, { id: 2, name: 'half', items: [{ ...half, base: 'list_price' }] });
        expect(price([{ ...half, base_pricelist_id: 2 }])).toBe(5);
        lists.splice(0, 2, {
            id: 2,
            name: 'loop',
            items: [{ ...half, percent_price: 0, base_pricelist_id: 2 }],
        });
        expect(price([{ ...half, percent_price: 0, base_pricelist_id: 2 }])).toBe(20);
    });
});

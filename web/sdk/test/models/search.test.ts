import { describe, expect, test } from 'vitest';
import { PosDB, SEARCH_RESULTS_MAX } from '../../src/models/db.js';
import { models } from '../../src/models/models.js';
import type { Partner } from '../../src/models/partner.js';
import type { Product } from '../../src/models/product.js';
import { fold, SEARCH_WORDS_MAX } from '../../src/models/search.js';

const product = (id: number, display_name: string, more: object = {}): Product =>
    new models.Product({}, { id, display_name, lst_price: 1, ...more });
const partner = (id: number, name: string, more: object = {}): Partner =>
    new models.Partner({}, { id, name, ...more });
const names = (found: Product[]) => found.map(({ display_name }) => display_name);

const CATEGORIES = [
    { id: 1, name: 'Drinks' },
    { id: 2, name: 'Hot', parent_id: [1, 'Drinks'] as [number, string] },
    { id: 3, name: 'Food' },
    // Each is in the other: a mistake that must not hang a till.
    { id: 4, name: 'Hen', parent_id: 5 },
    { id: 5, name: 'Egg', parent_id: 4 },
];
function shop(): PosDB {
    const db = new PosDB();
    db.add_categories(CATEGORIES);
    db.add_products([
        product(1, 'Oat latte', { pos_categ_id: 2, default_code: 'L2' }),
        product(2, 'Chocolate', { pos_categ_id: 2, barcode: '4001' }),
        product(3, 'Late harvest wine', { pos_categ_id: 1 }),
        product(4, 'Latte macchiato', { pos_categ_id: 2, default_code: 'L1' }),
        product(5, 'Café crème', { pos_categ_id: 2, default_code: false }),
        product(6, 'Ёлочка (пирожное)', { pos_categ_id: 3 }),
        product(7, 'Cake L1', { pos_categ_id: [3, 'Food'], barcode: '40017' }),
        product(8, 'Ice', {}),
        product(9, 'Omelette', { pos_categ_id: 4 }),
    ]);
    return db;
}

describe('what is found, and in which order', () => {
    test.each<[string, string, string[]]>([
        [
            'the beginning of the name, then of a word, then anywhere',
            'lat',
            ['Late harvest wine', 'Latte macchiato', 'Oat latte', 'Chocolate'],
        ],
        ['several words, in any order', 'latte oat', ['Oat latte']],
        ['each has to be there', 'latte tea', []],
        ['a code that was typed whole comes first', 'l1', ['Latte macchiato', 'Cake L1']],
        ['and a barcode', '4001', ['Chocolate', 'Cake L1']],
        ['without accents', 'cafe creme', ['Café crème']],
        ['with accents', 'CAFÉ', ['Café crème']],
        ['with accents in pieces, as some keyboards type them', 'cafe\u0301', ['Café crème']],
        ['е for ё', 'елочка', ['Ёлочка (пирожное)']],
        ['a word behind a bracket', 'пир', ['Ёлочка (пирожное)']],
        ['spaces around', '  omel ', ['Omelette']],
        ['what no record has', 'zzz', []],
        ['what regular expressions mean by it is not meant', '.', []],
    ])('%s: %s', (_, query, expected) => {
        const db = shop();
        expect(names(db.search_product_in_category(0, query))).toEqual(expected);
        // Asked again, it is the same, and nobody can spoil it.
        db.search_product_in_category(0, query).reverse().pop();
        expect(names(db.search_product_in_category(0, query))).toEqual(expected);
    });

    test('only in the category, and in those below it', () => {
        const db = shop();
        expect(names(db.search_product_in_category(2, 'la'))).toEqual([
            'Latte macchiato',
            'Oat latte',
            'Chocolate',
        ]);
        expect(names(db.search_product_in_category(3, 'la'))).toEqual([]);
        expect(names(db.search_product_in_category(3, ''))).toEqual(['Ёлочка (пирожное)', 'Cake L1']);
    });

    test(`${SEARCH_RESULTS_MAX} at most, the best of all, and ${SEARCH_WORDS_MAX} words`, () => {
        const db = new PosDB();
        const many = Array.from({ length: 500 }, (_, id) => product(id + 1, `Red tea ${id}`));
        db.add_products([...many, product(900, 'Tea')]);
        const found = names(db.search_product_in_category(0, 'tea'));
        expect([found.length, found[0], found[1], found.at(-1)]).toEqual([
            100,
            'Tea',
            'Red tea 0',
            'Red tea 98',
        ]);
        expect(db.search_product_in_category(0, 'tea '.repeat(1_000))).toHaveLength(100);
        expect(db.get_product_by_category(0)).toHaveLength(501);
    });

    test('letters without a lower case, and none at all', () => {
        expect(['ÀÉÎ', 'İ', 'ẞ', 'شاي', '東京', ''].map(fold)).toEqual(['aei', 'i', 'ß', 'شاي', '東京', '']);
    });
});

describe('what is added later, or again', () => {
    test('a product that is replaced is found by what it is now, at its old place', () => {
        const db = shop();
        expect(names(db.search_product_in_category(0, 'oat'))).toEqual(['Oat latte']);
        expect(names(db.get_product_by_category(3))).toEqual(['Ёлочка (пирожное)', 'Cake L1']);
        db.add_products([product(1, 'Oat cookie', { pos_categ_id: 3, barcode: '77' })]);
        expect(names(db.search_product_in_category(0, 'oat'))).toEqual(['Oat cookie']);
        expect(db.search_product_in_category(0, 'l2')).toEqual([]);
        expect(names(db.get_product_by_category(3))).toEqual(['Oat cookie', 'Ёлочка (пирожное)', 'Cake L1']);
        expect(names(db.get_product_by_category(2))).not.toContain('Oat latte');
        expect(db.get_product_by_barcode('77')?.id).toBe(1);
    });

    test('a barcode goes to another product', () => {
        const db = shop();
        db.add_products([
            product(10, 'Cocoa', { barcode: '4001' }),
            product(2, 'Chocolate', { barcode: '4002' }),
        ]);
        expect(['4001', '4002'].map(code => db.get_product_by_barcode(code)?.id)).toEqual([10, 2]);
        db.add_products([product(2, 'Chocolate')]);
        expect(['4001', '4002'].map(code => db.get_product_by_barcode(code)?.id)).toEqual([10, undefined]);
    });

    test('a category that comes after its products', () => {
        const db = shop();
        expect(db.get_product_by_category(6)).toEqual([]);
        db.add_categories([
            { id: 6, name: 'All drinks' },
            { ...CATEGORIES[0], id: 1, name: 'Drinks', parent_id: 6 },
        ]);
        expect(names(db.get_product_by_category(6))).toEqual([
            'Oat latte',
            'Chocolate',
            'Late harvest wine',
            'Latte macchiato',
            'Café crème',
        ]);
    });

    test('lists are the caller’s own', () => {
        const db = shop();
        db.get_product_by_category(0).length = 0;
        expect(db.get_product_by_category(0)).toHaveLength(9);
    });
});

describe('customers', () => {
    const db = new PosDB();
    db.add_partners([
        partner(1, 'Zoë Ångström', { email: 'zoe@example.com', phone: '+49 30 1234' }),
        partner(2, 'Ann Zorn', { ref: 'A7', mobile: '0170 55' }),
        partner(3, 'Bea', { barcode: '0421', email: false, vip: 'zo' }),
    ]);
    test.each<[string, number[]]>([
        ['zo', [1, 2]],
        ['angstrom zoe', [1]],
        ['30 1234', [1]],
        ['example', [1]],
        ['a7', [2]],
        ['0421', [3]],
        ['', [1, 2, 3]],
    ])('%s', (query, expected) => {
        expect(db.search_partner(query).map(({ id }) => id)).toEqual(expected);
    });

    test('one that is added again', () => {
        expect(db.get_partners_sorted().map(({ id }) => id)).toEqual([2, 3, 1]);
        db.add_partners([partner(3, 'Zacharias', { barcode: '9' })]);
        expect(db.get_partners_sorted(2).map(({ id }) => id)).toEqual([2, 3]);
        expect(db.search_partner('za').map(({ id }) => id)).toEqual([3]);
        expect([db.get_partner_by_barcode('0421'), db.get_partner_by_barcode('9')?.id]).toEqual([
            undefined,
            3,
        ]);
    });
});

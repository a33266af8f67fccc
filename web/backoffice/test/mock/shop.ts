/** A café that exists in memory: what it sells, to whom, and on which tills. */
import type { Row } from '../../src/api/types';

export type Tables = Record<string, Row[]>;

type Fields = Record<string, unknown>;
const rows = (all: Fields[]): Row[] => all.map((fields, at) => ({ id: at + 1, version: 1, ...fields }));

/** A picture of 64 by 64 in one colour: none is fetched from anywhere. */
function picture(colour: string, letter: string): string {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64" fill="${colour}"/><text x="32" y="42" font-family="sans-serif" font-size="30" fill="white" text-anchor="middle">${letter}</text></svg>`;
    return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
}

const PRODUCTS: [string, number, number, number][] = [
    // name, price, category, tax
    ['Espresso', 2.4, 1, 2],
    ['Double espresso', 3.2, 1, 2],
    ['Cappuccino', 3.8, 1, 2],
    ['Flat white', 4.1, 1, 2],
    ['Latte macchiato', 4.3, 1, 2],
    ['Tea', 3.1, 1, 2],
    ['Hot chocolate', 4.2, 1, 2],
    ['Beer', 4.5, 2, 1],
    ['Wheat beer', 4.9, 2, 1],
    ['White wine', 5.2, 2, 1],
    ['Red wine', 5.2, 2, 1],
    ['Lemonade', 3.9, 2, 1],
    ['Water', 2.8, 2, 1],
    ['Apple juice', 3.4, 2, 1],
    ['Croissant', 2.2, 3, 2],
    ['Cheesecake', 4.6, 3, 2],
    ['Apple pie', 4.2, 3, 2],
    ['Brownie', 3.6, 3, 2],
    ['Club sandwich', 9.8, 4, 2],
    ['Goat cheese salad', 11.5, 4, 2],
    ['Soup of the day', 6.9, 4, 2],
    ['Burger', 13.9, 4, 2],
    ['Fries', 4.4, 4, 2],
    ['Tip', 0, 5, 2],
];
const COLOURS = ['#8a4b16', '#a3410f', '#8f1d4f', '#3f6212', '#3d4a5c'];

export function cafe(): Tables {
    return {
        companies: rows([
            {
                name: 'Café Central',
                street: 'Market Square 3',
                zip: '1010',
                city: 'Vienna',
                country: 'Austria',
                vat: 'ATU12345678',
                phone: '+43 1 234 56 78',
                email: '',
                website: '',
                tax_calculation_rounding_method: 'round_per_line',
            },
        ]),
        currencies: rows([{ name: 'EUR', symbol: '€', position: 'after', rounding: 0.01 }]),
        taxes: rows([
            { name: 'VAT 20 %', amount_type: 'percent', amount: 20, price_include: true, sequence: 1 },
            { name: 'VAT 10 %', amount_type: 'percent', amount: 10, price_include: true, sequence: 2 },
            { name: 'VAT 10 % takeaway', amount_type: 'percent', amount: 10, price_include: true },
        ]),
        units: rows([
            { name: 'Piece', rounding: 1, is_pos_groupable: true },
            { name: 'kg', rounding: 0.001, is_pos_groupable: false },
        ]),
        'pos-categories': rows([
            { name: 'Coffee', parent_id: false, sequence: 1 },
            { name: 'Drinks', parent_id: false, sequence: 2 },
            { name: 'Cakes', parent_id: false, sequence: 3 },
            { name: 'Kitchen', parent_id: false, sequence: 4 },
            { name: 'Other', parent_id: false, sequence: 5 },
        ]),
        'product-categories': rows([{ name: 'All', parent_id: false }]),
        products: rows(
            PRODUCTS.map(([display_name, lst_price, category, tax], at) => ({
                display_name,
                lst_price,
                standard_price: 0,
                taxes_id: [tax],
                uom_id: 1,
                pos_categ_id: category,
                categ_id: 1,
                barcode: at % 3 === 0 ? `40000000${String(1000 + at)}` : false,
                default_code: `P${String(at + 1).padStart(3, '0')}`,
                image: at % 2 === 0 && picture(COLOURS[category - 1] ?? '#333', display_name.slice(0, 1)),
                available: at !== 8,
            })),
        ),
        pricelists: rows([
            { name: 'Standard', items: [] },
            {
                name: 'Happy hour',
                items: [
                    {
                        applied_on: '2_product_category',
                        categ_id: 1,
                        compute_price: 'percentage',
                        percent_price: 20,
                        min_quantity: 0,
                    },
                ],
            },
        ]),
        customers: rows([
            { name: 'Nora', phone: '+44 7700 900101', city: 'Harbourtown', barcode: '0420001' },
            { name: 'Jonas Weber', email: '', city: 'Graz' },
            { name: 'Hotel Sacher Gasse', vat: 'ATU87654321', city: 'Vienna' },
        ]),
        'fiscal-positions': rows([{ name: 'Takeaway', tax_ids: [{ tax_src_id: 1, tax_dest_id: 3 }] }]),
        'payment-methods': rows([
            { journal_id: [1, 'Cash'], type: 'cash' },
            { journal_id: [2, 'Card'], type: 'bank' },
        ]),
        'cash-roundings': rows([{ name: '5 cents', rounding: 0.05, rounding_method: 'HALF-UP' }]),
        'barcode-nomenclatures': rows([{ name: 'Default' }]),
        floors: rows([
            { name: 'Inside', sequence: 1 },
            { name: 'Terrace', sequence: 2 },
        ]),
        tables: rows(
            [...'12345678'].map((name, at) => ({
                name,
                floor_id: at < 5 ? 1 : 2,
                seats: at % 2 === 0 ? 4 : 2,
            })),
        ),
        people: rows([
            { name: 'Ann', role: 'admin', barcode: '0410001', has_pin: true, pin_digits: 4 },
            { name: 'Bob', role: 'cashier', barcode: '0410002', has_pin: true, pin_digits: 4 },
            { name: 'Cleo', role: 'cashier', has_pin: false },
            { name: 'Dan', role: 'manager', has_pin: false },
        ]),
        'points-of-sale': rows([pos('Bar', 1), pos('Counter', 1), pos('Terrace', 1), pos('Stall', null)]),
    };
}

function pos(name: string, multi_session: number | null): Fields {
    return {
        name,
        multi_session,
        iface_tax_included: 'total',
        use_pricelist: true,
        pricelist_id: 1,
        available_pricelist_ids: [1, 2],
        fiscal_position_ids: [1],
        default_fiscal_position_id: false,
        cash_rounding: false,
        rounding_method: false,
        barcode_nomenclature_id: 1,
        payment_method_ids: [],
        iface_tipproduct: true,
        tip_product_id: 24,
        discounts: [5, 10, 20],
        discount_max: 50,
        receipt_header: 'Market Square 3, 1010 Vienna',
        receipt_footer: 'See you soon!',
        languages: [],
        accept_incoming_orders: true,
        replace_empty_order: true,
        deactivate_empty_order: false,
        ping_after_s: 60,
        red_after_s: 10,
    };
}

/** Nothing: the shop before its beginning. */
export function nothing(): Tables {
    return Object.fromEntries(Object.keys(cafe()).map(kind => [kind, [] as Row[]]));
}

/** The name by which a record is listed. */
export function nameOf(row: Row | undefined): string {
    const journal = row?.journal_id;
    if (Array.isArray(journal)) return String(journal[1]);
    return String(row?.display_name ?? row?.name ?? '');
}

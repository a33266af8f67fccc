/**
 * The kinds of records, described: the screens of lists and forms follow from this. Fields have Odoo's names; what a
 * field is called on a screen is `field.NAME` of the catalogue of messages, what explains it `hint.NAME`.
 */
import { createPaymentMethod, type Resource } from '../api/records';
import type { Draft, Row } from '../api/types';

/** How a field is typed and shown. */
export type FieldType =
    /** Words on one line; `long`: on several. */
    | { type: 'text' | 'long' | 'tel' | 'email' }
    /** A number, kept as one; `none` may be left empty. */
    | { type: 'number'; none?: boolean; suffix?: 'currency' | 'percent' | 'seconds' }
    | { type: 'numbers' }
    | { type: 'switch' }
    | { type: 'choice'; options: readonly string[] }
    /** Another record, or none (`false`). `small`: so few that all are offered at once. */
    | { type: 'reference'; of: Resource; small?: boolean; empty?: null }
    /** Several others. Empty may mean all of them. */
    | { type: 'references'; of: Resource }
    | { type: 'languages' }
    | { type: 'picture' }
    | { type: 'date' }
    /** Odoo's pair of an id and a name, of which the name is typed. */
    | { type: 'journal' }
    /** Parts of this record, one below another. */
    | { type: 'rows'; fields: readonly Field[]; blank: Draft; complete?: (part: Draft) => Draft };

export type Field = FieldType & {
    name: string;
    isRequired?: boolean;
    /** Where it is called something else than fields of its name elsewhere. */
    label?: string;
    /** It is asked for only where this holds. */
    when?: (record: Draft) => boolean;
};

export interface Section {
    /** `section.NAME` of the messages. */
    name: string;
    fields: readonly Field[];
}

export interface Kind {
    resource: Resource;
    sections: readonly Section[];
    /** Fields that a list shows beside the name. */
    columns: readonly string[];
    /** References by which a list is filtered. */
    filters: readonly string[];
    /** A new one. */
    blank: Draft;
    /** What a field that a record does not have stands for, where that is something. */
    defaults?: Draft;
    /** Whether they come and go as CSV. */
    hasCsv: boolean;
    /** Makes one, where that takes more than sending it. */
    create?: (draft: Draft) => Promise<Row>;
}

const text = (name: string, isRequired = false): Field => ({ name, type: 'text', isRequired });
const long = (name: string): Field => ({ name, type: 'long' });
const toggle = (name: string): Field => ({ name, type: 'switch' });
const number = (name: string, more: Partial<Field> = {}): Field =>
    ({ name, type: 'number', ...more }) as Field;
const choice = (name: string, ...options: string[]): Field => ({ name, type: 'choice', options });
const small = (name: string, of: Resource): Field => ({ name, type: 'reference', of, small: true });
const large = (name: string, of: Resource): Field => ({ name, type: 'reference', of });
const several = (name: string, of: Resource): Field => ({ name, type: 'references', of });

const PRODUCT: Kind = {
    resource: 'products',
    sections: [
        {
            name: 'main',
            fields: [
                text('display_name', true),
                number('lst_price', { isRequired: true, suffix: 'currency' }),
                small('pos_categ_id', 'pos-categories'),
                several('taxes_id', 'taxes'),
                toggle('available'),
                { name: 'image', type: 'picture' },
            ],
        },
        {
            name: 'more',
            fields: [
                text('barcode'),
                text('default_code'),
                small('uom_id', 'units'),
                small('categ_id', 'product-categories'),
                number('standard_price', { none: true, suffix: 'currency' }),
            ],
        },
    ],
    columns: ['pos_categ_id', 'default_code', 'barcode', 'lst_price'],
    filters: ['pos_categ_id', 'categ_id'],
    blank: { display_name: '', available: true },
    defaults: { available: true },
    hasCsv: true,
};

const TAX: Kind = {
    resource: 'taxes',
    sections: [
        {
            name: 'main',
            fields: [
                text('name', true),
                choice('amount_type', 'percent', 'fixed', 'division', 'group'),
                number('amount', { isRequired: true, when: ({ amount_type }) => amount_type !== 'group' }),
                {
                    ...several('children_tax_ids', 'taxes'),
                    when: ({ amount_type }) => amount_type === 'group',
                },
                toggle('price_include'),
                toggle('include_base_amount'),
                number('sequence', { none: true }),
            ],
        },
    ],
    columns: ['amount_type', 'amount', 'price_include'],
    filters: [],
    blank: { name: '', amount_type: 'percent', amount: 0, price_include: true },
    defaults: { amount_type: 'percent' },
    hasCsv: true,
};

const UNIT: Kind = {
    resource: 'units',
    sections: [
        { name: 'main', fields: [text('name', true), number('rounding'), toggle('is_pos_groupable')] },
    ],
    columns: ['rounding'],
    filters: [],
    blank: { name: '', rounding: 1, is_pos_groupable: true },
    hasCsv: true,
};

const POS_CATEGORY: Kind = {
    resource: 'pos-categories',
    sections: [
        {
            name: 'main',
            fields: [
                text('name', true),
                small('parent_id', 'pos-categories'),
                number('sequence', { none: true }),
            ],
        },
    ],
    columns: ['parent_id', 'sequence'],
    filters: ['parent_id'],
    blank: { name: '', parent_id: false },
    hasCsv: true,
};

const PRODUCT_CATEGORY: Kind = {
    resource: 'product-categories',
    sections: [{ name: 'main', fields: [text('name', true), small('parent_id', 'product-categories')] }],
    columns: ['parent_id'],
    filters: ['parent_id'],
    blank: { name: '', parent_id: false },
    hasCsv: true,
};

const ITEM: readonly Field[] = [
    choice('applied_on', '3_global', '2_product_category', '1_product', '0_product_variant'),
    {
        ...large('product_id', 'products'),
        isRequired: true,
        when: ({ applied_on }) => applied_on === '1_product' || applied_on === '0_product_variant',
    },
    {
        ...small('categ_id', 'product-categories'),
        isRequired: true,
        when: ({ applied_on }) => applied_on === '2_product_category',
    },
    choice('compute_price', 'fixed', 'percentage', 'formula'),
    number('fixed_price', { suffix: 'currency', when: ({ compute_price }) => compute_price === 'fixed' }),
    number('percent_price', {
        suffix: 'percent',
        when: ({ compute_price }) => compute_price === 'percentage',
    }),
    ...(['price_discount', 'price_surcharge', 'price_round'] as const).map(name =>
        number(name, {
            none: true,
            suffix: name === 'price_discount' ? 'percent' : 'currency',
            when: ({ compute_price }) => compute_price === 'formula',
        }),
    ),
    number('min_quantity', { none: true }),
    { name: 'date_start', type: 'date' },
    { name: 'date_end', type: 'date' },
];

/** Prices that say only by what they refer to for what they are. */
function withApplied(item: Draft): Draft {
    if (item.applied_on) return item;
    const ofCategory = idIn(item.categ_id) === null ? '3_global' : '2_product_category';
    return { ...item, applied_on: idIn(item.product_id) === null ? ofCategory : '1_product' };
}

const PRICELIST: Kind = {
    resource: 'pricelists',
    sections: [
        {
            name: 'main',
            fields: [
                text('name', true),
                {
                    name: 'items',
                    type: 'rows',
                    fields: ITEM,
                    complete: withApplied,
                    blank: { applied_on: '3_global', compute_price: 'percentage', percent_price: 10 },
                },
            ],
        },
    ],
    columns: ['items'],
    filters: [],
    blank: { name: '', items: [] },
    hasCsv: false,
};

const CUSTOMER: Kind = {
    resource: 'customers',
    sections: [
        {
            name: 'main',
            fields: [
                text('name', true),
                { name: 'phone', type: 'tel' },
                { name: 'mobile', type: 'tel' },
                { name: 'email', type: 'email' },
                text('street'),
                text('zip'),
                text('city'),
            ],
        },
        {
            name: 'more',
            fields: [
                text('vat'),
                text('barcode'),
                text('ref'),
                small('property_account_position_id', 'fiscal-positions'),
                small('property_product_pricelist', 'pricelists'),
                long('comment'),
            ],
        },
    ],
    columns: ['phone', 'email', 'city', 'barcode'],
    filters: [],
    blank: { name: '' },
    hasCsv: true,
};

const FISCAL_POSITION: Kind = {
    resource: 'fiscal-positions',
    sections: [
        {
            name: 'main',
            fields: [
                text('name', true),
                {
                    name: 'tax_ids',
                    type: 'rows',
                    fields: [
                        { ...small('tax_src_id', 'taxes'), isRequired: true },
                        small('tax_dest_id', 'taxes'),
                    ],
                    blank: { tax_dest_id: false },
                },
            ],
        },
    ],
    columns: ['tax_ids'],
    filters: [],
    blank: { name: '', tax_ids: [] },
    hasCsv: false,
};

const PAYMENT_METHOD: Kind = {
    resource: 'payment-methods',
    sections: [
        {
            name: 'main',
            fields: [
                { name: 'journal_id', type: 'journal', isRequired: true },
                choice('type', 'cash', 'bank'),
            ],
        },
    ],
    columns: ['type'],
    filters: [],
    blank: { type: 'bank' },
    create: createPaymentMethod,
    hasCsv: false,
};

const CASH_ROUNDING: Kind = {
    resource: 'cash-roundings',
    sections: [
        {
            name: 'main',
            fields: [
                text('name', true),
                number('rounding', { suffix: 'currency' }),
                choice('rounding_method', 'HALF-UP', 'UP', 'DOWN'),
            ],
        },
    ],
    columns: ['rounding', 'rounding_method'],
    filters: [],
    blank: { name: '', rounding: 0.05, rounding_method: 'HALF-UP' },
    hasCsv: false,
};

const FLOOR: Kind = {
    resource: 'floors',
    sections: [{ name: 'main', fields: [text('name', true), number('sequence', { none: true })] }],
    columns: ['sequence'],
    filters: [],
    blank: { name: '' },
    hasCsv: true,
};

const TABLE: Kind = {
    resource: 'tables',
    sections: [
        {
            name: 'main',
            fields: [
                text('name', true),
                { ...small('floor_id', 'floors'), isRequired: true },
                number('seats', { none: true }),
            ],
        },
    ],
    columns: ['floor_id', 'seats'],
    filters: ['floor_id'],
    blank: { name: '', seats: 4 },
    hasCsv: true,
};

const PERSON: Kind = {
    resource: 'people',
    sections: [
        {
            name: 'main',
            fields: [
                text('name', true),
                choice('role', 'cashier', 'manager', 'admin'),
                { ...text('barcode'), label: 'badge' },
            ],
        },
    ],
    columns: ['role', 'has_pin'],
    filters: [],
    blank: { name: '', role: 'cashier' },
    defaults: { role: 'cashier' },
    hasCsv: false,
};

const POS_DEFAULTS: Draft = {
    accept_incoming_orders: true,
    replace_empty_order: true,
    deactivate_empty_order: false,
    ping_after_s: 60,
    red_after_s: 10,
};

/** `multi_session` is chosen by a part of its own: those are no records of the catalogue. */
const POS: Kind = {
    resource: 'points-of-sale',
    sections: [
        { name: 'main', fields: [text('name', true)] },
        {
            name: 'orders',
            fields: [
                toggle('accept_incoming_orders'),
                toggle('replace_empty_order'),
                toggle('deactivate_empty_order'),
            ],
        },
        {
            name: 'prices',
            fields: [
                choice('iface_tax_included', 'total', 'subtotal'),
                toggle('use_pricelist'),
                {
                    ...small('pricelist_id', 'pricelists'),
                    when: ({ use_pricelist }) => Boolean(use_pricelist),
                },
                {
                    ...several('available_pricelist_ids', 'pricelists'),
                    when: ({ use_pricelist }) => Boolean(use_pricelist),
                },
                several('fiscal_position_ids', 'fiscal-positions'),
                small('default_fiscal_position_id', 'fiscal-positions'),
                { name: 'discounts', type: 'numbers' },
                number('discount_max', { none: true, suffix: 'percent' }),
            ],
        },
        {
            name: 'payment',
            fields: [
                several('payment_method_ids', 'payment-methods'),
                toggle('cash_rounding'),
                {
                    ...small('rounding_method', 'cash-roundings'),
                    when: ({ cash_rounding }) => Boolean(cash_rounding),
                },
                toggle('iface_tipproduct'),
                {
                    ...large('tip_product_id', 'products'),
                    when: ({ iface_tipproduct }) => Boolean(iface_tipproduct),
                },
            ],
        },
        { name: 'receipt', fields: [long('receipt_header'), long('receipt_footer')] },
        {
            name: 'device',
            fields: [
                { name: 'languages', type: 'languages' },
                small('barcode_nomenclature_id', 'barcode-nomenclatures'),
                number('ping_after_s', { suffix: 'seconds' }),
                number('red_after_s', { suffix: 'seconds' }),
            ],
        },
    ],
    columns: ['multi_session'],
    filters: [],
    blank: {
        name: '',
        multi_session: null,
        iface_tax_included: 'total',
        use_pricelist: false,
        available_pricelist_ids: [],
        fiscal_position_ids: [],
        payment_method_ids: [],
        discounts: [],
        languages: [],
        ...POS_DEFAULTS,
    },
    defaults: POS_DEFAULTS,
    hasCsv: false,
};

export const COMPANY: Kind = {
    resource: 'companies',
    sections: [
        {
            name: 'main',
            fields: [
                text('name', true),
                text('street'),
                text('zip'),
                text('city'),
                text('country'),
                text('vat'),
                { name: 'phone', type: 'tel' },
                { name: 'email', type: 'email' },
                text('website'),
                choice('tax_calculation_rounding_method', 'round_per_line', 'round_globally'),
            ],
        },
    ],
    columns: [],
    filters: [],
    blank: {},
    hasCsv: false,
};

export const CURRENCY: Kind = {
    resource: 'currencies',
    sections: [
        {
            name: 'main',
            fields: [
                { ...text('name', true) },
                text('symbol'),
                choice('position', 'after', 'before'),
                number('rounding'),
            ],
        },
    ],
    columns: [],
    filters: [],
    blank: {},
    hasCsv: false,
};

export const KINDS: readonly Kind[] = [
    PRODUCT,
    TAX,
    UNIT,
    POS_CATEGORY,
    PRODUCT_CATEGORY,
    PRICELIST,
    CUSTOMER,
    FISCAL_POSITION,
    PAYMENT_METHOD,
    CASH_ROUNDING,
    FLOOR,
    TABLE,
    PERSON,
    POS,
];

export function fieldsOf({ sections }: Pick<Kind, 'sections'>): Field[] {
    return sections.flatMap(({ fields }) => fields);
}

export function fieldOf(kind: Kind, name: string): Field | undefined {
    return fieldsOf(kind).find(field => field.name === name);
}

/** The id of what a field refers to; null for none. */
export function idIn(value: unknown): number | null {
    const id = Array.isArray(value) ? value[0] : value;
    return typeof id === 'number' && id > 0 ? id : null;
}

/** The ids in a list; none for anything else. */
export function idsIn(value: unknown): number[] {
    return Array.isArray(value) ? value.filter(id => typeof id === 'number') : [];
}

/** What is sent of a record: all of it, but for what the server says of itself. */
export function draftOf(kind: Pick<Kind, 'defaults' | 'sections'>, row: Row): Draft {
    const { id: _, version: __, has_pin: ___, pin_digits: ____, ...fields } = row;
    const draft: Draft = { ...kind.defaults, ...fields };
    for (const [name, value] of Object.entries(kind.defaults ?? {})) draft[name] ??= value;
    for (const field of fieldsOf(kind)) {
        const parts = draft[field.name];
        if (field.type === 'rows' && field.complete && Array.isArray(parts))
            draft[field.name] = (parts as Draft[]).map(field.complete);
    }
    return draft;
}

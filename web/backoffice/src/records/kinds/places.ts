/** Where it is sold and by whom: points of sale, floors, tables, people. */
import type { Draft } from '../../api/types';
import { choice, large, long, number, several, small, text, toggle } from '../fields';
import type { Kind } from '../kind';

const POS_DEFAULTS: Draft = {
    accept_incoming_orders: true,
    replace_empty_order: true,
    deactivate_empty_order: false,
    ping_after_s: 60,
    red_after_s: 10,
};

/** `multi_session` is chosen by a part of its own: those are no records of the catalogue. */
export const POS: Kind = {
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

export const FLOOR: Kind = {
    resource: 'floors',
    sections: [{ name: 'main', fields: [text('name', true), number('sequence', { none: true })] }],
    columns: ['sequence'],
    filters: [],
    blank: { name: '' },
    hasCsv: true,
};

export const TABLE: Kind = {
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

export const PERSON: Kind = {
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

/** Taxes, ways to pay, and the shop itself. */
import { createPaymentMethod } from '../../api/records';
import { choice, number, several, small, text, toggle } from '../fields';
import type { Kind } from '../kind';

export const TAX: Kind = {
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

export const UNIT: Kind = {
    resource: 'units',
    sections: [
        { name: 'main', fields: [text('name', true), number('rounding'), toggle('is_pos_groupable')] },
    ],
    columns: ['rounding'],
    filters: [],
    blank: { name: '', rounding: 1, is_pos_groupable: true },
    hasCsv: true,
};

export const FISCAL_POSITION: Kind = {
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

export const PAYMENT_METHOD: Kind = {
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

export const CASH_ROUNDING: Kind = {
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

/** What is sold, to whom, and at which prices. */
import { listRecords } from '../../api/records';
import type { Draft } from '../../api/types';
import { choice, large, long, number, several, small, text, toggle } from '../fields';
import { type Field, idIn, type Kind } from '../kind';

export const PRODUCT: Kind = {
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
    // Where a shop has one tax, a product has it.
    begins: async signal => {
        const { items, total } = await listRecords('taxes', { limit: 2 }, signal);
        const [tax] = items;
        return tax && total === 1 ? { taxes_id: [tax.id] } : {};
    },
    defaults: { available: true },
    hasCsv: true,
};

export const POS_CATEGORY: Kind = {
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

export const PRODUCT_CATEGORY: Kind = {
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

export const PRICELIST: Kind = {
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

export const CUSTOMER: Kind = {
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

/** Pricelists: what a product costs for whom, when, and from which quantity on. */

import { type Decimal, decimal, HUNDRED, ONE } from '../money/decimal.js';
import { round } from '../money/rounding.js';
import { idOf, type Reference } from './shop.js';

/** One rule of a pricelist, as Odoo's `product.pricelist.item` describes it. The first that fits decides. */
export interface PricelistItem {
    product_tmpl_id?: Reference;
    product_id?: Reference;
    categ_id?: Reference;
    /** From this quantity on; 0 for any. */
    min_quantity?: number;
    /** The first and the last moment at which it holds, as `YYYY-MM-DD` or `YYYY-MM-DD HH:MM:SS` in UTC. */
    date_start?: string | false;
    date_end?: string | false;
    base?: 'list_price' | 'standard_price' | 'pricelist';
    base_pricelist_id?: Reference;
    compute_price: 'fixed' | 'percentage' | 'formula';
    fixed_price?: number;
    percent_price?: number;
    price_discount?: number;
    price_round?: number;
    price_surcharge?: number;
    price_min_margin?: number;
    price_max_margin?: number;
}

/** Odoo's `product.pricelist`. */
export interface PricelistData {
    id: number;
    name: string;
    items: PricelistItem[];
}

/** Pricelists that are based on each other go no deeper. */
export const PRICELIST_DEPTH_MAX = 8;

/** What pricelists look at of a product. */
interface Priced {
    id: number;
    lst_price: number;
    standard_price?: number;
    product_tmpl_id?: Reference;
    categ_id?: Reference;
}

/** What a price depends on besides the product. */
export interface PriceQuestion {
    quantity: number;
    nowMs: number;
    pricelist: (id: number) => PricelistData | undefined;
    /** A category and all above it. */
    categories: (id: number) => number[];
}

/**
 * The price of one unit. Without a pricelist, or if no rule of it fits, it is the list price.
 *
 * The rules are those of Odoo's `product.pricelist` (fixed price; percentage off; formula: discount, rounding,
 * surcharge, margins), computed on decimals.
 */
export function priceOf(
    product: Priced,
    pricelist: PricelistData | null | undefined,
    question: PriceQuestion,
    depth = 0,
): Decimal {
    const listed = decimal(product.lst_price);
    const item = pricelist?.items.find(candidate => fits(candidate, product, question));
    if (!item || depth > PRICELIST_DEPTH_MAX) return listed;
    const base = basePrice(item, product, question, depth);
    switch (item.compute_price) {
        case 'fixed':
            return decimal(item.fixed_price ?? 0);
        case 'percentage':
            return off(base, item.percent_price);
        case 'formula':
            return formula(base, item);
    }
}

function fits(item: PricelistItem, product: Priced, question: PriceQuestion): boolean {
    const template = idOf(item.product_tmpl_id);
    const variant = idOf(item.product_id);
    const category = idOf(item.categ_id);
    if (template !== null && template !== idOf(product.product_tmpl_id)) return false;
    if (variant !== null && variant !== product.id) return false;
    if (category !== null) {
        const own = idOf(product.categ_id);
        if (own === null || !question.categories(own).includes(category)) return false;
    }
    if (item.min_quantity && question.quantity < item.min_quantity) return false;
    if (item.date_start && timeOf(item.date_start, '00:00:00') > question.nowMs) return false;
    return !(item.date_end && timeOf(item.date_end, '23:59:59') < question.nowMs);
}

function timeOf(date: string, timeOfDay: string): number {
    const [day = '', time = timeOfDay] = date.split(/[ T]/);
    return Date.parse(`${day}T${time.replace(/Z$/, '')}Z`);
}

function basePrice(item: PricelistItem, product: Priced, question: PriceQuestion, depth: number): Decimal {
    if (item.base === 'standard_price') return decimal(product.standard_price ?? 0);
    const other = item.base === 'pricelist' ? idOf(item.base_pricelist_id) : null;
    if (other === null) return decimal(product.lst_price);
    return priceOf(product, question.pricelist(other), question, depth + 1);
}

function formula(base: Decimal, item: PricelistItem): Decimal {
    let price = off(base, item.price_discount);
    if (item.price_round) price = round(price, item.price_round);
    if (item.price_surcharge) price = price.plus(item.price_surcharge);
    if (item.price_min_margin) {
        const least = base.plus(item.price_min_margin);
        if (price.lessThan(least)) price = least;
    }
    if (item.price_max_margin) {
        const most = base.plus(item.price_max_margin);
        if (price.greaterThan(most)) price = most;
    }
    return price;
}

function off(price: Decimal, percent = 0): Decimal {
    return price.times(ONE.minus(decimal(percent).div(HUNDRED)));
}

/** What kinds and their records are called. */
import type { Resource } from '../api/records';
import { named } from '../i18n';
import type { Kind } from './kind';

/** The plural, as in the menu: `Payment Methods`. */
export function titleOf({ resource }: Pick<Kind, 'resource'>): string {
    return named('menu', resource.replaceAll('-', '_'));
}

/** The kinds by the other words that the server has for them: Odoo's in its log, people's in its sentences. */
const RESOURCES: Record<string, Resource | 'multi-sessions'> = {
    product: 'products',
    tax: 'taxes',
    unit: 'units',
    pos_category: 'pos-categories',
    product_category: 'product-categories',
    pricelist: 'pricelists',
    category: 'pos-categories',
    partner: 'customers',
    customer: 'customers',
    fiscal_position: 'fiscal-positions',
    cashregister: 'payment-methods',
    payment_method: 'payment-methods',
    cash_rounding: 'cash-roundings',
    barcode_nomenclature: 'barcode-nomenclatures',
    floor: 'floors',
    table: 'tables',
    user: 'people',
    person: 'people',
    pos: 'points-of-sale',
    point_of_sale: 'points-of-sale',
    company: 'companies',
    currency: 'currencies',
    multi_session: 'multi-sessions',
};

/** The address of a kind below `/admin`, whichever of its names is known. */
export function resourceOf(kind: string): string {
    return RESOURCES[kind.replaceAll(/[ -]/g, '_')] ?? kind;
}

/** One of them: `payment method`. */
export function oneOf(kind: string): string {
    return named('one', resourceOf(kind));
}

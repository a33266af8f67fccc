/** What a till knows of its shop: the records that Odoo loads into a POS, with Odoo's names. */

import type { FiscalPosition } from '../money/fiscal_position.js';
import type { CashRounding } from '../money/rounding.js';
import type { TaxFields } from '../money/tax.js';
import type { TaxRounding } from '../money/totals.js';
import type { PricelistData } from './pricelist.js';

/** A reference to a record: its id, or Odoo's pair of id and name; `false` for none. */
export type Reference = number | [id: number, name: string] | false;

/** The id that a reference points at; null for none. */
export function idOf(reference: Reference | null | undefined): number | null {
    if (Array.isArray(reference)) return reference[0];
    return typeof reference === 'number' ? reference : null;
}

export interface Currency {
    id: number;
    name: string;
    symbol: string;
    position: 'before' | 'after';
    /** The smallest step of an amount, such as 0.01. */
    rounding: number;
}

export interface Company {
    id: number;
    name: string;
    tax_calculation_rounding_method: TaxRounding;
    [field: string]: unknown;
}

export interface Unit {
    id: number;
    name: string;
    /** The smallest step of a quantity; 0 or none: whole numbers. */
    rounding: number;
    /** Whether lines of it may be merged into one. Odoo: true for units that are counted, false for those weighed. */
    is_pos_groupable: boolean;
}

/** A tax as Odoo sends it: the members of a group by their ids. */
export interface TaxData extends TaxFields {
    children_tax_ids?: number[];
}

/** The fields of a product that the SDK knows. */
export interface ProductFields {
    id: number;
    display_name: string;
    /** The price of one unit in the shop's currency, with the taxes that are `price_include`. */
    lst_price: number;
    standard_price?: number;
    taxes_id?: number[];
    uom_id?: Reference;
    barcode?: string | false;
    default_code?: string | false;
    product_tmpl_id?: Reference;
    /** The category of the product in the till's list. */
    pos_categ_id?: Reference;
    /** The category that pricelists look at. */
    categ_id?: Reference;
}

/** A product as Odoo sends it: extensions load further fields. */
export interface ProductData extends ProductFields {
    [field: string]: unknown;
}

export interface PartnerData {
    id: number;
    name: string;
    [field: string]: unknown;
}

export interface Category {
    id: number;
    name: string;
    parent_id?: Reference;
}

/** A way to pay: Odoo 12's `account.bank.statement` with its journal. */
export interface Cashregister {
    id: number;
    journal_id: [id: number, name: string];
    account_id?: Reference;
    /** `cash` gives change and is rounded to coins. */
    type: 'cash' | 'bank';
}

/** The options of a POS, with Odoo's names; rules 23 to 25 of a till that shares orders. */
export interface Config {
    id: number;
    name: string;
    /** Off: orders that other users created are not shown. Default: on. */
    accept_incoming_orders?: boolean;
    /** The first, still empty order gives way when an order arrives. Default: on. */
    replace_empty_order?: boolean;
    /** An empty current order yields the screen to an arriving one. Default: off. */
    deactivate_empty_order?: boolean;
    /** What a line shows: its price with (`total`) or without (`subtotal`) tax. */
    iface_tax_included?: 'total' | 'subtotal';
    default_fiscal_position_id?: Reference;
    pricelist_id?: Reference;
    /** Cash is rounded to the coins of `cash_rounding` of the shop. */
    cash_rounding?: boolean;
    /** A BCP 47 language tag for amounts, such as `de-CH`. Default: `en`. */
    lang?: string;
    [option: string]: unknown;
}

/** Everything that a till loads before it sells. */
export interface Shop {
    currency: Currency;
    company: Company;
    units?: Unit[];
    taxes?: TaxData[];
    fiscal_positions?: FiscalPosition[];
    pricelists?: PricelistData[];
    pos_categories?: Category[];
    product_categories?: Category[];
    products?: ProductData[];
    partners?: PartnerData[];
    cashregisters?: Cashregister[];
    cash_rounding?: CashRounding;
    /** Decimals that prices and quantities are kept with (Odoo's `decimal.precision`). Defaults: 2 and 3. */
    dp?: { 'Product Price'?: number; 'Product Unit of Measure'?: number };
}

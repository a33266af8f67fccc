/** What a PosModel knows of its shop, and how it writes amounts. */

import { type Amount, toNumber } from '../money/decimal.js';
import type { FiscalPosition } from '../money/fiscal_position.js';
import { type CashRounding, decimalsOf, round } from '../money/rounding.js';
import type { Tax } from '../money/tax.js';
import type { RoundingRules } from '../money/totals.js';
import { Backbone } from './backbone.js';
import { PosDB } from './db.js';
import type { PricelistData } from './pricelist.js';
import type { Product } from './product.js';
import { models } from './registry.js';
import {
    type Cashregister,
    type Company,
    type Config,
    type Currency,
    idOf,
    type Shop,
    type TaxData,
    type Unit,
} from './shop.js';

/** The part of a PosModel that holds the shop's records. */
export class PosRecords extends Backbone.Model {
    declare config: Config;
    declare company: Company;
    declare currency: Currency;
    declare units: Unit[];
    declare units_by_id: Map<number, Unit>;
    declare taxes: Tax[];
    declare taxes_by_id: Map<number, Tax>;
    declare fiscal_positions: FiscalPosition[];
    declare default_fiscal_position: FiscalPosition | undefined;
    declare pricelists: PricelistData[];
    declare default_pricelist: PricelistData | undefined;
    declare cashregisters: Cashregister[];
    declare cash_rounding: CashRounding | undefined;
    declare db: PosDB;
    /** How totals are rounded. */
    declare rules: RoundingRules;
    /** Decimals that prices of one unit have. */
    declare priceDecimals: number;
    private declare quantityDecimals: number;

    /** Takes the shop's records over. May be called again when the catalogue has changed; orders keep their prices. */
    load_shop(shop: Shop, config: Config): void {
        this.config = config;
        this.company = shop.company;
        this.currency = shop.currency;
        this.rules = {
            rounding: shop.currency.rounding,
            taxRounding: shop.company.tax_calculation_rounding_method,
        };
        this.priceDecimals = shop.dp?.['Product Price'] ?? Math.max(2, decimalsOf(shop.currency.rounding));
        this.quantityDecimals = shop.dp?.['Product Unit of Measure'] ?? 3;
        this.units = shop.units ?? [];
        this.units_by_id = new Map(this.units.map(unit => [unit.id, unit]));
        this.taxes = readTaxes(shop.taxes ?? []);
        this.taxes_by_id = new Map(this.taxes.map(tax => [tax.id, tax]));
        this.fiscal_positions = shop.fiscal_positions ?? [];
        this.pricelists = shop.pricelists ?? [];
        this.cashregisters = shop.cashregisters ?? [];
        this.cash_rounding = shop.cash_rounding;
        const position = idOf(config.default_fiscal_position_id);
        this.default_fiscal_position = this.fiscal_positions.find(({ id }) => id === position);
        const pricelist = idOf(config.pricelist_id);
        this.default_pricelist = this.pricelists.find(({ id }) => id === pricelist);
        this.db = new PosDB();
        this.db.add_categories(shop.pos_categories ?? []);
        this.db.add_product_categories(shop.product_categories ?? []);
        this.db.add_products(
            (shop.products ?? []).map(data => new models.Product({}, { ...data, pos: this })),
        );
        this.db.add_partners((shop.partners ?? []).map(data => new models.Partner({}, data)));
    }

    /** The unit that a product is sold in; none: any quantity goes. */
    unitOf(product: Product): Unit | undefined {
        const id = idOf(product.uom_id);
        return id === null ? undefined : this.units_by_id.get(id);
    }

    /** The smallest step of a quantity in a unit: whole ones, unless the unit says otherwise. */
    stepOf(unit: Unit): number {
        return unit.rounding > 0 ? Math.max(unit.rounding, 10 ** -this.quantityDecimals) : 1;
    }

    /** What stands for a product that this till has not loaded: its lines are shown and kept. */
    unknownProduct(id: number): Product {
        const data = { id, display_name: `Unknown product ${id}`, lst_price: 0, taxes_id: [] };
        return new models.Product({}, { ...data, pos: this });
    }

    /** A price of one unit, rounded to the decimals that prices have. */
    roundPrice(price: Amount): number {
        return toNumber(round(price, `1e-${this.priceDecimals}`));
    }

    /** An amount as people read it, with the currency's sign. */
    format_currency(amount: Amount, precision?: number): string {
        const text = this.format_currency_no_symbol(amount, precision);
        const { symbol, position } = this.currency;
        return position === 'after' ? `${text} ${symbol}` : `${symbol} ${text}`;
    }

    /** @param precision decimals; the currency's where it is left out. */
    format_currency_no_symbol(amount: Amount, precision = decimalsOf(this.currency.rounding)): string {
        const rounded = round(amount, precision > 0 ? `1e-${precision}` : 1);
        return formatOf(String(this.config.lang ?? 'en'), precision).format(toNumber(rounded));
    }
}

/** Formats that are kept: the shop's language with the decimals of prices and of amounts, and a few more. */
const FORMATS_MAX = 20;
const formats = new Map<string, Intl.NumberFormat>();

/** How numbers are written. Making a format takes a hundred times as long as writing a number with it. */
function formatOf(lang: string, precision: number): Intl.NumberFormat {
    const key = `${lang}/${precision}`;
    let format = formats.get(key);
    if (!format) {
        if (formats.size >= FORMATS_MAX) formats.clear();
        format = new Intl.NumberFormat(lang, {
            minimumFractionDigits: precision,
            maximumFractionDigits: precision,
        });
        formats.set(key, format);
    }
    return format;
}

/** Odoo's taxes, with the members of groups in place of their ids. */
function readTaxes(data: readonly TaxData[]): Tax[] {
    const taxes = data.map(({ children_tax_ids: _, ...tax }): Tax & { children?: Tax[] } => ({ ...tax }));
    const byId = new Map(taxes.map(tax => [tax.id, tax]));
    for (const { id, children_tax_ids } of data) {
        const group = byId.get(id);
        if (group?.amount_type !== 'group') continue;
        group.children = (children_tax_ids ?? []).map(child => {
            const tax = byId.get(child);
            if (!tax)
                throw new TypeError(`tax group "${group.name}" names tax ${child}, which is not loaded`);
            return tax;
        });
    }
    return taxes;
}

/** What a line costs. */

import { type Decimal, decimal, HUNDRED, ONE, toNumber } from '../money/decimal.js';
import { mapTaxes } from '../money/fiscal_position.js';
import { round } from '../money/rounding.js';
import type { LineTaxes, Tax } from '../money/tax.js';
import { computeLine, type PricedLine, type RoundingRules } from '../money/totals.js';
import { Backbone } from './backbone.js';
import type { Order } from './order.js';
import type { PosModel } from './pos_model.js';
import type { Product } from './product.js';

/** A line's prices, as Odoo's `get_all_prices` gives them; taxes by their ids. */
export interface Prices {
    priceWithTax: number;
    priceWithoutTax: number;
    tax: number;
    taxDetails: { [tax_id: number]: number };
}

/** What was computed last, and of what. */
interface Computed {
    line: PricedLine;
    /** Its own taxes as its ids gave them; null where the fiscal position replaced one. */
    own: readonly (Tax | undefined)[] | null;
    rules: RoundingRules;
    amounts: LineTaxes;
    prices: Prices;
}

/** The part of an orderline that computes. */
export class OrderlinePrices extends Backbone.Model {
    declare pos: PosModel;
    declare order: Order;
    declare product: Product;
    declare quantity: number;
    declare discount: number;
    /** The price of one unit. */
    declare price: number;
    /** The product's taxes when the line was added: a later change of the catalogue does not change a bill. */
    declare tax_ids: number[];
    private declare computed: Computed | undefined;

    get_quantity(): number {
        return this.quantity;
    }

    get_discount(): number {
        return this.discount;
    }

    get_unit_price(): number {
        return this.price;
    }

    /** The taxes that hold: the line's own, after the order's fiscal position. */
    get_applicable_taxes(): Tax[] {
        return mapTaxes(this.get_taxes(), this.order.fiscal_position, id => this.pos.taxes_by_id.get(id));
    }

    /** The line's own taxes, before the fiscal position. */
    get_taxes(): Tax[] {
        return this.tax_ids.map(id => this.pos.taxes_by_id.get(id)).filter(tax => tax !== undefined);
    }

    /** The line's amounts as exact decimals, as the order's totals need them. */
    get_amounts(): LineTaxes {
        return this.compute().amounts;
    }

    /** The line's amounts, rounded to the currency. */
    get_all_prices(): Prices {
        const { prices } = this.compute();
        return { ...prices, taxDetails: { ...prices.taxDetails } };
    }

    /** Every tap asks for the amounts of all lines; most of them are as they were. */
    private compute(): Computed {
        const { rules } = this.pos;
        const price_unit = this.get_unit_price();
        const qty = this.get_quantity();
        const discount = this.get_discount();
        const last = this.computed;
        const isPriced =
            last?.rules === rules &&
            last.line.price_unit === price_unit &&
            last.line.qty === qty &&
            last.line.discount === discount;
        if (last && isPriced && this.isTaxedAs(last)) return last;
        const taxes = this.get_applicable_taxes();
        const isTaxed =
            last?.line.taxes.length === taxes.length &&
            taxes.every((tax, index) => tax === last.line.taxes[index]);
        if (last && isPriced && isTaxed) return last;
        const line = { price_unit, qty, discount, taxes };
        const amounts = computeLine(line, rules);
        const shown = (amount: Decimal) => toNumber(round(amount, rules.rounding));
        this.computed = {
            line,
            own: this.isMapped() ? null : this.tax_ids.map(id => this.pos.taxes_by_id.get(id)),
            rules,
            amounts,
            prices: {
                priceWithTax: shown(amounts.total_included),
                priceWithoutTax: shown(amounts.total_excluded),
                tax: shown(amounts.total_included.minus(amounts.total_excluded)),
                taxDetails: Object.fromEntries(
                    amounts.taxes.map(({ tax, amount }) => [tax.id, shown(amount)]),
                ),
            },
        };
        return this.computed;
    }

    /**
     * Whether its taxes cannot but be those that were computed with: where the fiscal position replaces none, they are
     * its own. That is found without making a list. An extension may have another idea of them.
     */
    private isTaxedAs({ own }: Computed): boolean {
        const { tax_ids } = this;
        return (
            own !== null &&
            !this.isMapped() &&
            this.get_applicable_taxes === GET_APPLICABLE_TAXES &&
            this.get_taxes === GET_TAXES &&
            own.length === tax_ids.length &&
            own.every((tax, index) => tax === this.pos.taxes_by_id.get(tax_ids[index] ?? Number.NaN))
        );
    }

    /** Whether the order's fiscal position says something of one of its taxes. */
    private isMapped(): boolean {
        const mappings = this.order.fiscal_position?.tax_ids ?? [];
        return mappings.some(({ tax_src_id }) => this.tax_ids.includes(tax_src_id));
    }

    get_price_with_tax(): number {
        return this.get_all_prices().priceWithTax;
    }

    get_price_without_tax(): number {
        return this.get_all_prices().priceWithoutTax;
    }

    get_tax(): number {
        return this.get_all_prices().tax;
    }

    get_tax_details(): { [tax_id: number]: number } {
        return this.get_all_prices().taxDetails;
    }

    /** Quantity × unit price − discount, whatever taxes are in it. */
    get_base_price(): number {
        return toNumber(round(this.discounted().times(this.quantity), this.pos.currency.rounding));
    }

    /** What the line shows: with all taxes, or as the price tag says (`iface_tax_included` of the POS). */
    get_display_price(): number {
        return this.pos.config.iface_tax_included === 'total'
            ? this.get_price_with_tax()
            : this.get_base_price();
    }

    /** The price of one unit after the discount. */
    get_unit_display_price(): number {
        return toNumber(round(this.discounted(), this.pos.currency.rounding));
    }

    /** The catalogue's price of one unit for a quantity, under the order's pricelist and fiscal position. */
    priceFor(quantity: number): number {
        const { order } = this;
        return order.price_under_position(
            this.product.get_price(order.pricelist, quantity),
            this.get_taxes(),
        );
    }

    /** The price of one unit after the discount, not rounded. */
    discounted(): Decimal {
        return decimal(this.price).times(ONE.minus(decimal(this.discount).div(HUNDRED)));
    }
}

/** The SDK's own, whatever extensions put in their place. */
const GET_APPLICABLE_TAXES = OrderlinePrices.prototype.get_applicable_taxes;
const GET_TAXES = OrderlinePrices.prototype.get_taxes;

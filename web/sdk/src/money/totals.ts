/** Lines and orders in amounts: prices, discounts, taxes, totals. The same on every till, to the last cent. */

import { type Amount, type Decimal, decimal, HUNDRED, ONE, sum, ZERO } from './decimal.js';
import { round } from './rounding.js';
import { computeTaxes, type LineTaxes, type Tax, type TaxAmount } from './tax.js';

/** Odoo's `res.company.tax_calculation_rounding_method`: each line's taxes are rounded, or each tax of the order once. */
export type TaxRounding = 'round_per_line' | 'round_globally';

/** How amounts are rounded. */
export interface RoundingRules {
    /** The currency's step, such as 0.01. */
    rounding: number;
    taxRounding: TaxRounding;
}

/** What a line's amounts follow from. */
export interface PricedLine {
    price_unit: Amount;
    qty: Amount;
    /** Percent, 0 to 100. */
    discount: Amount;
    /** The taxes that hold, after fiscal position mapping. */
    taxes: readonly Tax[];
}

/** quantity × unit price − discount, rounded to the currency: the line's price as the tag says it. */
export function linePrice(line: PricedLine, rules: RoundingRules): Decimal {
    const kept = ONE.minus(decimal(line.discount).div(HUNDRED));
    return round(decimal(line.price_unit).times(line.qty).times(kept), rules.rounding);
}

/**
 * A line's price taken apart. Under `round_per_line` all amounts are rounded; under `round_globally` they are exact, and
 * are rounded where they are shown and in the order's totals.
 */
export function computeLine(line: PricedLine, rules: RoundingRules): LineTaxes {
    const rounded = (amount: Decimal) =>
        rules.taxRounding === 'round_per_line' ? round(amount, rules.rounding) : amount;
    return computeTaxes(line.taxes, linePrice(line, rules), line.qty, rounded);
}

/** An order's totals: `total_without_tax` + `total_tax` = `total_with_tax`, and `total_tax` is the sum of `taxes`. */
export interface OrderTotals {
    total_with_tax: Decimal;
    total_without_tax: Decimal;
    total_tax: Decimal;
    /** One entry for each tax, in the order in which they first come up. */
    taxes: TaxAmount[];
}

/**
 * The totals of an order's lines.
 *
 * Under `round_per_line` they are the sums of the lines' rounded amounts. Under `round_globally` each tax is added up
 * over all lines and then rounded once (Odoo's rule for `round_globally`), and the total without tax is what remains of
 * the prices: so the price tags of lines whose taxes are included always add up to the total that is paid. (Odoo rounds
 * the total without tax on its own, and may then miss the price tags by a cent.)
 */
export function computeOrder(lines: readonly LineTaxes[], rules: RoundingRules): OrderTotals {
    const taxes = new Map<number, TaxAmount>();
    let prices = ZERO;
    for (const line of lines) {
        prices = prices.plus(line.total_excluded);
        for (const { tax, base, amount } of line.taxes) {
            if (tax.price_include) prices = prices.plus(amount);
            const known = taxes.get(tax.id) ?? { tax, base: ZERO, amount: ZERO };
            taxes.set(tax.id, { tax, base: known.base.plus(base), amount: known.amount.plus(amount) });
        }
    }
    const rounded = [...taxes.values()].map(({ tax, base, amount }) => ({
        tax,
        base: round(base, rules.rounding),
        amount: round(amount, rules.rounding),
    }));
    const total_tax = sum(rounded.map(({ amount }) => amount));
    const included = sum(rounded.filter(({ tax }) => tax.price_include).map(({ amount }) => amount));
    const total_without_tax = round(prices, rules.rounding).minus(included);
    return {
        total_with_tax: total_without_tax.plus(total_tax),
        total_without_tax,
        total_tax,
        taxes: rounded,
    };
}

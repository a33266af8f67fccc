/** What an order comes to, and what of that is paid. */

import { type Decimal, decimal, HUNDRED, sum, toNumber, ZERO } from '../money/decimal.js';
import { cashDifference, round } from '../money/rounding.js';
import type { LineTaxes } from '../money/tax.js';
import { computeOrder, type RoundingRules, type OrderTotals as Totals } from '../money/totals.js';
import { Backbone } from './backbone.js';
import type { Orderlines } from './orderline.js';
import type { Paymentline, Paymentlines } from './paymentline.js';
import type { PosModel } from './pos_model.js';

/** One tax of an order, as receipts show it. */
export interface TaxDetail {
    tax: { id: number; name: string };
    name: string;
    /** What it was computed on. */
    base: number;
    amount: number;
}

/** What was added up last, and of what. */
interface Summed {
    lines: readonly LineTaxes[];
    rules: RoundingRules;
    totals: Totals;
}

/** The part of an order that computes. Amounts are rounded to the currency, and exact. */
export class OrderTotals extends Backbone.Model {
    declare pos: PosModel;
    declare orderlines: Orderlines;
    declare paymentlines: Paymentlines;

    private declare summed: Summed | undefined;

    /** All totals at once, as decimals. One painting asks for them several times, and for those of every open order. */
    get_totals(): Totals {
        const { rules } = this.pos;
        const lines = this.orderlines.models.map(line => line.get_amounts());
        const last = this.summed;
        const isSame =
            last?.rules === rules &&
            last.lines.length === lines.length &&
            // A line whose price is as it was has the same amounts, not only equal ones.
            lines.every((line, at) => line === last.lines[at]);
        if (last && isSame) return last.totals;
        const totals = computeOrder(lines, rules);
        this.summed = { lines, rules, totals };
        return totals;
    }

    get_total_with_tax(): number {
        return toNumber(this.get_totals().total_with_tax);
    }

    get_total_without_tax(): number {
        return toNumber(this.get_totals().total_without_tax);
    }

    get_total_tax(): number {
        return toNumber(this.get_totals().total_tax);
    }

    /** Each tax with its amount, by the taxes' sequence. */
    get_tax_details(): TaxDetail[] {
        return [...this.get_totals().taxes]
            .sort((a, b) => a.tax.sequence - b.tax.sequence || a.tax.id - b.tax.id)
            .map(({ tax, base, amount }) => ({
                tax,
                name: tax.name,
                base: toNumber(base),
                amount: toNumber(amount),
            }));
    }

    /** The sum of what the lines show. */
    get_subtotal(): number {
        return toNumber(sum(this.orderlines.map(line => line.get_display_price())));
    }

    /** What the discounts took off the price tags. */
    get_total_discount(): number {
        const discounts = this.orderlines.map(line => {
            const full = decimal(line.get_unit_price()).times(line.get_quantity());
            return round(full.times(line.get_discount()).div(HUNDRED), this.pos.currency.rounding);
        });
        return toNumber(sum(discounts));
    }

    get_total_paid(): number {
        return toNumber(this.paid());
    }

    /**
     * What is added to the total so that coins can pay it; 0 unless the POS rounds cash and the last payment is cash.
     */
    get_rounding_applied(): number {
        return toNumber(this.coins());
    }

    /**
     * What is still to be paid; negative if too much was given. Of a refund (a negative total) it is negative as long as
     * something is still to be given back.
     *
     * @param paymentline counts only what was paid before this one.
     */
    get_due(paymentline?: Paymentline): number {
        return toNumber(this.due(paymentline));
    }

    /** What goes back to the customer. Negative: what comes back of a refund, when too much was given. */
    get_change(paymentline?: Paymentline): number {
        const after = paymentline ? this.due(paymentline).minus(paymentline.get_amount()) : this.due();
        const isTooMuch = this.isRefund() ? after.greaterThan(0) : after.lessThan(0);
        return isTooMuch ? toNumber(after.negated()) : 0;
    }

    /** Whether the payments cover the total; of a refund, whether all of it is given back. */
    is_paid(): boolean {
        const due = this.due();
        return this.isRefund() ? !due.lessThan(0) : !due.greaterThan(0);
    }

    private isRefund(): boolean {
        return this.get_totals().total_with_tax.lessThan(0);
    }

    private due(before?: Paymentline): Decimal {
        return this.get_totals().total_with_tax.plus(this.coins()).minus(this.paid(before));
    }

    private paid(before?: Paymentline): Decimal {
        const all = [...this.paymentlines.models];
        const counted = before ? all.slice(0, all.indexOf(before)) : all;
        return sum(counted.map(line => line.get_amount()));
    }

    private coins(): Decimal {
        const { cash_rounding } = this.pos;
        const last = this.paymentlines.last();
        if (!this.pos.config.cash_rounding || !cash_rounding || !last?.is_cash()) return ZERO;
        const others = this.paymentlines.filter(line => !line.is_cash()).map(line => line.get_amount());
        return cashDifference(this.get_totals().total_with_tax.minus(sum(others)), cash_rounding);
    }
}

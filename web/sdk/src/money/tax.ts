/**
 * The taxes of one line.
 *
 * The rules are those of Odoo's `account.tax` (its documented fields `amount_type`, `price_include`,
 * `include_base_amount`, `sequence` and the method `compute_all`):
 *
 * - Taxes are taken by `sequence`, then by id. A group stands for its children, in its own place.
 * - `percent` is a part of the base; `fixed` is an amount for each unit; `division` is a part of the price *with* the
 *   tax: 10 % of 200 included is 20 on a base of 180.
 * - `price_include`: the price on the tag contains the tax. The base is then found backwards from the price.
 * - `include_base_amount`: the taxes after this one are computed on the base plus this tax.
 * - The price of a line is rounded to the currency first, whichever method is chosen; what is included in it always
 *   adds up to it again. Negative lines (refunds) mirror positive ones.
 *
 * Where Odoo refuses a mix (a tax that is not included in the price but raises the base of an included one), a till
 * must still tell a price: the price on the tag is split among the included taxes alone, and the others come on top.
 */

import { type Amount, type Decimal, decimal, HUNDRED, ONE, ZERO } from './decimal.js';

export type AmountType = 'percent' | 'fixed' | 'division' | 'group';

/** What both forms of a tax have: of one that is computed with, and of one as Odoo sends it. */
export interface TaxFields {
    id: number;
    name: string;
    amount_type: AmountType;
    /** Percent for `percent` and `division`; an amount of the currency for each unit for `fixed`; unused for a group. */
    amount: number;
    price_include: boolean;
    include_base_amount: boolean;
    sequence: number;
}

/** A tax as Odoo's `account.tax` describes it. */
export interface Tax extends TaxFields {
    /** The members of a group. */
    children?: readonly Tax[];
}

/** One tax of a line: what it was computed on and what it comes to. */
export interface TaxAmount {
    tax: Tax;
    base: Decimal;
    amount: Decimal;
}

/** A line's price taken apart: `total_excluded` plus all `amount`s is `total_included`, exactly. */
export interface LineTaxes {
    total_excluded: Decimal;
    total_included: Decimal;
    taxes: TaxAmount[];
}

/** Groups in groups go no deeper. */
export const GROUP_DEPTH_MAX = 8;

/**
 * Takes a line's price apart.
 *
 * @param price quantity × unit price − discount, rounded to the currency.
 * @param quantity counts the units for `fixed` taxes.
 * @param rounded rounds each amount; leaves it as it is where rounding happens globally.
 * @throws RangeError when `division` taxes come to 100 % or more.
 */
export function computeTaxes(
    taxes: readonly Tax[],
    price: Amount,
    quantity: Amount,
    rounded: (amount: Decimal) => Decimal,
): LineTaxes {
    const exact = decimal(price);
    const count = decimal(quantity);
    const mirrored = exact.isNegative() || (exact.isZero() && count.isNegative());
    const amounts = split(flatten(taxes), exact.abs(), count.abs(), rounded);
    return mirrored ? mirror(amounts) : amounts;
}

/** The taxes in the order in which they are computed, groups replaced by their members. */
export function flatten(taxes: readonly Tax[], depth = 0): Tax[] {
    if (depth > GROUP_DEPTH_MAX) {
        throw new RangeError(`tax groups go deeper than ${GROUP_DEPTH_MAX}; does a group contain itself?`);
    }
    return [...taxes]
        .sort((a, b) => a.sequence - b.sequence || a.id - b.id)
        .flatMap(tax => (tax.amount_type === 'group' ? flatten(tax.children ?? [], depth + 1) : [tax]));
}

/** Splits a price that is not negative. */
function split(
    taxes: Tax[],
    price: Decimal,
    count: Decimal,
    rounded: (amount: Decimal) => Decimal,
): LineTaxes {
    const included = taxes.filter(tax => tax.price_include);
    const base = included.length === 0 ? price : rounded(baseOf(included, price, count));
    const inTag = computeIncluded(included, base, price, count, rounded);

    const amounts: TaxAmount[] = [];
    let running = base;
    let total = base;
    for (const tax of taxes) {
        const amount = inTag.get(tax) ?? {
            tax,
            base: running,
            amount: rounded(onTop(tax, running, count)),
        };
        amounts.push(amount);
        total = total.plus(amount.amount);
        if (tax.include_base_amount) running = running.plus(amount.amount);
    }
    return { total_excluded: base, total_included: total, taxes: amounts };
}

/** `factor` × the line's base + `constant`. */
interface Linear {
    factor: Decimal;
    constant: Decimal;
}

/**
 * The base in a price that includes all of `taxes`. Each tax is a linear function of the base, so the price is one too,
 * and is solved for the base.
 */
function baseOf(taxes: readonly Tax[], price: Decimal, count: Decimal): Decimal {
    let running: Linear = { factor: ONE, constant: ZERO };
    let total: Linear = running;
    for (const [index, tax] of taxes.entries()) {
        const amount = linear(tax, running, count, divisionsBeside(taxes, index));
        total = plus(total, amount);
        if (tax.include_base_amount) running = plus(running, amount);
    }
    return price.minus(total.constant).div(total.factor);
}

/**
 * The included taxes on the base that was found. The last one that depends on the base takes what rounding left over,
 * so that base and taxes add up to the price on the tag.
 */
function computeIncluded(
    taxes: readonly Tax[],
    base: Decimal,
    price: Decimal,
    count: Decimal,
    rounded: (amount: Decimal) => Decimal,
): Map<Tax, TaxAmount> {
    const amounts: TaxAmount[] = [];
    let running = base;
    let left = price.minus(base);
    for (const [index, tax] of taxes.entries()) {
        const { constant } = linear(
            tax,
            { factor: ZERO, constant: running },
            count,
            divisionsBeside(taxes, index),
        );
        const amount = rounded(constant);
        amounts.push({ tax, base: running, amount });
        left = left.minus(amount);
        if (tax.include_base_amount) running = running.plus(amount);
    }
    const last = amounts.findLast(({ tax }) => tax.amount_type !== 'fixed') ?? amounts.at(-1);
    if (last) last.amount = last.amount.plus(left);
    return new Map(amounts.map(amount => [amount.tax, amount]));
}

/** A tax that is included in the price, as a function of the line's base. */
function linear(tax: Tax, running: Linear, count: Decimal, divisions: Decimal): Linear {
    const rate = decimal(tax.amount).div(HUNDRED);
    switch (tax.amount_type) {
        case 'percent':
            return times(running, rate);
        case 'fixed':
            return { factor: ZERO, constant: count.times(tax.amount) };
        case 'division':
            return times(running, rate.div(ONE.minus(checked(divisions))));
        case 'group':
            return { factor: ZERO, constant: ZERO };
    }
}

/**
 * The sum of the `division` taxes that are computed on the same base as the one at `index`: each is a part of the price
 * that contains them all.
 */
function divisionsBeside(taxes: readonly Tax[], index: number): Decimal {
    let from = index;
    while (from > 0 && !taxes[from - 1]?.include_base_amount) from -= 1;
    let to = index;
    while (to < taxes.length - 1 && !taxes[to]?.include_base_amount) to += 1;
    return taxes
        .slice(from, to + 1)
        .filter(tax => tax.amount_type === 'division')
        .reduce((rates, tax) => rates.plus(decimal(tax.amount).div(HUNDRED)), ZERO);
}

/** A tax that comes on top of its base. */
function onTop(tax: Tax, base: Decimal, count: Decimal): Decimal {
    const rate = decimal(tax.amount).div(HUNDRED);
    switch (tax.amount_type) {
        case 'percent':
            return base.times(rate);
        case 'fixed':
            return count.times(tax.amount);
        case 'division':
            return base.div(ONE.minus(checked(rate))).minus(base);
        case 'group':
            return ZERO;
    }
}

function checked(divisions: Decimal): Decimal {
    if (divisions.lessThan(ONE)) return divisions;
    throw new RangeError('taxes that are a part of the price with tax must come to less than 100 %');
}

function plus(a: Linear, b: Linear): Linear {
    return { factor: a.factor.plus(b.factor), constant: a.constant.plus(b.constant) };
}

function times(a: Linear, by: Decimal): Linear {
    return { factor: a.factor.times(by), constant: a.constant.times(by) };
}

function mirror(line: LineTaxes): LineTaxes {
    return {
        total_excluded: line.total_excluded.negated(),
        total_included: line.total_included.negated(),
        taxes: line.taxes.map(({ tax, base, amount }) => ({
            tax,
            base: base.negated(),
            amount: amount.negated(),
        })),
    };
}

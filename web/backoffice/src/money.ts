/** Amounts, in the shop's currency and as this device's language writes them. They are decimals, never binary floats. */
import { type Signal, signal } from '@preact/signals';
import { Decimal as Base } from 'decimal.js';
import type { Currency } from './api/types';

/** Decimals of our own settings: 40 significant digits, halves away from zero, as the SDK's. */
export const Decimal = Base.clone({
    precision: 40,
    rounding: Base.ROUND_HALF_UP,
    toExpNeg: -30,
    toExpPos: 30,
});
export type Decimal = Base;

/** Of the shop; null until it is known. */
export const currency: Signal<Currency | null> = signal(null);

/** Zero for what is no amount: an answer that lacks one must not take a screen away. */
export function decimal(amount: unknown): Decimal {
    try {
        const read = new Decimal(amount as string);
        return read.isFinite() ? read : new Decimal(0);
    } catch {
        return new Decimal(0);
    }
}

export function sum(amounts: Iterable<unknown>): Decimal {
    let total = new Decimal(0);
    for (const amount of amounts) total = total.plus(decimal(amount));
    return total;
}

/** How many decimals the currency's amounts have. */
export function decimalsOf({ rounding }: Pick<Currency, 'rounding'>): number {
    const step = decimal(rounding);
    return step.isPositive() && !step.isZero() ? step.decimalPlaces() : 2;
}

/** An amount with its sign: `1,234.50 €`. */
export function format(amount: unknown, locale: string, of: Currency | null): string {
    const places = of ? decimalsOf(of) : 2;
    const rounded = decimal(amount).toDecimalPlaces(places);
    const text = groups(rounded.isZero() ? '0' : rounded.toFixed(places), locale, places);
    if (!of) return text;
    const sign = of.symbol || of.name;
    return of.position === 'before' ? text.replace(/^(-?)/, `$1${sign}`) : `${text}\u00a0${sign}`;
}

/** Of numbers, text as well: a browser of today writes all digits of it. */
function groups(text: string, locale: string, places: number): string {
    const format = new Intl.NumberFormat(locale, {
        minimumFractionDigits: places,
        maximumFractionDigits: places,
    });
    return format.format(text as unknown as number);
}

/** A quantity: up to three decimals, no zeros behind. */
export function quantity(amount: unknown, locale: string): string {
    const text = decimal(amount).toDecimalPlaces(3).toString();
    return new Intl.NumberFormat(locale, { maximumFractionDigits: 3 }).format(text as unknown as number);
}

/**
 * What was typed, as decimal text; null for nothing, or for what is no amount. More decimals than the currency has are
 * none: whoever types 12,345 may mean twelve thousand.
 */
export function typedAmount(text: string, places: number): string | null {
    const plain = latinDigits(text.trim().replace(/[\u2212]/g, '-')).replace(/[,٫]/, '.');
    const [, part = ''] = /^-?\d+(?:\.(\d+))?$/.exec(plain) ?? [];
    if (!/^-?\d+(\.\d+)?$/.test(plain) || part.length > places) return null;
    return decimal(plain).toFixed(places);
}

/** Arabic and Persian keyboards have digits of their own. */
function latinDigits(text: string): string {
    return text.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, one =>
        String(((one.codePointAt(0) ?? 0) & 0xf) % 10),
    );
}

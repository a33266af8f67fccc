/** JSON as it is compared, added up and written: one spelling for one value, the same as the server's. */
import canonicalize from 'canonicalize';
import { Decimal as DecimalJs } from 'decimal.js';
import type { Fields, Json } from '../client/types.js';

/** The largest amount of a quantity or price, either sign. Beyond it a double cannot hold the cents. */
export const AMOUNT_MAX = 1_000_000_000_000;
/** Decimal places that an amount may have; what is beyond is the noise of doubles and is rounded away. */
export const AMOUNT_SCALE_MAX = 12;
/** Places that the server's decimals can be read with at all; a number that needs more is no amount. */
const READ_SCALE_MAX = 28;
/** Objects and lists, one in the other, that a value may consist of (PROTOCOL.md, Bounds). */
export const DEPTH_MAX = 32;
/** The field that holds a line's quantity. */
export const QTY = 'qty';

/** Exact decimals: enough digits for any sum of two amounts, ties to the even digit as on the server. */
export const Decimal = DecimalJs.clone({ precision: 60, rounding: DecimalJs.ROUND_HALF_EVEN });
export type Decimal = DecimalJs;

/**
 * A JSON number as an exact decimal: the shortest decimal that the double stands for, so that `0.1` is a tenth.
 *
 * @returns null for what is no number, or lies beyond {@link AMOUNT_MAX}
 */
export function amount(value: Json | undefined): Decimal | null {
    if (typeof value !== 'number' || !Number.isFinite(value)) return null;
    const exact = new Decimal(value);
    if (exact.decimalPlaces() > READ_SCALE_MAX || exact.abs().greaterThan(AMOUNT_MAX)) return null;
    return exact.toDecimalPlaces(AMOUNT_SCALE_MAX);
}

/** Whether an amount can be read again after it was written. */
export function isWithinBounds(exact: Decimal): boolean {
    return exact.abs().lessThanOrEqualTo(AMOUNT_MAX);
}

/** Writes an exact decimal as a JSON number; there is no negative zero. */
export function number(exact: Decimal): number {
    return exact.toNumber() + 0;
}

/** A quantity; zero for a line that has none or has something else there. */
export function quantity(fields: Fields): Decimal {
    return amount(member(fields, QTY)) ?? new Decimal(0);
}

/** Whether a value is nested deeper than so many objects and lists. */
export function isDeeper(value: Json | undefined, levels: number): boolean {
    if (typeof value !== 'object' || value === null) return false;
    return levels === 0 || Object.values(value).some(inner => isDeeper(inner, levels - 1));
}

/** Text as UTF-8 can hold it: half of a pair, as a cut emoji leaves it, becomes the replacement character. */
export function wellFormed(text: string): string {
    return text.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD');
}

/** Canonical JSON (RFC 8785): the text in which two replicas are compared. */
export function canonical(value: unknown): string {
    return canonicalize(value) ?? 'null';
}

/** A member of an object, never one that JavaScript's objects inherit (`constructor`, `__proto__`). */
export function member(fields: Fields, name: string): Json | undefined {
    return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** The fields with this member; the same object when it has that value already. */
export function withMember(fields: Fields, name: string, value: Json): Fields {
    const before = member(fields, name);
    return before !== undefined && equal(before, value) ? fields : { ...fields, [name]: value };
}

/** The fields without this member. */
export function withoutMember(fields: Fields, name: string): Fields {
    if (!Object.hasOwn(fields, name)) return fields;
    const { [name]: _, ...rest } = fields;
    return rest;
}

/** Whether a value is an object: neither a list nor null. */
export function isObject(value: Json | undefined): value is Fields {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether two JSON values are the same, whatever the order of their members. */
export function equal(one: unknown, other: unknown): boolean {
    if (one === other) return true;
    if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
    if (Array.isArray(one) || Array.isArray(other)) {
        if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false;
        return one.every((item, at) => equal(item, other[at]));
    }
    const names = Object.keys(one);
    if (names.length !== Object.keys(other).length) return false;
    const [left, right] = [one as Fields, other as Fields];
    return names.every(name => Object.hasOwn(right, name) && equal(left[name], right[name]));
}

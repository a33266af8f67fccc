/** What the lines of an order come to, and who took lines off. */
import type { HistoryEntry, Mark, OrderLine } from '../api/types';
import { type Decimal, decimal } from '../money';

/** Quantity, price and discount as they stand on the line. */
export function totalOf({ qty, price_unit, discount }: OrderLine): Decimal {
    const share = decimal(100).minus(decimal(discount)).div(100);
    return decimal(qty).times(decimal(price_unit)).times(share);
}

export interface Removal {
    line: OrderLine;
    /** Null where the history does not say. */
    by: Mark | null;
    ms: number | null;
}

/**
 * Lines that were taken off, each with who did it: the first entry of the history that says that a line of this product
 * was removed, and that no other line has yet.
 */
export function removalsOf(removed: readonly OrderLine[], entries: readonly HistoryEntry[]): Removal[] {
    const open = entries.flatMap(({ user, pos, time_ms, details }) =>
        details
            .filter(({ kind }) => kind === 'removed')
            .map(({ text }) => ({ text, by: { user, pos }, ms: time_ms })),
    );
    return removed.map(line => {
        const name = line.product?.name ?? '';
        const at = open.findIndex(({ text }) => name !== '' && text.includes(name));
        const [found] = at < 0 ? [] : open.splice(at, 1);
        return { line, by: found?.by ?? null, ms: found?.ms ?? null };
    });
}

/** What the lines of an order come to, and who took lines off. */
import type { HistoryEntry, Mark, OrderLine } from '../api/types';
import { type Decimal, decimal } from '../money';

/** Quantity, price and discount as they stand on the line. */
export function totalOf({ qty, price_unit, discount }: OrderLine): Decimal {
    const share = decimal(100).minus(decimal(discount)).div(100);
    return decimal(qty).times(decimal(price_unit)).times(share);
}

/** Something that was taken off: a whole line, or some of one, which only the history knows. */
export interface Removal {
    line: OrderLine | null;
    /** As the history says it. */
    text: string;
    /** Null where the history does not say. */
    by: Mark | null;
    ms: number | null;
}

/**
 * Everything that was taken off, the last first. The history says who and when; a line that was taken off whole is found
 * to it by its product.
 */
export function removalsOf(removed: readonly OrderLine[], entries: readonly HistoryEntry[]): Removal[] {
    // Whoever typed a line down to nothing took off what there was then: the empty line says nothing.
    const lines = removed.filter(({ qty }) => !decimal(qty).isZero());
    const told = entries.flatMap(({ user, pos, time_ms, details }) =>
        details
            .filter(({ kind }) => kind === 'removed')
            .map(({ text }): Removal => {
                const at = lines.findIndex(line => says(text, line));
                const [line = null] = at < 0 ? [] : lines.splice(at, 1);
                return { line, text, by: { user, pos }, ms: time_ms };
            }),
    );
    return [...lines.map(line => ({ line, text: '', by: null, ms: null })), ...told.toReversed()];
}

/** Whether a sentence is of this line: it has its product and its quantity. */
function says(text: string, { qty, product }: OrderLine): boolean {
    return product != null && text.includes(product.name) && text.includes(`${decimal(qty)} ×`);
}

/** The cash of a session: what was typed, and how far it is from what there should be. */
import type { CashCount } from '../api/types';
import { decimal, typedAmount } from '../money';

export interface Count extends CashCount {
    text: string;
    /** Decimal text; null while it is nothing, or no amount. */
    typed: string | null;
    /** Of what was typed; null until then. */
    off: string | null;
}

/** @param typed what stands in the fields, by the id of the payment method */
export function countsOf(cash: readonly CashCount[], typed: Record<number, string>, places: number): Count[] {
    return cash.map(each => {
        const text = typed[each.method.id] ?? '';
        const amount = typedAmount(text, places);
        const isAmount = amount !== null && !decimal(amount).isNegative();
        const off = isAmount ? decimal(amount).minus(decimal(each.expected)).toFixed(places) : null;
        return { ...each, text, typed: isAmount ? amount : null, off };
    });
}

/** What is sent: the count of each method; null while one is not counted. */
export function cashOf(counts: readonly Count[]): Record<string, string> | null {
    const cash: Record<string, string> = {};
    for (const { method, typed } of counts) {
        if (typed === null) return null;
        cash[method.id] = typed;
    }
    return cash;
}

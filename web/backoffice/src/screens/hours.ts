/** A report's hours and days, one after another: those that sold nothing too. */
import type { Sales } from '../api/types';
import { dayBegin } from '../days';
import { decimal } from '../money';

const HOUR_MS = 3_600_000;
/** A week: whoever looks at more looks at days. */
const HOURS_MAX = 24 * 7;

/** Every hour from the first that sold something to the last, empty ones too. */
export function hoursOf(sales: Sales): Sales['by_hour'] {
    const known = new Map(sales.by_hour.map(row => [Number(row.id), row]));
    const ids = [...known.keys()].sort((a, b) => a - b);
    const [first, last] = [ids[0], ids.at(-1)];
    if (first === undefined || last === undefined) return [];
    const count = Math.min((last - first) / HOUR_MS + 1, HOURS_MAX);
    return Array.from({ length: count }, (_, at) => {
        const id = first + at * HOUR_MS;
        return known.get(id) ?? { id, name: '', orders: 0, qty: '0', net: '0', tax: '0', total: '0' };
    });
}

/** Days that are drawn at most. */
const DAYS_MAX = 92;

/** What was sold on each day from the first to the last, as decimal text; `ms` is when it began. */
export function daysOfSales({ by_hour }: Sales): { ms: number; total: string }[] {
    const totals = new Map<number, string>();
    for (const { id, total } of by_hour) {
        const ms = dayBegin(id);
        totals.set(
            ms,
            decimal(totals.get(ms) ?? 0)
                .plus(decimal(total))
                .toString(),
        );
    }
    const last = Math.max(...totals.keys());
    const days: { ms: number; total: string }[] = [];
    for (let ms = Math.min(...totals.keys()); ms <= last && days.length < DAYS_MAX; ms = dayBegin(ms, 1))
        days.push({ ms, total: totals.get(ms) ?? '0' });
    return days;
}

/** A session's report as lines of CSV: what, of what, how much. */
import type { SessionReport } from '../api/types';

export function csvOf({ session, sold, cash, moves }: SessionReport): string[][] {
    const iso = (ms: number | null | undefined) => (ms ? new Date(ms).toISOString() : '');
    const lines: [string, string, string | number | null][] = [
        ['session', 'id', session.id],
        ['session', 'pos', session.pos.name],
        ['session', 'opened', iso(session.opened_ms)],
        ['session', 'closed', iso(session.closed_ms)],
        ['sold', 'orders', sold.orders],
        ['sold', 'refunds', sold.refunds],
        ['sold', 'late', sold.late],
        ['sold', 'total', sold.total],
        ['sold', 'tax', sold.tax],
        ['sold', 'rounding', sold.rounding],
        ['sold', 'change', sold.change],
        ...sold.methods.map(({ name, amount }): [string, string, string] => ['method', name, amount]),
        ...cash.flatMap(({ method, opening, taken, moves, expected, counted, difference }) =>
            Object.entries({ opening, taken, moves, expected, counted, difference }).map(
                ([what, amount]): [string, string, string | null] => [method.name, what, amount ?? null],
            ),
        ),
        ...moves.map(({ reason, amount }): [string, string, string] => ['move', reason, amount]),
        ...sold.taxes.flatMap(({ name, base, amount }): [string, string, string][] => [
            ['tax base', name, base],
            ['tax', name, amount],
        ]),
    ];
    return [['part', 'name', 'value'], ...lines.map(line => line.map(cell => String(cell ?? '')))];
}

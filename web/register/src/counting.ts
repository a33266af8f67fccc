/** The cash of a session: what there should be, and what was counted. */
import { type Cashregister, type Decimal, decimal, sum } from '@tillsync/sdk';
import type { CashMove, ClosedSession, Counted, SessionReport, Sold } from './server/sessions';

/** A payment method at the end of a session. */
export interface Expected {
    method: Cashregister;
    /** Cash is counted; of the others the till knows what there is. */
    isCash: boolean;
    opening: Decimal;
    /** What was taken, less the change that was given. */
    taken: Decimal;
    /** What went in or out for no order. */
    moved: Decimal;
    payments: number;
    expected: Decimal;
}

/**
 * What was typed, as a number; null for nothing, or for what is no amount. More decimals than the currency has are none:
 * whoever types 12,345 may mean twelve thousand.
 */
export function typedAmount(text: string, decimals: number): Decimal | null {
    const plain = latinDigits(text.trim()).replace(/[,٫]/, '.');
    const [, part = ''] = /^-?\d+(?:\.(\d+))?$/.exec(plain) ?? [];
    if (!/^-?\d+(\.\d+)?$/.test(plain) || part.length > decimals) return null;
    return decimal(plain);
}

/** Arabic and Persian keyboards have digits of their own. */
function latinDigits(text: string): string {
    const digit = (one: string) => String(((one.codePointAt(0) ?? 0) & 0xf) % 10);
    return text.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, digit);
}

/** What each method should come to. Change is given from the first cash method. */
export function expectedOf(
    methods: readonly Cashregister[],
    opening: Counted | undefined,
    sold: Sold,
    moves: readonly CashMove[] = [],
): Expected[] {
    const firstCash = methods.find(({ type }) => type === 'cash');
    return methods.map(method => {
        const isCash = method.type === 'cash';
        const taken = sold.methods.filter(({ journal }) => journal === method.journal_id[0]);
        const change = method === firstCash ? decimal(sold.change) : decimal(0);
        const money = sum(taken.map(({ amount }) => amount)).minus(change);
        const moved = sum(moves.filter(each => each.method === method.id).map(({ amount }) => amount));
        const before = isCash ? decimal(opening?.cash?.[method.id] ?? 0) : decimal(0);
        return {
            method,
            isCash,
            opening: before,
            taken: money,
            moved,
            payments: taken.reduce((count, { payments }) => count + payments, 0),
            expected: before.plus(money).plus(moved),
        };
    });
}

/** The cash that the last session left: what the next one begins with, unless somebody took some of it. */
export function leftBy(last: ClosedSession | null, method: Cashregister): string {
    return last?.closing?.cash?.[method.id] ?? '';
}

/** What a session's end says of itself: kept with it, and printed. */
export interface SessionEnd {
    report: SessionReport;
    expected: Expected[];
    /** What was counted, by the id of the method. */
    counted: Map<number, Decimal>;
    note: string;
}

export function differenceOf({ method, expected }: Expected, counted: ReadonlyMap<number, Decimal>): Decimal {
    return (counted.get(method.id) ?? expected).minus(expected);
}

/** What is sent with the closing: amounts as text, exact. */
export function closingOf({ expected, counted, note, report }: SessionEnd, decimals: number): Counted {
    const cash: Record<string, string> = {};
    const differences: Record<string, string> = {};
    for (const each of expected.filter(({ isCash }) => isCash)) {
        cash[each.method.id] = (counted.get(each.method.id) ?? each.expected).toFixed(decimals);
        differences[each.method.id] = differenceOf(each, counted).toFixed(decimals);
    }
    const { orders, refunds, total, tax, methods, change } = report.sold;
    return {
        cash,
        expected: Object.fromEntries(expected.map(e => [e.method.id, e.expected.toFixed(decimals)])),
        differences,
        sold: { orders, refunds, total, tax, change, methods },
        ...(note.trim() && { note: note.trim() }),
    };
}

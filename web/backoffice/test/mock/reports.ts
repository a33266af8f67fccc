/** The mock's sums: sessions, sales, what goes on now. Numbers, since nobody's money depends on them. */
import type { CashCount, ListedSession, Live, Named, SalesRow, SessionReport } from '../../src/api/types';
import { type MockOrder, type Orders, worth } from './orders';
import { nameOf, type Tables } from './shop';

interface Counted {
    opening: Record<string, string>;
    counted: Record<string, string> | null;
    moves: { ms: number; user: Named; amount: string; reason: string }[];
    closed_ms?: number | null;
    pos: { id: number };
}

const sumOf = (orders: MockOrder[]) => orders.reduce((sum, { listed }) => sum + Number(listed.total), 0);
const taken = (orders: MockOrder[], method: string) =>
    sumOf(orders.filter(({ payments }) => payments[0]?.methods[0]?.name === method));

function session(
    session: Counted,
    listed: ListedSession,
    sold: MockOrder[],
    orders: Orders,
    all: Counted[],
): SessionReport {
    const opening = Number(session.opening[1] ?? 0);
    const moves = session.moves.reduce((sum, { amount }) => sum + Number(amount), 0);
    const cash: CashCount = {
        method: { id: 1, name: 'Cash' },
        is_cash: true,
        opening: opening.toFixed(2),
        taken: taken(sold, 'Cash').toFixed(2),
        moves: moves.toFixed(2),
        expected: (opening + taken(sold, 'Cash') + moves).toFixed(2),
        counted: session.counted?.[1] ?? null,
        difference: listed.difference ?? null,
    };
    const isOpen = !session.closed_ms;
    const method = (journal: number, name: string) => ({
        ...{
            journal,
            name,
            payments: sold.filter(({ payments }) => payments[0]?.methods[0]?.name === name).length,
        },
        amount: taken(sold, name).toFixed(2),
    });
    return {
        session: listed,
        kind: isOpen ? 'x' : 'z',
        sold: {
            ...{
                orders: sold.length,
                refunds: 0,
                late: isOpen ? 1 : 0,
                rounding: '0.00',
                total: listed.total ?? '0',
            },
            ...{
                tax: (Number(listed.total) / 8).toFixed(2),
                change: '0.00',
                methods: [method(1, 'Cash'), method(2, 'Card')],
                taxes: [
                    {
                        id: 1,
                        name: 'VAT 20 %',
                        base: (sumOf(sold) * 0.4).toFixed(2),
                        amount: (sumOf(sold) * 0.08).toFixed(2),
                    },
                    {
                        id: 2,
                        name: 'VAT 10 %',
                        base: (sumOf(sold) * 0.45).toFixed(2),
                        amount: (sumOf(sold) * 0.045).toFixed(2),
                    },
                ],
            },
        },
        cash: [cash],
        moves: session.moves.map(move => ({ ...move, method: { id: 1, name: 'Cash' } })),
        opening_note: isOpen ? null : 'Fresh coins from the bank',
        closing_note: null,
        drafts: isOpen
            ? orders.all
                  .filter(({ listed: { state } }) => state === 'draft')
                  .map(({ listed: { uid, number, lines, user, pos } }) => ({
                      uid,
                      number,
                      lines,
                      added: { user, pos },
                  }))
            : [],
        silent: isOpen ? [{ pos: 'Terrace', user: { id: 3, name: 'Cleo' }, here: false, unsent: 0 }] : [],
        ends_run: all.filter(({ closed_ms, pos }) => !closed_ms && pos.id !== 4).length <= 1,
    };
}

function sales(tables: Tables, orders: Orders, query: URLSearchParams) {
    const [from, to, pos] = [
        Number(query.get('from_ms') ?? 0),
        Number(query.get('to_ms') || Date.now() * 2),
        Number(query.get('pos') ?? 0),
    ];
    const sold = orders.all.filter(
        ({ listed }) =>
            listed.state === 'paid' &&
            listed.time_ms >= from &&
            listed.time_ms < to &&
            (!pos || listed.pos.id === pos),
    );
    const rows = (each: (order: MockOrder) => [number, string, number, number][]): SalesRow[] => {
        const found = new Map<string, SalesRow>();
        for (const order of sold) {
            for (const [id, name, total, qty] of each(order)) {
                const row = found.get(String(id)) ?? {
                    id,
                    name,
                    orders: 0,
                    qty: 0,
                    net: '0',
                    tax: '0',
                    total: '0',
                };
                const sum = Number(row.total) + total;
                found.set(String(id), {
                    ...row,
                    ...{ orders: row.orders + 1, qty: String(Number(row.qty) + qty), total: sum.toFixed(2) },
                    ...{ net: (sum / 1.13).toFixed(2), tax: (sum - sum / 1.13).toFixed(2) },
                });
            }
        }
        return [...found.values()].sort((a, b) => Number(b.total) - Number(a.total));
    };
    const product = (id: number) => tables.products?.find(each => each.id === id);
    const category = (id: number) =>
        tables['pos-categories']?.find(each => each.id === product(id)?.pos_categ_id);
    const total = sumOf(sold);
    const byOrder = (key: (order: MockOrder) => [number, string]) =>
        rows(order => [[...key(order), Number(order.listed.total), 1]]);
    const byLine = (key: (id: number) => [number, string]) =>
        rows(order =>
            order.lines.map(line => [...key(line.product?.id ?? 0), worth(line), Number(line.qty)]),
        );
    return {
        totals: {
            orders: sold.length,
            refunds: 1,
            total: total.toFixed(2),
            net: (total / 1.13).toFixed(2),
            tax: (total - total / 1.13).toFixed(2),
        },
        by_pos: byOrder(({ listed }) => [listed.pos.id, listed.pos.name]),
        by_cashier: byOrder(({ listed }) => [listed.user.id, listed.user.name]),
        by_category: byLine(id => [category(id)?.id ?? 0, nameOf(category(id))]),
        by_product: byLine(id => [id, nameOf(product(id))]),
        by_tax: byLine(id => [
            Number((product(id)?.taxes_id as number[])[0]),
            `VAT ${(product(id)?.taxes_id as number[])[0] === 1 ? 20 : 10} %`,
        ]),
        by_method: byOrder(({ payments }) => [
            payments[0]?.methods[0]?.name === 'Cash' ? 1 : 2,
            payments[0]?.methods[0]?.name ?? '',
        ]),
        by_hour: byOrder(({ listed }) => [new Date(listed.time_ms).setMinutes(0, 0, 0), '']).sort(
            (a, b) => Number(a.id) - Number(b.id),
        ),
    };
}

function live(
    tables: Tables,
    orders: Orders,
    multi: { id: number; name: string; active?: boolean; run: number }[],
): Live {
    const now = Date.now();
    const people = [
        { id: 1, name: 'Ann' },
        { id: 2, name: 'Bob' },
        { id: 3, name: 'Cleo' },
    ];
    const wave = Array.from({ length: 60 }, (_, at) =>
        Math.max(0, Math.round(9 + 7 * Math.sin((at + now / 60_000) / 6) + ((at * 7919) % 5))),
    );
    return {
        now_ms: now,
        multi_sessions: multi.map(({ id, name, active, run }) => ({
            ...{ id, name, active: active ?? true, run, updates: wave },
            open_orders: orders.all.filter(
                ({ listed }) => listed.multi_session.id === id && listed.state === 'draft',
            ).length,
            tills: (tables['points-of-sale'] ?? [])
                .filter(({ multi_session }) => multi_session === id)
                .map((pos, at) => ({
                    ...{
                        device: `Tablet ${nameOf(pos)}`,
                        pos: { id: pos.id, name: nameOf(pos) },
                    },
                    ...{
                        user: people[at] ?? { id: 1, name: 'Ann' },
                        online: at !== 2,
                        since_ms: now - (at + 1) * 1_900_000,
                        app: '0.1.0',
                    },
                    ...{
                        icon:
                            at === 2 ? ('red' as const) : at === 1 ? ('orange' as const) : ('green' as const),
                    },
                    ...{
                        unsent: at === 2 ? 3 : 0,
                        oldest_ms: at === 2 ? 240_000 : null,
                        delay_ms: at === 2 ? null : 42 + at * 20,
                    },
                    order: null,
                })),
        })),
    };
}

export const reports = { session, sales, live };

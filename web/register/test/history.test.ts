import { expect, it } from 'vitest';
import { historyOf, type Names } from '../src/history';
import type { HistoryEntry, LoggedChange } from '../src/server/orders';

const names: Names = {
    product: id => `product ${id}`,
    partner: id => `partner ${id}`,
    fiscalPosition: id => `position ${id}`,
    pricelist: id => `pricelist ${id}`,
    money: amount => amount.toFixed(2),
};

let seq = 0;
function entry(changes: LoggedChange[], times: Partial<HistoryEntry> = {}): HistoryEntry {
    seq += 1;
    const [user, pos] = [
        { id: 1, name: 'Ann' },
        { id: 1, name: 'Bar' },
    ];
    return { seq, time_ms: 1_000_000, device_time_ms: 999_000, user, pos, changes, ...times };
}

const told = (...entries: HistoryEntry[]) =>
    historyOf(entries, names).map(({ told }) =>
        told.map(({ what, values }) => [what, ...Object.values(values)].join(' ')),
    );

const begun = entry([
    {
        change: 'registered',
        number: 7,
        fields: { partner_id: 3 },
        lines: [{ uid: 'x', fields: { product_id: 42, qty: 2, price_unit: 2.5 } }],
    },
]);

it('tells what was overwritten, and what was removed with how much of it there was', () => {
    const changes = entry([
        {
            change: 'updated',
            operations: [
                { op: 'increment', line: 'x', field: 'qty', by: 1 },
                { op: 'set', line: 'x', field: 'price_unit', value: 3 },
                { op: 'set', line: 'x', field: 'price_manually_set', value: true },
                { op: 'set', line: 'x', field: 'discount', value: 10 },
                { op: 'set', field: 'partner_id', value: false },
                { op: 'set', field: 'note', value: 'no ice' },
            ],
        },
    ]);
    const removed = entry([{ change: 'updated', operations: [{ op: 'remove_line', line: 'x', seen: 3 }] }]);
    expect(told(begun, changes, removed)).toEqual([
        ['begun 7', 'added 2 product 42'],
        [
            'more 1 product 42 3',
            'price product 42 2.50 3.00',
            'discount product 42 0 10',
            'customer ',
            'order_note no ice',
        ],
        ['removed 3 product 42'],
    ]);
});

it('tells payments by method, and the receipt', () => {
    const statement_ids = [
        [0, 0, { name: 'Cash', amount: 10 }],
        [0, 0, { name: 'Card', amount: 2.5 }],
    ];
    const payment = { id: 'p', till: 't', fields: { statement_ids } };
    expect(
        told(
            begun,
            entry([
                { change: 'payment_taken', payment },
                { change: 'paid', receipt: 12 },
            ]),
        )[1],
    ).toEqual(['payment Cash 10.00', 'payment Card 2.50', 'paid 12']);
});

it('what was kept aside changes nothing of what follows', () => {
    const aside = entry([
        { change: 'kept_aside', operations: [{ op: 'increment', line: 'x', field: 'qty', by: 5 }] },
    ]);
    const after = entry([
        { change: 'updated', operations: [{ op: 'set', line: 'x', field: 'qty', value: 4 }] },
    ]);
    expect(told(begun, aside, after).slice(1)).toEqual([
        ['aside', 'more 5 product 42 7'],
        ['qty product 42 2 4'],
    ]);
});

it('says when something was done long before the server heard of it', () => {
    const [late] = historyOf([entry([], { time_ms: 1_000_000, device_time_ms: 900_000 })], names);
    expect(late?.doneMs).toBe(900_000);
});

/** What a rescued order holds (rule 12, C5). */
import { expect, it } from 'vitest';
import { rescued } from '../../src/client/refusals.js';
import type { StoredRefused } from '../../src/client/storage.js';
import type { Fields, Operation } from '../../src/client/types.js';
import { OTHER } from './fake_server.js';

const refused = (
    operations: Operation[],
    lines: Record<string, Fields>,
    fields: Fields = {},
): StoredRefused => ({
    version: 1,
    id: 'c-1',
    uid: 'o',
    refusal: { reason: 'closed' },
    order: null,
    operations,
    lines,
    fields,
});
const coffee = (qty: number): Fields => ({ product_id: 42, qty, price_unit: 2.5 });

it.each<[string, Operation[], Fields[]]>([
    ['a tap', [{ op: 'increment', line: 'x', field: 'qty', by: 1 }], [coffee(1)]],
    [
        'two taps',
        [
            { op: 'increment', line: 'x', field: 'qty', by: 1 },
            { op: 'increment', line: 'x', field: 'qty', by: 0.1 },
        ],
        [coffee(1.1)],
    ],
    ['a typed quantity', [{ op: 'set', line: 'x', field: 'qty', value: 5 }], [coffee(3)]],
    ['a smaller one', [{ op: 'set', line: 'x', field: 'qty', value: 1 }], []],
    ['a note', [{ op: 'set', line: 'x', field: 'note', value: 'hot' }], []],
    [
        'a tap and a note',
        [
            { op: 'set', line: 'x', field: 'note', value: 'hot' },
            { op: 'increment', line: 'x', field: 'qty', by: 1 },
        ],
        [{ ...coffee(1), note: 'hot' }],
    ],
    [
        'a new line',
        [
            { op: 'add_line', line: 'y', fields: coffee(4) },
            { op: 'increment', line: 'y', field: 'qty', by: 1 },
        ],
        [coffee(5)],
    ],
    [
        'a new line that was taken away again',
        [
            { op: 'add_line', line: 'y', fields: coffee(4) },
            { op: 'remove_line', line: 'y', seen: 4 },
        ],
        [],
    ],
    ['a removal', [{ op: 'remove_line', line: 'x', seen: 2 }], []],
    ['more of a refund', [{ op: 'increment', line: 'back', field: 'qty', by: -1 }], [coffee(-1)]],
    ['less of a refund', [{ op: 'increment', line: 'back', field: 'qty', by: 1 }], []],
])('%s', (_, operations, lines) => {
    expect(rescued(refused(operations, { x: coffee(2), back: coffee(-3) }), OTHER).lines).toEqual(lines);
});

it('what was typed of the order itself is on the new one, at the prices of the former', () => {
    const operations: Operation[] = [{ op: 'set', field: 'note', value: 'terrace' }];
    const { fields } = rescued(refused(operations, {}, { pricelist_id: 3, partner_id: 8 }), OTHER);
    expect(fields).toEqual({ pricelist_id: 3, note: 'terrace' });
});

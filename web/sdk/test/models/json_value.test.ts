import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toJson } from '../../src/models/json_value.js';
import { DEPTH_MAX } from '../../src/rules/json.js';

const cycle: { inner?: object } = {};
cycle.inner = { cycle };
const deep = (levels: number): unknown => (levels === 0 ? 1 : { in: deep(levels - 1) });

test.each<[string, unknown, unknown]>([
    ['undefined', undefined, { absent: true }],
    ['a function', () => 1, { absent: true }],
    ['members that JSON leaves out', { a: undefined, b: () => 1, c: null }, { json: { c: null } }],
    ['places that JSON leaves out', [undefined, 1], { json: [null, 1] }],
    ['a date', { at: new Date(0) }, { json: { at: '1970-01-01T00:00:00.000Z' } }],
    ['half an emoji', { [`a${'🎂'[0]}`]: '🎂🎂'.slice(0, 3) }, { json: { 'a\uFFFD': '🎂\uFFFD' } }],
    ['negative zero', -0, { json: 0 }],
    ['NaN', { a: [1, Number.NaN] }, { refused: 'at a[1]: NaN is no JSON number' }],
    ['infinity', Number.POSITIVE_INFINITY, { refused: 'Infinity is no JSON number' }],
    ['a bigint', 1n, { refused: 'a bigint is no JSON; make it a number or text' }],
    ['a cycle', cycle, { refused: 'at inner.cycle: it contains itself' }],
    ['too deep', deep(DEPTH_MAX + 1), { refused: expect.stringContaining('nested deeper than 32') }],
    ['deep enough', deep(DEPTH_MAX), { json: deep(DEPTH_MAX) }],
])('%s', (_, value, expected) => {
    expect(toJson(value)).toEqual(expected);
});

test('the same object twice is no cycle; the copy is a copy', () => {
    const shared = { n: 1 };
    const exported = toJson([shared, shared]);
    shared.n = 2;
    expect(exported).toEqual({ json: [{ n: 1 }, { n: 1 }] });
});

test('what is JSON already comes out as it is', () => {
    fc.assert(
        fc.property(fc.jsonValue({ maxDepth: 8 }), value => {
            expect(toJson(value)).toEqual({ json: JSON.parse(JSON.stringify(value)) });
        }),
    );
});

/** The laws that `crates/core/tests/laws.rs` states, as far as they are about what a till computes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fields, Json, Mark, MergeRule, Operation } from '../../src/client/types.js';
import { diff } from '../../src/rules/diff.js';
import { amount, canonical, Decimal, number } from '../../src/rules/json.js';
import { apply, type Content } from '../../src/rules/operation.js';
import { Replica } from '../../src/rules/replica.js';
import type { Change, EventMessage, View, WireOrder } from '../../src/wire/protocol.js';

const MARKS: Mark[] = [0, 1, 2].map(id => ({
    user: { id, name: `U${id}` },
    pos: { id: id % 2, name: `P${id % 2}` },
}));
const mark = MARKS[0] as Mark;

/** Thousandths as a JSON number. */
const thousandths = (whole: number) => number(new Decimal(whole).dividedBy(1000));
const anyAmount = fc.integer({ min: -9_999_999, max: 9_999_999 }).map(thousandths);
/** JSON of any shape, with names that JavaScript's objects inherit among its members. */
const name = fc.constantFrom('a', 'b', 'qty', 'tags', 'map', 'constructor', '__proto__', 'toString');
const { json: anyJson } = fc.letrec<{ json: Json; fields: Fields }>(tie => ({
    json: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom<Json>(null, true, false, '', 'é', 'x'),
        anyAmount,
        fc.array(tie('json'), { maxLength: 3 }),
        tie('fields'),
    ),
    fields: fc
        .array(fc.tuple(name, tie('json')), { maxLength: 4 })
        .map(entries => Object.fromEntries(entries) as Fields),
}));
const anyFields: fc.Arbitrary<Fields> = fc
    .array(
        fc.tuple(fc.constantFrom('s', 'i', 't', 'm', 'u', 'qty', '__proto__'), fc.oneof(anyJson, anyAmount)),
        { maxLength: 6 },
    )
    .map(entries => Object.fromEntries(entries));
const anyView: fc.Arbitrary<View> = fc.record({
    fields: anyFields,
    lines: fc.uniqueArray(fc.record({ uid: fc.constantFrom('a', 'b', 'c', 'd', 'e'), fields: anyFields }), {
        selector: line => line.uid,
        maxLength: 5,
    }),
});
const RULES: Record<string, MergeRule> = { i: 'increment', t: 'tap', m: 'map', u: 'union' };
const ruleOf = (_: string, field: string): MergeRule =>
    Object.hasOwn(RULES, field) ? (RULES[field] as MergeRule) : 'set';

const content = (view: View): Content => ({
    fields: view.fields,
    lines: view.lines.map(line => ({ ...line, added: mark, edited: null })),
});

/** A view's text, lines in the order in which `to` would come out, amounts rounded, lists under `union` as sets. */
function shown(view: Content | View, order: string[]): string {
    const fields = (fields: Fields) =>
        Object.fromEntries(
            Object.entries(fields).map(([field, value]) => {
                const rule = ruleOf('', field);
                if ((rule === 'increment' || rule === 'tap') && amount(value)) {
                    return [field, number(amount(value) as Decimal)];
                }
                if (rule !== 'union' || !Array.isArray(value)) return [field, value];
                return [field, [...new Set(value.map(canonical))].sort()];
            }),
        );
    const lines = [...view.lines].sort((one, other) => order.indexOf(one.uid) - order.indexOf(other.uid));
    return canonical({
        fields: fields(view.fields),
        lines: lines.map(({ uid, fields: of }) => ({ uid, fields: fields(of) })),
    });
}

describe('laws', () => {
    it('M13: what differs leads from the one to the other', () => {
        fc.assert(
            fc.property(anyView, anyView, (from, to) => {
                const after = apply(content(from), diff(from, to, ruleOf), mark);
                const order = after.lines.map(line => line.uid);
                expect(shown(after, order)).toBe(shown(to, order));
                const kept = from.lines.map(line => line.uid).filter(uid => order.includes(uid));
                const came = to.lines.map(line => line.uid).filter(uid => !kept.includes(uid));
                expect(order).toEqual([...kept, ...came]);
            }),
        );
    });

    it('W7: applying what is there already keeps the identity of the order, its lines and its fields', () => {
        fc.assert(
            fc.property(anyView, view => {
                const before = content(view);
                expect(apply(before, diff(view, view, ruleOf), mark)).toBe(before);
                const after = apply(before, [{ op: 'set', field: 'new', value: 1 }], mark);
                expect(after.lines).toBe(before.lines);
            }),
        );
    });

    const edit = fc.tuple(fc.nat(5), fc.nat(3), anyJson, fc.integer({ min: -999, max: 999 }));
    const operation = (
        view: View,
        side: string,
        [line, kind, value, by]: [number, number, Json, number],
    ): Operation => {
        const uids = [...view.lines.map(line => line.uid), undefined];
        const uid = uids[line % uids.length];
        const on = uid === undefined ? {} : { line: uid };
        const field = `${side}${kind}`;
        if (kind === 0) return { op: 'set', ...on, field, value };
        if (kind === 1) return { op: 'set', ...on, field: 'both', key: field, value };
        if (kind === 2) return { op: 'unite', ...on, field, values: [value] };
        return { op: 'increment', ...on, field: 'n', by: thousandths(by) };
    };
    it('M11, M3, M4: edits of different fields, keys and lines, and increments, commute', () => {
        fc.assert(
            fc.property(
                anyView,
                fc.array(edit, { maxLength: 8 }),
                fc.array(edit, { maxLength: 8 }),
                (view, left, right) => {
                    const [one, other] = [
                        left.map(each => operation(view, 'l', each)),
                        right.map(each => operation(view, 'r', each)),
                    ];
                    const leftFirst = apply(apply(content(view), one, mark), other, mark);
                    const rightFirst = apply(apply(content(view), other, mark), one, mark);
                    expect(canonical(leftFirst)).toBe(canonical(rightFirst));
                },
            ),
        );
    });

    it('M3: increments add up exactly', () => {
        fc.assert(
            fc.property(
                fc.integer({ min: -9_999_999, max: 9_999_999 }),
                fc.array(fc.integer({ min: -9_999, max: 9_999 }), { maxLength: 40 }),
                (start, steps) => {
                    const order = content({ fields: { n: thousandths(start) }, lines: [] });
                    const operations = steps.map(
                        (by): Operation => ({ op: 'increment', field: 'n', by: thousandths(by) }),
                    );
                    const sum = steps.reduce((sum, by) => sum + by, start);
                    expect(apply(order, operations, mark).fields.n).toBe(thousandths(sum));
                },
            ),
        );
    });

    const anyOperation: fc.Arbitrary<Operation> = fc.oneof(
        fc.record({ op: fc.constant('set' as const), field: name, value: anyJson }),
        fc.record({
            op: fc.constant('set' as const),
            line: fc.constantFrom('a', 'b', 'c'),
            field: name,
            value: anyJson,
        }),
        fc.record({ op: fc.constant('set' as const), line: fc.constantFrom('a', 'b', 'c'), field: name }),
        fc.record({ op: fc.constant('set' as const), field: name, key: name, value: anyJson }),
        fc.record({
            op: fc.constant('increment' as const),
            line: fc.constantFrom('a', 'b', 'c'),
            field: name,
            by: anyAmount,
        }),
        fc.record({
            op: fc.constant('unite' as const),
            field: name,
            values: fc.array(anyJson, { maxLength: 3 }),
        }),
        fc.record({
            op: fc.constant('add_line' as const),
            line: fc.constantFrom('a', 'b', 'c'),
            fields: anyFields,
        }),
        fc.record({
            op: fc.constant('remove_line' as const),
            line: fc.constantFrom('a', 'b', 'c'),
            seen: anyAmount,
        }),
    );
    const order = fc.constantFrom('o1', 'o2', 'o3');
    const revision = fc.integer({ min: 1, max: 9 });
    const anyChange: fc.Arbitrary<Change> = fc.oneof(
        fc.record({
            change: fc.constant('registered' as const),
            order,
            number: revision,
            run: fc.constant(1),
            revision,
            fields: anyFields,
            lines: anyView.map(view => view.lines),
        }),
        fc.record({
            change: fc.constant('updated' as const),
            order,
            revision,
            operations: fc.array(anyOperation, { maxLength: 4 }),
            touched: fc.constantFrom<(string | null)[]>([], [null], ['a']),
        }),
        fc.record({
            change: fc.constantFrom('paid' as const, 'deleted' as const, 'unpaid' as const),
            order,
            revision,
        }),
        fc.record({
            change: fc.constant('renumbered' as const),
            order,
            revision,
            run: fc.integer({ min: 1, max: 3 }),
            number: revision,
        }),
        fc.record({
            change: fc.constant('payment_taken' as const),
            order,
            payment: fc.record({ id: fc.constantFrom('p', 'q'), till: fc.constant('t'), fields: anyFields }),
        }),
        fc.record({ change: fc.constant('run_began' as const), run: fc.nat(9) }),
        fc.record({ change: fc.constant('follow_up' as const) }),
    );
    const anyLog: fc.Arbitrary<EventMessage[]> = fc
        .array(fc.tuple(fc.array(anyChange, { maxLength: 3 }), fc.nat(2)), { maxLength: 20 })
        .map(events =>
            events.map(([changes, who], at) => ({
                type: 'event',
                seq: at + 1,
                time_ms: 0,
                till: 't',
                ...(MARKS[who] as Mark),
                changes,
            })),
        );
    it('A6: a snapshot and the events after it give the same as all events', () => {
        fc.assert(
            fc.property(anyLog, fc.nat(20), (log, cut) => {
                const whole = new Replica();
                const first = new Replica();
                for (const event of log) whole.evolve(event);
                for (const event of log.slice(0, cut)) first.evolve(event);
                const resumed = Replica.from(JSON.parse(JSON.stringify(first.data())));
                for (const event of log) resumed.evolve(event);
                expect(resumed.canonical()).toBe(whole.canonical());
                expect(resumed.seq).toBe(whole.seq);
            }),
        );
    });

    it('W6: an event changes no order in place, and leaves alone what it does not touch', () => {
        fc.assert(
            fc.property(anyLog, log => {
                const replica = new Replica();
                for (const event of log) {
                    const before = new Map<string, [WireOrder, string]>();
                    for (const [uid, order] of replica.orders) before.set(uid, [order, canonical(order)]);
                    const touched = replica.evolve(event);
                    for (const [uid, [order, text]] of before) {
                        expect(canonical(order)).toBe(text);
                        if (!touched.has(uid)) expect(replica.orders.get(uid)).toBe(order);
                    }
                }
            }),
        );
    });
});

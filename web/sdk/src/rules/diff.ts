/** Operations found by comparing two versions of an order (M13): for fields that only an extension knows. */
import type { Fields, Json, MergeRule, Operation } from '../client/types.js';
import type { View } from '../wire/protocol.js';
import { amount, equal, isObject, isWithinBounds, member, number, quantity } from './json.js';

/** Names a field's merge rule; `of` says whose field it is. */
export type RuleOf = (of: 'order' | 'line', field: string) => MergeRule;

/**
 * The operations that lead from one version to the other.
 *
 * Applied to `from` they give `to`; lines in both keep their order, new ones come last. Fields under `increment`
 * and `tap` are compared as amounts, fields under `union` as sets.
 */
export function diff(from: View, to: View, ruleOf: RuleOf): Operation[] {
    const operations = diffFields(undefined, from.fields, to.fields, field => ruleOf('order', field));
    const after = new Map(to.lines.map(line => [line.uid, line]));
    const before = new Set(from.lines.map(line => line.uid));
    for (const line of from.lines) {
        const other = after.get(line.uid);
        if (other) {
            operations.push(
                ...diffFields(line.uid, line.fields, other.fields, field => ruleOf('line', field)),
            );
        } else {
            operations.push({ op: 'remove_line', line: line.uid, seen: number(quantity(line.fields)) });
        }
    }
    for (const line of to.lines) {
        if (!before.has(line.uid)) operations.push({ op: 'add_line', line: line.uid, fields: line.fields });
    }
    return operations;
}

function diffFields(
    line: string | undefined,
    from: Fields,
    to: Fields,
    ruleOf: (field: string) => MergeRule,
): Operation[] {
    // What was not touched is mostly the same object.
    if (from === to) return [];
    const operations: Operation[] = [];
    for (const field of Object.keys(from).sort()) {
        const after = member(to, field);
        if (after === undefined) operations.push({ op: 'set', ...on(line), field });
        else if (!equal(from[field], after)) {
            operations.push(...fieldOperations(line, field, from[field], after, ruleOf(field)));
        }
    }
    for (const field of Object.keys(to).sort()) {
        const after = to[field];
        if (!Object.hasOwn(from, field) && after !== undefined) {
            operations.push(...fieldOperations(line, field, undefined, after, ruleOf(field)));
        }
    }
    return operations;
}

/**
 * The operations by which one field came from `before` to `after`, under its merge rule.
 *
 * @param line the line's uid; undefined for a field of the order
 */
export function fieldOperations(
    line: string | undefined,
    field: string,
    before: Json | undefined,
    after: Json,
    rule: MergeRule,
): Operation[] {
    const whole: Operation[] = [{ op: 'set', ...on(line), field, value: after }];
    switch (rule) {
        case 'set':
            return whole;
        case 'increment':
        case 'tap': {
            const [old, now] = [amount(before), amount(after)];
            const by = old && now ? now.minus(old) : null;
            if (!by || !isWithinBounds(by)) return whole;
            // The same amount in another spelling, such as JavaScript's 0.30000000000000004.
            if (by.isZero()) return [];
            if (rule === 'tap' && !by.equals(1)) return whole;
            return [{ op: 'increment', ...on(line), field, by: number(by) }];
        }
        case 'map':
            return mapOperations(line, field, before === undefined ? {} : before, after) ?? whole;
        case 'union':
            return unionOperations(line, field, before === undefined ? [] : before, after) ?? whole;
    }
}

function mapOperations(
    line: string | undefined,
    field: string,
    before: Json,
    after: Json,
): Operation[] | null {
    if (!isObject(before) || !isObject(after)) return null;
    const [old, now] = [Object.keys(before).sort(), Object.keys(after).sort()];
    if (old.length === 0 && now.length === 0) return null;
    const gone = old.filter(key => !Object.hasOwn(after, key));
    const came = now.filter(key => !equal(member(before, key), after[key]));
    return [
        ...gone.map((key): Operation => ({ op: 'set', ...on(line), field, key })),
        ...came.map((key): Operation => ({ op: 'set', ...on(line), field, key, value: after[key] as Json })),
    ];
}

function unionOperations(
    line: string | undefined,
    field: string,
    before: Json,
    after: Json,
): Operation[] | null {
    if (!Array.isArray(before) || !Array.isArray(after) || after.length === 0) return null;
    const holds = (list: Json[], value: Json) => list.some(other => equal(other, value));
    if (!before.every(value => holds(after, value))) return null;
    const values = after.filter(value => !holds(before, value));
    // The same set in another order is no change.
    return values.length > 0 ? [{ op: 'unite', ...on(line), field, values }] : [];
}

/** The member `line`, left out where the order itself is meant. */
function on(line: string | undefined): { line?: string } {
    return line === undefined ? {} : { line };
}

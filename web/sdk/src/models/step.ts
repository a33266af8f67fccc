/**
 * One step: what one act of the person at this till did to an order, kept so that it can be taken back.
 *
 * It is made of the operations that were sent, and of what the order was before and after them. Digits that are typed
 * one after the other into one field are one step: 1, 12, 120.
 */

import type { Fields, Json, Mark, Operation } from '../client/types.js';
import { Decimal, equal, isObject, member, number } from '../rules/json.js';
import { type Content, fieldsIn } from './content.js';

/** One thing that a step did. `line` is left out where the order itself is meant. */
export type Deed =
    | (Place & {
          deed: 'set';
          key?: string;
          before: Json | undefined;
          after: Json | undefined;
          whose?: Whose;
      })
    | (Place & { deed: 'increment'; by: number; before: Json | undefined })
    | (Place & { deed: 'unite'; values: Json[]; before: Json | undefined; after: Json | undefined })
    | { deed: 'add'; line: string; fields: Fields; whose?: Whose }
    | { deed: 'remove'; line: string; fields: Fields; isSettled: boolean; whose?: Whose };

interface Place {
    line?: string;
    /** The line's product, also once the line is gone; null for the order itself. */
    product: number | null;
    field: string;
}

/** Who else changed it since, so that it is theirs now; null where that is not known. */
export type Whose = Mark | null;

export interface Step {
    /** Whose step it is. */
    user: number;
    deeds: Deed[];
    /** The field that was typed into, as `line field`; null for anything else, or once nothing may join it. */
    typed: string | null;
}

/** What a numpad types into. */
const TYPED = new Set(['qty', 'discount', 'price_unit']);

/**
 * The step that operations make; null where nothing is other than before.
 *
 * @param recorded those that a method of the SDK said, before others were found by comparing.
 */
export function stepOf(
    user: number,
    before: Content,
    after: Content,
    operations: readonly Operation[],
    recorded: readonly Operation[],
): Step | null {
    const deeds = deedsOf(before, after, operations);
    if (deeds.length === 0) return null;
    const [only, ...more] = recorded;
    const isTyped =
        more.length === 0 && only?.op === 'set' && only.line !== undefined && TYPED.has(only.field);
    return { user, deeds, typed: isTyped ? `${only.line} ${only.field}` : null };
}

/** Whether a step only goes on with the number that the one before it began. */
export function isTypedOn(last: Step, next: Step): boolean {
    if (last.user !== next.user || last.typed === null || last.typed !== next.typed) return false;
    if (last.deeds.some(deed => 'whose' in deed)) return false;
    const [one, other] = [last, next].map(typedText);
    if (one === undefined || other === undefined) return false;
    return one.startsWith(other) || other.startsWith(one);
}

/** Makes both steps the earlier one. Whether anything is left of it: they may cancel out. */
export function join(last: Step, next: Step): boolean {
    for (const deed of next.deeds) {
        const at = last.deeds.findIndex(other => placeOf(other) === placeOf(deed));
        const former = last.deeds[at];
        if (former?.deed === 'set' && deed.deed === 'set') last.deeds[at] = { ...former, after: deed.after };
        else last.deeds.push(deed);
    }
    last.deeds = last.deeds.filter(deed => deed.deed !== 'set' || !same(deed.before, deed.after));
    return last.deeds.length > 0;
}

/** Whether two values are the same, where either may be missing. */
export function same(one: Json | undefined, other: Json | undefined): boolean {
    return one === other || (one !== undefined && other !== undefined && equal(one, other));
}

type ChangeOf = Extract<Operation, { field: string }>;

export function productOf(fields: Fields | undefined): number | null {
    const id = fields?.product_id;
    return typeof id === 'number' ? id : null;
}

function deedsOf(before: Content, after: Content, operations: readonly Operation[]): Deed[] {
    const deeds: Deed[] = [];
    const ofFields = new Map<string, ChangeOf[]>();
    for (const operation of operations) {
        if (operation.op === 'add_line') {
            const { line } = operation;
            deeds.push({ deed: 'add', line, fields: fieldsIn(after, line) });
        } else if (operation.op === 'remove_line') {
            const { line } = operation;
            deeds.push({ deed: 'remove', line, fields: fieldsIn(before, line), isSettled: false });
        } else {
            const place = JSON.stringify([operation.line ?? null, operation.field]);
            ofFields.set(place, [...(ofFields.get(place) ?? []), operation]);
        }
    }
    for (const each of ofFields.values()) {
        const [{ line, field } = { line: undefined, field: '' }] = each;
        const product = line === undefined ? null : productOf(fieldsIn(after, line));
        const place: Place = { ...(line === undefined ? {} : { line }), product, field };
        const values = {
            before: member(fieldsIn(before, line), field),
            after: member(fieldsIn(after, line), field),
        };
        deeds.push(...deedsAt(place, values, each));
    }
    return deeds;
}

/** What operations on one field did, taken together. */
function deedsAt(
    place: Place,
    { before, after }: { before: Json | undefined; after: Json | undefined },
    operations: readonly Operation[],
): Deed[] {
    const increments = operations.filter(each => each.op === 'increment');
    if (increments.length === operations.length) {
        const by = number(increments.reduce((total, each) => total.plus(each.by), new Decimal(0)));
        return by === 0 ? [] : [{ deed: 'increment', ...place, by, before }];
    }
    if (same(before, after)) return [];
    const united = operations.filter(each => each.op === 'unite');
    if (united.length === operations.length) {
        const known = Array.isArray(before) ? before : [];
        const values = united
            .flatMap(each => each.values)
            .filter(value => !known.some(other => equal(other, value)));
        return [{ deed: 'unite', ...place, values, before, after }];
    }
    const keys = operations.map(each => (each.op === 'set' ? each.key : undefined));
    if (keys.includes(undefined)) return [{ deed: 'set', ...place, before, after }];
    const [old, now] = [before, after].map(value => (isObject(value) ? value : {}));
    return [...new Set(keys as string[])].flatMap((key): Deed[] => {
        const values = { before: member(old ?? {}, key), after: member(now ?? {}, key) };
        return same(values.before, values.after) ? [] : [{ deed: 'set', ...place, key, ...values }];
    });
}

/** What of an order a deed is about. */
function placeOf(deed: Deed): string {
    const field = 'field' in deed ? deed.field : null;
    const key = deed.deed === 'set' ? (deed.key ?? null) : null;
    return JSON.stringify([deed.deed, deed.line ?? null, field, key]);
}

/** The number that a step left in its field, as a numpad has it: nothing for zero, without a sign. */
function typedText(step: Step): string | undefined {
    const typed = step.deeds.find(deed => 'field' in deed && `${deed.line} ${deed.field}` === step.typed);
    if (typed?.deed !== 'set' || typeof typed.after !== 'number') return undefined;
    return typed.after === 0 ? '' : String(Math.abs(typed.after));
}

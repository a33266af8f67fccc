/** Exported values as JSON: what can be sent, and why something cannot. */

import type { Json } from '../client/types.js';
import { DEPTH_MAX, wellFormed } from '../rules/json.js';

/** A copy that can be sent; nothing, for what JSON leaves out; or why it cannot be sent. */
export type Exported = { json: Json } | { absent: true } | { refused: string };

/**
 * Makes a value JSON, by the rules of `JSON.stringify`: `undefined` and functions are left out (null in a list),
 * `toJSON` is asked. What would come out as something else without a word is refused: NaN, infinity, a cycle, a bigint.
 */
export function toJson(value: unknown): Exported {
    try {
        const json = convert(value, [], '');
        return json === undefined ? { absent: true } : { json };
    } catch (error) {
        return { refused: error instanceof Error ? error.message : String(error) };
    }
}

function convert(value: unknown, above: object[], name: string): Json | undefined {
    switch (typeof value) {
        case 'string':
            return wellFormed(value);
        case 'boolean':
            return value;
        case 'number':
            if (!Number.isFinite(value)) throw new TypeError(`${at(name)}${value} is no JSON number`);
            return value === 0 ? 0 : value;
        case 'bigint':
            throw new TypeError(`${at(name)}a bigint is no JSON; make it a number or text`);
        case 'undefined':
        case 'function':
        case 'symbol':
            return undefined;
        case 'object':
            return value === null ? null : convertObject(value, above, name);
    }
}

function convertObject(value: object, above: object[], name: string): Json | undefined {
    if (above.includes(value)) throw new TypeError(`${at(name)}it contains itself`);
    if (above.length >= DEPTH_MAX) throw new TypeError(`${at(name)}it is nested deeper than ${DEPTH_MAX}`);
    const path = [...above, value];
    if ('toJSON' in value && typeof value.toJSON === 'function') {
        return convert(value.toJSON(), path, name);
    }
    if (Array.isArray(value)) {
        return value.map((item, index) => convert(item, path, `${name}[${index}]`) ?? null);
    }
    const members = Object.entries(value).map(([member, item]) => {
        return [wellFormed(member), convert(item, path, name ? `${name}.${member}` : member)] as const;
    });
    // Not by assignment: a member may be called `__proto__`.
    return Object.fromEntries(members.filter((member): member is [string, Json] => member[1] !== undefined));
}

function at(name: string): string {
    return name ? `at ${name}: ` : '';
}

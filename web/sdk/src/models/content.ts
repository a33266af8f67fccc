/** The synced content of an order, as a till exports it. */

import type { Fields, Operation } from '../client/types.js';
import type { Owner } from './json_format.js';

export interface Content {
    fields: Fields;
    lines: { uid: string; fields: Fields }[];
}

/** The fields of a line, or of the order itself; none of a line that is not there. */
export function fieldsIn(content: Content, line: string | undefined): Fields {
    if (line === undefined) return content.fields;
    return content.lines.find(other => other.uid === line)?.fields ?? {};
}

export function ownerOf(line: string | undefined): Owner {
    return line === undefined ? 'order' : 'line';
}

/** What is known, with the values that the recorded operations already tell. */
export function taken(known: Content, recorded: readonly Operation[], now: Content): Content {
    const ofOrder = new Set<string>();
    const ofLines = new Map<string, Set<string>>();
    for (const operation of recorded) {
        if (!('field' in operation)) continue;
        if (operation.line === undefined) ofOrder.add(operation.field);
        else {
            const fields = ofLines.get(operation.line) ?? new Set();
            ofLines.set(operation.line, fields.add(operation.field));
        }
    }
    return {
        fields: withValues(known.fields, now.fields, ofOrder),
        lines: known.lines.map(line => {
            const names = ofLines.get(line.uid);
            const after = names && now.lines.find(({ uid }) => uid === line.uid);
            return after ? { uid: line.uid, fields: withValues(line.fields, after.fields, names) } : line;
        }),
    };
}

function withValues(fields: Fields, from: Fields, names: Set<string>): Fields {
    const result = { ...fields };
    for (const name of names) {
        const value = from[name];
        if (value === undefined) delete result[name];
        else result[name] = value;
    }
    return result;
}

/** The fields of these names that there are. */
export function pick(fields: Fields, names: readonly string[]): Fields {
    const picked: Fields = {};
    for (const name of names) {
        const value = fields[name];
        if (value !== undefined) picked[name] = value;
    }
    return picked;
}

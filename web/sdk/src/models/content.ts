/** The synced content of an order, as a till exports it. */

import type { Fields } from '../client/types.js';
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

/**
 * Applies operations to an order (W7). Nothing is judged here: that is the server's.
 *
 * Nothing is changed in place. What an operation does not reach keeps its identity, so that a screen can tell by
 * `===` what it has to paint again.
 */
import type { Fields, Json, Mark, Operation } from '../client/types.js';
import type { WireLine } from '../wire/protocol.js';
import {
    amount,
    canonical,
    Decimal,
    equal,
    isObject,
    member,
    number,
    QTY,
    quantity,
    withMember,
    withoutMember,
} from './json.js';

/** What operations are about: fields and lines. */
export interface Content {
    readonly fields: Fields;
    readonly lines: readonly WireLine[];
}

/**
 * How a removal is read. `effect`: as the server logged it, the line goes. `pending`: as the till's user asked it
 * (M7), the line goes unless more of it is there than the user saw; then what is more stays.
 */
export type Removal = 'effect' | 'pending';

/**
 * Applies operations, one after the other.
 *
 * @param mark who did it: the event's user and POS
 * @returns the new content; the same object when nothing changed
 */
export function apply<C extends Content>(
    content: C,
    operations: readonly Operation[],
    mark: Mark,
    removal: Removal = 'effect',
): C {
    let { fields, lines } = content;
    for (const operation of operations) {
        switch (operation.op) {
            case 'add_line':
                if (!lines.some(line => line.uid === operation.line)) {
                    const { added } = operation;
                    const { line: uid, fields } = operation;
                    lines = [...lines, { uid, fields, added: added ?? mark, edited: added ? mark : null }];
                }
                break;
            case 'remove_line':
                lines = removeLine(lines, operation.line, operation.seen, mark, removal);
                break;
            case 'set':
            case 'increment':
            case 'unite':
                if (operation.line === undefined) fields = change(fields, operation);
                else lines = changeLine(lines, operation.line, mark, fields => change(fields, operation));
                break;
        }
    }
    return fields === content.fields && lines === content.lines ? content : { ...content, fields, lines };
}

function removeLine(
    lines: readonly WireLine[],
    uid: string,
    seen: number,
    mark: Mark,
    removal: Removal,
): readonly WireLine[] {
    const line = lines.find(line => line.uid === uid);
    if (!line) return lines;
    const saw = amount(seen) ?? new Decimal(0);
    const left = quantity(line.fields).minus(saw);
    const isMore = !left.isZero() && (saw.isZero() || left.isNegative() === saw.isNegative());
    if (removal === 'effect' || !isMore) return lines.filter(other => other !== line);
    return changeLine(lines, uid, mark, fields => withMember(fields, QTY, number(left)));
}

/** The lines with one of them changed. A line that is not there changes nothing. */
function changeLine(
    lines: readonly WireLine[],
    uid: string,
    mark: Mark,
    change: (fields: Fields) => Fields,
): readonly WireLine[] {
    const at = lines.findIndex(line => line.uid === uid);
    const line = lines[at];
    if (!line) return lines;
    const fields = change(line.fields);
    if (fields === line.fields && equal(line.edited, mark)) return lines;
    return lines.with(at, { ...line, fields, edited: mark });
}

function change(fields: Fields, operation: Extract<Operation, { field: string }>): Fields {
    const before = member(fields, operation.field);
    switch (operation.op) {
        case 'increment': {
            const sum = (amount(before) ?? new Decimal(0)).plus(amount(operation.by) ?? new Decimal(0));
            return withMember(fields, operation.field, number(sum));
        }
        case 'unite': {
            const united = unite(Array.isArray(before) ? before : [], operation.values);
            return withMember(fields, operation.field, united);
        }
        case 'set': {
            const { field, key, value } = operation;
            if (key === undefined) {
                return value === undefined ? withoutMember(fields, field) : withMember(fields, field, value);
            }
            const members = isObject(before) ? before : {};
            const after = value === undefined ? withoutMember(members, key) : withMember(members, key, value);
            return withMember(fields, field, after);
        }
    }
}

function unite(items: Json[], values: Json[]): Json[] {
    const known = new Set(items.map(canonical));
    const joining = values.filter(value => {
        const text = canonical(value);
        return !known.has(text) && known.add(text);
    });
    return joining.length > 0 ? [...items, ...joining] : items;
}

/** The bill: what a payment is taken for. Closing an order compares its digest (C2, C3). */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Fields, Json } from '../client/types.js';
import type { View } from '../wire/protocol.js';
import { canonical, equal } from './json.js';

/** Fields of an order that change what has to be paid. */
export const ORDER_BILL_FIELDS = ['fiscal_position_id', 'pricelist_id'] as const;
/** Fields of a line that change what has to be paid. A note or a kitchen mark is not among them. */
export const LINE_BILL_FIELDS = ['product_id', 'qty', 'price_unit', 'discount', 'tax_ids'] as const;

type Billed = { readonly fields: Fields; readonly lines: readonly { uid: string; fields: Fields }[] };

/** One line's difference between two bills; `line` is null for the order's own fields. */
export interface BillDifference {
    line: string | null;
    /** Its bill fields as whoever wanted to close saw them; null if the line was not there. */
    seen: Fields | null;
    /** Its bill fields as they are; null if the line is gone. */
    now: Fields | null;
}

/** The text that is digested (C3): canonical JSON of the bill's fields. */
export function billText(view: Billed): string {
    const lines = Object.fromEntries(view.lines.map(line => [line.uid, pick(line.fields, LINE_BILL_FIELDS)]));
    return canonical({ lines, order: pick(view.fields, ORDER_BILL_FIELDS) });
}

/** The bill's digest (C3): SHA-256 over the UTF-8 bytes of {@link billText}, in lowercase hexadecimal. */
export function billDigest(view: Billed): string {
    return bytesToHex(sha256(utf8ToBytes(billText(view))));
}

/** What of an order is on its bill, to be sent with a closing. */
export function billView(view: Billed): View {
    const lines = view.lines.map(({ uid, fields }) => ({ uid, fields: pick(fields, LINE_BILL_FIELDS) }));
    return { fields: pick(view.fields, ORDER_BILL_FIELDS), lines };
}

/** What differs, line by line, between the bill that was seen and the bill as it is. */
export function billDifferences(seen: Billed, now: Billed): BillDifference[] {
    const differences: BillDifference[] = [];
    const [order, orderNow] = [pick(seen.fields, ORDER_BILL_FIELDS), pick(now.fields, ORDER_BILL_FIELDS)];
    if (!equal(order, orderNow)) differences.push({ line: null, seen: order, now: orderNow });
    const fieldsOf = (view: Billed, uid: string) => {
        const line = view.lines.find(line => line.uid === uid);
        return line ? pick(line.fields, LINE_BILL_FIELDS) : null;
    };
    const uids = new Set([...now.lines, ...seen.lines].map(line => line.uid));
    for (const line of uids) {
        const [before, after] = [fieldsOf(seen, line), fieldsOf(now, line)];
        if (!equal(before, after)) differences.push({ line, seen: before, now: after });
    }
    return differences;
}

function pick(fields: Fields, names: readonly string[]): Fields {
    const there = names.filter(name => Object.hasOwn(fields, name));
    return Object.fromEntries(there.map(name => [name, fields[name] as Json]));
}

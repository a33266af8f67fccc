/** An order's log, told for people: who did what, with the values that were overwritten (rule 13). */
import type { Fields, Json, Mark, Operation } from '@tillsync/sdk';
import type { HistoryEntry, LoggedChange } from './server/orders';

/** One thing that was done, as a message of the catalogue (`history.<what>`) and its values. */
export interface Told {
    what:
        | 'begun'
        | 'split'
        | 'late'
        | 'added'
        | 'more'
        | 'less'
        | 'qty'
        | 'price'
        | 'discount'
        | 'note'
        | 'removed'
        | 'customer'
        | 'order_note'
        | 'fiscal_position'
        | 'pricelist'
        | 'field'
        | 'aside'
        | 'payment'
        | 'paid'
        | 'deleted'
        | 'unpaid'
        | 'carried'
        | 'follow_up'
        | 'attention';
    values: Record<string, string | number>;
}

export interface Step {
    seq: number;
    timeMs: number;
    /** The device's own time, where that is more than a minute before the server's: it was done without a connection. */
    doneMs: number | null;
    by: Mark;
    told: Told[];
}

/** Names of what a log holds as numbers. */
export interface Names {
    product(id: number): string;
    partner(id: number): string;
    fiscalPosition(id: number): string;
    pricelist(id: number): string;
    money(amount: number): string;
}

/** Beyond this an entry came later than it was done. */
const LATE_MS = 60_000;

export function historyOf(entries: readonly HistoryEntry[], names: Names): Step[] {
    const lines = new Map<string, Fields>();
    const order: Fields = {};
    return entries.map(({ seq, time_ms, device_time_ms, user, pos, changes }) => {
        const isLate = device_time_ms !== null && time_ms - device_time_ms > LATE_MS;
        return {
            seq,
            timeMs: time_ms,
            doneMs: isLate ? device_time_ms : null,
            by: { user, pos },
            told: changes.flatMap(change => tell(change, lines, order, names)),
        };
    });
}

function tell(change: LoggedChange, lines: Map<string, Fields>, order: Fields, names: Names): Told[] {
    switch (change.change) {
        case 'registered': {
            Object.assign(order, change.fields);
            const begun: Told = change.origin
                ? { what: 'split', values: { number: change.number, order: change.origin.order } }
                : { what: 'begun', values: { number: change.number } };
            const late: Told[] = change.late ? [{ what: 'late', values: {} }] : [];
            const added = change.lines.map(({ uid, fields }) => added_line(uid, fields, lines, names));
            return [begun, ...late, ...added];
        }
        case 'updated':
            return change.operations.flatMap(operation => told(operation, lines, order, names));
        case 'kept_aside': {
            // What was not applied changes nothing here either.
            const copies = new Map([...lines].map(([uid, fields]) => [uid, { ...fields }]));
            const kept = change.operations.flatMap(each => told(each, copies, { ...order }, names));
            return [{ what: 'aside', values: {} }, ...kept];
        }
        case 'payment_taken':
            return payments(change.payment.fields, names);
        case 'paid':
            return [{ what: 'paid', values: { receipt: change.receipt ?? 0 } }];
        case 'deleted':
            return [{ what: 'deleted', values: {} }];
        case 'unpaid':
            return [{ what: 'unpaid', values: {} }];
        case 'renumbered':
            return [{ what: 'carried', values: { number: change.number, run: change.run } }];
        case 'follow_up':
            return [{ what: 'follow_up', values: { order: change.follow_up } }];
        case 'attention':
            return [{ what: 'attention', values: { kind: change.about.kind } }];
        default:
            // Of a later version, or nothing that people did (a payment's move).
            return [];
    }
}

function told(operation: Operation, lines: Map<string, Fields>, order: Fields, names: Names): Told[] {
    if (operation.op === 'add_line') return [added_line(operation.line, operation.fields, lines, names)];
    if (operation.op === 'remove_line') {
        const fields = lines.get(operation.line) ?? {};
        lines.delete(operation.line);
        return [{ what: 'removed', values: { qty: amount(fields.qty), product: product(fields, names) } }];
    }
    if (operation.line === undefined) return of_order(operation, order, names);
    const fields = lines.get(operation.line) ?? {};
    lines.set(operation.line, fields);
    const { field } = operation;
    const name = product(fields, names);
    if (operation.op === 'increment') {
        const before = amount(fields[field]);
        // Thousandths: quantities have three decimals, and a sum of doubles has more.
        fields[field] = Math.round((before + operation.by) * 1000) / 1000;
        if (field !== 'qty') return [{ what: 'field', values: { product: name, field } }];
        const what = operation.by > 0 ? 'more' : 'less';
        return [{ what, values: { qty: Math.abs(operation.by), product: name, after: fields[field] } }];
    }
    if (operation.op === 'unite') return [{ what: 'field', values: { product: name, field } }];
    const [before, after] = [fields[field], operation.value];
    if (operation.key === undefined) fields[field] = after ?? null;
    switch (field) {
        case 'qty':
            return [{ what: 'qty', values: { product: name, before: amount(before), after: amount(after) } }];
        case 'price_unit': {
            const [from, to] = [names.money(amount(before)), names.money(amount(after))];
            return [{ what: 'price', values: { product: name, before: from, after: to } }];
        }
        case 'discount':
            return [
                { what: 'discount', values: { product: name, before: amount(before), after: amount(after) } },
            ];
        case 'note':
            return [{ what: 'note', values: { product: name, note: text(after) } }];
        case 'price_manually_set':
            // Follows from the price that was typed.
            return [];
        default:
            return [{ what: 'field', values: { product: name, field } }];
    }
}

function of_order(
    operation: Exclude<Operation, { op: 'add_line' | 'remove_line' }>,
    order: Fields,
    names: Names,
): Told[] {
    const { field } = operation;
    const value = operation.op === 'set' ? (operation.value ?? null) : null;
    if (operation.op === 'set' && operation.key === undefined) order[field] = value;
    const named = (name: (id: number) => string) => (typeof value === 'number' ? name(value) : '');
    switch (field) {
        case 'partner_id':
            return [{ what: 'customer', values: { name: named(names.partner) } }];
        case 'fiscal_position_id':
            return [{ what: 'fiscal_position', values: { name: named(names.fiscalPosition) } }];
        case 'pricelist_id':
            return [{ what: 'pricelist', values: { name: named(names.pricelist) } }];
        case 'note':
            return [{ what: 'order_note', values: { note: text(value) } }];
        default:
            return [{ what: 'field', values: { product: '', field } }];
    }
}

function added_line(uid: string, fields: Fields, lines: Map<string, Fields>, names: Names): Told {
    lines.set(uid, { ...fields });
    return { what: 'added', values: { qty: amount(fields.qty), product: product(fields, names) } };
}

function payments(fields: Fields, names: Names): Told[] {
    const statements = Array.isArray(fields.statement_ids) ? fields.statement_ids : [];
    return statements.flatMap((statement): Told[] => {
        const line = Array.isArray(statement) ? statement[2] : null;
        if (line === null || typeof line !== 'object' || Array.isArray(line)) return [];
        const values = { method: text(line?.name), amount: names.money(amount(line?.amount)) };
        return [{ what: 'payment', values }];
    });
}

function product(fields: Fields, names: Names): string {
    return names.product(amount(fields.product_id));
}

function amount(value: Json | undefined): number {
    return typeof value === 'number' ? value : Number(typeof value === 'string' ? value : 0) || 0;
}

function text(value: Json | undefined): string {
    return typeof value === 'string' ? value : '';
}

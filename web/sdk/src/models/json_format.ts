/**
 * Odoo's flat JSON of an order and its lines, as `export_as_JSON` gives it and `init_from_JSON` and `apply_ms_data` get
 * it; and which of its members are what. This is the one place that says so.
 */

import type { Fields, Json, LineView, Mark, MergeRule, OrderView } from '../client/types.js';

/** A payment, as in Odoo's `statement_ids`. */
export interface PaymentJson {
    name: string;
    statement_id: number;
    account_id: number | false;
    journal_id: number;
    amount: number;
}

/** Who added it, and who changed it last. */
export interface MsInfo {
    created?: Mark;
    changed?: Mark;
}

/** A line. Members that are not named here are an extension's. */
export interface OrderlineJson {
    uid: string;
    id?: number;
    product_id: number;
    qty: number;
    price_unit: number;
    discount: number;
    tax_ids: [6, false, number[]][];
    price_manually_set?: boolean;
    note?: unknown;
    /** The uid of the line that this one gives back. */
    refunded_line?: string;
    price_subtotal?: number;
    price_subtotal_incl?: number;
    ms_info?: MsInfo;
    [extension: string]: unknown;
}

/** An order. Members that are not named here are an extension's. */
export interface OrderJson {
    uid: string;
    name: string;
    sequence_number: number | null;
    lines: [0, 0, OrderlineJson][];
    statement_ids: [0, 0, PaymentJson][];
    partner_id: number | false;
    fiscal_position_id: number | false;
    pricelist_id: number | false;
    creation_date?: string;
    note?: unknown;
    /** The uid of the order that this one gives back. */
    refund_of?: string;
    user_id?: number;
    pos_session_id?: number | null;
    revision_ID?: number;
    run_ID?: number;
    ms_info?: MsInfo;
    [extension: string]: unknown;
}

/** The synced fields of an order or a line, as its model has them. */
export interface Synced {
    [field: string]: unknown;
}

/** Whose field it is. */
export type Owner = 'order' | 'line';

/**
 * `standard`: the SDK records it at the act and takes it from others itself. `own`: derived, or what a till says of
 * itself; never synced. `extension`: everything else; found by comparing what is exported. `note` is among these, since
 * extensions had notes before the SDK did.
 */
export type FieldKind = 'standard' | 'own' | 'extension';

const STANDARD: Record<Owner, ReadonlySet<string>> = {
    order: new Set(['partner_id', 'fiscal_position_id', 'pricelist_id', 'creation_date', 'refund_of']),
    line: new Set([
        ...['product_id', 'qty', 'price_unit', 'discount', 'tax_ids', 'price_manually_set'],
        'refunded_line',
    ]),
};

const OWN: Record<Owner, ReadonlySet<string>> = {
    order: new Set([
        ...['uid', 'id', 'name', 'lines', 'statement_ids', 'user_id', 'ms_info'],
        ...['amount_paid', 'amount_total', 'amount_tax', 'amount_return'],
        ...['pos_id', 'pos_session_id', 'session_id', 'login_number', 'sequence_number'],
        ...['revision_ID', 'run_ID', 'nonce', 'message_ID', 'new_order', 'order_on_server'],
    ]),
    line: new Set(['uid', 'id', 'ms_info', 'price_subtotal', 'price_subtotal_incl', 'is_changed']),
};

/** Merge rules of fields that are no addon's to declare; `set` for all others. */
const RULES: Record<Owner, Readonly<Record<string, MergeRule>>> = {
    // What a kitchen was told, by line: Odoo's restaurant module.
    order: { multiprint_resume: 'map' },
    // A quantity that grew by one without a method of the SDK being called was tapped.
    line: { qty: 'tap' },
};

export function kindOf(owner: Owner, field: string): FieldKind {
    // No field of a shop: JavaScript would take it for something else.
    if (field === '__proto__') return 'own';
    if (STANDARD[owner].has(field)) return 'standard';
    return OWN[owner].has(field) ? 'own' : 'extension';
}

export function defaultRule(owner: Owner, field: string): MergeRule {
    const rules = RULES[owner];
    return Object.hasOwn(rules, field) ? (rules[field] ?? 'set') : 'set';
}

/** The ids in Odoo's `[[6, false, ids]]`, or in a plain list of ids. */
export function taxIds(value: unknown): number[] | null {
    if (!Array.isArray(value)) return null;
    const first: unknown = value[0];
    const ids: unknown[] = Array.isArray(first) ? (Array.isArray(first[2]) ? first[2] : []) : value;
    return ids.filter(id => typeof id === 'number');
}

/** What an order is called until and after the server has given it a number: its name never changes with that. */
export function orderName(uid: string): string {
    return `Order ${uid}`;
}

/** A line that the engine shows, in Odoo's JSON. */
export function lineToJson(line: LineView): OrderlineJson {
    const { fields } = line;
    return {
        ...copy(fields),
        uid: line.uid,
        product_id: numberIn(fields, 'product_id'),
        qty: numberIn(fields, 'qty'),
        price_unit: numberIn(fields, 'price_unit'),
        discount: numberIn(fields, 'discount'),
        tax_ids: 'tax_ids' in fields ? [[6, false, taxIds(fields.tax_ids) ?? []]] : [],
        ms_info: msInfo(line),
    };
}

/** An order that the engine shows, in Odoo's JSON. */
export function orderToJson(order: OrderView): OrderJson {
    const { fields } = order;
    return {
        ...copy(fields),
        uid: order.uid,
        name: orderName(order.uid),
        sequence_number: order.number,
        run_ID: order.run,
        revision_ID: order.revision,
        partner_id: referenceIn(fields, 'partner_id'),
        fiscal_position_id: referenceIn(fields, 'fiscal_position_id'),
        pricelist_id: referenceIn(fields, 'pricelist_id'),
        lines: order.lines.map(line => [0, 0, lineToJson(line)]),
        statement_ids: [],
        ms_info: msInfo(order),
    };
}

export function msInfo({ added, edited }: { added: Mark; edited: Mark | null }): MsInfo {
    return edited ? { created: added, changed: edited } : { created: added };
}

/** Extensions may keep and change what they are handed: they get a copy. */
function copy(fields: Fields): Fields {
    return structuredClone(fields);
}

function numberIn(fields: Fields, field: string): number {
    const value: Json | undefined = fields[field];
    return typeof value === 'number' ? value : 0;
}

/** A reference; a list or pair, as Odoo's server gives them, is read by its id. */
export function referenceIn(fields: Fields, field: string): number | false {
    const value: Json | undefined = fields[field];
    const id = Array.isArray(value) ? value[0] : value;
    return typeof id === 'number' ? id : false;
}

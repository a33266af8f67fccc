/** Orders that are paid or deleted, as the server has them, or as this device kept those that it closed itself. */
import {
    type ClosedHere,
    type Fields,
    models,
    type Order,
    type OrderJson,
    type Payment,
    type PosModel,
    statementsOf,
} from '@tillsync/sdk';
import { type ClosedOrder, closedMs, type ListedOrder, type Origin } from './server/orders';

/** A closed order in a list. */
export interface PastRow {
    uid: string;
    /** None while it waits for the server. */
    number: number | null;
    /** When it was closed: milliseconds since 1970. */
    ms: number;
    /** Who closed it, and where. */
    user: string;
    pos: string;
    state: 'paid' | 'deleted';
    isRefund: boolean;
    isSecondPayment: boolean;
    /** It is on this device only. */
    waits: boolean;
    /** How it was paid. */
    methods: string[];
    total: number | string;
}

/** A closed order, to be shown, printed, given back. */
export interface PastOrder {
    /** It is not among the till's orders, and nothing that is done to it is recorded. */
    order: Order;
    ms: number;
    /** Who closed it, and where. */
    user: string;
    pos: string;
    receipt: number | null;
    state: ClosedOrder['order']['state'];
    isSecondPayment: boolean;
    /** As the server has it; null without a connection. */
    server: ClosedOrder | null;
}

export function rowOf(listed: ListedOrder): PastRow {
    const { uid, number, state, closing, methods, total } = listed;
    const { user, pos } = closing.by;
    return {
        uid,
        number,
        ms: closedMs(closing),
        user: user.name,
        pos: pos.name,
        state,
        isRefund: listed.refund_of !== null,
        isSecondPayment: isSecond(listed.origin),
        waits: false,
        methods: methods.map(({ name }) => name),
        total,
    };
}

export function servedOrder(pos: PosModel, served: ClosedOrder): PastOrder {
    const { order, closing } = served;
    return {
        order: modelOf(pos, order),
        ms: closing ? closedMs(closing) : 0,
        user: closing?.by.user.name ?? '',
        pos: closing?.by.pos.name ?? '',
        receipt: closing?.receipt ?? null,
        state: order.state,
        isSecondPayment: isSecond(order.origin),
        server: served,
    };
}

/** Those that this device closed and a search finds. */
export function closedHere(pos: PosModel, query: string): PastRow[] {
    return pos.engine.closedHere().flatMap(kept => {
        const order = modelKept(pos, kept);
        return isFound(order, kept.receipt, query) ? [rowKept(pos, order, kept)] : [];
    });
}

/** One that this device closed; null for any other. */
export function keptOrder(pos: PosModel, uid: string): PastOrder | null {
    const kept = pos.engine.closedHere().find(each => each.uid === uid);
    if (!kept) return null;
    const { ms, user, receipt } = kept;
    const order = modelKept(pos, kept);
    return {
        order,
        ms,
        user: user.name,
        pos: pos.config.name,
        receipt,
        state: 'paid',
        isSecondPayment: false,
        server: null,
    };
}

function rowKept(pos: PosModel, order: Order, { uid, number, ms, user, waits }: ClosedHere): PastRow {
    return {
        uid,
        number,
        ms,
        user: user.name,
        pos: pos.config.name,
        state: 'paid',
        isRefund: order.refund_of !== undefined,
        isSecondPayment: false,
        waits,
        methods: [...new Set(order.get_paymentlines().map(({ name }) => name))],
        total: order.get_total_with_tax(),
    };
}

function modelKept(pos: PosModel, kept: ClosedHere): Order {
    return modelOf(pos, { ...kept, sequence_number: kept.number, run_ID: pos.engine.run });
}

/** By a number, a uid, a product, a customer, an amount. */
function isFound(order: Order, receipt: number | null, query: string): boolean {
    const wanted = query.toLowerCase();
    const number = wanted.replace(/^#/, '');
    const texts = [
        order.uid,
        order.get_client()?.name ?? '',
        ...order.get_orderlines().map(line => line.get_product().display_name),
    ];
    return (
        [order.sequence_number, receipt].some(one => one !== null && String(one) === number) ||
        order.get_total_with_tax() === Number(wanted.replace(',', '.')) ||
        texts.some(text => text.toLowerCase().includes(wanted))
    );
}

/** Money that came when the order was paid already. */
function isSecond(origin: Origin | null): boolean {
    return origin?.reason === 'paid_twice';
}

/** What a model is made of. */
interface Content {
    uid: string;
    sequence_number: number | null;
    run_ID: number;
    fields: Fields;
    lines: readonly { uid: string; fields: Fields }[];
    payments: readonly Payment[];
}

function modelOf(pos: PosModel, { uid, sequence_number, run_ID, fields, lines, payments }: Content): Order {
    const json = {
        ...fields,
        uid,
        name: typeof fields.name === 'string' ? fields.name : uid,
        sequence_number,
        run_ID,
        partner_id: fields.partner_id ?? false,
        fiscal_position_id: fields.fiscal_position_id ?? false,
        pricelist_id: fields.pricelist_id ?? false,
        lines: lines.map(({ uid, fields }) => [0, 0, lineJson(uid, fields)]),
        statement_ids: payments.flatMap(statementsOf).map(statement => [0, 0, statement]),
    } as unknown as OrderJson;
    const made = new models.Order({}, { pos, json });
    made.finalized = true;
    return made;
}

function lineJson(uid: string, fields: Fields): Fields {
    return { qty: 0, price_unit: 0, discount: 0, tax_ids: [], ...fields, uid };
}

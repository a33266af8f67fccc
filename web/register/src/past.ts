/** An order that is paid or deleted, as a model: to be shown, printed, given back. */
import { type Fields, models, type Order, type OrderJson, type PosModel } from '@tillsync/sdk';
import type { ClosedOrder } from './server/orders';

/** It is not among the till's orders, and nothing that is done to it is recorded. */
export function orderOf(pos: PosModel, { order }: ClosedOrder): Order {
    const statement_ids = order.payments.flatMap(({ fields }) => statements(fields));
    const json = {
        ...order.fields,
        uid: order.uid,
        name: typeof order.fields.name === 'string' ? order.fields.name : order.uid,
        sequence_number: order.sequence_number,
        run_ID: order.run_ID,
        partner_id: order.fields.partner_id ?? false,
        fiscal_position_id: order.fields.fiscal_position_id ?? false,
        pricelist_id: order.fields.pricelist_id ?? false,
        lines: order.lines.map(({ uid, fields }) => [0, 0, lineJson(uid, fields)]),
        statement_ids,
    } as unknown as OrderJson;
    const made = new models.Order({}, { pos, json });
    made.finalized = true;
    return made;
}

function lineJson(uid: string, fields: Fields): Fields {
    return { qty: 0, price_unit: 0, discount: 0, tax_ids: [], ...fields, uid };
}

function statements(fields: Fields): [number, number, Fields][] {
    const lines = Array.isArray(fields.statement_ids) ? fields.statement_ids : [];
    return lines.flatMap((line): [number, number, Fields][] => {
        const statement = Array.isArray(line) ? line[2] : null;
        const isOne = statement !== null && typeof statement === 'object' && !Array.isArray(statement);
        return isOne ? [[0, 0, statement as Fields]] : [];
    });
}

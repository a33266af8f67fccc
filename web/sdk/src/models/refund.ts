/** Giving back what was sold: a new order of lines of a former one, the other way round. */

import type { Fields } from '../client/types.js';
import { decimal, toNumber } from '../money/decimal.js';
import { type OrderJson, type OrderlineJson, referenceIn, taxIds } from './json_format.js';
import type { Order } from './order.js';
import type { PosModel } from './pos_model.js';

/** An order as the engine, the server or Odoo has it. */
export type Refundable =
    | {
          readonly uid: string;
          readonly fields: Fields;
          readonly lines: readonly { uid: string; fields: Fields }[];
      }
    | OrderJson;

/** So much of a line is given back: more than 0, and no more than the line has. */
export interface RefundItem {
    uid: string;
    qty: number;
}

/**
 * Begins an order that gives lines of another back, at the prices, discounts and taxes that were paid, for the same
 * customer under the same fiscal position. All of an order given back comes to exactly the negative of what it came to.
 *
 * What was given back before is not known here: whoever offers lines for it looks at the orders whose `refund_of` is the
 * original's uid, and their lines' `refunded_line`.
 *
 * @throws Error when there is nothing to give back, a line is not on the order, or has less than is asked for.
 */
export function refundOf(pos: PosModel, original: Refundable, items: readonly RefundItem[]): Order {
    const { uid } = original;
    const [fields, lines] = contentOf(original);
    if (items.length === 0) throw new Error('choose the lines that are given back');
    const repeated = items.find((item, at) => items.findIndex(other => other.uid === item.uid) !== at);
    if (repeated) throw new Error(`line ${repeated.uid} is named twice: give its quantity once`);
    const each = items.map(item => {
        const line = lines.get(item.uid);
        if (!line) throw new Error(`order ${uid} has no line ${item.uid}`);
        return refunded(line, item);
    });
    const order = pos.add_new_order();
    order.act(() => {
        const { note: _, ...json } = order.export_as_JSON();
        order.set_standard({
            ...json,
            partner_id: referenceIn(fields, 'partner_id'),
            fiscal_position_id: referenceIn(fields, 'fiscal_position_id'),
            pricelist_id: referenceIn(fields, 'pricelist_id'),
            refund_of: uid,
        });
        for (const line of each) {
            order.orderlines.add(pos.makeLine(order, { ...line, uid: pos.engine.lineUid(order.uid) }));
        }
        order.select_orderline(order.get_last_orderline());
    });
    return order;
}

function contentOf(original: Refundable): [Fields, Map<string, Fields>] {
    if ('fields' in original) {
        const { fields, lines } = original as Extract<Refundable, { fields: Fields }>;
        return [fields, new Map(lines.map(line => [line.uid, line.fields]))];
    }
    const { lines, ...fields } = original;
    return [fields as unknown as Fields, new Map(lines.map(([, , line]) => [line.uid, line as Fields]))];
}

/** A line the other way round. Its price is what was paid, whatever quantity and pricelist would make it. */
function refunded(line: Fields, { uid, qty }: RefundItem): OrderlineJson {
    const of = (field: string) => decimal(typeof line[field] === 'number' ? line[field] : 0);
    const sold = of('qty');
    const back = decimal(qty);
    if (!back.greaterThan(0) || back.greaterThan(sold.abs())) {
        throw new Error(
            `of line ${uid}, more than 0 and at most ${sold.abs()} can be given back, not ${back}`,
        );
    }
    const taxes = taxIds(line.tax_ids);
    return {
        uid,
        product_id: toNumber(of('product_id')),
        qty: toNumber(sold.isNegative() ? back : back.negated()),
        price_unit: toNumber(of('price_unit')),
        discount: toNumber(of('discount')),
        tax_ids: taxes ? [[6, false, taxes]] : [],
        price_manually_set: true,
        refunded_line: uid,
    };
}

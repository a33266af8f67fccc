/** What a receipt shows of an order. */

import { decimalsOf } from '../money/rounding.js';
import type { Order } from './order.js';

/** Odoo's `export_for_printing`: plain data for a receipt's template. */
export function printable(order: Order): { [member: string]: unknown } {
    const { pos } = order;
    return {
        orderlines: order.orderlines.map(line => line.export_for_printing()),
        paymentlines: order.paymentlines.map(line => line.export_for_printing()),
        uid: order.uid,
        name: order.name,
        sequence_number: order.sequence_number,
        creation_date: order.creation_date,
        client: order.get_client_name() || null,
        cashier: pos.get_cashier().name,
        subtotal: order.get_subtotal(),
        total_with_tax: order.get_total_with_tax(),
        total_without_tax: order.get_total_without_tax(),
        total_tax: order.get_total_tax(),
        tax_details: order.get_tax_details(),
        total_discount: order.get_total_discount(),
        rounding_applied: order.get_rounding_applied(),
        total_paid: order.get_total_paid(),
        change: order.get_change(),
        precision: { money: decimalsOf(pos.currency.rounding), price: pos.priceDecimals },
        company: pos.company,
        currency: pos.currency,
        shop: { name: pos.config.name },
    };
}

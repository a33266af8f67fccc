/** The payments of an order: a till's own until they are recorded. */

import type { Order } from './order.js';
import { OrderTotals } from './order_totals.js';
import { type Paymentline, RECORDED } from './paymentline.js';
import { models } from './registry.js';
import type { Cashregister } from './shop.js';

/** The part of an order that is paid. */
export abstract class OrderPayments extends OrderTotals {
    declare selected_paymentline: Paymentline | undefined;

    /** @throws Error when the order is paid or locked. */
    abstract assert_editable(): void;

    add_paymentline(cashregister: Cashregister): Paymentline {
        this.assert_editable();
        const line = new models.Paymentline(
            {},
            { pos: this.pos, order: this as unknown as Order, cashregister },
        );
        const due = this.get_due();
        this.paymentlines.add(line);
        if (!line.is_cash() || this.pos.config.iface_precompute_cash) line.set_amount(due);
        this.select_paymentline(line);
        return line;
    }

    get_paymentlines(): Paymentline[] {
        return this.paymentlines.models;
    }

    /** @throws Error when the server was told of the payment: money that was taken is a fact. */
    remove_paymentline(line: Paymentline): void {
        this.assert_editable();
        if (line.recorded) throw new Error(RECORDED);
        if (this.selected_paymentline === line) this.select_paymentline(undefined);
        this.paymentlines.remove(line);
    }

    select_paymentline(line: Paymentline | undefined): void {
        if (line === this.selected_paymentline) return;
        this.selected_paymentline?.set_selected(false);
        this.selected_paymentline = line;
        line?.set_selected(true);
    }
}

/**
 * Money that the server was told of: it is a fact, and every till that shows the order shows it. Whoever takes the rest
 * sees what there is already, also after a page was loaded anew.
 */
import type { Json, OrderView, Payment } from '../client/types.js';
import { equal } from '../rules/json.js';
import type { PaymentJson } from './json_format.js';
import type { Order } from './order.js';
import type { Paymentline } from './paymentline.js';
import { models } from './registry.js';

/** What a payment says of the whole order, as it was when the money was taken. */
const AMOUNTS = ['amount_total', 'amount_tax', 'amount_paid', 'amount_return'] as const;
export type Amounts = Record<(typeof AMOUNTS)[number], number>;

/** Takes the payments that the engine shows into the model. Nothing is recorded by that. */
export function takePayments(order: Order, { payments }: OrderView): void {
    const lines = order.get_paymentlines();
    const wanted = new Set(payments.map(({ id }) => id));
    for (const line of [...lines]) {
        // Of one that was refused its own till knows best what to do.
        if (line.taken_elsewhere && !wanted.has(line.payment ?? '')) order.paymentlines.remove(line);
    }
    for (const payment of payments) {
        if (lines.some(line => line.payment === payment.id)) continue;
        const mine = lines.filter(line => line.recorded && line.payment === null);
        // This till has just told of it.
        if (mine.length > 0) for (const line of mine) line.payment = payment.id;
        else for (const json of statementsOf(payment)) order.paymentlines.add(lineOf(order, payment, json));
    }
}

/** What is said of the whole order with each payment. */
export function amountsOf(order: Order): Amounts {
    const json = order.export_as_JSON();
    return Object.fromEntries(AMOUNTS.map(name => [name, json[name]])) as Amounts;
}

/** What was sold, line by line and tax by tax: what reports are made of, exact as the receipt has it. */
export type SoldJson = {
    lines: { product_id: number; name: string; qty: number; net: number; total: number }[];
    /** `base` is what the tax was computed on. */
    taxes: { id: number; base: number; amount: number }[];
};

/** What is said of the bill with each payment, for reports. */
export function soldOf(order: Order): SoldJson {
    const lines = order.get_orderlines().map(line => {
        const { priceWithTax, priceWithoutTax } = line.get_all_prices();
        const { id: product_id, display_name: name } = line.get_product();
        return { product_id, name, qty: line.get_quantity(), net: priceWithoutTax, total: priceWithTax };
    });
    const taxes = order.get_tax_details().map(({ tax, amount, base }) => ({ id: tax.id, base, amount }));
    return { lines, taxes };
}

/** Whether the bill, or the change that was given, is another one than was said with the last payment. */
export function isOutdated(last: Payment | undefined, amounts: Amounts): boolean {
    return last !== undefined && AMOUNTS.some(name => !equal(last.fields[name], amounts[name]));
}

/** The payments were refused: they are the till's own again. */
export function takeBack(lines: readonly Paymentline[]): void {
    for (const line of lines) Object.assign(line, { recorded: false, payment: null });
}

function lineOf(order: Order, { id }: Payment, json: PaymentJson): Paymentline {
    const line = new models.Paymentline({}, { pos: order.pos, order, json });
    Object.assign(line, { recorded: true, payment: id, taken_elsewhere: true });
    return line;
}

/**
 * What was given with a payment, each way to pay for itself. Odoo writes each as `[0, 0, {…}]`; what has another form is
 * money that only its own app can read.
 */
export function statementsOf({ fields }: Payment): PaymentJson[] {
    const written = Array.isArray(fields.statement_ids) ? fields.statement_ids : [];
    return written.flatMap(each => {
        const json: Json | undefined = Array.isArray(each) ? each[2] : undefined;
        return isPayment(json) ? [json] : [];
    });
}

function isPayment(json: unknown): json is PaymentJson {
    const { name, journal_id, amount } = (json ?? {}) as Partial<PaymentJson>;
    return typeof name === 'string' && typeof journal_id === 'number' && typeof amount === 'number';
}

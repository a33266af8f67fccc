/** The till: its shop, its orders, who is at it. */

import type { Engine, OrderChange, Outcome, User } from '../client/types.js';
import { modelClass } from './backbone.js';
import { checkDeclarations } from './field.js';
import { Incoming } from './incoming.js';
import type { OrderlineJson } from './json_format.js';
import type { Order, Orders } from './order.js';
import { Orderline } from './orderline.js';
import type { Paymentline } from './paymentline.js';
import { PosRecords } from './pos_records.js';
import { type Amounts, amountsOf, isOutdated, soldOf, takeBack } from './recorded_payments.js';
import { Recorder } from './recorder.js';
import { type Refundable, type RefundItem, refundOf } from './refund.js';
import { models, tills } from './registry.js';
import type { Config, Shop } from './shop.js';

export interface PosModelOptions {
    engine: Engine;
    shop: Shop;
    config: Config;
}

/** What the PosModel's event `error` tells. */
export interface PosError {
    /** The order that it is about; empty where it is about the till. */
    uid: string;
    /** A hook of an extension (`apply_ms_data` …), `check` or `export` of a field, `locked`, `record` … */
    where: string;
    /** What happened and what to do, for people. */
    text: string;
    field?: string;
    error?: unknown;
    /** The order itself, where it may have left the screen by now. */
    order?: Order;
}

/** The same fault of the same order is told once; this many are remembered. */
export const FAULTS_REMEMBERED_MAX = 1000;

/**
 * Odoo's PosModel. Its attributes are `orders`, `selectedOrder` and `cashier`; its events, besides Backbone's:
 *
 * - `error` ({@link PosError}): an extension failed, a change could not be made
 * - `render_order` (order): somebody asks for the current order to be painted again
 * - `order_gone` (order, `OrderChange`, whether it was the current one): an order was paid, deleted or ended elsewhere and
 *   left the screen
 * - `shop_loaded`: products, customers, prices and options may be others, on open orders too
 */
class PosMembers extends PosRecords {
    declare engine: Engine;
    declare recorder: Recorder;
    declare incoming: Incoming;
    /** Odoo's screens, as far as extensions reach for them: `renderElement` asks for the current order to be painted. */
    declare gui: {
        screen_instances: { products: { order_widget: { renderElement(scrollbottom?: boolean): void } } };
    };
    private declare lineIds: number;
    private declare faults: Set<string>;
    /** Orders whose closing is under way here. */
    private declare paying: Map<Order, Promise<Outcome> | null>;
    private declare deaf: (() => void)[];

    override initialize(_attributes: object, options: PosModelOptions): void {
        checkDeclarations(models.Order.prototype);
        checkDeclarations(models.Orderline.prototype);
        this.engine = options.engine;
        this.recorder = new Recorder(this as PosModel);
        this.incoming = new Incoming(this as PosModel);
        this.lineIds = 0;
        this.faults = new Set();
        this.paying = new Map();
        this.gui = {
            screen_instances: { products: { order_widget: { renderElement: () => this.paint() } } },
        };
        this.set({ orders: new models.Orders(), selectedOrder: null, cashier: options.engine.user });
        this.load_shop(options.shop, options.config);
        this.get_orders().on('add', (order: Order) => this.order_added(order));
        this.incoming.load();
        this.deaf = [
            this.engine.on('orders', changes => this.incoming.heard(changes)),
            this.engine.on('receipt', (uid, receipt) => {
                const order = this.order_by_uid(uid);
                if (!order) return;
                order.receipt_number = receipt;
                this.quietly(() => order.trigger('change', order));
            }),
            this.engine.on('merged', merged => {
                const order = this.order_by_uid(merged.uid);
                if (order) this.recorder.steps.merged(order, merged);
            }),
            this.engine.on('session', () => {
                this.incoming.heardSession();
                this.set_start_order();
            }),
        ];
        this.set_start_order();
        tills.add(this as PosModel);
    }

    /**
     * Takes the shop's records over; again when the catalogue has changed. Orders that are open go on with the new
     * records, and keep the prices of their lines; what the shop has no more stays on them as it was. Nothing is sent.
     * Then `shop_loaded` is triggered.
     */
    override load_shop(shop: Shop, config: Config): void {
        super.load_shop(shop, config);
        for (const order of this.get_order_list()) order.take_records();
        this.trigger('shop_loaded');
    }

    // Orders

    /** The order on the screen; none only before the till has a login. */
    get_order(): Order | null {
        return this.get('selectedOrder');
    }

    get_order_list(): Order[] {
        return this.get_orders().models;
    }

    order_by_uid(uid: string): Order | undefined {
        return this.get_orders().find(order => order.uid === uid);
    }

    /** Puts an order on the screen. Tells the others that it is open here. */
    set_order(order: Order): void {
        this.set({ selectedOrder: order });
        this.engine.showing(order.uid);
    }

    /**
     * Begins an order and puts it on the screen. Nothing is sent before something is done to it.
     *
     * @throws what the engine throws while the till has no login.
     */
    add_new_order(): Order {
        const order = new models.Order({}, { pos: this });
        this.add_order(order);
        this.set_order(order);
        return order;
    }

    /**
     * Begins an order that gives lines of a former one back, and puts it on the screen; {@link refundOf} says more. It is
     * paid by payments with negative amounts.
     *
     * @param original as the engine shows it (`OrderView`), as the server has it, or in Odoo's flat JSON.
     * @throws Error when a line is not on it, or has less than is asked for.
     */
    refund_of(original: Refundable, lines: readonly RefundItem[]): Order {
        return refundOf(this as PosModel, original, lines);
    }

    /** Deletes the order on the screen, on all tills. */
    delete_current_order(): void {
        this.get_order()?.destroy({ reason: 'abandon' });
    }

    /** Deletes an order on all tills, and tells what became of that. One that was never sent is only dropped. */
    async delete_order(order: Order): Promise<Outcome> {
        if (!this.recorder.isSent(order)) {
            this.leave(order);
            return { accepted: true, uid: order.uid, number: null };
        }
        return await this.engine.delete(order.uid);
    }

    /**
     * Records the payments that the server was not told of, and closes the order as paid. Resolves when that is settled:
     * without a connection as soon as it is in durable storage, since the money was taken.
     *
     * Where the order turns out to be closed elsewhere, the money is booked as an order of its own: the outcome's
     * `booked`, and the event `error` with `where: 'paid_twice'`.
     *
     * @throws Error when the order has no lines, or the payments do not cover the total.
     */
    async push_order(order: Order): Promise<Outcome> {
        const { uid } = order;
        if (order.finalized) return { accepted: true, uid, number: order.sequence_number };
        if (order.get_orderlines().length === 0)
            throw new Error(`${order.name} is empty: there is nothing to pay.`);
        if (!order.is_paid()) {
            const due = order.get_due();
            const text = due < 0 ? `${-due} is still to be given back` : `${due} is missing`;
            throw new Error(`${order.name} is not paid: ${text}`);
        }
        // A second tap on the button is the same payment.
        const begun = this.paying.get(order);
        if (begun) return await begun;
        // What it does at once finds it under way.
        this.paying.set(order, null);
        const paying = this.paid(order);
        this.paying.set(order, paying);
        try {
            return await paying;
        } finally {
            this.paying.delete(order);
        }
    }

    private async paid(order: Order): Promise<Outcome> {
        this.recorder.capture(order);
        const finalized = new Promise<Outcome>(resolve =>
            order.once('finalized', () =>
                resolve({ accepted: true, uid: order.uid, number: order.sequence_number }),
            ),
        );
        const outcome = await Promise.race([finalized, this.pay_and_close(order)]);
        // Without a connection the disk's word stands for the server's: a receipt is not shown before.
        await this.engine.kept();
        if (outcome.accepted) this.set_finalized(order);
        else if (outcome.booked !== undefined) {
            const text = `${order.name} was closed elsewhere before this payment. The money that was taken here is booked as an order of its own, the last of the past orders: give it back with a refund of that one, or ask a manager.`;
            this.report({ uid: order.uid, where: 'paid_twice', text, order });
        }
        return outcome;
    }

    private async pay_and_close(order: Order): Promise<Outcome> {
        const lines = order.get_paymentlines().filter(line => !line.recorded);
        const amounts = amountsOf(order);
        const last = this.engine.order(order.uid)?.payments.at(-1);
        const isToTell = lines.length > 0 || isOutdated(last, amounts);
        const paid = isToTell ? this.pay(order, lines, amounts) : null;
        const closed = this.engine.close(order.uid);
        const outcome = await paid;
        if (outcome && !outcome.accepted) takeBack(lines);
        return await closed;
    }

    /** Tells the server of money that was taken. */
    private pay(order: Order, lines: readonly Paymentline[], amounts: Amounts): Promise<Outcome> {
        const statement_ids = lines.map(line => [0, 0, { ...line.export_as_JSON() }]);
        // What the engine shows at once finds them told of.
        for (const line of lines) line.recorded = true;
        try {
            return this.engine.pay(order.uid, { ...amounts, sold: soldOf(order), statement_ids });
        } catch (error) {
            takeBack(lines);
            throw error;
        }
    }

    private set_finalized(order: Order): void {
        if (order.finalized) return;
        order.finalized = true;
        order.trigger('finalized', order);
        order.trigger('change', order);
    }

    // Who is at the till

    get_cashier(): User {
        return this.get('cashier');
    }

    /** Another person takes over: what is done from now on is theirs, and the orders that they may see are shown. */
    set_cashier(user: User): void {
        this.engine.user = { id: user.id, name: user.name };
        this.set({ cashier: user });
        this.incoming.sift();
    }

    /** The customer of the order on the screen. */
    get_client(): ReturnType<Order['get_client']> {
        return this.get_order()?.get_client() ?? null;
    }

    /** Asks screens to paint the current order again: event `render_order`. */
    paint(): void {
        this.trigger('render_order', this.get_order());
    }

    /** Stops listening and shuts the engine down; what is unsent stays in durable storage. */
    async close(): Promise<void> {
        for (const stop of this.deaf) stop();
        this.deaf = [];
        tills.delete(this as PosModel);
        await this.engine.shutdown();
    }

    // For the SDK's own classes

    get_orders(): Orders {
        return this.get('orders');
    }

    has_order(order: Order): boolean {
        return this.get_orders().includes(order);
    }

    add_order(order: Order): void {
        this.get_orders().add(order);
    }

    /** A number for a new line, this page's own. */
    nextLineId(): number {
        this.lineIds += 1;
        return this.lineIds;
    }

    /** A line made of JSON. Where an extension fails at that, it is told, and a plain line takes the place. */
    makeLine(order: Order, json: OrderlineJson): Orderline {
        let line: Orderline | null = null;
        this.guarded(order.uid, 'initialize', () => {
            line = new models.Orderline({}, { pos: this, order, json });
        });
        return line ?? new Orderline({}, { pos: this, order, json });
    }

    /** Does something that is no change of an order, such as selecting: nothing is compared. */
    quietly(work: () => void): void {
        this.recorder.quietly(work);
    }

    /** Lets an extension work; if it throws, that is told, and the rest goes on. Whether it went well. */
    guarded(uid: string, where: string, work: () => void): boolean {
        try {
            work();
            return true;
        } catch (error) {
            const why = error instanceof Error ? error.message : String(error);
            this.report({ uid, where, text: `an extension failed in ${where}: ${why}`, error });
            return false;
        }
    }

    /** Tells by the event `error`, once for the same fault; on the console if nobody listens. */
    report(fault: PosError): void {
        const isHeard = this.listens('error');
        const key = JSON.stringify([isHeard, fault.uid, fault.where, fault.field, fault.text]);
        const isRepeatable = fault.where === 'locked' || fault.where === 'record';
        if (!isRepeatable && this.faults.has(key)) return;
        if (this.faults.size >= FAULTS_REMEMBERED_MAX) this.faults.clear();
        this.faults.add(key);
        if (isHeard) this.trigger('error', fault);
        else console.error(`order ${fault.uid}: ${fault.text}`, fault.error ?? '');
    }

    /** An order came from elsewhere: an empty one may give way (rules 24 and 25). */
    order_arrived(order: Order): void {
        const current = this.get_order();
        const isIdle = current?.is_empty() && !this.recorder.isSent(current);
        if (!current || !isIdle) return;
        const isFirst = this.get_order_list().every(other => other === current || other === order);
        if (this.config.replace_empty_order !== false && isFirst) {
            this.set_order(order);
            this.get_orders().remove(current);
        } else if (this.config.deactivate_empty_order === true) this.set_order(order);
    }

    /** The engine shows an order no more. One that was paid here stays until its receipt was seen. */
    order_gone(order: Order, change: OrderChange): void {
        // Also where the page was loaded anew while the answer was under way.
        const isPaidHere = order.finalized || this.paying.has(order) || change.before?.locked === 'paying';
        if (change.why === 'paid' && change.by !== 'others' && isPaidHere) {
            this.set_finalized(order);
            return;
        }
        const isCurrent = this.get_order() === order;
        // Not the next one: what is tapped at this moment would go to somebody else's bill.
        if (isCurrent && change.by === 'others' && this.engine.till) this.begin_order(order);
        this.leave(order);
        this.trigger('order_gone', order, change, isCurrent);
    }

    /** Puts an empty order on the screen: the one that there is, or a new one. `but` is not it. */
    begin_order(but?: Order): void {
        const isFree = (order: Order) => order.is_empty() && !order.get_client() && !order.get_note();
        const empty = this.get_order_list().find(order => order !== but && isFree(order));
        if (empty) this.set_order(empty);
        else this.add_new_order();
    }

    /** Takes an order off this screen; another one comes in its place if it was the current one. */
    leave(order: Order): void {
        const orders = this.get_orders();
        const at = orders.indexOf(order);
        orders.remove(order);
        if (this.get_order() !== order) return;
        const next = orders.at(Math.min(Math.max(at, 0), orders.length - 1));
        if (next) this.set_order(next);
        else if (this.engine.till) this.add_new_order();
        else this.set({ selectedOrder: null });
    }

    private order_added(order: Order): void {
        if (this.recorder.isApplying) return;
        this.recorder.track(order, false);
        if (!order.is_empty()) this.recorder.capture(order);
    }

    /** The till needs an order on its screen as soon as it has a login. */
    private set_start_order(): void {
        if (this.get_order()) return;
        const first = this.get_orders().first();
        if (first) this.set_order(first);
        else if (this.engine.till) this.add_new_order();
    }

    /** Backbone has no public way to ask. */
    private listens(event: string): boolean {
        const { _events } = this as unknown as { _events?: { [event: string]: unknown } };
        return Boolean(_events?.[event] ?? _events?.all);
    }
}

export type PosModel = PosMembers;
export const PosModel = modelClass<PosModel>(PosMembers);

/**
 * From the engine to the models: what the engine shows is taken into the models, and extensions are told of it.
 *
 * The fields that the SDK knows are taken by the SDK itself, also if an extension's `apply_ms_data` calls no super
 * method. Nothing here moves the selection or records anything.
 */

import type { LineView, OrderChange, OrderView } from '../client/types.js';
import { equal } from '../rules/json.js';
import { lineToJson, msInfo, type OrderJson, orderName, orderToJson } from './json_format.js';
import { type Order, Order as OrderBase } from './order.js';
import type { Orderline } from './orderline.js';
import type { PosModel } from './pos_model.js';
import { takePayments } from './recorded_payments.js';
import { models } from './registry.js';

export class Incoming {
    /** What of each order the models show. */
    private readonly shown = new WeakMap<Order, OrderView>();
    private beginning = 0;
    /** Orders that others changed in the middle of being sent. */
    private readonly disturbed = new Set<Order>();

    private wasActive: boolean;

    constructor(private readonly pos: PosModel) {
        this.wasActive = pos.engine.active;
    }

    /** Begins an order in the engine for a model that is just being made; its uid. */
    begin(): string {
        this.beginning += 1;
        try {
            return this.pos.engine.newOrder();
        } finally {
            this.beginning -= 1;
        }
    }

    /** Takes in what the engine shows from the start on. */
    load(): void {
        for (const view of this.pos.engine.orders()) {
            if (!this.pos.order_by_uid(view.uid) && this.isWanted(view)) this.create(view);
        }
    }

    /** Several changes that belong together. */
    heard(changes: readonly OrderChange[]): void {
        // One order that cannot be taken in keeps no other from it.
        for (const change of changes) this.pos.guarded(change.uid, 'orders', () => this.take(change));
    }

    /** What was just sent is what the screen shows; the engine adds who did it. */
    sent(order: Order): void {
        const view = this.pos.engine.order(order.uid);
        const isDisturbed = this.disturbed.delete(order);
        if (view) this.reconcile(order, view, isDisturbed);
    }

    /** Makes an order what the engine shows of it, whatever the models say. */
    restore(order: Order): void {
        const { recorder } = this.pos;
        const view = this.pos.engine.order(order.uid);
        if (view && recorder.isSent(order)) {
            this.shown.delete(order);
            this.reconcile(order, view, true);
            return;
        }
        recorder.whileApplying(() => {
            for (const line of [...order.orderlines.models]) this.removeLine(order, line);
        });
        recorder.track(order, false);
    }

    /**
     * Orders of other users are shown only where the POS accepts them (rule 23), those of other POSes only while the
     * multi-session is active (rule 20).
     */
    isWanted(view: OrderView): boolean {
        const { config, engine } = this.pos;
        const isMine = view.added.user.id === this.pos.get_cashier().id;
        const isHere = view.added.pos.id === engine.pos.id;
        return (config.accept_incoming_orders !== false || isMine) && (engine.active || isHere);
    }

    /** Somebody else is at the till: what they may not see goes, what they may comes. */
    sift(): void {
        for (const order of [...this.pos.get_order_list()]) {
            const view = this.pos.engine.order(order.uid);
            if (view && !this.isWanted(view)) this.pos.leave(order);
        }
        for (const view of this.pos.engine.orders()) {
            // An empty one that was begun here has given way to another.
            const isBegun = view.number !== null || view.lines.length > 0;
            if (isBegun && !this.pos.order_by_uid(view.uid) && this.isWanted(view)) this.create(view);
        }
    }

    /** The session has changed; whether orders are shared may have, too. */
    heardSession(): void {
        const { active } = this.pos.engine;
        if (active === this.wasActive) return;
        this.wasActive = active;
        this.sift();
    }

    private take(change: OrderChange): void {
        const order = this.pos.order_by_uid(change.former ?? change.uid) ?? this.pos.order_by_uid(change.uid);
        if (!order && this.beginning > 0) return;
        if (order) this.hear(order, change);
        if (order && this.pos.recorder.sending === order) {
            if (change.by === 'others') this.disturbed.add(order);
            return;
        }
        if (change.kind === 'removed') {
            if (order) this.pos.order_gone(order, change);
            return;
        }
        if (change.former !== undefined && order) this.rename(order, change.uid);
        // What an extension changed without a word is recorded before it is painted over.
        if (order) this.pos.recorder.captureUnsaid(order);
        const view = this.pos.engine.order(change.uid);
        if (!view) return;
        if (order) this.reconcile(order, view, true);
        else if (this.isWanted(view)) this.arrive(view, change);
    }

    /** What others did is theirs. What this till did otherwise than by recording (it paid, it moved lines) stays done. */
    private hear(order: Order, { by, before, after }: OrderChange): void {
        const { recorder } = this.pos;
        if (by !== 'me') recorder.steps.heard(order, before, after);
        else if (recorder.sending !== order && recorder.replaying !== order) recorder.steps.clear(order);
    }

    private arrive(view: OrderView, change: OrderChange): void {
        const order = this.create(view);
        if (change.kind === 'added' && change.by === 'others') this.pos.order_arrived(order);
    }

    private create(view: OrderView): Order {
        const { pos } = this;
        const json = orderToJson(view);
        let order: Order | null = null;
        pos.recorder.whileApplying(() => {
            pos.guarded(view.uid, 'initialize', () => {
                order = new models.Order({}, { pos, json });
            });
            order ??= new OrderBase({}, { pos, json });
            this.shown.set(order, view);
            takePayments(order, view);
            pos.add_order(order);
        });
        const made = order as unknown as Order;
        pos.recorder.track(made, true);
        return made;
    }

    private rename(order: Order, uid: string): void {
        order.uid = uid;
        order.name = orderName(uid);
        if (this.pos.get_order() === order) this.pos.engine.showing(uid);
    }

    /**
     * Makes the models what the view says. Of fields that the SDK knows, those of the view hold; extensions are handed
     * the JSON where something changed.
     */
    private reconcile(order: Order, view: OrderView, tell: boolean): void {
        const before = this.shown.get(order);
        if (before === view) return;
        this.shown.set(order, view);
        const changed: Orderline[] = [];
        let isChanged = before === undefined || !equal(before.fields, view.fields);
        this.pos.recorder.whileApplying(() => {
            order.sequence_number = view.number;
            order.run_ID = view.run;
            order.revision_ID = view.revision;
            order.ms_info = msInfo(view);
            // A copy of a hundred lines, which nobody needs for most of what is taken in.
            let copied: OrderJson | null = null;
            const json = () => {
                copied ??= orderToJson(view);
                return copied;
            };
            if (isChanged) order.set_standard(json());
            changed.push(...this.reconcileLines(order, view, before, tell));
            if (before?.payments !== view.payments) takePayments(order, view);
            isChanged ||= changed.length > 0 || before?.lines.length !== view.lines.length;
            if (tell && isChanged) this.apply(order.uid, order, json);
        });
        if (tell && isChanged) this.pos.recorder.track(order, true);
        this.pos.quietly(() => {
            for (const line of changed) line.trigger('change', line);
            order.trigger('change', order);
        });
    }

    private reconcileLines(
        order: Order,
        view: OrderView,
        before: OrderView | undefined,
        tell: boolean,
    ): Orderline[] {
        const seen = new Map(before?.lines.map(line => [line.uid, line]));
        const present = new Map(order.orderlines.map(line => [line.uid, line]));
        const wanted = new Set(view.lines.map(line => line.uid));
        for (const line of [...order.orderlines.models]) {
            if (!wanted.has(line.uid)) this.removeLine(order, line);
        }
        const changed: Orderline[] = [];
        for (const line of view.lines) {
            const model = present.get(line.uid);
            if (!model) changed.push(this.addLine(order, line));
            else if (seen.get(line.uid) !== line) {
                const isTold = tell && !equal(seen.get(line.uid)?.fields, line.fields);
                changed.push(this.changeLine(model, line, isTold));
            }
        }
        this.arrange(order, view);
        return changed;
    }

    private addLine(order: Order, view: LineView): Orderline {
        const line = this.pos.makeLine(order, lineToJson(view));
        order.orderlines.add(line);
        return line;
    }

    private changeLine(line: Orderline, view: LineView, tell: boolean): Orderline {
        const json = lineToJson(view);
        line.set_standard(json);
        line.ms_info = msInfo(view);
        if (tell) this.apply(line.order.uid, line, () => json);
        return line;
    }

    private removeLine(order: Order, line: Orderline): void {
        // Nothing is selected instead: what is typed next must not land on a line that nobody chose.
        if (order.selected_orderline === line) order.deselect_orderline();
        order.orderlines.remove(line);
    }

    /** Lines stand in the order in which the server accepted them. */
    private arrange(order: Order, view: OrderView): void {
        const { models: lines } = order.orderlines;
        const place = new Map(view.lines.map((line, index) => [line.uid, index]));
        const isArranged = lines.every((line, index) => place.get(line.uid) === index);
        if (isArranged) return;
        lines.sort((a, b) => (place.get(a.uid) ?? 0) - (place.get(b.uid) ?? 0));
        order.orderlines.trigger('sort', order.orderlines);
    }

    /** An extension's own share of taking in. There may be none, and it may fail. */
    private apply<J>(uid: string, model: { apply_ms_data?: (json: J) => void }, json: () => J): void {
        if (typeof model.apply_ms_data !== 'function') return;
        this.pos.guarded(uid, 'apply_ms_data', () => model.apply_ms_data?.(json()));
    }
}

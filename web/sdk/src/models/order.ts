/** An order: lines, customer, payments. What is done to it is recorded, and shared with the other tills. */

import type { Operation, Outcome } from '../client/types.js';
import { decimal, toNumber } from '../money/decimal.js';
import { Backbone, modelClass } from './backbone.js';
import type { FieldDeclarations } from './field.js';
import type { MsInfo, OrderJson, Synced } from './json_format.js';
import { orderName } from './json_format.js';
import { exportedNote, takeNote } from './note.js';
import { OrderTerms } from './order_terms.js';
import type { Orderline } from './orderline.js';
import type { PosModel } from './pos_model.js';
import type { Product } from './product.js';
import { printable } from './receipt.js';
import { models } from './registry.js';
import type { Undone } from './undone.js';

/** An order is begun at this till, or made of JSON. */
export interface OrderOptions {
    pos: PosModel;
    json?: OrderJson;
}

/** How a product is added. */
export interface AddProductOptions {
    quantity?: number;
    /** The price of one unit, instead of the pricelist's. */
    price?: number;
    discount?: number;
    /** `false`: always a line of its own. */
    merge?: boolean;
    /** Properties that the line gets before it is compared with others: extensions' fields. */
    extras?: { [property: string]: unknown };
}

class OrderMembers extends OrderTerms {
    /** Who it is, for good; another one only if the server had to give it one (rule N4). */
    declare uid: string;
    declare name: string;
    /** The order number that the server gave; null before: tills show `New`. */
    declare sequence_number: number | null;
    declare run_ID: number;
    /** The confirmed revision; 0 before it is registered. */
    declare revision_ID: number;
    declare creation_date: string;
    declare ms_info: MsInfo;
    declare selected_orderline: Orderline | undefined;
    /** The number of its receipt; null until the server has taken the payment (rule N7). */
    declare receipt_number: number | null;
    /** The uid of the order whose lines this one gives back; none of an ordinary one. */
    declare refund_of: string | undefined;
    /** It is paid: nothing changes any more. */
    declare finalized: boolean;
    /** An extension's; there is none to begin with. */
    declare apply_ms_data?: (json: OrderJson) => void;
    /** Fields that extensions declared, by name. */
    declare ms_fields?: FieldDeclarations;

    override initialize(_attributes: object, options: OrderOptions): void {
        this.pos = options.pos;
        this.orderlines = new models.Orderlines();
        this.paymentlines = new models.Paymentlines();
        this.set({ client: null }, { silent: true });
        this.unknown_references = {};
        this.finalized = false;
        this.ms_info = {};
        this.sequence_number = null;
        this.receipt_number = null;
        this.run_ID = this.pos.engine.run;
        this.revision_ID = 0;
        if (options.json) {
            const { json } = options;
            this.pos.guarded(json.uid, 'init_from_JSON', () => this.init_from_JSON(json)) ||
                OrderMembers.prototype.init_from_JSON.call(this, json);
        } else {
            this.uid = this.pos.incoming.begin();
            this.name = orderName(this.uid);
            this.creation_date = new Date().toISOString().slice(0, 19).replace('T', ' ');
            this.fiscal_position = this.pos.default_fiscal_position;
            this.pricelist = this.pos.default_pricelist;
        }
        const changed = () => this.save_to_db();
        this.on('change new_updates_to_send', changed);
        this.orderlines.on('change add remove reset', changed);
    }

    init_from_JSON(json: OrderJson): void {
        this.uid = json.uid;
        this.name = json.name;
        this.sequence_number = json.sequence_number;
        this.run_ID = json.run_ID ?? this.pos.engine.run;
        this.revision_ID = json.revision_ID ?? 0;
        this.ms_info = json.ms_info ?? {};
        this.creation_date = json.creation_date ?? '';
        this.set_standard(json);
        // What a wrong extension read in before it failed is read anew.
        this.orderlines.reset([], { silent: true });
        this.paymentlines.reset([], { silent: true });
        for (const [, , line] of json.lines) {
            this.orderlines.add(this.pos.makeLine(this as Order, line));
        }
        for (const [, , payment] of json.statement_ids) {
            this.paymentlines.add(
                new models.Paymentline({}, { pos: this.pos, order: this as Order, json: payment }),
            );
        }
    }

    /** Takes the fields that the SDK knows, except for lines; nothing is recorded. */
    set_standard(json: OrderJson): void {
        const { pos } = this;
        this.creation_date = json.creation_date ?? this.creation_date;
        takeNote(this, json);
        this.refund_of = json.refund_of;
        this.unknown_references = {};
        const find = <T>(field: string, id: number | false, known: (id: number) => T | undefined) => {
            if (id === false) return undefined;
            const found = known(id);
            if (found === undefined) this.unknown_references[field] = id;
            return found;
        };
        const client = find('partner_id', json.partner_id, id => pos.db.get_partner_by_id(id));
        this.set({ client: client ?? null });
        this.fiscal_position = find('fiscal_position_id', json.fiscal_position_id, id =>
            pos.fiscal_positions.find(position => position.id === id),
        );
        this.pricelist = find('pricelist_id', json.pricelist_id, id =>
            pos.pricelists.find(pricelist => pricelist.id === id),
        );
        const missing = this.unknown_references.fiscal_position_id;
        if (missing !== undefined) {
            const text = `fiscal position ${missing} is not known to this till: its totals may differ; load it`;
            pos.report({ uid: this.uid, where: 'fiscal_position_id', text });
        }
    }

    /** Odoo's flat JSON. What it leaves out, or has as `undefined`, is not synced. */
    export_as_JSON(): OrderJson {
        const totals = this.get_totals();
        return {
            uid: this.uid,
            name: this.name,
            sequence_number: this.sequence_number,
            amount_paid: toNumber(decimal(this.get_total_paid()).minus(this.get_change())),
            amount_total: toNumber(totals.total_with_tax),
            amount_tax: toNumber(totals.total_tax),
            amount_return: this.get_change(),
            lines: this.orderlines.map(line => [0, 0, this.pos.recorder.exportLine(line)]),
            statement_ids: this.paymentlines.map(line => [0, 0, line.export_as_JSON()]),
            pos_session_id: this.pos.engine.till?.session ?? null,
            ...this.synced(),
            user_id: this.pos.get_cashier().id,
            revision_ID: this.revision_ID,
            run_ID: this.run_ID,
            ms_info: this.ms_info,
        };
    }

    /** What of its export is synced, without its lines; null where an extension exports the order in its own way. */
    synced_as_exported(): Synced | null {
        return this.export_as_JSON === EXPORT_AS_JSON ? this.synced() : null;
    }

    export_for_printing(): { [member: string]: unknown } {
        return printable(this as Order);
    }

    // Recording

    /**
     * Does something to the order; what was done is sent as one command. Refused, with an `error` event on the PosModel,
     * while the order is locked or once it is paid.
     */
    act(change: () => void): void {
        if (this.is_editable()) this.pos.recorder.batch(this as Order, change);
    }

    /** Says what was done, where comparing before and after would not tell it. Inside of {@link OrderMembers.act}. */
    record(operation: Operation): void {
        this.pos.recorder.record(this as Order, operation);
    }

    /** Finds what changed since this was last known, and sends it. Called on `change` and `new_updates_to_send`. */
    save_to_db(): void {
        this.pos.recorder.capture(this as Order);
    }

    /** Whether it can be changed now; tells why not by an `error` event. */
    is_editable(): boolean {
        const text = this.whyLocked();
        if (text) this.pos.report({ uid: this.uid, where: 'locked', text });
        return text === null;
    }

    /** @throws Error when the order is paid or locked. */
    override assert_editable(): void {
        const text = this.whyLocked();
        if (text) throw new Error(text);
    }

    // Taking back

    /**
     * Takes the last step back that whoever is at the till did to the order here: by operations of its own, which are in
     * the history and merged like any other. What others changed since stays, and the outcome says so. A step is one act
     * ({@link OrderMembers.act}); digits that are typed one after the other into one field are one step.
     *
     * While the order is locked nothing happens but an `error` event on the PosModel.
     */
    undo(): Undone {
        return this.pos.recorder.steps.undo(this as Order);
    }

    /**
     * Whether there is something that {@link OrderMembers.undo} could take back. Not after a payment was recorded, lines
     * were moved to another order, or the order was closed. Whenever it may have changed, the order triggers `steps`.
     */
    can_undo(): boolean {
        return this.pos.recorder.steps.has(this as Order);
    }

    // Lines

    /**
     * Adds a product, as when it is tapped: a line that it can be merged with becomes more, otherwise a line is added.
     * Either way that line is selected.
     */
    add_product(product: Product, options: AddProductOptions = {}): void {
        this.act(() => {
            const line = new models.Orderline({}, { pos: this.pos, order: this as Order, product });
            if (options.extras) Object.assign(line, options.extras);
            if (options.quantity !== undefined) line.set_quantity(options.quantity);
            if (options.price !== undefined) {
                line.price_manually_set = true;
                line.set_unit_price(options.price);
            }
            if (options.discount !== undefined) line.set_discount(options.discount);
            const same =
                options.merge === false
                    ? undefined
                    : this.get_orderlines().findLast(other => other.can_be_merged_with(line));
            if (same) same.merge(line);
            else this.add_orderline(line);
            this.select_orderline(same ?? line);
        });
    }

    add_orderline(line: Orderline): void {
        this.act(() => {
            if (line.order && line.order !== (this as Order)) line.order.remove_orderline(line);
            line.order = this as Order;
            this.orderlines.add(line);
        });
    }

    remove_orderline(line: Orderline): void {
        this.act(() => {
            this.orderlines.remove(line);
            this.select_orderline(this.get_last_orderline());
        });
    }

    get_orderline(id: number): Orderline | undefined {
        return this.orderlines.find(line => line.id === id);
    }

    get_orderlines(): Orderline[] {
        return this.orderlines.models;
    }

    get_last_orderline(): Orderline | undefined {
        return this.orderlines.last();
    }

    get_selected_orderline(): Orderline | undefined {
        return this.selected_orderline;
    }

    /** Selects a line; none without one. Each till has a selection of its own. */
    select_orderline(line: Orderline | undefined): void {
        if (line === this.selected_orderline) return;
        this.selected_orderline?.set_selected(false);
        this.selected_orderline = line;
        line?.set_selected(true);
    }

    deselect_orderline(): void {
        this.select_orderline(undefined);
    }

    get_name(): string {
        return this.name;
    }

    is_empty(): boolean {
        return this.orderlines.length === 0;
    }

    // The end

    /** Closes the order as paid, unless that was done, and takes it off the screen: the receipt has been seen. */
    async finalize(): Promise<Outcome> {
        const outcome = await this.pos.push_order(this as Order);
        if (outcome.accepted) this.pos.leave(this as Order);
        return outcome;
    }

    /**
     * Deletes the order on all tills. A refusal is told by an `error` event; who wants to wait for the outcome calls
     * `pos.delete_order`. Nothing of Backbone's `destroy` but the name: there is no request, so it gives `false`.
     */
    override destroy(_options?: object): false {
        const told = (text: string, error?: unknown) =>
            this.pos.report({
                uid: this.uid,
                where: 'destroy',
                text: `${this.name} was not deleted: ${text}`,
                error,
            });
        this.pos.delete_order(this as Order).then(
            outcome => {
                if (!outcome.accepted) told(outcome.refusal.reason);
            },
            (error: unknown) => told(error instanceof Error ? error.message : String(error), error),
        );
        return false;
    }

    private whyLocked(): string | null {
        if (this.pos.recorder.isApplying) return null;
        if (this.finalized) return `${this.name} is paid and cannot be changed; begin a new order`;
        switch (this.pos.engine.order(this.uid)?.locked) {
            case 'offline':
                return `there is no connection to the server: ${this.name} can be changed again when it is back`;
            case 'paying':
                return `${this.name} is being paid and cannot be changed`;
            default:
                return null;
        }
    }

    private synced() {
        return {
            partner_id: this.referenceTo('partner_id', this.get_client()),
            fiscal_position_id: this.referenceTo('fiscal_position_id', this.fiscal_position),
            pricelist_id: this.referenceTo('pricelist_id', this.pricelist),
            creation_date: this.creation_date,
            ...exportedNote(this),
            ...(this.refund_of === undefined ? {} : { refund_of: this.refund_of }),
        };
    }
}

/** The SDK's own, whatever extensions put in its place. */
const EXPORT_AS_JSON = OrderMembers.prototype.export_as_JSON;

export type Order = OrderMembers;
export const Order = modelClass<Order>(OrderMembers);

class OrdersMembers extends Backbone.Collection<Order> {}
export type Orders = OrdersMembers;
export const Orders = modelClass<Orders>(OrdersMembers, Backbone.Collection);

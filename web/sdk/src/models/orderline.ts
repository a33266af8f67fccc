/** A line of an order. */

import { decimal, toNumber } from '../money/decimal.js';
import { decimalsOf, round } from '../money/rounding.js';
import { equal } from '../rules/json.js';
import { Backbone, modelClass } from './backbone.js';
import type { FieldDeclarations } from './field.js';
import { type MsInfo, type OrderlineJson, type Synced, taxIds } from './json_format.js';
import { exportedNote, noteOf, setNote, takeNote } from './note.js';
import type { Order } from './order.js';
import { OrderlinePrices } from './orderline_prices.js';
import type { PosModel } from './pos_model.js';
import type { Product } from './product.js';
import type { Unit } from './shop.js';
import { typedNumber } from './typed.js';

/** A line is made of a product that was tapped, or of JSON. */
export interface OrderlineOptions {
    pos: PosModel;
    order: Order;
    product?: Product;
    json?: OrderlineJson;
}

class OrderlineMembers extends OrderlinePrices {
    /** Unique in the order, for good. */
    declare uid: string;
    /** A number of this page's own, as Odoo's lines have one. */
    declare id: number;
    declare quantityStr: string;
    declare discountStr: string;
    /** The cashier typed the price: quantity and pricelist do not change it any more. A screen that lets prices be typed sets it. */
    declare price_manually_set: boolean;
    declare selected: boolean;
    /** The uid of the line that this one gives back; none of an ordinary one. */
    declare refunded_line: string | undefined;
    declare ms_info: MsInfo;
    /** An extension's; there is none to begin with. */
    declare apply_ms_data?: (json: OrderlineJson) => void;
    /** Fields that extensions declared, by name. */
    declare ms_fields?: FieldDeclarations;

    override initialize(_attributes: object, options: OrderlineOptions): void {
        this.pos = options.pos;
        this.order = options.order;
        this.id = this.pos.nextLineId();
        this.selected = false;
        this.price_manually_set = false;
        this.ms_info = {};
        this.quantity = 0;
        this.discount = 0;
        this.discountStr = '0';
        this.price = 0;
        if (options.json) {
            const { json } = options;
            this.pos.guarded(this.order.uid, 'init_from_JSON', () => this.init_from_JSON(json)) ||
                OrderlineMembers.prototype.init_from_JSON.call(this, json);
            return;
        }
        if (!options.product) throw new TypeError('an orderline needs a product, or the JSON of a line');
        this.uid = this.pos.engine.lineUid(this.order.uid);
        this.product = options.product;
        this.tax_ids = [...options.product.taxes_id];
        this.quantity = 1;
        this.price = this.priceFor(1);
        this.quantityStr = this.quantityText();
    }

    init_from_JSON(json: OrderlineJson): void {
        this.uid = json.uid;
        this.product =
            this.pos.db.get_product_by_id(json.product_id) ?? this.pos.unknownProduct(json.product_id);
        this.set_standard(json);
        this.ms_info = json.ms_info ?? {};
    }

    /** Takes the fields that the SDK knows; nothing is recorded. */
    set_standard(json: OrderlineJson): void {
        this.quantity = json.qty;
        this.discount = json.discount;
        this.discountStr = String(json.discount);
        this.price = json.price_unit;
        this.price_manually_set = json.price_manually_set === true;
        takeNote(this, json);
        this.refunded_line = json.refunded_line;
        const own = json.tax_ids.length > 0 ? taxIds(json.tax_ids) : null;
        this.tax_ids = own ?? [...this.product.taxes_id];
        this.quantityStr = this.quantityText();
    }

    export_as_JSON(): OrderlineJson {
        const prices = this.get_all_prices();
        return {
            uid: this.uid,
            id: this.id,
            ...this.synced(),
            tax_ids: [[6, false, [...this.tax_ids]]],
            price_subtotal: prices.priceWithoutTax,
            price_subtotal_incl: prices.priceWithTax,
            ms_info: this.ms_info,
        };
    }

    /**
     * What of its export is synced, taxes as a plain list; null where an extension exports the line in its own way.
     * A hundred lines are looked at with each tap: their prices are not needed for that.
     */
    synced_as_exported(): Synced | null {
        return this.export_as_JSON === EXPORT_AS_JSON ? this.synced() : null;
    }

    export_for_printing(): { [member: string]: unknown } {
        return {
            id: this.id,
            uid: this.uid,
            quantity: this.get_quantity(),
            unit_name: this.get_unit()?.name ?? '',
            price: this.get_unit_display_price(),
            discount: this.get_discount(),
            product_name: this.product.display_name,
            price_display: this.get_display_price(),
            price_with_tax: this.get_price_with_tax(),
            price_without_tax: this.get_price_without_tax(),
            tax: this.get_tax(),
            ms_text: this.get_ms_text(),
        };
    }

    /**
     * Sets the quantity, as typed: rounded to the product's unit. `'remove'` takes the line away.
     *
     * @param keep_price the price stays even where a pricelist has another one for that quantity.
     */
    set_quantity(quantity: number | string, keep_price = false): void {
        if (quantity === 'remove') {
            this.order.remove_orderline(this);
            return;
        }
        this.order.act(() => {
            const typed = this.rounded(typedNumber(quantity));
            // Of what is given back, nothing is sold.
            const asked = this.refunded_line !== undefined && typed > 0 ? -typed : typed;
            this.changeQuantity(asked, keep_price);
            this.record({ op: 'set', line: this.uid, field: 'qty', value: this.quantity });
        });
    }

    get_quantity_str(): string {
        return this.quantityStr;
    }

    get_quantity_str_with_unit(): string {
        const unit = this.get_unit();
        return unit && !unit.is_pos_groupable ? `${this.quantityStr} ${unit.name}` : this.quantityStr;
    }

    /** Sets the discount in percent, 0 to 100. */
    set_discount(discount: number | string): void {
        this.order.act(() => {
            this.discount = Math.min(Math.max(typedNumber(discount), 0), 100);
            this.discountStr = String(this.discount);
            this.record({ op: 'set', line: this.uid, field: 'discount', value: this.discount });
        });
    }

    get_discount_str(): string {
        return this.discountStr;
    }

    /** Sets the price of one unit, as typed. */
    set_unit_price(price: number | string): void {
        this.order.act(() => {
            this.price = this.pos.roundPrice(typedNumber(price));
            this.record({ op: 'set', line: this.uid, field: 'price_unit', value: this.price });
        });
    }

    /** What the kitchen should know of it; an empty text takes it away. A line is merged only with one of the same note. */
    set_note(note: string): void {
        this.order.act(() => {
            setNote(this, note);
            this.trigger('change', this);
        });
    }

    get_note(): string {
        return noteOf(this);
    }

    get_unit(): Unit | undefined {
        return this.pos.unitOf(this.product);
    }

    get_product(): Product {
        return this.product;
    }

    /**
     * Whether a tap on the same product makes this line more instead of adding one: unless price, discount, taxes, note or
     * a field that an extension declared differ.
     */
    can_be_merged_with(orderline: Orderline): boolean {
        return (
            this.product.id === orderline.product.id &&
            this.get_unit()?.is_pos_groupable !== false &&
            this.discount === orderline.discount &&
            (this.price === orderline.price || (this.isAsListed() && orderline.isAsListed())) &&
            this.tax_ids.join() === orderline.tax_ids.join() &&
            this.refunded_line === orderline.refunded_line &&
            this.get_note() === orderline.get_note() &&
            this.hasFieldsOf(orderline)
        );
    }

    /** Makes this line more by the other's quantity: an increment, so that two tills' taps add up. */
    merge(orderline: Orderline): void {
        this.order.act(() => {
            const by = decimal(orderline.get_quantity());
            this.changeQuantity(toNumber(decimal(this.quantity).plus(by)), false);
            this.record({ op: 'increment', line: this.uid, field: 'qty', by: toNumber(by) });
        });
    }

    set_selected(selected: boolean): void {
        if (this.selected === selected) return;
        this.selected = selected;
        this.pos.quietly(() => this.trigger('change', this));
    }

    is_selected(): boolean {
        return this.selected;
    }

    /**
     * Who did it: `added by Ann (Bar)`, and `, edited by Bob (Counter)` once somebody at another POS changed it. Empty
     * while the POS works alone.
     */
    get_ms_text(): string {
        const { created, changed } = this.ms_info;
        if (!created || !this.pos.engine.active) return '';
        const added = `added by ${created.user.name} (${created.pos.name})`;
        if (!changed || changed.pos.id === created.pos.id) return added;
        return `${added}, edited by ${changed.user.name} (${changed.pos.name})`;
    }

    /** Whether its price is the catalogue's for its quantity: ten of them may cost less each than one. */
    private isAsListed(): boolean {
        return !this.price_manually_set && this.price === this.priceFor(this.quantity);
    }

    /** Whether the fields that extensions declared are the same. */
    private hasFieldsOf(other: Orderline): boolean {
        const fields = Object.keys(this.ms_fields ?? {});
        if (fields.length === 0) return true;
        const [own, others] = [this, other].map(line => this.pos.recorder.exportLine(line as Orderline));
        return fields.every(field => {
            // A property has its default where nothing is exported.
            const [one, two] =
                field in this ? [read(this, field), read(other, field)] : [own?.[field], others?.[field]];
            return equal(one, two);
        });
    }

    private synced() {
        return {
            product_id: this.product.id,
            qty: this.quantity,
            price_unit: this.price,
            discount: this.discount,
            tax_ids: this.tax_ids,
            ...(this.price_manually_set ? { price_manually_set: true } : {}),
            ...exportedNote(this),
            ...(this.refunded_line === undefined ? {} : { refunded_line: this.refunded_line }),
        };
    }

    private changeQuantity(quantity: number, keep_price: boolean): void {
        // Only a pricelist's step is a reason for another price: the catalogue may have changed since the line was added.
        const before = this.priceFor(this.quantity);
        const after = this.priceFor(quantity);
        this.quantity = quantity;
        this.quantityStr = this.quantityText();
        if (!keep_price && !this.price_manually_set && before !== after) this.price = after;
    }

    private record(operation: Parameters<Order['record']>[0]): void {
        this.order.record(operation);
        this.trigger('change', this);
    }

    private rounded(quantity: number): number {
        const unit = this.get_unit();
        return unit ? toNumber(round(quantity, this.pos.stepOf(unit))) : quantity;
    }

    private quantityText(): string {
        const unit = this.get_unit();
        return unit
            ? decimal(this.quantity).toFixed(decimalsOf(this.pos.stepOf(unit)))
            : String(this.quantity);
    }
}

/** The SDK's own, whatever extensions put in its place. */
const EXPORT_AS_JSON = OrderlineMembers.prototype.export_as_JSON;

function read(line: object, property: string): unknown {
    return (line as { [property: string]: unknown })[property];
}

export type Orderline = OrderlineMembers;
export const Orderline = modelClass<Orderline>(OrderlineMembers);

class OrderlinesMembers extends Backbone.Collection<Orderline> {}
export type Orderlines = OrderlinesMembers;
export const Orderlines = modelClass<Orderlines>(OrderlinesMembers, Backbone.Collection);

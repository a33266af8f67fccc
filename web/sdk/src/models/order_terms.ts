/** What an order is sold under: its customer, its pricelist, its fiscal position, and a note. */

import type { Operation } from '../client/types.js';
import { decimal } from '../money/decimal.js';
import { type FiscalPosition, priceUnder } from '../money/fiscal_position.js';
import type { Tax } from '../money/tax.js';
import { noteOf, setNote } from './note.js';
import { OrderPayments } from './order_payments.js';
import type { Orderline } from './orderline.js';
import type { Partner } from './partner.js';
import type { PricelistData } from './pricelist.js';
import type { Product } from './product.js';

/** The part of an order that says for whom it is, and at which prices. */
export abstract class OrderTerms extends OrderPayments {
    /** Replaces taxes; set it with {@link OrderTerms.set_fiscal_position}, or directly and trigger `change`. */
    declare fiscal_position: FiscalPosition | undefined;
    declare pricelist: PricelistData | undefined;
    /** References to records that this till has not loaded: they are kept as they are. */
    declare unknown_references: { [field: string]: number };

    /** Does something to the order, recorded as one command. */
    abstract act(change: () => void): void;
    abstract record(operation: Operation): void;
    abstract get_orderlines(): Orderline[];

    /** What people should know of the order; an empty text takes it away. */
    set_note(note: string): void {
        this.act(() => {
            setNote(this, note);
            this.trigger('change', this);
        });
    }

    get_note(): string {
        return noteOf(this);
    }

    set_client(client: Partner | null | undefined): void {
        this.act(() => {
            this.unknown_references = without(this.unknown_references, 'partner_id');
            this.record({ op: 'set', field: 'partner_id', value: client?.id ?? false });
            this.set({ client: client ?? null });
        });
    }

    get_client(): Partner | null {
        return this.get('client');
    }

    get_client_name(): string {
        return this.get_client()?.name ?? '';
    }

    /** Sets the pricelist; lines whose price was not typed get its prices. */
    set_pricelist(pricelist: PricelistData | undefined): void {
        this.act(() => {
            this.unknown_references = without(this.unknown_references, 'pricelist_id');
            this.pricelist = pricelist;
            this.record({ op: 'set', field: 'pricelist_id', value: pricelist?.id ?? false });
            this.price_anew();
        });
    }

    /** Sets the fiscal position; in prices that contain a tax which it replaces, the new one takes its place. */
    set_fiscal_position(position: FiscalPosition | undefined): void {
        this.act(() => {
            this.unknown_references = without(this.unknown_references, 'fiscal_position_id');
            this.fiscal_position = position;
            this.record({ op: 'set', field: 'fiscal_position_id', value: position?.id ?? false });
            this.price_anew();
        });
    }

    /** Lines whose price was not typed get the catalogue's. */
    private price_anew(): void {
        for (const line of this.get_orderlines()) {
            if (!line.price_manually_set) line.set_unit_price(line.priceFor(line.get_quantity()));
        }
        this.trigger('change', this);
    }

    /** Puts the taxes of the fiscal position into a line's price, in place of those that it replaces. */
    fix_tax_included_price(line: Orderline): void {
        line.set_unit_price(this.price_under_position(line.get_unit_price(), line.get_taxes()));
    }

    /** What one piece of a product costs in this order: under its pricelist and fiscal position. */
    get_product_price(product: Product): number {
        const taxes = product.taxes_id.map(id => this.pos.taxes_by_id.get(id));
        const known = taxes.filter(tax => tax !== undefined);
        return this.price_under_position(product.get_price(this.pricelist, 1), known);
    }

    /** A price that contains these taxes, under the fiscal position. Rounded as prices are. */
    price_under_position(price: number, taxes: readonly Tax[]): number {
        const { pos } = this;
        const known = (id: number) => pos.taxes_by_id.get(id);
        return pos.roundPrice(priceUnder(this.fiscal_position, decimal(price), taxes, known));
    }

    /** The shop's records were loaded anew: takes those that it refers to. Nothing is recorded. */
    take_records(): void {
        const { pos } = this;
        const { partner_id, fiscal_position_id, pricelist_id } = this.unknown_references;
        const former = this.get_client();
        const client = pos.db.get_partner_by_id(former?.id ?? partner_id ?? Number.NaN) ?? former;
        const of = <T extends { id: number }>(known: T[], has: T | undefined, missing?: number) =>
            known.find(({ id }) => id === (has?.id ?? missing)) ?? has;
        pos.quietly(() => {
            this.fiscal_position = of(pos.fiscal_positions, this.fiscal_position, fiscal_position_id);
            this.pricelist = of(pos.pricelists, this.pricelist, pricelist_id);
            for (const line of this.get_orderlines()) {
                line.product = pos.db.get_product_by_id(line.product.id) ?? line.product;
            }
            this.set({ client });
        });
        const found = {
            partner_id: client,
            fiscal_position_id: this.fiscal_position,
            pricelist_id: this.pricelist,
        };
        for (const [field, record] of Object.entries(found)) {
            if (record) this.unknown_references = without(this.unknown_references, field);
        }
    }

    protected referenceTo(field: string, record: { id: number } | null | undefined): number | false {
        return record?.id ?? this.unknown_references[field] ?? false;
    }
}

function without(references: { [field: string]: number }, field: string): { [field: string]: number } {
    const { [field]: _, ...others } = references;
    return others;
}

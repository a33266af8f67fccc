/** A payment of an order: cash, card. It is the till's own until it is recorded. */

import { decimal, toNumber } from '../money/decimal.js';
import { round } from '../money/rounding.js';
import { Backbone, modelClass } from './backbone.js';
import type { PaymentJson } from './json_format.js';
import type { Order } from './order.js';
import type { PosModel } from './pos_model.js';
import { type Cashregister, idOf } from './shop.js';
import { typedNumber } from './typed.js';

/** Why a payment stays as it is. */
export const RECORDED = 'this payment is recorded already; give the money back by a new one';

export interface PaymentlineOptions {
    pos: PosModel;
    order: Order;
    cashregister?: Cashregister;
    json?: PaymentJson;
}

class PaymentlineMembers extends Backbone.Model {
    declare pos: PosModel;
    declare order: Order;
    declare cashregister: Cashregister;
    declare name: string;
    declare amount: number;
    declare selected: boolean;
    /** Whether the server was told of it: it is never told twice. */
    declare recorded: boolean;
    /** The id of the payment that it was recorded with, once that is known. */
    declare payment: string | null;
    /** Another till took it, or this one before its page was loaded anew. */
    declare taken_elsewhere: boolean;

    override initialize(_attributes: object, options: PaymentlineOptions): void {
        this.pos = options.pos;
        this.order = options.order;
        this.amount = 0;
        this.selected = false;
        this.recorded = false;
        this.payment = null;
        this.taken_elsewhere = false;
        if (options.json) {
            this.init_from_JSON(options.json);
            return;
        }
        if (!options.cashregister)
            throw new TypeError('a payment line needs a cashregister: one of pos.cashregisters');
        this.cashregister = options.cashregister;
        this.name = options.cashregister.journal_id[1];
    }

    init_from_JSON(json: PaymentJson): void {
        const known = this.pos.cashregisters.find(one => one.journal_id[0] === json.journal_id);
        this.cashregister = known ?? {
            id: json.statement_id,
            journal_id: [json.journal_id, json.name],
            type: 'bank',
        };
        this.name = json.name;
        this.amount = json.amount;
    }

    export_as_JSON(): PaymentJson {
        return {
            name: this.name,
            statement_id: this.cashregister.id,
            account_id: idOf(this.cashregister.account_id) ?? false,
            journal_id: this.cashregister.journal_id[0],
            amount: this.get_amount(),
        };
    }

    export_for_printing(): { journal: string; amount: number } {
        return { journal: this.name, amount: this.get_amount() };
    }

    /**
     * What was given, rounded to the currency. Text from a numpad is read; what is no number counts as 0.
     *
     * @throws Error when the server was told of the payment, or the order cannot be changed
     */
    set_amount(amount: number | string): void {
        this.order.assert_editable();
        if (this.recorded) throw new Error(RECORDED);
        const given = decimal(typedNumber(amount));
        this.amount = toNumber(round(given, this.pos.currency.rounding));
        this.trigger('change', this);
    }

    get_amount(): number {
        return this.amount;
    }

    get_amount_str(): string {
        return this.pos.format_currency_no_symbol(this.amount);
    }

    set_selected(selected: boolean): void {
        if (this.selected === selected) return;
        this.selected = selected;
        this.trigger('change', this);
    }

    get_type(): Cashregister['type'] {
        return this.cashregister.type;
    }

    is_cash(): boolean {
        return this.cashregister.type === 'cash';
    }
}

export type Paymentline = PaymentlineMembers;
export const Paymentline = modelClass<Paymentline>(PaymentlineMembers);

class PaymentlinesMembers extends Backbone.Collection<Paymentline> {}
export type Paymentlines = PaymentlinesMembers;
export const Paymentlines = modelClass<Paymentlines>(PaymentlinesMembers, Backbone.Collection);

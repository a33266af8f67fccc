/** A small shop with two tills, for tests of the models. */

import { afterEach } from 'vitest';
import { models } from '../../src/models/models.js';
import type { Order } from '../../src/models/order.js';
import type { PosError, PosModel } from '../../src/models/pos_model.js';
import type { Product } from '../../src/models/product.js';
import { tills } from '../../src/models/registry.js';
import type { Cashregister, Config, Shop } from '../../src/models/shop.js';
import { type LocalEngine, LocalShop } from './local_engine.js';

export const COFFEE = 1;
export const CAKE = 2;
export const CHEESE = 3;

const kind = { price_include: true, include_base_amount: false, amount_type: 'percent' as const };
export const SHOP: Shop = {
    currency: { id: 1, name: 'EUR', symbol: '€', position: 'after', rounding: 0.01 },
    company: { id: 1, name: 'Till & Co', tax_calculation_rounding_method: 'round_per_line' },
    units: [
        { id: 1, name: 'Unit', rounding: 1, is_pos_groupable: true },
        { id: 2, name: 'kg', rounding: 0.001, is_pos_groupable: false },
    ],
    taxes: [
        { id: 7, name: 'VAT 21 %', amount: 21, sequence: 1, ...kind },
        { id: 8, name: 'VAT 9 %', amount: 9, sequence: 2, ...kind },
        { id: 9, name: 'Zero', amount: 0, sequence: 3, ...kind },
    ],
    fiscal_positions: [{ id: 3, name: 'Abroad', tax_ids: [{ tax_src_id: 7, tax_dest_id: 9 }] }],
    pricelists: [
        { id: 1, name: 'Public', items: [] },
        {
            id: 2,
            name: 'Members',
            items: [
                { compute_price: 'fixed', fixed_price: 2, product_id: 1, min_quantity: 10 },
                { compute_price: 'percentage', percent_price: 10 },
            ],
        },
    ],
    pos_categories: [
        { id: 1, name: 'Drinks' },
        { id: 2, name: 'Hot', parent_id: [1, 'Drinks'] },
    ],
    products: [
        {
            id: COFFEE,
            display_name: 'Coffee',
            lst_price: 2.5,
            taxes_id: [7],
            uom_id: 1,
            pos_categ_id: 2,
            barcode: '501',
        },
        { id: CAKE, display_name: 'Cake', lst_price: 4, taxes_id: [8], uom_id: 1, default_code: 'K1' },
        { id: CHEESE, display_name: 'Cheese', lst_price: 12.9, taxes_id: [8], uom_id: [2, 'kg'] },
    ],
    partners: [
        { id: 26, name: 'Zoe', email: 'zoe@example.com' },
        { id: 27, name: 'Abe' },
    ],
    cashregisters: [
        { id: 1, journal_id: [5, 'Cash'], type: 'cash' },
        { id: 2, journal_id: [6, 'Card'], type: 'bank' },
    ],
    cash_rounding: { rounding: 0.05, rounding_method: 'HALF-UP' },
};

export interface Till {
    pos: PosModel;
    engine: LocalEngine;
    errors: PosError[];
    product(id: number): Product;
    /** The order on the screen. */
    readonly order: Order;
}

export const ANN = { id: 2, name: 'Ann' };
export const BOB = { id: 3, name: 'Bob' };

/** A till at a POS of the shop; what goes wrong in it is gathered. */
export function till(
    shop: LocalShop,
    user = ANN,
    pos = { id: 1, name: 'Bar' },
    config: Partial<Config> = {},
): Till {
    const engine = shop.till(user, pos);
    const errors: PosError[] = [];
    const model = new models.PosModel(
        {},
        { engine, shop: SHOP, config: { id: pos.id, name: pos.name, pricelist_id: 1, ...config } },
    );
    model.on('error', (error: PosError) => errors.push(error));
    return {
        pos: model,
        engine,
        errors,
        product(id) {
            const product = model.db.get_product_by_id(id);
            if (!product) throw new Error(`no product ${id}`);
            return product;
        },
        get order() {
            const order = model.get_order();
            if (!order) throw new Error('no order on the screen');
            return order;
        },
    };
}

/** Ann at the Bar and Bob at the Counter, on one shop. */
export function twoTills(config: Partial<Config> = {}): { shop: LocalShop; ann: Till; bob: Till } {
    const shop = new LocalShop();
    const ann = till(shop, ANN, { id: 1, name: 'Bar' }, config);
    const bob = till(shop, BOB, { id: 2, name: 'Counter' }, config);
    return { shop, ann, bob };
}

/** The till's first way to pay of a kind. */
export function register({ pos }: Till, type: Cashregister['type']): Cashregister {
    const found = pos.cashregisters.find(one => one.type === type);
    if (!found) throw new Error(`no ${type}`);
    return found;
}

/** The order at this till that is `order` at another. */
export function same(at: Till, order: Order): Order {
    const found = at.pos.order_by_uid(order.uid);
    if (!found) throw new Error(`${order.name} is not at this till`);
    return found;
}

/** Each test finds the classes as the SDK brings them. */
export function restoreModels(): void {
    const original = { ...models };
    afterEach(() => {
        Object.assign(models, original);
        tills.clear();
    });
}

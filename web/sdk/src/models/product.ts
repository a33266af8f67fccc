/** A product and its price. */

import { toNumber } from '../money/decimal.js';
import { Backbone, modelClass } from './backbone.js';
import type { PosModel } from './pos_model.js';
import { type PricelistData, priceOf } from './pricelist.js';
import type { ProductData, ProductFields } from './shop.js';

class ProductMembers extends Backbone.Model {
    declare id: number;
    declare display_name: string;
    declare lst_price: number;
    declare taxes_id: number[];
    declare pos: PosModel;

    override initialize(_attributes: object, data: ProductData & { pos: PosModel }): void {
        Object.assign(this, data);
        this.taxes_id = data.taxes_id ?? [];
    }

    /** The price of one unit when `quantity` of them are bought. */
    get_price(pricelist: PricelistData | null | undefined, quantity: number): number {
        return toNumber(
            priceOf(this, pricelist, {
                quantity,
                nowMs: Date.now(),
                pricelist: id => this.pos.pricelists.find(other => other.id === id),
                categories: id => this.pos.db.get_product_category_path_ids(id),
            }),
        );
    }
}

/** A product (`product.product`); its fields are properties, as in Odoo: `product.display_name`. */
export type Product = ProductMembers & Omit<ProductFields, 'taxes_id'> & { [field: string]: unknown };
export const Product = modelClass<Product>(ProductMembers);

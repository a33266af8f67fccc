/**
 * The object whose classes extensions replace. The SDK looks each class up here at the moment it makes something of it,
 * so what was replaced is what it uses. It is filled by `models.ts`; on its own it lets the classes name one another.
 */

import type { ModelClass } from './backbone.js';
import type { Order, Orders } from './order.js';
import type { Orderline, Orderlines } from './orderline.js';
import type { Partner } from './partner.js';
import type { Paymentline, Paymentlines } from './paymentline.js';
import type { PosModel } from './pos_model.js';
import type { Product } from './product.js';

/** Odoo's `point_of_sale.models`, as far as it concerns orders. */
export interface Models {
    PosModel: ModelClass<PosModel>;
    Order: ModelClass<Order>;
    Orders: ModelClass<Orders>;
    Orderline: ModelClass<Orderline>;
    Orderlines: ModelClass<Orderlines>;
    Paymentline: ModelClass<Paymentline>;
    Paymentlines: ModelClass<Paymentlines>;
    Product: ModelClass<Product>;
    Partner: ModelClass<Partner>;
}

export const models = {} as Models;

/** The tills of this page that are open: they are made of the classes that stood in {@link models} before. */
export const tills: Set<PosModel> = new Set();

/** `models`: the classes of a till, for extensions to replace. */

import { Order, Orders } from './order.js';
import { Orderline, Orderlines } from './orderline.js';
import { Partner } from './partner.js';
import { Paymentline, Paymentlines } from './paymentline.js';
import { PosModel } from './pos_model.js';
import { Product } from './product.js';
import { type Models, models as registry } from './registry.js';

/**
 * Odoo's `models`. An extension replaces a class by one that it made of it:
 *
 * ```js
 * const _super_order = models.Order.prototype;
 * models.Order = models.Order.extend({
 *     export_as_JSON() { … _super_order.export_as_JSON.apply(this, arguments) … },
 * });
 * ```
 *
 * Orders that exist already keep the class that they were made of: load extensions before `connect`.
 */
export const models: Models = Object.assign(registry, {
    PosModel,
    Order,
    Orders,
    Orderline,
    Orderlines,
    Paymentline,
    Paymentlines,
    Product,
    Partner,
});

/// <reference lib="dom" preserve="true" />
/**
 * `@tillsync/sdk`: a till that shares its orders.
 *
 * ```js
 * import { connect, models, defineAddon } from '@tillsync/sdk';
 * ```
 *
 * Extensions replace the classes of {@link models}, as in Odoo, or are declared with {@link defineAddon};
 * {@link connect} then opens a till. docs/EXTENDING.md tells both ways.
 */

export {
    type Addon,
    type AddonDefinition,
    defineAddon,
    type FieldDefinition,
    FieldError,
} from './addon.js';
export { ActError, LockedError, StoppedError } from './client/errors.js';
export { NO_CONNECTION } from './client/link.js';
export type { Storage } from './client/storage.js';
export { MemoryStorage } from './client/storage_memory.js';
export type { Timing } from './client/timing.js';
export type * from './client/types.js';
export type { WebSocketClass } from './client/websocket.js';
export { type EngineOptions, openEngine } from './connect.js';
export type { ModelClass } from './models/backbone.js';
export type { PosDB } from './models/db.js';
export type { FieldDeclaration, FieldDeclarations } from './models/field.js';
export type { MsInfo, OrderJson, OrderlineJson, PaymentJson } from './models/json_format.js';
export { models } from './models/models.js';
export type { AddProductOptions, Order, OrderOptions, Orders } from './models/order.js';
export type { TaxDetail } from './models/order_totals.js';
export type { Orderline, OrderlineOptions, Orderlines } from './models/orderline.js';
export type { Prices } from './models/orderline_prices.js';
export type { Partner } from './models/partner.js';
export type { Paymentline, PaymentlineOptions, Paymentlines } from './models/paymentline.js';
export type { PosError, PosModel, PosModelOptions } from './models/pos_model.js';
export type { PricelistData, PricelistItem } from './models/pricelist.js';
export type { Product } from './models/product.js';
export { statementsOf } from './models/recorded_payments.js';
export type { Refundable, RefundItem } from './models/refund.js';
export type { Models } from './models/registry.js';
export type * from './models/shop.js';
export type { KeptChange, Undone, UndoneChange } from './models/undone.js';
export { type Amount, Decimal, decimal, sum } from './money/decimal.js';
export { type FiscalPosition, mapTaxes, type TaxMapping } from './money/fiscal_position.js';
export {
    type CashRounding,
    cashDifference,
    decimalsOf,
    type RoundingMethod,
    round,
} from './money/rounding.js';
export {
    type AmountType,
    computeTaxes,
    type LineTaxes,
    type Tax,
    type TaxAmount,
    type TaxFields,
} from './money/tax.js';
export {
    computeLine,
    computeOrder,
    type OrderTotals,
    type PricedLine,
    type RoundingRules,
    type TaxRounding,
} from './money/totals.js';
export { type ConnectOptions, connect, till } from './till.js';

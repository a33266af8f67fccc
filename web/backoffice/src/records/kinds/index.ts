/** The kinds that have a list and a form of their own. */
import type { Kind } from '../kind';
import { CUSTOMER, POS_CATEGORY, PRICELIST, PRODUCT, PRODUCT_CATEGORY } from './catalogue';
import { CASH_ROUNDING, FISCAL_POSITION, PAYMENT_METHOD, TAX, UNIT } from './money';
import { FLOOR, PERSON, POS, TABLE } from './places';

export { COMPANY, CURRENCY } from './money';

export const KINDS: readonly Kind[] = [
    ...[PRODUCT, POS_CATEGORY, PRODUCT_CATEGORY, PRICELIST, CUSTOMER],
    ...[TAX, UNIT, FISCAL_POSITION, PAYMENT_METHOD, CASH_ROUNDING],
    ...[POS, FLOOR, TABLE, PERSON],
];

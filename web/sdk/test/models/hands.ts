/** What hands do at any till, for tests that do it at random. */
import type { Order } from '../../src/models/order.js';
import type { Till } from './shop.js';

export const USUAL = [
    'qty',
    'discount',
    'price',
    'typed price',
    'remove',
    'client',
    'pricelist',
    'position',
] as const;
export type Usual = (typeof USUAL)[number];

export const isUsual = (kind: string): kind is Usual => (USUAL as readonly string[]).includes(kind);

/** @param place which of the lines it is done to; any number, as is `value` */
export function doUsual({ pos }: Till, order: Order, kind: Usual, place: number, value: number): void {
    const lines = order.get_orderlines();
    const line = lines[place % Math.max(1, lines.length)];
    switch (kind) {
        case 'qty':
            line?.set_quantity(value - 3);
            break;
        case 'discount':
            line?.set_discount(value * 2.5);
            break;
        case 'typed price':
            if (line) line.price_manually_set = true;
            line?.set_unit_price(value / 3);
            break;
        case 'price':
            line?.set_unit_price(value / 3);
            break;
        case 'remove':
            if (line) order.remove_orderline(line);
            break;
        case 'client':
            order.set_client(pos.db.get_partner_by_id(20 + value));
            break;
        case 'pricelist':
            order.set_pricelist(pos.pricelists[value % 3]);
            break;
        case 'position':
            order.set_fiscal_position(pos.fiscal_positions[value % 2]);
            break;
    }
}

/** An order of Ann's that Bob has too, where steps are taken back. */

import type { Order } from '../../src/models/order.js';
import { BOB, COFFEE, same, type Till, twoTills } from './shop.js';

export const lines = (order: Order) =>
    order.get_orderlines().map(line => `${line.get_quantity()} ${line.get_product().display_name}`);
export const first = (order: Order) => {
    const [line] = order.get_orderlines();
    if (!line) throw new Error('no line');
    return line;
};
/** An order with one coffee of Ann's, who can take nothing back yet. */
export function begin() {
    const tills = twoTills();
    const { ann, bob } = tills;
    ann.order.add_product(ann.product(COFFEE));
    ann.pos.recorder.steps.clear(ann.order);
    tills.shop.commands.splice(0);
    const there = same(bob, ann.order);
    const tap = (at: Till, id = COFFEE, options = {}) =>
        same(at, ann.order).add_product(at.product(id), options);
    return { ...tills, order: ann.order, there, line: first(ann.order), theirs: first(there), tap };
}
export type Scene = ReturnType<typeof begin>;
export const operations = ({ shop }: Scene) => shop.commands.flatMap(command => command.operations);
export const BOB_AT_COUNTER = { user: BOB, pos: { id: 2, name: 'Counter' } };
export const nothing = { changes: [], kept: [] };

/** Moving quantities between orders: one command over both, exact (rule 10). */
import type { Order } from '@tillsync/sdk';
import { label } from './i18n';
import { refusalText } from './refusal';
import type { Till } from './till';

export interface MovedPart {
    line: string;
    qty: number;
}

/**
 * @param target the order that they go to; null for a new one, which comes onto the screen
 * @throws Error with what stands in the way, in words
 */
export async function move(
    till: Till,
    order: Order,
    target: string | null,
    parts: readonly MovedPart[],
): Promise<void> {
    const { engine } = till.pos;
    // A new order keeps whose it is and how it is taxed.
    const { partner_id, fiscal_position_id, pricelist_id } = order.export_as_JSON();
    const to =
        target === null ? { newOrder: { partner_id, fiscal_position_id, pricelist_id } } : { order: target };
    // A line that is moved gets a uid of its own in the other order.
    const items = parts.map(({ line, qty }) => ({ line, qty, into: engine.lineUid(target ?? order.uid) }));
    const outcome = await engine.move(order.uid, to, items, 'keep');
    if (!outcome.accepted) {
        const { refusal } = outcome;
        const about = till.pos.order_by_uid(String(refusal.order ?? '')) ?? order;
        throw new Error(refusalText(refusal, label(about)));
    }
    const arrived = till.pos.order_by_uid(outcome.uid ?? '');
    if (target === null && arrived) till.pos.set_order(arrived);
}

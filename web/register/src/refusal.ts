/** What the server refused, in words (docs/PROTOCOL.md, "Refusals"). */
import type { Mark, Refusal } from '@tillsync/sdk';
import { t } from './i18n';

/** @param order what people call the order by */
export function refusalText(refusal: Refusal, order: string): string {
    const { reason, state, text, what, max } = refusal;
    switch (reason) {
        case 'closed':
            return t('order.gone', { order, why: String(state) });
        case 'unknown_order':
            return t('order.unknown', { order });
        case 'changed_by_others':
        case 'bill_changed':
            return t('order.changed', { order, names: namesOf(refusal) });
        case 'too_large':
            return t('order.too_large', { order, what: String(what), max: Number(max) });
        default:
            // What cannot happen to a till that works: the server's own words say most.
            return t('refused', { reason: typeof text === 'string' ? text : reason });
    }
}

/** Who stood in the way. */
export function namesOf({ by }: Refusal): string {
    const marks = (Array.isArray(by) ? by : []) as unknown as Mark[];
    return [...new Set(marks.map(({ user, pos }) => t('who', { name: user.name, pos: pos.name })))].join(
        ', ',
    );
}

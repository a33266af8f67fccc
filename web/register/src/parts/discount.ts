/** How much less something may cost at this POS. */
import { t } from '../i18n';
import type { Till } from '../till';

/** A discount in percent, or the most that the POS allows; that it is less is told. */
export function allowedDiscount(till: Till, wanted: number): number {
    const max = Number(till.pos.config.discount_max ?? 100);
    if (wanted <= max) return wanted;
    till.tell(t('numpad.discount_max', { max }));
    return max;
}

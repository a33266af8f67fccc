/** Money back for a past order, or for some of its lines. */
import { useSignal } from '@preact/signals';
import { decimal, type Order } from '@tillsync/sdk';
import { label, money, t } from '../i18n';
import type { ClosedOrder } from '../server/orders';
import type { Till } from '../till';
import { Dialog } from './dialog';

interface RefundProps {
    till: Till;
    chosen: ClosedOrder;
    order: Order;
    onClose(): void;
    /** The order that gives the money back is on the screen. */
    onDone(): void;
}

export function RefundDialog({ till, chosen, order, onClose, onDone }: RefundProps) {
    const lines = order
        .get_orderlines()
        .filter(line => line.get_quantity() > 0)
        .map(line => {
            const given = decimal(chosen.refunded[line.uid] ?? 0);
            const left = decimal(line.get_quantity()).minus(given).toNumber();
            return { line, left: Math.max(left, 0) };
        });
    const back = useSignal<Record<string, number>>({});
    const wrong = useSignal('');
    const chosenLines = lines.filter(({ line }) => (back.value[line.uid] ?? 0) > 0);
    const amount = chosenLines.reduce((sum, { line }) => {
        const part = decimal(back.value[line.uid] ?? 0).div(decimal(line.get_quantity()));
        return sum.plus(decimal(line.get_price_with_tax()).times(part));
    }, decimal(0));
    const put = (uid: string, quantity: number) => {
        back.value = { ...back.value, [uid]: quantity };
    };
    const isAllGiven = lines.every(({ left }) => left <= 0);
    const go = () => {
        try {
            const items = chosenLines.map(({ line }) => ({ uid: line.uid, qty: back.value[line.uid] ?? 0 }));
            till.pos.refund_of(chosen.order, items);
            onClose();
            onDone();
        } catch (error) {
            wrong.value = error instanceof Error ? error.message : String(error);
        }
    };
    return (
        <Dialog title={t('refund.title', { order: label(order) })} onClose={onClose} class="split">
            <p class="hint">{isAllGiven ? t('refund.nothing') : t('refund.hint')}</p>
            <ul>
                {lines.map(({ line, left }) => {
                    const part = back.value[line.uid] ?? 0;
                    const name = line.get_product().display_name;
                    return (
                        <li key={line.uid} class={part > 0 ? 'goes' : ''}>
                            <span class="what">{name}</span>
                            <span class="hint">{t('refund.left', { left, all: line.get_quantity() })}</span>
                            <strong>{part}</strong>
                            <button
                                type="button"
                                class="step"
                                aria-label={t('split.less', { product: name })}
                                disabled={part <= 0}
                                onClick={() => put(line.uid, Math.max(part - 1, 0))}
                            >
                                −
                            </button>
                            <button
                                type="button"
                                class="step"
                                aria-label={t('split.more', { product: name })}
                                disabled={part >= left}
                                onClick={() => put(line.uid, Math.min(part + 1, left))}
                            >
                                +
                            </button>
                        </li>
                    );
                })}
            </ul>
            {wrong.value && (
                <p class="wrong" role="alert">
                    {wrong.value}
                </p>
            )}
            <div class="ends">
                <button
                    type="button"
                    disabled={isAllGiven}
                    onClick={() => {
                        back.value = Object.fromEntries(
                            lines.map(({ line, left }) => [line.uid, Math.max(left, 0)]),
                        );
                    }}
                >
                    {t('refund.all')}
                </button>
                <button type="button" class="pay" disabled={chosenLines.length === 0} onClick={go}>
                    {t('refund.go', { amount: money(amount) })}
                </button>
            </div>
        </Dialog>
    );
}

/** A closed order: looked at, printed again, given back. */
import { useSignal } from '@preact/signals';
import { Icon } from '@tillsync/look';
import { decimal } from '@tillsync/sdk';
import { t } from '../i18n';
import type { PastOrder } from '../past';
import type { Till } from '../till';
import { OrderHistory } from './history_list';
import { RefundDialog } from './refund';
import { Slip } from './slip';

/** Whether somebody has given all of it back already. */
function isGivenBack({ server }: PastOrder): boolean {
    return (
        server?.order.lines.every(({ uid, fields }) =>
            decimal(server.refunded[uid] ?? 0).greaterThanOrEqualTo(Number(fields.qty ?? 0)),
        ) === true
    );
}

interface PastOrderProps {
    till: Till;
    past: PastOrder;
    onClose(): void;
    onRefund(): void;
}

export function PastOrderView({ till, past, onClose, onRefund }: PastOrderProps) {
    const shows = useSignal<'refund' | 'history' | null>(null);
    const { order, state, server } = past;
    const number = order.sequence_number;
    const close = () => {
        shows.value = null;
    };
    return (
        <section class="chosen" aria-label={number ? t('order.number', { number }) : t('order.new')}>
            <div class="actions">
                <button type="button" class="only-phone" onClick={onClose}>
                    <Icon name="back" /> {t('back')}
                </button>
                {state === 'paid' && (
                    <button type="button" onClick={() => print()}>
                        <Icon name="print" /> {t('print')}
                    </button>
                )}
                {state === 'paid' && server && (
                    <button
                        type="button"
                        onClick={() => {
                            shows.value = 'refund';
                        }}
                    >
                        <Icon name="refund" /> {t('refund')}
                    </button>
                )}
                {server && (
                    <button
                        type="button"
                        onClick={() => {
                            shows.value = 'history';
                        }}
                    >
                        <Icon name="history" /> {t('history.title')}
                    </button>
                )}
            </div>
            {state === 'deleted' && <p class="hint">{t('past.was_deleted')}</p>}
            {past.isSecondPayment && !isGivenBack(past) && <p class="wrong">{t('past.paid_twice_hint')}</p>}
            <Slip
                order={order}
                paidMs={past.ms}
                cashier={past.user}
                place={past.pos}
                receipt={past.receipt}
                isCopy
            />
            {shows.value === 'history' && <OrderHistory till={till} uid={order.uid} onClose={close} />}
            {shows.value === 'refund' && server && (
                <RefundDialog till={till} chosen={server} order={order} onClose={close} onDone={onRefund} />
            )}
        </section>
    );
}

/** What a manager does about an order: it says what it will do before it does it. */
import { useSignal } from '@preact/signals';
import { restoreOrder, settleOrder } from '../api/orders';
import type { FullOrder, ListedOrder } from '../api/types';
import { money, t } from '../i18n';
import { Confirm } from '../parts/confirm';
import { tell } from '../parts/toast';

interface AskProps {
    order: FullOrder;
    onDone(): Promise<void>;
    onClose(): void;
}

const restoreText = ({ state, multi_session }: ListedOrder): string =>
    t(state === 'deleted' ? 'restore.deleted' : 'restore.unpaid', { name: multi_session.name });

export function Restore({ order: { order, lines, total }, onDone, onClose }: AskProps) {
    return (
        <Confirm
            title={t('order.restore')}
            go={t('order.restore')}
            onClose={onClose}
            onGo={async () => {
                const { number } = await restoreOrder(order.multi_session.id, order.uid);
                tell(t('restore.done', { number }));
                onClose();
                await onDone();
            }}
        >
            <p>{restoreText(order)}</p>
            <p>{t('restore.what', { count: lines.length, total: money(total) })}</p>
        </Confirm>
    );
}

export function Settle({ order: { order, attention }, onDone, onClose }: AskProps) {
    const note = useSignal('');
    return (
        <Confirm
            title={t('order.settle')}
            go={t('order.settle')}
            onClose={onClose}
            disabled={!note.value.trim()}
            onGo={async () => {
                await settleOrder(order.multi_session.id, order.uid, note.value.trim());
                tell(t('settle.done'));
                onClose();
                await onDone();
            }}
        >
            {attention
                .filter(({ settled }) => !settled)
                .map(({ text }, at) => (
                    <p key={at}>{text}</p>
                ))}
            <label class="field">
                <span>{t('settle.note')}</span>
                <textarea
                    rows={3}
                    maxLength={1000}
                    value={note.value}
                    onInput={event => {
                        note.value = event.currentTarget.value;
                    }}
                />
                <span class="hint">{t('settle.hint')}</span>
            </label>
        </Confirm>
    );
}

/** What an icon that is red or orange means, and what to do (rules 29 and 30). */

import { Icon } from '@tillsync/look';
import { NO_CONNECTION } from '@tillsync/sdk';
import { dateTime, t } from '../i18n';
import type { Till } from '../till';
import { Dialog } from './dialog';

export function Connection({ till, onClose }: { till: Till; onClose(): void }) {
    const { sync, checking, ordersWaiting, paidWaiting, heardMs, elsewhere, storage, message } =
        till.connection.value;
    const { engine } = till.pos;
    const save = async () => {
        const text = await engine.exportUnsent();
        const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
        const link = document.createElement('a');
        link.href = url;
        link.download = `tillsync-unsent-${till.pos.config.name}.json`;
        link.click();
        URL.revokeObjectURL(url);
    };
    return (
        <Dialog title={t('sync.title')} onClose={onClose} class="connection">
            <p class={`state ${sync}`}>
                <Icon name="sync" /> <strong>{t(`sync.${sync}`)}</strong>
            </p>
            {/* What the server itself says, such as that a key was removed, has no place in the catalogue. */}
            {message && sync !== 'green' && message !== NO_CONNECTION && <p class="wrong">{message}</p>}
            <p>{t(`sync.${sync}_means`)}</p>
            {sync === 'red' && (
                <>
                    {engine.active && <p>{t(`sync.red_${engine.offlineEdits}`)}</p>}
                    <p>{t('sync.try')}</p>
                </>
            )}
            <p>{t('sync.orders_waiting', { count: ordersWaiting })}</p>
            {paidWaiting > 0 && <p class="wrong">{t('sync.paid_waiting', { count: paidWaiting })}</p>}
            {elsewhere.commands > 0 && (
                <p class="wrong">{t('sync.elsewhere', { count: elsewhere.commands })}</p>
            )}
            {storage !== 'ok' && <p class="wrong">{t(`sync.storage_${storage}`)}</p>}
            <p class="hint">
                {heardMs ? t('sync.heard', { when: dateTime(heardMs) }) : t('sync.never_heard')}
            </p>
            <div class="ends">
                <button
                    type="button"
                    disabled={ordersWaiting === 0 && elsewhere.commands === 0}
                    onClick={() => void save()}
                >
                    {t('sync.export')}
                </button>
                <button type="button" class="pay" disabled={checking} onClick={() => void engine.check()}>
                    {t('sync.check_now')}
                </button>
            </div>
        </Dialog>
    );
}

/** Closed orders, the last first. */
import { dateTime, money, t } from '../i18n';
import type { PastRow } from '../past';

interface PastListProps {
    rows: readonly PastRow[];
    chosen: string | null;
    onChoose(uid: string): void;
}

export function PastList({ rows, chosen, onChoose }: PastListProps) {
    return (
        <ul>
            {rows.map(row => (
                <li key={row.uid}>
                    <button type="button" aria-pressed={chosen === row.uid} onClick={() => onChoose(row.uid)}>
                        <strong>{row.number ?? '–'}</strong>
                        <span class="when">{dateTime(row.ms)}</span>
                        <span class="who">{t('who', { name: row.user, pos: row.pos })}</span>
                        <span class={`state ${row.state}`}>
                            {stateOf(row)}
                            {row.isSecondPayment && <mark>{t('past.paid_twice')}</mark>}
                        </span>
                        <span class="amount">{row.state === 'paid' ? money(row.total) : ''}</span>
                    </button>
                </li>
            ))}
        </ul>
    );
}

function stateOf({ state, isRefund, waits, methods }: PastRow): string {
    if (state === 'deleted') return t('past.deleted');
    if (waits) return t('order.here');
    return [...(isRefund ? [t('past.refund')] : []), ...methods].join(', ');
}

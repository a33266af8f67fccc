/** Everything that happened to an order, the last first: who, what, where, when, on which device. */
import { Icon, type IconName } from '@tillsync/look';
import type { HistoryEntry } from '../api/types';
import { deviceName, exactClock, longDay, t } from '../i18n';

/** Beyond this an entry came later than it was done: without a connection. */
const LATE_MS = 60_000;

const ICONS: Record<HistoryEntry['kind'], IconName> = {
    touched: 'history',
    renumbered: 'tag',
    unpaid: 'lock',
    attention: 'warning',
    resolved: 'check',
    created: 'plus',
    added: 'plus',
    changed: 'edit',
    removed: 'trash',
    paid: 'cash',
    closed: 'lock',
    deleted: 'trash',
    moved: 'swap',
    restored: 'undo',
    kept: 'note',
};
/** What a manager looks for. */
const LOUD: readonly HistoryEntry['kind'][] = ['removed', 'deleted'];

/** The entries of each day, the last day first. */
export function daysOf(entries: readonly HistoryEntry[]): { day: string; entries: HistoryEntry[] }[] {
    const days: { day: string; entries: HistoryEntry[] }[] = [];
    for (const entry of entries.toReversed()) {
        const day = new Date(entry.time_ms).toDateString();
        const last = days.at(-1);
        if (last?.day === day) last.entries.push(entry);
        else days.push({ day, entries: [entry] });
    }
    return days;
}

export function History({ entries }: { entries: readonly HistoryEntry[] }) {
    return (
        <>
            {daysOf(entries).map(({ day, entries }) => (
                <section key={day} class="timeline">
                    <h3>{longDay(entries[0]?.time_ms ?? 0)}</h3>
                    <ol>
                        {entries.map(entry => (
                            <Entry key={entry.seq} entry={entry} />
                        ))}
                    </ol>
                </section>
            ))}
        </>
    );
}

function Entry({ entry }: { entry: HistoryEntry }) {
    const { kind, user, pos, device, text, details, time_ms, device_time_ms } = entry;
    const lateMs = device_time_ms && time_ms - device_time_ms > LATE_MS ? device_time_ms : null;
    // The sentence of one that did one thing says it all.
    const parts = details.length > 1 ? details : [];
    return (
        <li class={LOUD.includes(kind) ? 'loud' : ''}>
            <Icon name={ICONS[kind]} />
            <div>
                <p class="told">
                    <strong>{user.name}</strong>
                    {parts.length === 0 && ` ${text}`}
                </p>
                {parts.length > 0 && (
                    <ul class="details">
                        {parts.map((detail, at) => (
                            <li key={at} class={LOUD.includes(detail.kind) ? 'loud-part' : ''}>
                                {detail.text}
                            </li>
                        ))}
                    </ul>
                )}
                <p class="hint">
                    <time>{exactClock(time_ms)}</time> · {pos.name}
                    {device && (
                        <>
                            {' · '}
                            <span title={device}>{deviceName(device)}</span>
                        </>
                    )}
                </p>
                {lateMs !== null && (
                    <p class="hint">{t('history.done_before', { when: exactClock(lateMs) })}</p>
                )}
            </div>
        </li>
    );
}

/** Point of Sale > Sessions: what is open, what was closed, and a POS that is opened from here. */

import { useSignal } from '@preact/signals';
import { Icon } from '@tillsync/look';
import { textOf } from '../api/request';
import { listSessions } from '../api/sessions';
import { isAlone, type ListedSession } from '../api/types';
import { spanOf } from '../days';
import { money, t, when } from '../i18n';
import { useLoaded } from '../load';
import { decimal } from '../money';
import { useAll } from '../names';
import { ChoiceChip, DateChip, ToggleChip } from '../parts/chips';
import { Empty, Page, Problem, Waiting } from '../parts/page';
import { href } from '../route';
import { place, replace, withQuery } from '../router';
import { keepScroll } from '../scroll';
import { OpenSession } from './open';

const PAGE_ROWS = 50;

export function SessionsScreen() {
    const { query } = place.value;
    const [pos, open, date] = [query.get('pos') ?? '', query.get('open') ?? '', query.get('date') ?? ''];
    const poses = useAll('points-of-sale');
    const further = useSignal<ListedSession[]>([]);
    const next = useSignal<string | null>(null);
    const wrong = useSignal('');
    const asksOpen = useSignal(false);
    const asked = () => {
        const { from, to } = spanOf(date, Date.now());
        return {
            pos,
            open: open === '' ? null : open === 'true',
            from_ms: from,
            to_ms: to,
            limit: PAGE_ROWS,
        };
    };
    const load = async (signal: AbortSignal) => {
        const page = await listSessions(asked(), signal);
        further.value = [];
        next.value = page.next ?? null;
        return page.items;
    };
    const loaded = useLoaded(`${query}`, load, 'sessions');
    keepScroll('sessions');
    const more = async () => {
        try {
            const page = await listSessions({ ...asked(), after: next.value });
            further.value = [...further.value, ...page.items];
            next.value = page.next ?? null;
            wrong.value = '';
        } catch (error) {
            wrong.value = textOf(error);
        }
    };
    const to = (changes: Record<string, string | null>) => replace(withQuery(place.value, changes));
    const rows = loaded.data.value && [...loaded.data.value, ...further.value];
    return (
        <Page
            title={t('menu.sessions')}
            actions={
                <button
                    type="button"
                    class="primary"
                    onClick={() => {
                        asksOpen.value = true;
                    }}
                >
                    <Icon name="plus" />
                    {t('sessions.open')}
                </button>
            }
        >
            <search class="filters">
                <div class="chips">
                    <ToggleChip
                        label={t('sessions.only_open')}
                        on={open === 'true'}
                        onToggle={() => to({ open: open === 'true' ? null : 'true' })}
                    />
                    <DateChip value={date} onChoose={value => to({ date: value })} />
                    <ChoiceChip
                        label={t('filter.pos')}
                        value={pos}
                        options={(poses ?? []).map(row => ({
                            value: String(row.id),
                            label: String(row.name),
                        }))}
                        onChoose={value => to({ pos: value })}
                    />
                </div>
            </search>
            <Problem text={loaded.wrong.value || wrong.value} onAgain={() => void loaded.again()} />
            {!rows && !loaded.wrong.value && <Waiting />}
            {rows?.length === 0 && <Empty text={t('sessions.none')} />}
            <ul class="order-rows">
                {rows?.map(session => (
                    <li key={session.id}>
                        <SessionRow session={session} />
                    </li>
                ))}
            </ul>
            {next.value && (
                <div class="more">
                    <button type="button" onClick={() => void more()}>
                        {t('more')}
                    </button>
                </div>
            )}
            {asksOpen.value && (
                <OpenSession
                    onClose={() => {
                        asksOpen.value = false;
                    }}
                    onDone={() => void loaded.again()}
                />
            )}
        </Page>
    );
}

function SessionRow({ session }: { session: ListedSession }) {
    const { id, pos, multi_session, opened_ms, opened_by, closed_ms, closed_by, orders, total, difference } =
        session;
    const isOff = !decimal(difference).isZero();
    return (
        <a class="order-row session-row" href={href(`/sessions/${id}`)}>
            <span class="what">
                <span class="place">
                    {pos.name}
                    {!isAlone(multi_session) && <span class="soft"> · {multi_session.name}</span>}
                </span>
                <span class="hint">
                    {t('session.since', { name: opened_by.name, when: when(opened_ms) })}
                    {closed_ms &&
                        `, ${t('session.until', { name: closed_by?.name ?? '', when: when(closed_ms) })}`}
                </span>
            </span>
            <span class="when">
                <span>{t('sessions.orders', { count: orders ?? 0 })}</span>
                {isOff && (
                    <span class="off-by">{t('sessions.difference', { amount: money(difference) })}</span>
                )}
            </span>
            <span class="sum">
                <span class="amount">{money(total)}</span>
                <span class={`state ${!closed_ms ? 'draft' : ''}`}>
                    {t(!closed_ms ? 'session.open' : 'session.closed')}
                </span>
            </span>
        </a>
    );
}

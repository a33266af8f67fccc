/** What is going on in the shop now; on an empty one, how it begins. */
import { Icon } from '@tillsync/look';
import { listOrders } from '../api/orders';
import { live, salesReport } from '../api/reports';
import { listSessions } from '../api/sessions';
import { lookAtSetup } from '../api/setup';
import type { ListedOrder, ListedSession, Live, Sales, Setup } from '../api/types';
import { dayBegin } from '../days';
import { clock, longDay, money, t, when } from '../i18n';
import { useEvery, useLoaded } from '../load';
import { OrderRow } from '../orders/row';
import { Columns } from '../parts/chart';
import { Page, Problem, Waiting } from '../parts/page';
import { href } from '../route';
import { Beginning, isBegun } from './beginning';
import { hoursOf } from './hours';

/** How often the page looks again. */
const EVERY_MS = 15_000;
/** Orders that wait for a manager, as many as are shown. */
const WAITING_MAX = 5;
const SESSIONS_MAX = 50;

interface Now {
    setup: Setup;
    sessions: ListedSession[];
    live: Live;
    sales: Sales;
    attention: ListedOrder[];
}

async function look(signal: AbortSignal): Promise<Now> {
    const now = Date.now();
    const [setup, sessions, seen, sales, attention] = await Promise.all([
        lookAtSetup(signal),
        listSessions({ open: true, limit: SESSIONS_MAX }, signal),
        live(signal),
        salesReport({ from_ms: dayBegin(now), to_ms: dayBegin(now, 1) }, signal),
        listOrders({ mark: 'attention', limit: WAITING_MAX }, signal),
    ]);
    return { setup, sessions: sessions.items, live: seen, sales, attention: attention.items };
}

export function StartScreen({ onBegun }: { onBegun(): void }) {
    const now = useLoaded('', look);
    useEvery(EVERY_MS, now.again);
    const found = now.data.value;
    return (
        <Page title={t('start.title')} class="start">
            <Problem text={now.wrong.value} onAgain={() => void now.again()} />
            {!found && !now.wrong.value && <Waiting />}
            {found && !isBegun(found.setup, found.sessions.length > 0 || found.sales.totals.orders > 0) && (
                <Beginning
                    setup={found.setup}
                    hasOpen={found.sessions.length > 0}
                    onDone={() => {
                        onBegun();
                        void now.again();
                    }}
                />
            )}
            {found && found.setup.counts.points_of_sale > 0 && <Today now={found} />}
        </Page>
    );
}

function Today({ now: { sales, live, sessions, attention } }: { now: Now }) {
    const tills = live.multi_sessions.flatMap(each => each.tills);
    const online = tills.filter(till => till.online).length;
    const open = live.multi_sessions.reduce((sum, each) => sum + each.open_orders, 0);
    return (
        <>
            {attention.length > 0 && <Attention orders={attention} />}
            <section class="panel today">
                <div>
                    <h2>{longDay(Date.now())}</h2>
                    <p class="huge amount">{money(sales.totals.total)}</p>
                    <p class="hint">{t('start.orders', { count: sales.totals.orders })}</p>
                    <a class="button" href={href('/sales?date=today')}>
                        {t('start.to_sales')}
                    </a>
                </div>
                <Hours sales={sales} />
            </section>
            <div class="tiles">
                <a class="tile" href={href('/live')}>
                    <Icon name="pulse" />
                    <strong>{t('start.tills', { online, all: tills.length })}</strong>
                    <span class="hint">
                        {tills.some(till => till.unsent > 0)
                            ? t('start.unsent')
                            : // What is away may have something that nobody knows of.
                              t(tills.every(({ online }) => online) ? 'start.all_sent' : 'start.some_away')}
                    </span>
                </a>
                <a class="tile" href={href('/orders?state=draft')}>
                    <Icon name="list" />
                    <strong>{t('start.open', { count: open })}</strong>
                    <span class="hint">{t('start.open_hint')}</span>
                </a>
                <a class="tile" href={href('/orders?mark=removals&date=yesterday')}>
                    <Icon name="trash" />
                    <strong>{t('start.removals')}</strong>
                    <span class="hint">{t('start.removals_hint')}</span>
                </a>
            </div>
            <Sessions sessions={sessions} />
        </>
    );
}

function Attention({ orders }: { orders: readonly ListedOrder[] }) {
    return (
        <section class="panel attention">
            <h2>
                <Icon name="warning" />
                {t('start.attention')}
            </h2>
            <ul class="order-rows">
                {orders.map(order => (
                    <li key={order.uid}>
                        <OrderRow order={order} />
                    </li>
                ))}
            </ul>
        </section>
    );
}

function Hours({ sales }: { sales: Sales }) {
    const bars = hoursOf(sales).map(row => ({
        key: String(row.id),
        label: clock(Number(row.id)),
        value: row.total,
        text: money(row.total),
    }));
    if (bars.length === 0) return <p class="hint">{t('start.nothing_sold')}</p>;
    return <Columns bars={bars} label={t('start.by_hour')} />;
}

function Sessions({ sessions }: { sessions: readonly ListedSession[] }) {
    return (
        <section class="panel">
            <h2>{t('start.sessions')}</h2>
            {sessions.length === 0 && (
                <p class="hint">
                    {t('start.no_sessions')}{' '}
                    <a class="inline" href={href('/sessions')}>
                        {t('menu.sessions')}
                    </a>
                </p>
            )}
            <ul class="links">
                {sessions.map(session => (
                    <li key={session.id}>
                        <a href={href(`/sessions/${session.id}`)}>
                            <strong>{session.pos.name}</strong>
                            <span class="hint">
                                {t('session.since', {
                                    name: session.opened_by.name,
                                    when: when(session.opened_ms),
                                })}
                            </span>
                            <span class="amount">{money(session.total)}</span>
                            <Icon name="forward" />
                        </a>
                    </li>
                ))}
            </ul>
        </section>
    );
}

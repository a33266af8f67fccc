/** A picture of the shop as it is now: asked for again and again while somebody looks. */
import { live } from '../api/reports';
import { isAlone, type LiveRoom, type LiveTill } from '../api/types';
import { deviceName, span, t, when } from '../i18n';
import { useEvery, useLoaded } from '../load';
import { Spark } from '../parts/chart';
import { Empty, Page, Problem, Waiting } from '../parts/page';
import { href } from '../route';

const EVERY_MS = 2_000;

export function LiveScreen() {
    const loaded = useLoaded('', live);
    useEvery(EVERY_MS, loaded.again);
    const found = loaded.data.value;
    return (
        <Page title={t('menu.live')} class="live">
            <Problem text={loaded.wrong.value} onAgain={() => void loaded.again()} />
            {!found && !loaded.wrong.value && <Waiting lines={3} />}
            {found?.multi_sessions.length === 0 && (
                <Empty text={t('live.none')}>
                    <a class="button" href={href('/multi-sessions')}>
                        {t('menu.multi_sessions')}
                    </a>
                </Empty>
            )}
            {found?.multi_sessions.map(each => (
                <MultiSessionPanel key={each.id} multiSession={each} now={found.now_ms} />
            ))}
        </Page>
    );
}

interface PanelProps {
    multiSession: LiveRoom;
    now: number;
}

function MultiSessionPanel({ multiSession, now }: PanelProps) {
    const { id, name, active, run, open_orders, updates, tills } = multiSession;
    const last = updates.at(-1) ?? 0;
    return (
        <section class={`panel ${active ? '' : 'off'}`}>
            <header class="live-head">
                <div>
                    <h2>
                        {isAlone(multiSession) ? (
                            name
                        ) : (
                            <a class="inline" href={href(`/multi-sessions/${id}`)}>
                                {name}
                            </a>
                        )}
                        {isAlone(multiSession) && <span class="badge">{t('live.alone')}</span>}
                        {!active && <span class="badge">{t('multi.inactive')}</span>}
                    </h2>
                    <p class="hint">{t('live.sum', { run, open: open_orders, count: tills.length })}</p>
                </div>
                <figure>
                    <Spark values={updates} label={t('live.updates', { last })} />
                    <figcaption class="hint">{t('live.updates', { last })}</figcaption>
                </figure>
            </header>
            {tills.length === 0 && <p class="hint">{t('live.no_tills')}</p>}
            <ul class="till-tiles">
                {tills.map(till => (
                    <li key={`${till.device}/${till.pos.id}`}>
                        <Till till={till} now={now} />
                    </li>
                ))}
            </ul>
        </section>
    );
}

/** Grey when it is not there; else the colour of its sync icon, green where it does not say. */
function colourOf({ online, icon, unsent }: LiveTill): 'green' | 'orange' | 'red' | 'away' {
    if (online) return icon ?? 'green';
    return unsent > 0 ? 'red' : 'away';
}

function Till({ till, now }: { till: LiveTill; now: number }) {
    const { pos, user, online, since_ms, icon, unsent, oldest_ms, delay_ms, app, device } = till;
    return (
        <article class={`till-tile ${colourOf(till)}`}>
            <h3>
                <span class="lamp" aria-hidden="true" />
                {pos.name}
            </h3>
            <p>{user.name}</p>
            <p class="is">{t(online ? `live.${icon ?? 'online'}` : 'live.away')}</p>
            <p class="hint">
                {t(online ? 'live.since' : 'live.gone_since', {
                    span: span(now - since_ms),
                    when: when(since_ms, now),
                })}
            </p>
            {unsent > 0 && (
                <p class="unsent">
                    {t('live.unsent', { count: unsent })}
                    {oldest_ms && `, ${t('live.oldest', { span: span(oldest_ms) })}`}
                </p>
            )}
            <p class="hint foot-line">
                {typeof delay_ms === 'number' && `${t('live.delay', { ms: Math.round(delay_ms) })} · `}
                <span title={device}>{deviceName(device.split('/')[0] ?? '')}</span>
                {app && ` · ${app}`}
            </p>
        </article>
    );
}

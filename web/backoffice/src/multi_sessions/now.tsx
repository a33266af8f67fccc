/** How a multi-session is now: its run, its counter, its tills. */
import type { MultiSession } from '../api/types';
import { t, when } from '../i18n';
import { href } from '../route';

export function NowPanel({ multiSession }: { multiSession: MultiSession }) {
    const { run, last_number, open_orders, poses, online } = multiSession;
    return (
        <section class="panel">
            <h2>{t('multi.now')}</h2>
            <dl class="sums">
                <Sum name={t('multi.run')} value={run} />
                <Sum name={t('multi.last_number')} value={last_number} />
                <Sum name={t('multi.open_orders')} value={open_orders} />
                <Sum name={t('multi.tills_online')} value={online.length} />
            </dl>
            <ul class="links">
                {poses.map(({ id, name, session }) => (
                    <li key={id}>
                        <a href={href(session ? `/sessions/${session.id}` : `/points-of-sale/${id}`)}>
                            <strong>{name}</strong>
                            <span class="hint">
                                {session
                                    ? t('session.since', {
                                          name: session.user.name,
                                          when: when(session.opened_ms),
                                      })
                                    : t('multi.closed')}
                            </span>
                        </a>
                    </li>
                ))}
            </ul>
            {online.length > 0 && (
                <>
                    <h3>{t('multi.online')}</h3>
                    <ul class="badges">
                        {online.map(({ pos, user }, at) => (
                            <li key={at} class="on">
                                {t('who', { name: user.name, pos: pos.name })}
                            </li>
                        ))}
                    </ul>
                </>
            )}
        </section>
    );
}

function Sum({ name, value }: { name: string; value: number }) {
    return (
        <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
        </div>
    );
}

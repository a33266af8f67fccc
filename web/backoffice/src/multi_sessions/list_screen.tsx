/** Point of Sale > Configuration > Multi-session Settings. */
import { Icon } from '@tillsync/look';
import { multiSessions } from '../api/multi_sessions';
import type { MultiSession } from '../api/types';
import { t } from '../i18n';
import { useEvery, useLoaded } from '../load';
import { Empty, Page, Problem, Waiting } from '../parts/page';
import { href } from '../route';

/** Who is online changes by itself. */
const EVERY_MS = 10_000;

export function MultiSessionsScreen() {
    const loaded = useLoaded('', multiSessions);
    useEvery(EVERY_MS, loaded.again);
    const all = loaded.data.value;
    const create = (
        <a class="button primary" href={href('/multi-sessions/new')}>
            <Icon name="plus" />
            {t('create')}
        </a>
    );
    return (
        <Page title={t('menu.multi_sessions')} actions={create}>
            <Problem text={loaded.wrong.value} onAgain={() => void loaded.again()} />
            {!all && !loaded.wrong.value && <Waiting lines={3} />}
            {all?.length === 0 && <Empty text={t('multi.none')}>{create}</Empty>}
            <ul class="multi-sessions">
                {all?.map(each => (
                    <li key={each.id}>
                        <Card multiSession={each} />
                    </li>
                ))}
            </ul>
        </Page>
    );
}

function Card({ multiSession }: { multiSession: MultiSession }) {
    const { id, name, active, poses, run, last_number, open_orders, online } = multiSession;
    return (
        <a class={`panel multi-session ${active ? '' : 'off'}`} href={href(`/multi-sessions/${id}`)}>
            <h2>
                {name}
                {!active && <span class="badge">{t('multi.inactive')}</span>}
            </h2>
            <ul class="badges">
                {poses.map(pos => (
                    <li key={pos.id} class={pos.session ? 'on' : ''}>
                        {pos.name}
                    </li>
                ))}
                {poses.length === 0 && <li>{t('multi.no_poses')}</li>}
            </ul>
            <p class="hint">
                {t('multi.sum', { run, number: last_number, open: open_orders, online: online.length })}
            </p>
        </a>
    );
}

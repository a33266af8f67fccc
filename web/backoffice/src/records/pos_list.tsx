/** Configuration > Point of Sale: by the multi-sessions that they belong to. */
import { Icon } from '@tillsync/look';
import { multiSessions } from '../api/multi_sessions';
import { listRecords } from '../api/records';
import type { MultiSession, Row } from '../api/types';
import { named, t } from '../i18n';
import { useLoaded } from '../load';
import { nameOf, SMALL_KIND_MAX } from '../names';
import { ChoiceChip, Search } from '../parts/chips';
import { Empty, Page, Problem, Waiting } from '../parts/page';
import { href } from '../route';
import { place, replace, withQuery } from '../router';
import { idIn } from './kind';

interface Found {
    rows: Row[];
    all: MultiSession[];
}

export function PosList() {
    const { query } = place.value;
    const [q, of] = [query.get('q') ?? '', query.get('multi_session') ?? ''];
    const loaded = useLoaded<Found>(`${query}`, async signal => {
        const [listing, all] = await Promise.all([
            listRecords(
                'points-of-sale',
                { q, limit: SMALL_KIND_MAX, sort: 'name', where: { multi_session: of } },
                signal,
            ),
            multiSessions(signal),
        ]);
        return { rows: listing.items, all };
    });
    const found = loaded.data.value;
    const to = (changes: Record<string, string | null>) => replace(withQuery(place.value, changes));
    const create = (
        <a class="button primary" href={href('/points-of-sale/new')}>
            <Icon name="plus" />
            {t('create')}
        </a>
    );
    return (
        <Page title={t('menu.points_of_sale')} actions={create} class="records">
            <search class="filters">
                <Search label={t('search')} value={q} onSearch={text => to({ q: text })} />
                <div class="chips">
                    <ChoiceChip
                        label={named('field', 'multi_session')}
                        value={of}
                        options={(found?.all ?? []).map(({ id, name }) => ({
                            value: String(id),
                            label: name,
                        }))}
                        onChoose={value => to({ multi_session: value })}
                    />
                </div>
            </search>
            <Problem text={loaded.wrong.value} onAgain={() => void loaded.again()} />
            {!found && !loaded.wrong.value && <Waiting lines={4} />}
            {found?.rows.length === 0 && (
                <Empty text={q || of ? t('nothing_found') : named('none', 'points-of-sale')}>
                    {!q && !of && create}
                </Empty>
            )}
            {found && groupsOf(found).map(group => <Group key={group.id ?? 0} group={group} />)}
        </Page>
    );
}

interface PosGroup {
    id: number | null;
    name: string;
    rows: Row[];
}

/** Those that share their orders together; those on their own at the end. */
export function groupsOf({ rows, all }: Found): PosGroup[] {
    const of = (id: number | null) => rows.filter(row => idIn(row.multi_session) === id);
    const groups: PosGroup[] = all.map(({ id, name }) => ({ id, name, rows: of(id) }));
    return [...groups, { id: null, name: t('pos.alone'), rows: of(null) }].filter(
        group => group.rows.length > 0,
    );
}

function Group({ group: { id, name, rows } }: { group: PosGroup }) {
    return (
        <section class="panel">
            <h2>
                {id === null ? (
                    name
                ) : (
                    <a class="inline" href={href(`/multi-sessions/${id}`)}>
                        {name}
                    </a>
                )}
            </h2>
            <ul class="poses">
                {rows.map(row => (
                    <li key={row.id}>
                        <a class="pos-name" href={href(`/points-of-sale/${row.id}`)}>
                            <Icon name="device" />
                            <strong>{nameOf(row)}</strong>
                        </a>
                        <a class="button" href={`/pos/${row.id}`} target="_blank" rel="noreferrer">
                            {t('pos.open')}
                        </a>
                    </li>
                ))}
            </ul>
        </section>
    );
}

/** What a floor has beside its record: its tables. */
import { Icon } from '@tillsync/look';
import { listRecords } from '../api/records';
import { t } from '../i18n';
import { useLoaded } from '../load';
import { nameOf, SMALL_KIND_MAX } from '../names';
import { Problem } from '../parts/page';
import { href } from '../route';
import type { FormPart } from './form_screen';

export function TablesPart({ record }: FormPart) {
    const id = record?.id ?? 0;
    const loaded = useLoaded(`${id}`, async signal => {
        if (!id) return [];
        const where = { floor_id: String(id) };
        return (await listRecords('tables', { where, limit: SMALL_KIND_MAX, sort: 'name' }, signal)).items;
    });
    const tables = loaded.data.value;
    return (
        <section class="panel">
            <h2>{t('menu.tables')}</h2>
            <Problem text={loaded.wrong.value} onAgain={() => void loaded.again()} />
            {!record && <p class="hint">{t('floor.later')}</p>}
            {record && (
                <div class="table-links">
                    {tables?.map(table => (
                        <a key={table.id} class="button" href={href(`/tables/${table.id}`)}>
                            {nameOf(table)}
                            {Boolean(table.seats) && (
                                <span class="hint">{t('floor.seats', { count: Number(table.seats) })}</span>
                            )}
                        </a>
                    ))}
                    <a class="button" href={href(`/tables/new?floor_id=${record.id}`)}>
                        <Icon name="plus" />
                        {t('floor.add')}
                    </a>
                </div>
            )}
        </section>
    );
}

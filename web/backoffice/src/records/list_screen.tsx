/** The list of a kind: looked through, sorted, filtered and paged by the server. */

import { useSignal } from '@preact/signals';
import { Icon } from '@tillsync/look';
import { exportRecords, listRecords } from '../api/records';
import { textOf } from '../api/request';
import type { Row } from '../api/types';
import { named, t } from '../i18n';
import { useLoaded } from '../load';
import { nameOf, remember, useAll } from '../names';
import { ChoiceChip, Search } from '../parts/chips';
import { download } from '../parts/download';
import { Empty, Page, Problem, Waiting } from '../parts/page';
import { tell } from '../parts/toast';
import { href } from '../route';
import { place, replace, withQuery } from '../router';
import { keepScroll } from '../scroll';
import { labelOf } from './controls';
import { type Field, fieldOf, type Kind } from './kind';
import { isPictureAddress } from './picture';
import { type NamesOf, NOTHING, show } from './show';
import { titleOf } from './words';

const PAGE_ROWS = 50;

export function RecordList({ kind }: { kind: Kind }) {
    const { query } = place.value;
    const [q, sort, page] = [
        query.get('q') ?? '',
        query.get('sort') ?? 'name',
        Number(query.get('page')) || 1,
    ];
    const where = Object.fromEntries(
        kind.filters.map(name => [name, query.get(name) ?? '']).filter(([, value]) => value !== ''),
    );
    const load = async (signal: AbortSignal) => {
        const listing = await listRecords(
            kind.resource,
            { q, sort, offset: (page - 1) * PAGE_ROWS, limit: PAGE_ROWS, where },
            signal,
        );
        for (const row of listing.items) remember(kind.resource, row);
        return listing;
    };
    const loaded = useLoaded(`${query}`, load, kind.resource);
    keepScroll(kind.resource);
    const to = (changes: Record<string, string | null>) =>
        replace(withQuery(place.value, { page: null, ...changes }));
    const listing = loaded.data.value;
    const isFiltered = q !== '' || Object.keys(where).length > 0;
    return (
        <Page title={titleOf(kind)} actions={<Actions kind={kind} />} class="records">
            <search class="filters">
                <Search
                    key={kind.resource}
                    label={t('search')}
                    value={q}
                    onSearch={text => to({ q: text })}
                />
                <div class="chips">
                    {kind.filters.map(name => (
                        <ReferenceFilter
                            key={name}
                            field={fieldOf(kind, name)}
                            value={query.get(name) ?? ''}
                            onChoose={value => to({ [name]: value })}
                        />
                    ))}
                    <ChoiceChip
                        label={t('sort.name')}
                        value={sort === 'name' ? '' : sort}
                        options={['-name', '-id', 'id'].map(value => ({
                            value,
                            label: named('sort', value),
                        }))}
                        onChoose={value => to({ sort: value })}
                    />
                </div>
            </search>
            <Problem text={loaded.wrong.value} onAgain={() => void loaded.again()} />
            {!listing && !loaded.wrong.value && <Waiting />}
            {listing?.items.length === 0 && (
                <Empty text={isFiltered ? t('nothing_found') : named('none', kind.resource)}>
                    {!isFiltered && (
                        <a class="button primary" href={href(`/${kind.resource}/new`)}>
                            {t('create')}
                        </a>
                    )}
                </Empty>
            )}
            {listing && listing.items.length > 0 && <Table kind={kind} rows={listing.items} />}
            {listing && (
                <Pages
                    page={page}
                    total={listing.total}
                    onGo={next => {
                        to({ page: next > 1 ? String(next) : null });
                        scrollTo({ top: 0 });
                    }}
                />
            )}
        </Page>
    );
}

function Actions({ kind }: { kind: Kind }) {
    const busy = useSignal(false);
    const save = async () => {
        busy.value = true;
        try {
            download(`${kind.resource}.csv`, await exportRecords(kind.resource), 'text/csv');
        } catch (error) {
            tell(textOf(error));
        }
        busy.value = false;
    };
    return (
        <>
            {kind.hasCsv && (
                <>
                    <button type="button" disabled={busy.value} onClick={() => void save()}>
                        <Icon name="download" />
                        {t('export')}
                    </button>
                    <a class="button" href={href(`/${kind.resource}/import`)}>
                        <Icon name="upload" />
                        {t('import')}
                    </a>
                </>
            )}
            <a class="button primary" href={href(`/${kind.resource}/new`)}>
                <Icon name="plus" />
                {t('create')}
            </a>
        </>
    );
}

interface FilterProps {
    field: Field | undefined;
    value: string;
    onChoose(value: string): void;
}

function ReferenceFilter({ field, value, onChoose }: FilterProps) {
    const rows = useAll(field?.type === 'reference' ? field.of : null);
    if (!field) return null;
    return (
        <ChoiceChip
            label={labelOf(field)}
            value={value}
            options={(rows ?? []).map(row => ({ value: String(row.id), label: nameOf(row) }))}
            onChoose={onChoose}
        />
    );
}

/** Names of what the columns refer to. */
function useNames(kind: Kind): NamesOf {
    const fields = kind.columns.map(name => fieldOf(kind, name));
    const resources = fields.map(field =>
        field?.type === 'reference' || field?.type === 'references' ? field.of : null,
    );
    // Kinds have the same columns for ever: the hooks are always the same ones.
    const lists = resources.map(useAll);
    return (resource, id) => {
        const at = resources.indexOf(resource as (typeof resources)[number]);
        return nameOf(lists[at]?.find(row => row.id === id));
    };
}

function Table({ kind, rows }: { kind: Kind; rows: readonly Row[] }) {
    const names = useNames(kind);
    const hasPicture = fieldOf(kind, 'image') !== undefined;
    return (
        <div class="panel scrolls table-panel">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">
                            {named('field', kind.resource === 'payment-methods' ? 'journal_id' : 'name')}
                        </th>
                        {kind.columns.map(name => (
                            <th key={name} scope="col" class={isAmount(kind, name) ? 'end' : ''}>
                                {named('field', name)}
                            </th>
                        ))}
                    </tr>
                </thead>
                <tbody>
                    {rows.map(row => (
                        <tr key={row.id} class={row.available === false ? 'off' : ''}>
                            <th scope="row">
                                <a href={href(`/${kind.resource}/${row.id}`)}>
                                    {hasPicture && <Thumb value={row.image} name={nameOf(row)} />}
                                    <span>{nameOf(row) || row.id}</span>
                                </a>
                            </th>
                            {kind.columns.map(name => (
                                <Cell key={name} kind={kind} name={name} row={row} names={names} />
                            ))}
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}

function isAmount(kind: Kind, name: string): boolean {
    return fieldOf(kind, name)?.type === 'number';
}

function cell(kind: Kind, name: string, row: Row, names: NamesOf): string {
    if (name === 'has_pin') return row.has_pin ? t('yes') : t('no');
    return show(fieldOf(kind, name), row[name], names);
}

interface CellProps {
    kind: Kind;
    name: string;
    row: Row;
    names: NamesOf;
}

function Cell({ kind, name, row, names }: CellProps) {
    const text = cell(kind, name, row, names);
    return (
        <td
            class={`${isAmount(kind, name) ? 'end' : ''} ${text === NOTHING ? 'nothing-there' : ''}`}
            data-label={named('field', name)}
        >
            {text}
        </td>
    );
}

function Thumb({ value, name }: { value: unknown; name: string }) {
    const isPicture = isPictureAddress(value);
    return isPicture ? (
        <img src={value} alt="" width="36" height="36" loading="lazy" />
    ) : (
        <span class="thumb" aria-hidden="true">
            {[...name][0]}
        </span>
    );
}

interface PagesProps {
    page: number;
    total: number;
    onGo(page: number): void;
}

function Pages({ page, total, onGo }: PagesProps) {
    const pages = Math.ceil(total / PAGE_ROWS);
    if (total === 0) return null;
    const first = (page - 1) * PAGE_ROWS + 1;
    return (
        <nav class="pages" aria-label={t('pages.title')}>
            <span class="hint">
                {t('pages.of', { first, last: Math.min(page * PAGE_ROWS, total), total })}
            </span>
            {pages > 1 && (
                <>
                    <button
                        type="button"
                        aria-label={t('pages.before')}
                        disabled={page <= 1}
                        onClick={() => onGo(page - 1)}
                    >
                        <Icon name="back" />
                    </button>
                    <button
                        type="button"
                        aria-label={t('pages.next')}
                        disabled={page >= pages}
                        onClick={() => onGo(page + 1)}
                    >
                        <Icon name="forward" />
                    </button>
                </>
            )}
        </nav>
    );
}

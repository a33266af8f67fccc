/** A record is deleted: first it is said what uses it. */
import { usesOf } from '../api/records';
import type { Row } from '../api/types';
import { named, t } from '../i18n';
import { useLoaded } from '../load';
import { nameOf } from '../names';
import { Confirm } from '../parts/confirm';
import { Problem } from '../parts/page';
import { href } from '../route';
import type { Kind } from './kinds';
import { oneOf } from './words';

interface DeleteProps {
    kind: Kind;
    row: Row;
    onDelete(): Promise<void>;
    onClose(): void;
}

export function Delete({ kind, row, onDelete, onClose }: DeleteProps) {
    const loaded = useLoaded(`${row.id}`, () => usesOf(kind.resource, row.id));
    const uses = loaded.data.value;
    return (
        <Confirm
            title={t('delete.title', { name: nameOf(row) })}
            go={t('delete')}
            isDangerous
            disabled={!uses || uses.total > 0}
            onGo={onDelete}
            onClose={onClose}
        >
            <Problem text={loaded.wrong.value} onAgain={() => void loaded.again()} />
            {!uses && !loaded.wrong.value && <p class="hint">{t('loading')}</p>}
            {uses?.total === 0 && <p>{t('delete.unused', { what: oneOf(kind.resource) })}</p>}
            {uses && uses.total > 0 && (
                <>
                    <p>{t('delete.used', { count: uses.total })}</p>
                    <ul class="uses">
                        {uses.uses.map(({ kind: resource, id, name, field }) => (
                            <li key={`${resource}${id}${field}`}>
                                <a href={href(`/${resource}/${id}`)}>{name}</a>
                                <span class="hint">
                                    {oneOf(resource)}, {named('field', field)}
                                </span>
                            </li>
                        ))}
                    </ul>
                    {uses.total > uses.uses.length && (
                        <p class="hint">{t('delete.more', { count: uses.total - uses.uses.length })}</p>
                    )}
                </>
            )}
        </Confirm>
    );
}

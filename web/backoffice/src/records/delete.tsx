/** A record is deleted: first it is said what uses it. */
import { usesOf } from '../api/records';
import type { Row, Uses } from '../api/types';
import { named, t } from '../i18n';
import { useLoaded } from '../load';
import { nameOf } from '../names';
import { Confirm } from '../parts/confirm';
import { Dialog } from '../parts/dialog';
import { Problem } from '../parts/page';
import { href } from '../route';
import type { Kind } from './kind';
import { oneOf, resourceOf } from './words';

interface DeleteProps {
    kind: Kind;
    row: Row;
    onDelete(): Promise<void>;
    onClose(): void;
}

export function Delete({ kind, row, onDelete, onClose }: DeleteProps) {
    const loaded = useLoaded(`${row.id}`, () => usesOf(kind.resource, row.id));
    const uses = loaded.data.value;
    if (uses && uses.total > 0) return <Used row={row} uses={uses} onClose={onClose} />;
    return (
        <Confirm
            title={t('delete.title', { name: nameOf(row) })}
            go={t('delete')}
            isDangerous
            disabled={!uses}
            onGo={onDelete}
            onClose={onClose}
        >
            <Problem text={loaded.wrong.value} onAgain={() => void loaded.again()} />
            {!uses && !loaded.wrong.value && <p class="hint">{t('loading')}</p>}
            {uses && <p>{t('delete.unused', { what: oneOf(kind.resource) })}</p>}
        </Confirm>
    );
}

/** Something uses it: it stays, and here is who has to let it go first. */
function Used({ row, uses: { uses, total }, onClose }: { row: Row; uses: Uses; onClose(): void }) {
    return (
        <Dialog title={t('delete.not', { name: nameOf(row) })} onClose={onClose}>
            <p>{t('delete.used', { count: total })}</p>
            <ul class="uses">
                {uses.map(({ kind, id, name, field }) => (
                    <li key={`${kind}${id}${field}`}>
                        <a href={href(`/${resourceOf(kind)}/${id}`)}>{name}</a>
                        <span class="hint">
                            {oneOf(kind)}, {named('field', field)}
                        </span>
                    </li>
                ))}
            </ul>
            {total > uses.length && <p class="hint">{t('delete.more', { count: total - uses.length })}</p>}
            <div class="ends">
                <button type="button" class="primary" onClick={onClose}>
                    {t('close')}
                </button>
            </div>
        </Dialog>
    );
}

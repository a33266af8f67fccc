/** Somebody else saved the same record meanwhile: what they changed, and whose word counts. */
import type { Draft, Row } from '../api/types';
import { t } from '../i18n';
import { knownName } from '../names';
import { Dialog } from '../parts/dialog';
import { differencesOf } from './changes';
import { labelOf } from './controls';
import { draftOf, fieldOf, type Kind } from './kind';
import { show } from './show';

interface ConflictProps {
    kind: Pick<Kind, 'sections' | 'resource' | 'defaults'>;
    /** As the form was loaded. */
    base: Draft;
    theirs: Row;
    mine: Draft;
    onTheirs(): void;
    onMine(): void;
    onClose(): void;
}

export function Conflict({ kind, base, theirs, mine, onTheirs, onMine, onClose }: ConflictProps) {
    const differences = differencesOf(base, draftOf(kind, theirs), mine);
    return (
        <Dialog title={t('conflict.title')} onClose={onClose} class="conflict">
            <p>{t('conflict.text')}</p>
            <ul>
                {differences.map(({ field, was, theirs, mine, isMineToo }) => {
                    const description = fieldOf(kind as Kind, field);
                    const say = (value: unknown) => show(description, value, knownName);
                    return (
                        <li key={field}>
                            <strong>{description ? labelOf(description) : field}</strong>
                            <span>{t('conflict.theirs', { was: say(was), now: say(theirs) })}</span>
                            {isMineToo && <span class="mine">{t('conflict.mine', { now: say(mine) })}</span>}
                        </li>
                    );
                })}
            </ul>
            {differences.length === 0 && <p class="hint">{t('conflict.nothing')}</p>}
            <p class="hint">{t('conflict.hint')}</p>
            <div class="ends">
                <button type="button" onClick={onTheirs}>
                    {t('conflict.take')}
                </button>
                <button type="button" class="primary" onClick={onMine}>
                    {t('conflict.keep')}
                </button>
            </div>
        </Dialog>
    );
}

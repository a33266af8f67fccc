/** What a POS has beside its record: the multi-session that it belongs to, and its till. */
import { useId } from 'preact/hooks';
import { multiSessions, posChoices } from '../api/multi_sessions';
import type { Row } from '../api/types';
import { named, t } from '../i18n';
import { useLoaded } from '../load';
import type { FormPart } from './form_screen';
import { idIn } from './kind';

export function MultiSessionPart({ record, draft, onChange, wrong }: FormPart) {
    const id = useId();
    const all = useLoaded('', multiSessions).data.value;
    const choices = useLoaded(`${record?.version}`, signal => posChoices(signal)).data.value;
    const reasons = choices?.find(each => each.id === record?.id)?.reasons ?? [];
    const chosen = idIn(draft.multi_session);
    return (
        <section class="panel">
            <h2>{named('field', 'multi_session')}</h2>
            <div class="field">
                <label for={id} class="heard">
                    {named('field', 'multi_session')}
                </label>
                <select
                    id={id}
                    value={chosen === null ? '' : String(chosen)}
                    disabled={reasons.length > 0}
                    aria-describedby={`${id}hint`}
                    onChange={event => onChange('multi_session', Number(event.currentTarget.value) || null)}
                >
                    <option value="">{t('pos.alone')}</option>
                    {all?.map(each => (
                        <option key={each.id} value={String(each.id)}>
                            {each.name}
                        </option>
                    ))}
                </select>
                <p class="hint" id={`${id}hint`}>
                    {reasons.length > 0 ? reasons.join(' ') : t('hint.multi_session')}
                </p>
                {wrong.multi_session && (
                    <p class="wrong" role="alert">
                        {wrong.multi_session}
                    </p>
                )}
            </div>
        </section>
    );
}

/** The till itself, in a tab of its own. */
export function OpenTill({ row }: { row: Row }) {
    return (
        <a class="button" href={`/pos/${row.id}`} target="_blank" rel="noreferrer">
            {t('pos.open')}
        </a>
    );
}

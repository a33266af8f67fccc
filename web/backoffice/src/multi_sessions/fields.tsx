/** What of a multi-session is chosen: name, POSes, and how it behaves. */

import { Icon } from '@tillsync/look';
import type { MultiSessionDraft, PosChoice } from '../api/types';
import { named, t } from '../i18n';
import { Control } from '../records/controls';
import { href } from '../route';
import { DRAFTS, OFFLINE_EDITS, type PosRow, posRows } from './draft';

interface FieldsProps {
    draft: MultiSessionDraft;
    choices: readonly PosChoice[];
    of: number | null;
    wrong: Record<string, string>;
    onSet<F extends keyof MultiSessionDraft>(field: F, value: MultiSessionDraft[F]): void;
}

export function Fields({ draft, choices, of, wrong, onSet }: FieldsProps) {
    return (
        <>
            <section class="panel">
                <div class="fields">
                    <Control
                        field={{ name: 'name', type: 'text', isRequired: true }}
                        value={draft.name}
                        wrong={wrong.name ?? ''}
                        record={{}}
                        onChange={value => onSet('name', String(value || ''))}
                    />
                    <Control
                        field={{ name: 'active', type: 'switch' }}
                        value={draft.active}
                        wrong={wrong.active ?? ''}
                        record={{}}
                        onChange={value => onSet('active', Boolean(value))}
                    />
                </div>
            </section>
            <section class="panel">
                <h2>{t('multi.poses')}</h2>
                <p class="hint">{t('multi.poses_hint')}</p>
                {choices.length === 0 && (
                    <p>
                        {t('multi.no_pos')}{' '}
                        <a class="inline" href={href('/points-of-sale/new')}>
                            {t('begin.pos')}
                        </a>
                    </p>
                )}
                <ul class="pos-choices">
                    {posRows(choices, draft.poses, of).map(row => (
                        <PosLine
                            key={row.id}
                            row={row}
                            onToggle={() =>
                                onSet(
                                    'poses',
                                    row.isChosen
                                        ? draft.poses.filter(id => id !== row.id)
                                        : [...draft.poses, row.id].sort((a, b) => a - b),
                                )
                            }
                        />
                    ))}
                </ul>
                {wrong.poses && (
                    <p class="wrong" role="alert">
                        {wrong.poses}
                    </p>
                )}
            </section>
            <section class="panel">
                <h2>{t('multi.behaviour')}</h2>
                <Radios
                    name="offline_edits"
                    options={OFFLINE_EDITS}
                    value={draft.offline_edits}
                    onChoose={value => onSet('offline_edits', value)}
                />
                <Radios
                    name="drafts"
                    options={DRAFTS}
                    value={draft.drafts}
                    onChoose={value => onSet('drafts', value)}
                />
                <Control
                    field={{ name: 'fiscal_position_ids', type: 'references', of: 'fiscal-positions' }}
                    value={draft.fiscal_position_ids}
                    wrong={wrong.fiscal_position_ids ?? ''}
                    record={{}}
                    onChange={value => onSet('fiscal_position_ids', value as number[])}
                />
            </section>
        </>
    );
}

function PosLine({ row, onToggle }: { row: PosRow; onToggle(): void }) {
    const isStuck = row.reasons.length > 0;
    return (
        <li class={isStuck ? 'stuck' : ''}>
            <label>
                <input type="checkbox" checked={row.isChosen} disabled={isStuck} onChange={onToggle} />
                <span>
                    <strong>{row.name}</strong>
                    {row.from && (
                        <span class="hint">
                            {t(row.isChosen ? 'multi.leaves' : 'multi.is_in', { name: row.from })}
                        </span>
                    )}
                    {row.reasons.map(reason => (
                        <span key={reason} class="reason">
                            <Icon name="lock" />
                            {reason}
                        </span>
                    ))}
                </span>
            </label>
        </li>
    );
}

interface RadiosProps<T extends string> {
    name: 'offline_edits' | 'drafts';
    options: readonly T[];
    value: T;
    onChoose(value: T): void;
}

function Radios<T extends string>({ name, options, value, onChoose }: RadiosProps<T>) {
    return (
        <fieldset class="field radios">
            <legend>{named('field', name)}</legend>
            {options.map(option => (
                <label key={option}>
                    <input
                        type="radio"
                        name={name}
                        checked={value === option}
                        onChange={() => onChoose(option)}
                    />
                    <span>
                        <strong>{named('choice', `${name}.${option}`)}</strong>
                        <span class="hint">{named('hint', `${name}.${option}`)}</span>
                    </span>
                </label>
            ))}
        </fieldset>
    );
}

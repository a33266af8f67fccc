/** A session is closed (rule 21): the drawer is counted, it is said what becomes of open orders, then it is done. */
import { useSignal } from '@preact/signals';
import { closeSession } from '../api/sessions';
import type { Drafts, SessionReport } from '../api/types';
import { money, t } from '../i18n';
import { currency, decimal, decimalsOf } from '../money';
import { Confirm } from '../parts/confirm';
import { tell } from '../parts/toast';
import { type Count, cashOf, countsOf } from './counting';
import { Devices } from './report';

const DRAFTS = ['carry_on', 'mark_unpaid'] as const;

interface CloseProps {
    report: SessionReport;
    onDone(): Promise<void>;
    onClose(): void;
}

export function CloseSession({ report, onDone, onClose }: CloseProps) {
    const { session, drafts, ends_run } = report;
    const typed = useSignal<Record<number, string>>({});
    const choice = useSignal<Drafts>('carry_on');
    const note = useSignal('');
    const places = currency.value ? decimalsOf(currency.value) : 2;
    const counts = countsOf(
        report.cash.filter(({ is_cash }) => is_cash),
        typed.value,
        places,
    );
    const cash = cashOf(counts);
    const send = async () => {
        if (!cash) return;
        await closeSession(session.id, choice.value, { cash, note: note.value.trim() });
        tell(t('closing.done', { pos: session.pos.name }));
        onClose();
        await onDone();
    };
    return (
        <Confirm
            title={t('closing.of', { pos: session.pos.name })}
            go={t('closing.title')}
            isDangerous
            disabled={!cash}
            onGo={send}
            onClose={onClose}
        >
            {counts.map(count => (
                <CountField
                    key={count.method.id}
                    count={count}
                    onText={text => {
                        typed.value = { ...typed.value, [count.method.id]: text };
                    }}
                />
            ))}
            {drafts.length > 0 && (
                <fieldset class="field radios">
                    <legend>{t('report.drafts', { count: drafts.length })}</legend>
                    {ends_run ? (
                        DRAFTS.map(each => (
                            <label key={each}>
                                <input
                                    type="radio"
                                    name="drafts"
                                    checked={choice.value === each}
                                    onChange={() => {
                                        choice.value = each;
                                    }}
                                />
                                <span>
                                    <strong>{t(`closing.${each}`)}</strong>
                                    <span class="hint">{t(`closing.${each}_hint`)}</span>
                                </span>
                            </label>
                        ))
                    ) : (
                        <p class="hint">{t('closing.drafts_stay')}</p>
                    )}
                </fieldset>
            )}
            <Devices report={report} />
            <label class="field">
                <span>{t('sessions.note')}</span>
                <input
                    type="text"
                    maxLength={1000}
                    value={note.value}
                    onInput={event => {
                        note.value = event.currentTarget.value;
                    }}
                />
            </label>
            <p class="will">{willDo(report, choice.value)}</p>
        </Confirm>
    );
}

/** What pressing the button does, in one sentence for each thing. */
function willDo({ session, drafts, ends_run }: SessionReport, choice: Drafts): string {
    const pos = session.pos.name;
    if (!ends_run) return t('closing.will', { pos });
    const name = session.multi_session?.name ?? pos;
    const what = drafts.length === 0 ? 'none' : choice;
    return `${t('closing.will', { pos })} ${t('closing.ends_run', { name, count: drafts.length, what })}`;
}

function CountField({ count, onText }: { count: Count; onText(text: string): void }) {
    const { method, expected, text, typed, off } = count;
    const isBad = text.trim() !== '' && typed === null;
    return (
        <label class="field">
            <span>{t('closing.count', { method: method.name })}</span>
            <span class="typed">
                <input
                    type="text"
                    inputMode="decimal"
                    autocomplete="off"
                    aria-invalid={isBad}
                    value={text}
                    onInput={event => onText(event.currentTarget.value)}
                />
                <span aria-hidden="true">{currency.value?.symbol}</span>
            </span>
            <span class="hint">{t('closing.expected', { amount: money(expected) })}</span>
            {isBad && (
                <span class="wrong" role="alert">
                    {t('wrong.number', { text })}
                </span>
            )}
            {off !== null && (
                <span class={decimal(off).isZero() ? 'right' : 'off-by'} role="status">
                    {decimal(off).isZero()
                        ? t('closing.agrees')
                        : t(decimal(off).isNegative() ? 'closing.short' : 'closing.over', {
                              amount: money(decimal(off).abs()),
                          })}
                </span>
            )}
        </label>
    );
}

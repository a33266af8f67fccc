/** A session is opened: what is in the drawer is counted first. */
import { useSignal } from '@preact/signals';
import { decimalsOf } from '@tillsync/sdk';
import type { Person, TillData } from '../api';
import { leftBy, typedAmount } from '../counting';
import { dateTime, t } from '../i18n';
import { Ends } from '../parts/ends';
import { Field } from '../parts/field';
import { openSession, type SessionReport } from '../server/sessions';

interface OpeningProps {
    data: TillData;
    user: Person;
    report: SessionReport;
    onOpen(): void;
    onBack(): void;
}

export function OpeningScreen({ data, user, report, onOpen, onBack }: OpeningProps) {
    const methods = (data.shop.cashregisters ?? []).filter(({ type }) => type === 'cash');
    const typed = useSignal<Record<string, string>>(
        Object.fromEntries(methods.map(method => [method.id, leftBy(report.last, method)])),
    );
    const note = useSignal('');
    const wrong = useSignal('');
    const busy = useSignal(false);
    const { last } = report;
    const open = async () => {
        if (busy.value) return;
        const cash: Record<string, string> = {};
        for (const { id } of methods) {
            const text = typed.value[id] ?? '';
            const amount = typedAmount(text.trim() || '0', decimalsOf(data.shop.currency.rounding));
            if (!amount || amount.isNegative()) {
                wrong.value = t('counting.not_an_amount', { text });
                return;
            }
            cash[id] = amount.toString();
        }
        busy.value = true;
        try {
            await openSession(data.config.id, user, {
                cash,
                ...(note.value.trim() && { note: note.value.trim() }),
            });
            onOpen();
        } catch (error) {
            wrong.value = error instanceof Error ? error.message : String(error);
        }
        busy.value = false;
    };
    return (
        <main class="counting">
            <form
                onSubmit={event => {
                    event.preventDefault();
                    void open();
                }}
            >
                <h1>{t('opening.title', { pos: data.config.name })}</h1>
                <p class="hint">
                    {last
                        ? t('opening.last', { name: last.user.name, when: dateTime(last.closed_ms) })
                        : t('opening.first')}
                </p>
                {methods.map(({ id, journal_id }) => (
                    <Field
                        key={id}
                        label={t('opening.cash', { method: journal_id[1] })}
                        value={typed.value[id] ?? ''}
                        inputMode="decimal"
                        suffix={data.shop.currency.symbol}
                        onInput={text => {
                            wrong.value = '';
                            typed.value = { ...typed.value, [id]: text };
                        }}
                    />
                ))}
                <Field
                    label={t('counting.note')}
                    value={note.value}
                    maxLength={1000}
                    onInput={text => {
                        note.value = text;
                    }}
                />
                <Ends wrong={wrong.value} onBack={onBack} go={t('opening.open')} disabled={busy.value} />
            </form>
        </main>
    );
}

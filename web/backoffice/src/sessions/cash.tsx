/** Money that is put into a drawer or taken out of it, with the reason. */
import { useSignal } from '@preact/signals';
import { moveCash } from '../api/sessions';
import type { SessionReport } from '../api/types';
import { money, t } from '../i18n';
import { currency, decimal, decimalsOf, typedAmount } from '../money';
import { Confirm } from '../parts/confirm';
import { tell } from '../parts/toast';

interface CashProps {
    report: SessionReport;
    onDone(): Promise<void>;
    onClose(): void;
}

export function MoveCash({ report, onDone, onClose }: CashProps) {
    const { session } = report;
    const cash = report.cash.filter(({ is_cash }) => is_cash);
    const way = useSignal<'in' | 'out'>('out');
    const text = useSignal('');
    const reason = useSignal('');
    const method = useSignal(cash[0]?.method.id ?? 0);
    const typed = typedAmount(text.value, currency.value ? decimalsOf(currency.value) : 2);
    const amount = typed !== null && decimal(typed).gt(0) ? typed : null;
    const drawer = cash.find(each => each.method.id === method.value);
    const send = async () => {
        if (amount === null) return;
        const signed = way.value === 'out' ? `-${amount}` : amount;
        await moveCash(session.id, method.value, signed, reason.value.trim());
        tell(t(`cash.done_${way.value}`, { amount: money(amount) }));
        onClose();
        await onDone();
    };
    return (
        <Confirm
            title={t('cash.title')}
            go={amount === null ? t('cash.title') : t(`cash.go_${way.value}`, { amount: money(amount) })}
            disabled={amount === null || !reason.value.trim() || !drawer}
            onGo={send}
            onClose={onClose}
        >
            {!drawer && <p>{t('cash.none')}</p>}
            <div class="choices">
                {(['out', 'in'] as const).map(each => (
                    <button
                        key={each}
                        type="button"
                        aria-pressed={way.value === each}
                        onClick={() => {
                            way.value = each;
                        }}
                    >
                        {t(`cash.${each}`)}
                    </button>
                ))}
            </div>
            {cash.length > 1 && (
                <label class="field">
                    <span>{t('report.methods')}</span>
                    <select
                        value={String(method.value)}
                        onChange={event => {
                            method.value = Number(event.currentTarget.value);
                        }}
                    >
                        {cash.map(each => (
                            <option key={each.method.id} value={String(each.method.id)}>
                                {each.method.name}
                            </option>
                        ))}
                    </select>
                </label>
            )}
            <label class="field">
                <span>{t('cash.amount')}</span>
                <span class="typed">
                    <input
                        type="text"
                        inputMode="decimal"
                        autocomplete="off"
                        autofocus
                        value={text.value}
                        onInput={event => {
                            text.value = event.currentTarget.value;
                        }}
                    />
                    <span aria-hidden="true">{currency.value?.symbol}</span>
                </span>
            </label>
            <label class="field">
                <span>{t('cash.reason')}</span>
                <input
                    type="text"
                    maxLength={200}
                    value={reason.value}
                    onInput={event => {
                        reason.value = event.currentTarget.value;
                    }}
                />
            </label>
            {drawer && amount !== null && (
                <p class="hint">
                    {t('cash.then', {
                        amount: money(
                            way.value === 'out'
                                ? decimal(drawer.expected).minus(amount)
                                : decimal(drawer.expected).plus(amount),
                        ),
                    })}
                </p>
            )}
        </Confirm>
    );
}

/** Cash that goes into the drawer, or out of it, for no order. */
import { useSignal } from '@preact/signals';
import { decimalsOf } from '@tillsync/sdk';
import { useEffect } from 'preact/hooks';
import { typedAmount } from '../counting';
import { money, t } from '../i18n';
import { lookAtSession, moveCash } from '../server/sessions';
import type { Till } from '../till';
import { Dialog } from './dialog';
import { Ends } from './ends';
import { Field } from './field';

const REASON_MAX = 200;

export function Cash({ till, onClose }: { till: Till; onClose(): void }) {
    const { pos } = till;
    const methods = pos.cashregisters.filter(({ type }) => type === 'cash');
    const session = useSignal<number | null>(null);
    const way = useSignal<'out' | 'in'>('out');
    const method = useSignal(methods[0]?.id ?? 0);
    const text = useSignal('');
    const reason = useSignal('');
    const wrong = useSignal('');
    const busy = useSignal(false);
    const fail = (error: unknown) => {
        wrong.value = error instanceof Error ? error.message : String(error);
    };
    useEffect(() => {
        lookAtSession(pos.config.id).then(report => {
            session.value = report.session?.id ?? null;
        }, fail);
    }, []);
    const move = async () => {
        if (busy.value || session.value === null) return;
        const amount = typedAmount(text.value, decimalsOf(pos.currency.rounding));
        if (!amount || amount.isNegative() || amount.isZero()) {
            wrong.value = t('counting.not_an_amount', { text: text.value });
            return;
        }
        if (!reason.value.trim()) {
            wrong.value = t('cash.why');
            return;
        }
        busy.value = true;
        const signed = way.value === 'out' ? amount.negated() : amount;
        try {
            await moveCash(pos.config.id, pos.get_cashier(), session.value, {
                method: method.value,
                amount: signed.toString(),
                reason: reason.value.trim(),
            });
            till.tell(t(`cash.done_${way.value}`, { amount: money(amount) }));
            onClose();
        } catch (error) {
            fail(error);
        }
        busy.value = false;
    };
    const choices = <T extends string | number>(
        label: string,
        all: readonly (readonly [T, string])[],
        chosen: { value: T },
    ) => (
        <fieldset>
            <legend>{label}</legend>
            <div class="choices">
                {all.map(([value, name]) => (
                    <button
                        key={value}
                        type="button"
                        aria-pressed={chosen.value === value}
                        onClick={() => {
                            chosen.value = value;
                        }}
                    >
                        {name}
                    </button>
                ))}
            </div>
        </fieldset>
    );
    return (
        <Dialog title={t('menu.cash')} onClose={onClose} class="settings moving-cash">
            <form
                onSubmit={event => {
                    event.preventDefault();
                    void move();
                }}
            >
                {choices(
                    t('menu.cash'),
                    (['out', 'in'] as const).map(each => [each, t(`cash.${each}`)] as const),
                    way,
                )}
                {methods.length > 1 &&
                    choices(
                        t('closing.method'),
                        methods.map(({ id, journal_id }) => [id, journal_id[1]] as const),
                        method,
                    )}
                <Field
                    label={t('cash.amount')}
                    value={text.value}
                    inputMode="decimal"
                    suffix={pos.currency.symbol}
                    onInput={typed => {
                        text.value = typed;
                        wrong.value = '';
                    }}
                />
                <Field
                    label={t('cash.reason')}
                    value={reason.value}
                    maxLength={REASON_MAX}
                    onInput={typed => {
                        reason.value = typed;
                        wrong.value = '';
                    }}
                />
                <Ends
                    wrong={wrong.value}
                    onBack={onClose}
                    go={t(`cash.${way.value}`)}
                    disabled={session.value === null || busy.value}
                />
            </form>
        </Dialog>
    );
}

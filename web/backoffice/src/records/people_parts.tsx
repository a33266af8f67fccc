/** What a person has beside their record: a PIN. It is set at once, and is never read. */
import { useSignal } from '@preact/signals';
import { setPin } from '../api/people';
import { t } from '../i18n';
import { Confirm } from '../parts/confirm';
import { tell } from '../parts/toast';
import type { FormPart } from './form_screen';

export function PinPart({ record, again }: FormPart) {
    const asks = useSignal<'set' | 'remove' | null>(null);
    const typed = useSignal('');
    const isRight = /^\d{4,12}$/.test(typed.value);
    const close = () => {
        asks.value = null;
        typed.value = '';
    };
    const send = (pin: string | null) => async () => {
        if (!record) return;
        await setPin(record.id, pin);
        tell(t(pin === null ? 'pin.removed' : 'pin.set_done'));
        close();
        await again();
    };
    const ask = (what: 'set' | 'remove') => () => {
        asks.value = what;
    };
    return (
        <section class="panel">
            <h2>{t('pin.title')}</h2>
            {!record && <p class="hint">{t('pin.later')}</p>}
            {record && (
                <>
                    <p class="hint">{t(record.has_pin ? 'pin.has' : 'pin.has_none')}</p>
                    <div class="actions">
                        <button type="button" onClick={ask('set')}>
                            {t(record.has_pin ? 'pin.change' : 'pin.set')}
                        </button>
                        {Boolean(record.has_pin) && (
                            <button type="button" onClick={ask('remove')}>
                                {t('pin.remove')}
                            </button>
                        )}
                    </div>
                </>
            )}
            {asks.value === 'set' && (
                <Confirm
                    title={t('pin.title')}
                    go={t('save')}
                    disabled={!isRight}
                    onGo={send(typed.value)}
                    onClose={close}
                >
                    <label class="field">
                        <span>{t('pin.new')}</span>
                        <input
                            type="password"
                            inputMode="numeric"
                            autocomplete="new-password"
                            maxLength={12}
                            value={typed.value}
                            onInput={event => {
                                typed.value = event.currentTarget.value.trim();
                            }}
                        />
                        <span class="hint">{t('pin.hint')}</span>
                    </label>
                </Confirm>
            )}
            {asks.value === 'remove' && (
                <Confirm
                    title={t('pin.remove')}
                    go={t('pin.remove')}
                    isDangerous
                    onGo={send(null)}
                    onClose={close}
                >
                    <p>{t('pin.remove_text')}</p>
                </Confirm>
            )}
        </section>
    );
}

/** Who is at the back office: chosen by name, proven by PIN where there is one. */

import { useSignal } from '@preact/signals';
import { PinPad } from '@tillsync/look';
import { provePin } from '../api/people';
import { ApiError, textOf } from '../api/request';
import type { Person } from '../api/types';
import { named, t } from '../i18n';
import { accessKey, person, wantsKey } from '../who';

/** Managers of the shop; everybody where there is none. */
export function whoMayEnter(people: readonly Person[]): Person[] {
    const managers = people.filter(({ role }) => role === 'manager' || role === 'admin');
    return managers.length > 0 ? managers : [...people];
}

export function SignIn({ people }: { people: readonly Person[] }) {
    const asked = useSignal<Person | null>(null);
    const prove = async (pin: string): Promise<string> => {
        const who = asked.value;
        if (!who) return '';
        try {
            await provePin(who.id, pin);
            person.value = who;
            return '';
        } catch (error) {
            if (error instanceof ApiError && error.retryAfterS > 0)
                return t('sign_in.wait', { seconds: error.retryAfterS });
            if (error instanceof ApiError && error.code === 'wrong_pin') return t('sign_in.wrong');
            return textOf(error);
        }
    };
    return (
        <main class="sign-in">
            <img src="/icon.svg" alt="" width="56" height="56" />
            <h1>{t('sign_in.title')}</h1>
            <ul>
                {whoMayEnter(people).map(each => (
                    <li key={each.id}>
                        <button
                            type="button"
                            class={`hue-${each.id % 8}`}
                            onClick={() => {
                                if (each.has_pin) asked.value = each;
                                else person.value = each;
                            }}
                        >
                            <span class="face" aria-hidden="true">
                                {[...each.name][0]}
                            </span>
                            <strong>{each.name}</strong>
                            <small>{named('choice', `role.${each.role ?? 'cashier'}`)}</small>
                        </button>
                    </li>
                ))}
            </ul>
            {asked.value && (
                <PinPad
                    words={{
                        title: t('sign_in.pin_of', { name: asked.value.name }),
                        close: t('close'),
                        backspace: t('sign_in.backspace'),
                        enter: t('sign_in.enter'),
                        digits: count => t('sign_in.digits', { count }),
                    }}
                    digits={asked.value.pin_digits}
                    onPin={prove}
                    onClose={() => {
                        asked.value = null;
                    }}
                />
            )}
        </main>
    );
}

/** The server lets nobody in without a key. */
export function KeyAsked({ onKey }: { onKey(): void }) {
    const typed = useSignal('');
    return (
        <main class="sign-in">
            <img src="/icon.svg" alt="" width="56" height="56" />
            <h1>{t('key.title')}</h1>
            <form
                onSubmit={event => {
                    event.preventDefault();
                    accessKey.value = typed.value.trim() || null;
                    wantsKey.value = '';
                    onKey();
                }}
            >
                <label class="field">
                    <span>{t('key.label')}</span>
                    <input
                        type="password"
                        autocomplete="off"
                        value={typed.value}
                        onInput={event => {
                            typed.value = event.currentTarget.value;
                        }}
                    />
                </label>
                <p class="wrong">{wantsKey.value}</p>
                <p class="hint">{t('key.hint')}</p>
                <button type="submit" class="primary">
                    {t('key.go')}
                </button>
            </form>
        </main>
    );
}

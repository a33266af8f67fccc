/** A shop's beginning, step by step: each has a tick when it is done, and leads to where it is done. */

import { useSignal } from '@preact/signals';
import { Icon } from '@tillsync/look';
import { people } from '../api/people';
import { ApiError, textOf } from '../api/request';
import { begin } from '../api/setup';
import type { Setup } from '../api/types';
import { type Key, t } from '../i18n';
import { href } from '../route';
import { person } from '../who';

interface Step {
    name: Key;
    hint: Key;
    to: string;
    isDone: boolean;
}

function stepsOf({ counts, is_empty }: Setup, hasOpen: boolean): Step[] {
    return [
        { name: 'begin.shop', hint: 'begin.shop_hint', to: '/shop', isDone: !is_empty },
        {
            name: 'begin.pos',
            hint: 'begin.pos_hint',
            to: '/points-of-sale/new',
            isDone: counts.points_of_sale > 0,
        },
        {
            name: 'begin.multi_session',
            hint: 'begin.multi_session_hint',
            to: '/multi-sessions/new',
            isDone: counts.multi_sessions > 0,
        },
        {
            name: 'begin.products',
            hint: 'begin.products_hint',
            to: '/products/new',
            isDone: counts.products > 0,
        },
        { name: 'begin.till', hint: 'begin.till_hint', to: '/points-of-sale', isDone: hasOpen },
    ];
}

/** Whether the shop needs no more help. */
export function isBegun(setup: Setup, hasSold: boolean): boolean {
    return stepsOf(setup, hasSold).every(({ isDone }) => isDone);
}

interface BeginningProps {
    setup: Setup;
    hasOpen: boolean;
    onDone(): void;
}

export function Beginning({ setup, hasOpen, onDone }: BeginningProps) {
    const steps = stepsOf(setup, hasOpen);
    const now = steps.findIndex(({ isDone }) => !isDone);
    return (
        <section class="panel beginning">
            <h2>{t('begin.title')}</h2>
            <p class="hint">{t('begin.text')}</p>
            <ol>
                {steps.map((step, at) => (
                    <li key={step.name} class={step.isDone ? 'done' : at === now ? 'now' : ''}>
                        <span class="tick">{step.isDone ? <Icon name="check" /> : at + 1}</span>
                        <div>
                            <strong>{t(step.name)}</strong>
                            {step.isDone && <span class="heard">{t('begin.done')}</span>}
                            <p class="hint">{t(step.hint)}</p>
                            {at === now &&
                                (setup.is_empty ? <ShopForm onDone={onDone} /> : <Go step={step} />)}
                        </div>
                        {step.isDone && (
                            <a class="button" href={href(step.to)}>
                                {t('begin.look')}
                            </a>
                        )}
                    </li>
                ))}
            </ol>
        </section>
    );
}

function Go({ step }: { step: Step }) {
    return (
        <a class="button primary" href={href(step.to)}>
            {t(step.name)}
        </a>
    );
}

/** Currencies that are offered by name; any other is typed under Shop. */
const CURRENCIES = [
    { name: 'EUR', symbol: '€', position: 'after', rounding: 0.01 },
    { name: 'USD', symbol: '$', position: 'before', rounding: 0.01 },
    { name: 'GBP', symbol: '£', position: 'before', rounding: 0.01 },
    { name: 'CHF', symbol: 'CHF', position: 'after', rounding: 0.01 },
    { name: 'RUB', symbol: '₽', position: 'after', rounding: 0.01 },
    { name: 'AED', symbol: 'AED', position: 'after', rounding: 0.01 },
    { name: 'JPY', symbol: '¥', position: 'before', rounding: 1 },
] as const;

function ShopForm({ onDone }: { onDone(): void }) {
    const name = useSignal('');
    const currency = useSignal('EUR');
    const taxName = useSignal('');
    const tax = useSignal('');
    const who = useSignal('');
    const pin = useSignal('');
    const wrong = useSignal<{ field: string; text: string } | null>(null);
    const busy = useSignal(false);
    const send = async () => {
        if (busy.value) return;
        const percent = Number(tax.value.trim().replace(',', '.'));
        if (tax.value.trim() && !Number.isFinite(percent)) {
            wrong.value = { field: 'taxes', text: t('begin.wrong_tax') };
            return;
        }
        if (pin.value && !/^\d{4,12}$/.test(pin.value)) {
            wrong.value = { field: 'pin', text: t('pin.wrong') };
            return;
        }
        busy.value = true;
        const chosen = CURRENCIES.find(each => each.name === currency.value) ?? CURRENCIES[0];
        try {
            await begin({
                name: name.value.trim(),
                currency: { ...chosen },
                taxes: tax.value.trim()
                    ? [
                          {
                              name:
                                  taxName.value.trim() || t('begin.tax_name', { percent: tax.value.trim() }),
                              amount: percent,
                              price_include: true,
                          },
                      ]
                    : [],
                person: { name: who.value.trim(), ...(pin.value && { pin: pin.value }) },
            });
            // Whoever began the shop is who is here.
            person.value = (await people()).find(each => each.name === who.value.trim()) ?? null;
            onDone();
        } catch (error) {
            const field = error instanceof ApiError ? error.field : null;
            wrong.value = { field: field ?? '', text: textOf(error) };
        }
        busy.value = false;
    };
    const field = (
        label: Key,
        value: typeof name,
        of: string,
        more: { inputMode?: 'text' | 'decimal' | 'numeric'; hint?: Key; isNeeded?: boolean } = {},
    ) => (
        <label class="field">
            <span>{t(label)}</span>
            <input
                type="text"
                inputMode={more.inputMode ?? 'text'}
                autocomplete="off"
                required={more.isNeeded}
                maxLength={200}
                value={value.value}
                onInput={event => {
                    value.value = event.currentTarget.value;
                    wrong.value = null;
                }}
            />
            {more.hint && <span class="hint">{t(more.hint)}</span>}
            {wrong.value?.field === of && (
                <span class="wrong" role="alert">
                    {wrong.value.text}
                </span>
            )}
        </label>
    );
    return (
        <form
            class="fields"
            onSubmit={event => {
                event.preventDefault();
                void send();
            }}
        >
            {field('begin.name', name, 'name', { isNeeded: true })}
            <label class="field">
                <span>{t('begin.currency')}</span>
                <select
                    value={currency.value}
                    onChange={event => {
                        currency.value = event.currentTarget.value;
                    }}
                >
                    {CURRENCIES.map(each => (
                        <option key={each.name}>{each.name}</option>
                    ))}
                </select>
            </label>
            {field('begin.tax', tax, 'taxes', { inputMode: 'decimal', hint: 'begin.tax_hint' })}
            {field('begin.tax_called', taxName, 'tax_name')}
            {field('begin.person', who, 'person', { isNeeded: true, hint: 'begin.person_hint' })}
            {field('begin.pin', pin, 'pin', { inputMode: 'numeric', hint: 'begin.pin_hint' })}
            {wrong.value && !['name', 'taxes', 'tax_name', 'person', 'pin'].includes(wrong.value.field) && (
                <p class="wrong" role="alert">
                    {wrong.value.text}
                </p>
            )}
            <button type="submit" class="primary" disabled={busy.value}>
                {t('begin.go')}
            </button>
        </form>
    );
}

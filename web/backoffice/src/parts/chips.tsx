/** Filters: each a chip of its own, filled when it filters. */

import { useSignal } from '@preact/signals';
import { Icon, type IconName } from '@tillsync/look';
import { useEffect, useRef } from 'preact/hooks';
import { endsOf, PRESETS } from '../days';
import { t } from '../i18n';

interface ToggleProps {
    label: string;
    icon?: IconName;
    on: boolean;
    onToggle(): void;
}

export function ToggleChip({ label, icon, on, onToggle }: ToggleProps) {
    return (
        <button type="button" class="chip" aria-pressed={on} onClick={onToggle}>
            {icon && <Icon name={icon} />}
            {label}
        </button>
    );
}

interface ChoiceProps {
    label: string;
    value: string;
    options: readonly { value: string; label: string }[];
    onChoose(value: string): void;
}

/** One of a few; the first entry says what it is that is filtered, and takes the filter away. */
export function ChoiceChip({ label, value, options, onChoose }: ChoiceProps) {
    return (
        <span class={`chip choice ${value ? 'on' : ''}`}>
            <select aria-label={label} value={value} onChange={event => onChoose(event.currentTarget.value)}>
                <option value="">{label}</option>
                {options.map(option => (
                    <option key={option.value} value={option.value}>
                        {option.label}
                    </option>
                ))}
            </select>
            <Icon name="down" />
        </span>
    );
}

interface DateProps {
    value: string;
    onChoose(value: string): void;
    /** Whether all days may be chosen. */
    hasAll?: boolean;
}

/** A span of days: by name, or from one day to another. */
export function DateChip({ value, onChoose, hasAll = true }: DateProps) {
    const isOpen = useSignal(value.includes('..'));
    const isSpan = value.includes('..') || isOpen.value;
    const [from, to] = endsOf(value);
    const input = (label: string, day: string, chosen: (day: string) => void) => (
        <input
            type="date"
            class="chip"
            aria-label={label}
            value={day}
            onChange={event => chosen(event.currentTarget.value)}
        />
    );
    return (
        <>
            <span class={`chip choice ${value || isSpan ? 'on' : ''}`}>
                <Icon name="calendar" />
                <select
                    aria-label={t('date.title')}
                    value={isSpan ? 'span' : value}
                    onChange={event => {
                        const chosen = event.currentTarget.value;
                        isOpen.value = chosen === 'span';
                        if (chosen !== 'span') onChoose(chosen);
                    }}
                >
                    {hasAll && <option value="">{t('date.any')}</option>}
                    {PRESETS.map(preset => (
                        <option key={preset} value={preset}>
                            {t(`date.${preset}`)}
                        </option>
                    ))}
                    <option value="span">{t('date.span')}</option>
                </select>
                <Icon name="down" />
            </span>
            {isSpan && (
                <span class="chips-pair">
                    {input(t('date.from'), from, day => onChoose(day || to ? `${day}..${to}` : ''))}
                    {input(t('date.to'), to, day => onChoose(from || day ? `${from}..${day}` : ''))}
                </span>
            )}
        </>
    );
}

interface SearchProps {
    label: string;
    value: string;
    onSearch(text: string): void;
}

/** How long typing rests before it is looked for. */
const TYPING_MS = 250;

export function Search({ label, value, onSearch }: SearchProps) {
    const input = useRef<HTMLInputElement>(null);
    const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
    /** What was looked for last: another value comes from elsewhere, such as a button that clears all. */
    const sent = useRef(value);
    useEffect(() => {
        if (value === sent.current) return;
        sent.current = value;
        if (input.current) input.current.value = value;
    }, [value]);
    useEffect(() => () => clearTimeout(timer.current), []);
    return (
        <span class="search">
            <Icon name="search" />
            <input
                ref={input}
                type="search"
                placeholder={label}
                aria-label={label}
                autocomplete="off"
                defaultValue={value}
                onInput={event => {
                    const text = event.currentTarget.value.trim();
                    clearTimeout(timer.current);
                    timer.current = setTimeout(() => {
                        sent.current = text;
                        onSearch(text);
                    }, TYPING_MS);
                }}
            />
        </span>
    );
}

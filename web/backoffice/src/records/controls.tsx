/** The field of a form, by its description: one component for each type. */
import { Icon } from '@tillsync/look';
import { useId } from 'preact/hooks';
import type { Draft } from '../api/types';
import { named, t } from '../i18n';
import { currency, decimal, decimalsOf } from '../money';
import { nameOf, SMALL_KIND_MAX, useAll } from '../names';
import { Pick } from '../parts/picker';
import { type Field, idIn, idsIn } from './kind';
import { PictureField } from './picture';
import { RowsField } from './rows';

export interface ControlProps {
    field: Field;
    value: unknown;
    /** What is wrong with it; empty for nothing. */
    wrong: string;
    /** The whole record: some fields are asked for by what others say. */
    record: Draft;
    onChange(value: unknown): void;
}

export const labelOf = ({ name, label }: Field): string => named('field', label ?? name);

/** What explains a field, where it needs that. */
function hintOf({ name, label = name }: Field): string {
    const hint = named('hint', label);
    return hint === label ? '' : hint;
}

export function Control(props: ControlProps) {
    const { field } = props;
    const id = useId();
    switch (field.type) {
        case 'switch':
            return <Switch {...props} id={id} />;
        case 'references':
        case 'languages':
            return <Several {...props} id={id} />;
        case 'rows':
            return <RowsField {...props} field={field} />;
        case 'picture':
            return <PictureField {...props} label={labelOf(field)} hint={hintOf(field)} />;
        default:
            return <Labelled {...props} id={id} />;
    }
}

function Labelled(props: ControlProps & { id: string }) {
    const { field, wrong, id } = props;
    const hint = hintOf(field);
    return (
        <div class={`field type-${field.type}`}>
            <label for={id}>
                {labelOf(field)}
                {field.isRequired && <span aria-hidden="true"> *</span>}
            </label>
            <Input {...props} />
            {hint && (
                <p class="hint" id={`${id}hint`}>
                    {hint}
                </p>
            )}
            {wrong && (
                <p class="wrong" id={`${id}wrong`} role="alert">
                    {wrong}
                </p>
            )}
        </div>
    );
}

/** The keys that a phone shows. */
const KEYS: Partial<Record<Field['type'], 'tel' | 'email'>> = { tel: 'tel', email: 'email' };

function Input({ field, value, wrong, onChange, id }: ControlProps & { id: string }) {
    const describedBy = [wrong && `${id}wrong`, hintOf(field) && `${id}hint`].filter(Boolean).join(' ');
    const said = {
        id,
        name: field.name,
        'aria-required': field.isRequired,
        'aria-invalid': wrong !== '',
        'aria-describedby': describedBy || undefined,
    };
    const shown = value === false || value === null || value === undefined ? '' : String(value);
    switch (field.type) {
        case 'long':
            return (
                <textarea
                    {...said}
                    rows={3}
                    maxLength={4000}
                    value={shown}
                    onInput={event => onChange(event.currentTarget.value)}
                />
            );
        case 'choice':
            return (
                <select {...said} value={shown} onChange={event => onChange(event.currentTarget.value)}>
                    {!field.options.includes(shown) && <option value={shown}>{shown}</option>}
                    {field.options.map(option => (
                        <option key={option} value={option}>
                            {named('choice', `${field.name}.${option}`)}
                        </option>
                    ))}
                </select>
            );
        case 'reference':
            return <Reference field={field} said={said} value={value} onChange={onChange} />;
        case 'number':
            return (
                <span class="typed">
                    <input
                        {...said}
                        type="text"
                        inputMode="decimal"
                        autocomplete="off"
                        // What is typed stays as it is typed: "2," is on its way to "2,5".
                        value={typeof value === 'number' ? numberText(value, field.suffix) : shown}
                        onInput={event => onChange(event.currentTarget.value)}
                    />
                    {field.suffix && <span aria-hidden="true">{suffixOf(field.suffix)}</span>}
                </span>
            );
        case 'numbers':
            return (
                <input
                    {...said}
                    type="text"
                    autocomplete="off"
                    value={Array.isArray(value) ? value.join(', ') : shown}
                    onInput={event => onChange(event.currentTarget.value)}
                />
            );
        case 'journal':
            return (
                <input
                    {...said}
                    type="text"
                    maxLength={200}
                    autocomplete="off"
                    value={Array.isArray(value) ? String(value[1] ?? '') : ''}
                    onInput={event =>
                        onChange([Array.isArray(value) ? value[0] : 0, event.currentTarget.value])
                    }
                />
            );
        case 'date':
            return (
                <input
                    {...said}
                    type="date"
                    value={shown.slice(0, 10)}
                    onInput={event => onChange(event.currentTarget.value || false)}
                />
            );
        default:
            return (
                <input
                    {...said}
                    type="text"
                    inputMode={KEYS[field.type] ?? 'text'}
                    maxLength={500}
                    autocomplete="off"
                    value={shown}
                    onInput={event => onChange(event.currentTarget.value || (field.isRequired ? '' : false))}
                />
            );
    }
}

/** A price has the currency's decimals: 3.80. */
function numberText(value: number, suffix?: string): string {
    const places = currency.value ? decimalsOf(currency.value) : 0;
    const isShort = decimal(value).decimalPlaces() <= places;
    return suffix === 'currency' && isShort ? decimal(value).toFixed(places) : String(value);
}

function suffixOf(suffix: 'currency' | 'percent' | 'seconds'): string {
    if (suffix === 'percent') return '%';
    if (suffix === 'seconds') return t('suffix.seconds');
    return currency.value?.symbol || currency.value?.name || '';
}

interface ReferenceProps {
    field: Extract<Field, { type: 'reference' }>;
    said: { id: string; 'aria-describedby': string | undefined };
    value: unknown;
    onChange(value: unknown): void;
}

function Reference({ field, said, value, onChange }: ReferenceProps) {
    const rows = useAll(field.small ? field.of : null);
    const id = idIn(value);
    const chosen = (next: number | null) => onChange(next ?? (field.empty === null ? null : false));
    const none = t(field.isRequired ? 'choose' : 'none');
    // More than can be offered at once are looked for.
    if (!field.small || (rows && rows.length >= SMALL_KIND_MAX)) {
        return (
            <Pick
                kind={field.of}
                label={labelOf(field)}
                value={id}
                none={none}
                isRequired={field.isRequired ?? false}
                onPick={chosen}
                describedBy={said['aria-describedby']}
            />
        );
    }
    const isKnown = id === null || rows?.some(row => row.id === id);
    return (
        <select
            {...said}
            value={id === null ? '' : String(id)}
            onChange={event => chosen(Number(event.currentTarget.value) || null)}
        >
            <option value="">{none}</option>
            {!isKnown && <option value={String(id)}>{id}</option>}
            {rows?.map(row => (
                <option key={row.id} value={String(row.id)}>
                    {nameOf(row)}
                </option>
            ))}
        </select>
    );
}

function Switch({ field, value, wrong, onChange, id }: ControlProps & { id: string }) {
    const hint = hintOf(field);
    return (
        <div class="field switch">
            <label for={id}>
                <input
                    id={id}
                    name={field.name}
                    type="checkbox"
                    checked={Boolean(value)}
                    aria-describedby={hint ? `${id}hint` : undefined}
                    onChange={event => onChange(event.currentTarget.checked)}
                />
                <span>{labelOf(field)}</span>
            </label>
            {hint && (
                <p class="hint" id={`${id}hint`}>
                    {hint}
                </p>
            )}
            {wrong && (
                <p class="wrong" role="alert">
                    {wrong}
                </p>
            )}
        </div>
    );
}

const LANGUAGE_NAMES = {
    en: 'English',
    ru: 'Русский',
    ar: 'العربية',
    de: 'Deutsch',
    es: 'Español',
    it: 'Italiano',
    fr: 'Français',
} as const;

/** Several of what there is, each a button that is pressed or not. */
function Several({ field, value, wrong, onChange, id }: ControlProps & { id: string }) {
    const rows = useAll(field.type === 'references' ? field.of : null);
    const hint = hintOf(field);
    return (
        <fieldset class="field several">
            <legend id={id}>{labelOf(field)}</legend>
            <div class="chips">
                {choicesOf(field, value, rows ?? [], onChange).map(({ key, label, isOn, toggle }) => (
                    <button key={key} type="button" class="chip" aria-pressed={isOn} onClick={toggle}>
                        {isOn && <Icon name="check" />}
                        {label}
                    </button>
                ))}
                {field.type === 'references' && rows?.length === 0 && (
                    <p class="hint">{t('references.none')}</p>
                )}
            </div>
            {hint && <p class="hint">{hint}</p>}
            {wrong && (
                <p class="wrong" role="alert">
                    {wrong}
                </p>
            )}
        </fieldset>
    );
}

interface Choice {
    key: string;
    label: string;
    isOn: boolean;
    toggle(): void;
}

function choicesOf(
    field: Field,
    value: unknown,
    rows: readonly { id: number; version: number }[],
    onChange: (value: unknown) => void,
): Choice[] {
    if (field.type === 'languages') {
        const chosen = Array.isArray(value) ? (value as string[]) : [];
        return Object.entries(LANGUAGE_NAMES).map(([key, label]) => ({
            key,
            label,
            isOn: chosen.includes(key),
            toggle: () =>
                onChange(chosen.includes(key) ? chosen.filter(each => each !== key) : [...chosen, key]),
        }));
    }
    const chosen = idsIn(value);
    return rows.map(row => ({
        key: String(row.id),
        label: nameOf(row),
        isOn: chosen.includes(row.id),
        toggle: () =>
            onChange(chosen.includes(row.id) ? chosen.filter(each => each !== row.id) : [...chosen, row.id]),
    }));
}

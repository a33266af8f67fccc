/** What the back office says, in the language of this device. */

import { computed } from '@preact/signals';
import { speech } from '@tillsync/look';
import { currency, format, quantity } from '../money';
import english from './en.json';

export type Key = keyof typeof english;

/** The languages that there are: the others are files beside `en.json`, with a line here and one in `load`. */
export const LANGUAGES = { en: 'English' } as const;
export type Language = keyof typeof LANGUAGES;

export const { language, locale, preferred, speak, choose, t, dateTime, clock } = speech<Key, Language>({
    english,
    languages: LANGUAGES,
    load: {},
});

/** The name of something that a record or an answer names by a word; the word itself where it is of a later version. */
export function named(group: string, word: string): string {
    const key = `${group}.${word}`;
    return Object.hasOwn(english, key) ? t(key as Key) : word;
}

/** An amount with the shop's sign. */
export const money = (amount: unknown): string => format(amount, locale.value, currency.value);

/** A quantity, without zeros that say nothing. */
export const qty = (amount: unknown): string => quantity(amount, locale.value);

const days = computed(
    () => new Intl.DateTimeFormat(locale.value, { weekday: 'short', day: 'numeric', month: 'short' }),
);
const longDays = computed(
    () =>
        new Intl.DateTimeFormat(locale.value, {
            weekday: 'long',
            day: 'numeric',
            month: 'long',
            year: 'numeric',
        }),
);
const seconds = computed(
    () => new Intl.DateTimeFormat(locale.value, { hour: '2-digit', minute: '2-digit', second: '2-digit' }),
);

const shortDays = computed(() => new Intl.DateTimeFormat(locale.value, { day: 'numeric', month: 'numeric' }));

/** A day where there is little room: `28/11`. */
export const shortDay = (ms: number): string => shortDays.value.format(ms);
/** A day: `Sat, 28 Nov`. */
export const day = (ms: number): string => days.value.format(ms);
/** A day with its year, to stand over what belongs to it. */
export const longDay = (ms: number): string => longDays.value.format(ms);
/** To the second: what happened in which order. */
export const exactClock = (ms: number): string => seconds.value.format(ms);

const DAY_MS = 86_400_000;

/** When something was: the time alone today, with the day before. */
export function when(ms: number, now = Date.now()): string {
    const isToday = new Date(ms).toDateString() === new Date(now).toDateString();
    return isToday ? clock(ms) : `${day(ms)}, ${clock(ms)}`;
}

/** How long ago or how long: `3 min`. */
export function span(ms: number): string {
    const s = Math.max(0, Math.round(ms / 1000));
    if (s < 60) return t('span.seconds', { n: s });
    if (s < 3600) return t('span.minutes', { n: Math.floor(s / 60) });
    if (ms < DAY_MS) return t('span.hours', { n: Math.floor(s / 3600) });
    return t('span.days', { n: Math.floor(ms / DAY_MS) });
}

/** Characters of a device's name that tell it from the others of a shop. */
const DEVICE_END = 6;

/** A browser names itself by a long number: its end is enough for people. Names that people gave are whole. */
export function deviceName(name: string): string {
    const [device = '', ...login] = name.split('/');
    if (!device.startsWith('web-')) return name;
    return [`…${device.slice(-DEVICE_END)}`, ...login].join('/');
}

/** The language of this device: messages, amounts, dates. Who paints with them is painted anew when it changes. */
import { computed, signal } from '@preact/signals';
import type { Amount, Order, PosModel } from '@tillsync/sdk';
import { IntlMessageFormat } from 'intl-messageformat';
import english from './en.json';

export type Key = keyof typeof english;
type Messages = Record<Key, string>;
type Values = Record<string, string | number>;

/** The languages that there are, each by its own name. */
export const LANGUAGES = {
    en: 'English',
    ru: 'Русский',
    ar: 'العربية',
    de: 'Deutsch',
    es: 'Español',
    it: 'Italiano',
    fr: 'Français',
} as const;
export type Language = keyof typeof LANGUAGES;

const CATALOGUES: Record<Exclude<Language, 'en'>, () => Promise<{ default: Messages }>> = {
    ru: () => import('./ru.json'),
    ar: () => import('./ar.json'),
    de: () => import('./de.json'),
    es: () => import('./es.json'),
    it: () => import('./it.json'),
    fr: () => import('./fr.json'),
};

/** How dates and numbers are written. Tills in Arab countries print Latin digits as well: these are read everywhere. */
const LOCALES: Partial<Record<Language, string>> = { ar: 'ar-u-nu-latn', en: 'en-GB' };
const RIGHT_TO_LEFT: readonly Language[] = ['ar'];
const CHOICE = 'tillsync/language';

interface Spoken {
    language: Language;
    messages: Messages;
    /** Read messages: reading one takes longer than saying it. */
    formats: Map<Key, IntlMessageFormat>;
}

const spoken = signal<Spoken>({ language: 'en', messages: english, formats: new Map() });

export const language = computed(() => spoken.value.language);
export const isRightToLeft = computed(() => RIGHT_TO_LEFT.includes(spoken.value.language));
export const locale = computed(() => LOCALES[spoken.value.language] ?? spoken.value.language);

/** What this device, else the POS, else the browser wants; English otherwise. */
export function preferred(ofPos?: unknown): Language {
    let chosen: string | null = null;
    try {
        chosen = localStorage.getItem(CHOICE);
    } catch {
        // A browser that keeps nothing: then nothing was chosen.
    }
    const wanted = [chosen, ofPos, ...(globalThis.navigator?.languages ?? [])];
    for (const each of wanted) {
        const short = typeof each === 'string' ? each.slice(0, 2).toLowerCase() : '';
        if (short in LANGUAGES) return short as Language;
    }
    return 'en';
}

/** Speaks a language from now on. One that cannot be loaded (no connection, never used here) leaves the former one. */
export async function speak(wanted: Language): Promise<void> {
    try {
        const messages = wanted === 'en' ? english : (await CATALOGUES[wanted]()).default;
        spoken.value = { language: wanted, messages, formats: new Map() };
    } catch {
        return;
    }
    const { documentElement } = document;
    documentElement.lang = wanted;
    documentElement.dir = isRightToLeft.value ? 'rtl' : 'ltr';
}

/** Chooses the language of this device. */
export async function choose(wanted: Language): Promise<void> {
    try {
        localStorage.setItem(CHOICE, wanted);
    } catch {
        // It is chosen until the page is loaded anew.
    }
    await speak(wanted);
}

/** A message of the catalogue, in ICU MessageFormat. */
export function t(key: Key, values?: Values): string {
    const { messages, formats } = spoken.value;
    let format = formats.get(key);
    if (!format) {
        format = new IntlMessageFormat(messages[key] ?? english[key] ?? key, locale.value, undefined, {
            ignoreTag: true,
        });
        formats.set(key, format);
    }
    return String(format.format(values));
}

/** Whose currency amounts are in. */
let shop: PosModel | null = null;

export function moneyOf(pos: PosModel): void {
    shop = pos;
}

/** An amount with the shop's sign, rounded as the shop rounds. */
export function money(amount: Amount): string {
    if (!shop) return String(amount);
    shop.config.lang = locale.value;
    const text = shop.format_currency(amount);
    // Isolated: a sign does not wander in text from right to left.
    return isRightToLeft.value ? `\u2066${text}\u2069` : text;
}

const dates = computed(
    () => new Intl.DateTimeFormat(locale.value, { dateStyle: 'short', timeStyle: 'short' }),
);
const clocks = computed(() => new Intl.DateTimeFormat(locale.value, { hour: '2-digit', minute: '2-digit' }));

/** Day and time, of milliseconds since 1970. */
export function dateTime(ms: number): string {
    return ms > 0 ? dates.value.format(ms) : '';
}

/** The time of a day, of milliseconds since 1970. */
export function clock(ms: number): string {
    return ms > 0 ? clocks.value.format(ms) : '';
}

/** What people call an order by. */
export function label(order: Order): string {
    return order.sequence_number ? t('order.number', { number: order.sequence_number }) : t('order.new');
}

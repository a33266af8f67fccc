/** The language of this device: messages, dates. Who paints with them is painted anew when it changes. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { IntlMessageFormat } from 'intl-messageformat';

export type Values = Record<string, string | number>;

/** English comes with the page; every other language is fetched when it is chosen. */
export interface Catalogues<Key extends string, Language extends string> {
    english: Record<Key, string>;
    /** The languages that there are, each by its own name; the keys are ISO 639 codes. */
    languages: Record<Language, string>;
    load: Record<Exclude<Language, 'en'>, () => Promise<{ default: Record<Key, string> }>>;
}

/** What a page says, and in which language. */
export interface Speech<Key extends string, Language extends string> {
    language: ReadonlySignal<Language>;
    locale: ReadonlySignal<string>;
    isRightToLeft: ReadonlySignal<boolean>;
    /** What this device, else the POS, else the browser wants; English otherwise. */
    preferred(ofPos?: unknown): Language;
    /** Speaks a language from now on. One that cannot be loaded (no connection, never used here) leaves the former one. */
    speak(wanted: Language): Promise<void>;
    /** Chooses the language of this device. */
    choose(wanted: Language): Promise<void>;
    /** A message of the catalogue, in ICU MessageFormat. */
    t(key: Key, values?: Values): string;
    /** Day and time, of milliseconds since 1970. */
    dateTime(ms: number): string;
    /** The time of a day, of milliseconds since 1970. */
    clock(ms: number): string;
}

/** How dates and numbers are written. Tills in Arab countries print Latin digits as well: these are read everywhere. */
const LOCALES: Record<string, string> = { ar: 'ar-u-nu-latn', en: 'en-GB' };
const RIGHT_TO_LEFT: readonly string[] = ['ar'];
const CHOICE = 'tillsync/language';

/** @typeParam Language must hold `en` */
export function speech<Key extends string, Language extends string>({
    english,
    languages,
    load,
}: Catalogues<Key, Language>): Speech<Key, Language> {
    type Messages = Record<Key, string>;
    interface Spoken {
        language: Language;
        messages: Messages;
        /** Read messages: reading one takes longer than saying it. */
        formats: Map<Key, IntlMessageFormat>;
    }
    const spoken = signal<Spoken>({ language: 'en' as Language, messages: english, formats: new Map() });
    const language = computed(() => spoken.value.language);
    const isRightToLeft = computed(() => RIGHT_TO_LEFT.includes(spoken.value.language));
    const locale = computed(() => LOCALES[spoken.value.language] ?? spoken.value.language);
    const dates = computed(
        () => new Intl.DateTimeFormat(locale.value, { dateStyle: 'short', timeStyle: 'short' }),
    );
    const clocks = computed(
        () => new Intl.DateTimeFormat(locale.value, { hour: '2-digit', minute: '2-digit' }),
    );

    function preferred(ofPos?: unknown): Language {
        let chosen: string | null = null;
        try {
            chosen = localStorage.getItem(CHOICE);
        } catch {
            // A browser that keeps nothing: then nothing was chosen.
        }
        const wanted = [chosen, ofPos, ...(globalThis.navigator?.languages ?? [])];
        for (const each of wanted) {
            const short = typeof each === 'string' ? each.slice(0, 2).toLowerCase() : '';
            if (Object.hasOwn(languages, short)) return short as Language;
        }
        return 'en' as Language;
    }

    async function speak(wanted: Language): Promise<void> {
        try {
            const messages =
                wanted === 'en' ? english : (await load[wanted as Exclude<Language, 'en'>]()).default;
            spoken.value = { language: wanted, messages, formats: new Map() };
        } catch {
            return;
        }
        const { documentElement } = document;
        documentElement.lang = wanted;
        documentElement.dir = isRightToLeft.value ? 'rtl' : 'ltr';
    }

    async function choose(wanted: Language): Promise<void> {
        try {
            localStorage.setItem(CHOICE, wanted);
        } catch {
            // It is chosen until the page is loaded anew.
        }
        await speak(wanted);
    }

    function t(key: Key, values?: Values): string {
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

    const dateTime = (ms: number) => (ms > 0 ? dates.value.format(ms) : '');
    const clock = (ms: number) => (ms > 0 ? clocks.value.format(ms) : '');
    return { language, locale, isRightToLeft, preferred, speak, choose, t, dateTime, clock };
}

/** The language of this device: messages, amounts, dates. Who paints with them is painted anew when it changes. */
import { speech } from '@tillsync/look';
import type { Amount, Order, PosModel } from '@tillsync/sdk';
import english from './en.json';

export type Key = keyof typeof english;
type Messages = Record<Key, string>;

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

export const { language, isRightToLeft, locale, preferred, speak, choose, t, dateTime, clock } = speech<
    Key,
    Language
>({ english, languages: LANGUAGES, load: CATALOGUES });

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

/** What people call an order by. */
export function label(order: Order): string {
    return order.sequence_number ? t('order.number', { number: order.sequence_number }) : t('order.new');
}

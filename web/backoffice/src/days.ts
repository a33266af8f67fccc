/** Spans of days, as people choose them: by name, so that an address that was kept moves on with the calendar. */

/** `2026-11-01..2026-11-05`, both days whole; either may be left out. */
export const PRESETS = ['today', 'yesterday', 'week', 'month'] as const;
export type Preset = (typeof PRESETS)[number];

export interface Span {
    /** Ms since 1970; null: from the beginning. */
    from: number | null;
    /** The first ms after it; null: until now. */
    to: number | null;
}

export const ALWAYS: Span = { from: null, to: null };

/** When a day begins where this device is; `ahead` days later. Days are not all of 24 hours. */
export function dayBegin(ms: number, ahead = 0): number {
    const day = new Date(ms);
    return new Date(day.getFullYear(), day.getMonth(), day.getDate() + ahead).getTime();
}

/** What a word of an address means now; nothing for a word that it does not know. */
export function spanOf(word: string, now: number): Span {
    switch (word) {
        case 'today':
            return { from: dayBegin(now), to: null };
        case 'yesterday':
            return { from: dayBegin(now, -1), to: dayBegin(now) };
        case 'week':
            return { from: dayBegin(now, -6), to: null };
        case 'month':
            return { from: dayBegin(now, 1 - new Date(now).getDate()), to: null };
    }
    const [, from = '', to = ''] = /^(\d{4}-\d\d-\d\d)?\.\.(\d{4}-\d\d-\d\d)?$/.exec(word) ?? [];
    return { from: begin(from, 0), to: begin(to, 1) };
}

function begin(day: string, ahead: number): number | null {
    const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
    return day ? new Date(year, month - 1, date + ahead).getTime() : null;
}

/** The two ends of a span that was typed; empty where it has none. */
export function endsOf(word: string): [string, string] {
    const [, from = '', to = ''] = /^(.*)\.\.(.*)$/.exec(word) ?? [];
    return [from, to];
}

/** A day as a field of a form has it: `2026-11-28`. */
export function isoDay(ms: number): string {
    const day = new Date(ms);
    const two = (n: number) => String(n).padStart(2, '0');
    return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/** What stands on a numpad after a key. */

/** Digits that a number may have: more is a slip, such as a barcode that was read into it. */
export const DIGITS_MAX = 9;

export type Key = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9' | '.' | '±' | '⌫';

/**
 * @param former what was typed so far; empty before the first key
 * @param shown what the number is before anything is typed: the sign turns that
 */
export function keyed(former: string, key: Key, shown = ''): string {
    switch (key) {
        case '⌫':
            return former.slice(0, -1);
        case '±': {
            const text = former || shown;
            return text.startsWith('-') ? text.slice(1) : `-${text}`;
        }
        case '.':
            if (former.includes('.')) return former;
            return /\d$/.test(former) ? `${former}.` : `${former}0.`;
        default:
            return former.replace(/\D/g, '').length < DIGITS_MAX ? former + key : former;
    }
}

/** The numpad's key for a key of a keyboard; undefined for any other. */
export function keyOf(name: string): Key | undefined {
    const key = { Backspace: '⌫', ',': '.', '-': '±' }[name] ?? name;
    return /^[0-9.⌫±]$/.test(key) ? (key as Key) : undefined;
}

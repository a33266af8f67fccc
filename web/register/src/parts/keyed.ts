/** What stands on a numpad after a key. */

/** Digits that a number may have before and after its point: more is a slip, such as a barcode that was read into it. */
export interface Size {
    whole: number;
    decimals: number;
}

/** Pieces, or kilograms to the gram. */
export const QUANTITY: Size = { whole: 5, decimals: 3 };
export const PERCENT: Size = { whole: 3, decimals: 2 };

/** Amounts of a currency with so many decimals. */
export function moneyOfSize(decimals: number): Size {
    return { whole: 7, decimals };
}

export type Key = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9' | '.' | '±' | '⌫';

/**
 * @param former what was typed so far; empty before the first key
 * @param shown what the number is before anything is typed: the sign turns that
 */
export function keyed(former: string, key: Key, size: Size, shown = ''): string {
    switch (key) {
        case '⌫':
            return former.slice(0, -1);
        case '±': {
            const text = former || shown;
            return text.startsWith('-') ? text.slice(1) : `-${text}`;
        }
        case '.':
            if (former.includes('.') || size.decimals === 0) return former;
            return /\d$/.test(former) ? `${former}.` : `${former}0.`;
        default:
            return fits(former + key, size) ? former + key : former;
    }
}

function fits(text: string, { whole, decimals }: Size): boolean {
    const [before = '', after = ''] = text.replace('-', '').split('.');
    return before.length <= whole && after.length <= decimals;
}

/** The numpad's key for a key of a keyboard; undefined for any other. */
export function keyOf(name: string): Key | undefined {
    const key = { Backspace: '⌫', ',': '.', '-': '±' }[name] ?? name;
    return /^[0-9.⌫±]$/.test(key) ? (key as Key) : undefined;
}

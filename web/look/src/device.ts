/** How this device shows its pages: light or dark, for the right hand or the left. */
import { type Signal, signal } from '@preact/signals';

export type Theme = 'auto' | 'light' | 'dark';
/** `right`: the order is where lines begin, which is the left where people read from left to right. */
export type Hand = 'right' | 'left';

/** A choice that this device keeps: one of `values`, the first of them until somebody chooses. */
function kept<T extends string>(name: string, values: readonly T[]): Signal<T> {
    let value: string | null = null;
    try {
        value = localStorage.getItem(name);
    } catch {
        // A browser that keeps nothing.
    }
    const known = values.find(each => each === value) ?? (values[0] as T);
    const made = signal(known);
    made.subscribe(now => {
        try {
            localStorage.setItem(name, now);
        } catch {
            // It is as it was chosen until the page is loaded anew.
        }
    });
    return made;
}

export const theme: Signal<Theme> = kept('tillsync/theme', ['auto', 'light', 'dark']);
export const hand: Signal<Hand> = kept('tillsync/hand', ['right', 'left']);

/** Puts it on the page, now and whenever it changes. */
export function follow(): void {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const paint = () => {
        const { value } = theme;
        const isDark = value === 'auto' ? dark.matches : value === 'dark';
        document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
    };
    dark.addEventListener('change', paint);
    theme.subscribe(paint);
    hand.subscribe(value => {
        document.documentElement.dataset.hand = value;
    });
}

/** Where a long list was scrolled to: coming back finds it there. */
import { useLayoutEffect } from 'preact/hooks';
import { isAgain } from './router';

const kept = new Map<string, number>();

/** Scrolls a screen to where it was left when Back leads to it, and to its top when a link does. */
export function keepScroll(name: string): void {
    useLayoutEffect(() => {
        scrollTo({ top: isAgain() ? (kept.get(name) ?? 0) : 0 });
        const note = () => kept.set(name, scrollY);
        addEventListener('scroll', note, { passive: true });
        return () => removeEventListener('scroll', note);
    }, [name]);
}

/** The browser's own way of putting a page where it was knows nothing of lists that come later. */
export function scrollByHand(): void {
    history.scrollRestoration = 'manual';
}

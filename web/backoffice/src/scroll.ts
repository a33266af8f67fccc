/** Where a long list was scrolled to: coming back finds it there. */
import { useLayoutEffect } from 'preact/hooks';

const kept = new Map<string, number>();

/** Scrolls a screen to where it was left when Back leads to it, and to its top when a link does. */
export function keepScroll(name: string): void {
    useLayoutEffect(() => {
        scrollTo({ top: cameBack ? (kept.get(name) ?? 0) : 0 });
        cameBack = false;
        const note = () => kept.set(name, scrollY);
        addEventListener('scroll', note, { passive: true });
        return () => removeEventListener('scroll', note);
    }, [name]);
}

let cameBack = false;

/** Back, or forward: the browser's own way of putting a page where it was knows nothing of lists that come later. */
export function mindBack(): void {
    history.scrollRestoration = 'manual';
    addEventListener('popstate', () => {
        cameBack = true;
    });
}

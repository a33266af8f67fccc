/** The router of this page. */
import { type Place, Router } from './route';

const router = new Router(window);

export const place = router.place;

/** Whether Back, or Forward, led here. */
export const isAgain = (): boolean => router.isAgain;

/** Goes to a place below `/admin`, such as `/orders?state=paid`. */
export const go = (to: string): Promise<void> => router.go(to);

/** The same screen with other filters. */
export const replace = (to: string): void => router.replace(to);

/** The address of a place with other values in its query; empty ones are left out. */
export function withQuery({ path, query }: Place, changes: Record<string, string | null>): string {
    const next = new URLSearchParams(query);
    for (const [name, value] of Object.entries(changes)) {
        if (value) next.set(name, value);
        else next.delete(name);
    }
    return next.size > 0 ? `${path}?${next}` : path;
}

/** Links of the back office change the screen; all others, and those opened in a tab of their own, are the browser's. */
export function followLinks(): void {
    document.addEventListener('click', event => {
        if (event.defaultPrevented || event.button !== 0) return;
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        const link = (event.target as Element | null)?.closest?.('a');
        if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
        if (!/^\/admin(\/|$)/.test(link.pathname)) return;
        event.preventDefault();
        const to = link.pathname.slice('/admin'.length) + link.search;
        void go(to || '/');
    });
}

/** Which screen is shown: the address below `/admin`, and going from one to another. */
import { type Signal, signal } from '@preact/signals';
import { isUnsaved, mayLeave } from './unsaved';

/** An address below `/admin`: `/orders?state=paid` has the path `/orders`. */
export interface Place {
    path: string;
    query: URLSearchParams;
}

/** What of the browser's window the router needs. */
export interface Browser {
    location: { pathname: string; search: string };
    history: Pick<History, 'pushState' | 'replaceState' | 'go' | 'state'>;
    addEventListener(name: 'popstate', heard: (event: { state: unknown }) => void): void;
}

const BASE = '/admin';

export function readPlace({ pathname, search }: Browser['location']): Place {
    const below = pathname.startsWith(BASE) ? pathname.slice(BASE.length) : pathname;
    return { path: `/${below.replace(/^\/+|\/+$/g, '')}`, query: new URLSearchParams(search) };
}

/** The whole address of a place below `/admin`: what a link has as its `href`. */
export function href(to: string): string {
    return BASE + to;
}

export class Router {
    readonly place: Signal<Place>;
    /** Counts the steps of the browser's history, so that one can be taken back. */
    private at: number;
    private isTakingBack = false;
    /** Whether Back, or Forward, led to the place: it is shown as it was left. */
    isAgain = false;

    constructor(private readonly browser: Browser) {
        this.place = signal(readPlace(browser.location));
        this.at = stepOf(browser.history.state);
        browser.history.replaceState({ at: this.at }, '');
        browser.addEventListener('popstate', event => this.popped(stepOf(event.state)));
    }

    /** Goes there, unless something is unsaved and the person stays with it. */
    async go(to: string): Promise<void> {
        if (!(await mayLeave())) return;
        this.at++;
        this.isAgain = false;
        this.browser.history.pushState({ at: this.at }, '', href(to));
        this.read();
    }

    /** The same screen with another address: filters. No step for Back, and nothing is asked. */
    replace(to: string): void {
        this.browser.history.replaceState({ at: this.at }, '', href(to));
        this.read();
    }

    private popped(at: number): void {
        if (this.isTakingBack) {
            this.isTakingBack = false;
            return;
        }
        const steps = at - this.at;
        if (!isUnsaved() || steps === 0) {
            this.at = at;
            this.isAgain = true;
            this.read();
            return;
        }
        // The address is another one already; the screen stays until somebody says that it may go.
        this.isTakingBack = true;
        this.browser.history.go(-steps);
        void mayLeave().then(may => {
            if (may) this.browser.history.go(steps);
        });
    }

    private read(): void {
        this.place.value = readPlace(this.browser.location);
    }
}

function stepOf(state: unknown): number {
    const at = (state as { at?: unknown } | null)?.at;
    return typeof at === 'number' ? at : 0;
}

/**
 * What a pattern's names stand for in a path; null when it is another path. `:id` is a number, `:name*` any text.
 */
export function match(pattern: string, path: string): Record<string, string> | null {
    const [wanted, given] = [pattern.split('/'), path.split('/')];
    if (wanted.length !== given.length) return null;
    const found: Record<string, string> = {};
    for (const [at, part] of wanted.entries()) {
        const value = given[at] ?? '';
        if (!part.startsWith(':')) {
            if (part !== value) return null;
            continue;
        }
        const isText = part.endsWith('*');
        if (isText ? value === '' : !/^\d+$/.test(value)) return null;
        try {
            found[part.slice(1, isText ? -1 : undefined)] = decodeURIComponent(value);
        } catch {
            return null;
        }
    }
    return found;
}

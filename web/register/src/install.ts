/**
 * The Register as an installed app: its service worker (`sw.ts`), and what becomes of a new version.
 *
 * A new version is fetched in the background. It takes over when a page is opened, or when somebody takes the offer;
 * never under a person's hand. Other tabs go on with the version that they were opened with.
 */
import { type ReadonlySignal, signal } from '@preact/signals';

/** Why a new version has to wait: money is being taken, or something that was typed is in memory only. */
export type Hold = 'payment' | 'unsaved';

/** Somebody in this page who is at work. */
export interface AtWork {
    /** Why now is not the time. */
    hold(): Hold | null;
    /** Ends the work, with everything in durable storage; or says why that cannot be. */
    leave(): Promise<Hold | null>;
}

/** How often the server is asked for a new version. */
const LOOK_EVERY_MS = 3_600_000;
/** How long a page that is opened, or left for a new version, waits for that to take over. */
const TAKE_OVER_MS_MAX = 3_000;

const isReady = signal(false);
const held = signal<Hold | null>(null);
const start = signal<'unknown' | 'ready' | 'impossible'>('unknown');

/** Whether this address can be opened without a connection: it needs HTTPS, or the server on this machine. */
export const offlineStart: ReadonlySignal<'unknown' | 'ready' | 'impossible'> = start;

let registration: ServiceWorkerRegistration | null = null;
let atWork: AtWork | null = null;

/** A new version, for screens that offer it. */
export const update = {
    /** There is one, and it can be had by a tap. */
    ready: isReady as ReadonlySignal<boolean>,
    /** Why the last tap was refused. */
    held: held as ReadonlySignal<Hold | null>,

    /** Opens this page anew, in the new version; or says why not now. */
    async apply(): Promise<Hold | null> {
        held.value = atWork?.hold() ?? null;
        if (held.value !== null) return held.value;
        held.value = (await atWork?.leave()) ?? null;
        if (held.value !== null) return held.value;
        if (registration?.waiting) await takeOver(registration.waiting);
        location.reload();
        return null;
    },

    /** Looks for one now: the server may have been replaced. */
    look(): void {
        // Without a connection there is nothing to be found.
        registration?.update().catch(() => {});
    },
};

/** Whoever is at work in this page is asked before a new version is put in. */
export function working(work: AtWork): () => void {
    atWork = work;
    return () => {
        if (atWork === work) atWork = null;
    };
}

/**
 * A page begins with the version that waits, if one does. To be awaited before anything is asked for: where a request
 * wakes the former worker just as it is let go, Chromium forgets that somebody waits.
 */
export async function beginWithNewest(): Promise<void> {
    const container = 'serviceWorker' in navigator ? navigator.serviceWorker : null;
    const known = await container?.getRegistration('/').catch(() => undefined);
    if (!known?.waiting || !(await takeOver(known.waiting))) return;
    location.reload();
    // What comes next is the other page's.
    await new Promise(() => {});
}

/** Makes the page one that opens without a connection. Resolves when that is under way or known not to be possible. */
export async function install(): Promise<void> {
    const container = 'serviceWorker' in navigator ? navigator.serviceWorker : null;
    if (!container) {
        start.value = 'impossible';
        return;
    }
    // The first worker of all takes the page too, and is no new version.
    let isFirst = container.controller === null;
    container.addEventListener('controllerchange', () => {
        if (!isFirst) isReady.value = true;
        isFirst = false;
    });
    // The page comes first: the worker asks for a new version as soon as it is registered.
    if (document.readyState !== 'complete')
        await new Promise(resolve => addEventListener('load', resolve, { once: true }));
    try {
        registration = await container.register('/sw.js', { scope: '/' });
    } catch {
        // No certificate that the browser trusts, or storage that is refused.
        start.value = 'impossible';
        return;
    }
    watch(registration);
    void container.ready.then(({ active }) => {
        start.value = 'ready';
        active?.postMessage('opened');
    });
    setInterval(() => update.look(), LOOK_EVERY_MS);
    addEventListener('online', () => update.look());
}

function watch(registration: ServiceWorkerRegistration): void {
    const found = (worker: ServiceWorker | null) => {
        worker?.addEventListener('statechange', () => {
            // The first of all has nobody to wait for.
            if (worker.state === 'installed' && registration.active) isReady.value = true;
        });
    };
    if (registration.waiting) isReady.value = true;
    found(registration.installing);
    registration.addEventListener('updatefound', () => found(registration.installing));
}

/** The worker of a new version takes over from the former one. Whether it did, in time. */
async function takeOver(waiting: ServiceWorker): Promise<boolean> {
    await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, TAKE_OVER_MS_MAX);
        waiting.addEventListener('statechange', () => {
            if (waiting.state !== 'activated' && waiting.state !== 'redundant') return;
            clearTimeout(timer);
            resolve();
        });
        waiting.postMessage('take_over');
    });
    return waiting.state === 'activated';
}

/// <reference lib="webworker" />
/**
 * The service worker: it has the Register's files, so that the Register starts without a connection.
 *
 * It answers for those files and for the two addresses that show the Register, and for nothing else: what the server
 * says about orders and about the shop is never taken from here.
 */
import { PrecacheController, PrecacheRoute } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: { url: string; revision: string | null }[] };

/** `/` and `/pos/ID`, as in the server's router. */
const PAGES = [/^\/(\?.*)?$/, /^\/pos\/\d+\/?(\?.*)?$/];

const files = new PrecacheController();
files.addToCacheList(self.__WB_MANIFEST);

self.addEventListener('install', event => {
    void files.install(event);
});

self.addEventListener('activate', event => {
    // The page that was opened first, before there was a worker, gets its files from here too.
    event.waitUntil(Promise.all([self.clients.claim(), clean(event, null)]));
});

self.addEventListener('message', event => {
    // Somebody at a till took the offer of a new version.
    if (event.data === 'take_over') event.waitUntil(self.skipWaiting());
    if (event.data === 'opened' && event.source instanceof WindowClient)
        event.waitUntil(clean(event, event.source));
});

/**
 * Lets go of an older version's files, unless a page of that version may still ask for one.
 *
 * @param opened the page that has just begun, which has this version's files
 */
async function clean(event: ExtendableEvent, opened: WindowClient | null): Promise<void> {
    // Files of a version that is to come would go too.
    if (self.registration.installing || self.registration.waiting) return;
    const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
    if (pages.every(page => page.id === opened?.id)) await files.activate(event);
}

registerRoute(new PrecacheRoute(files));
registerRoute(new NavigationRoute(files.createHandlerBoundToURL('/index.html'), { allowlist: PAGES }));
// A page of an older version, in another tab: its files have other names, and the server may have them no more.
registerRoute(
    ({ url, sameOrigin }) => sameOrigin && url.pathname.startsWith('/assets/'),
    async ({ request }) => (await caches.match(request, { ignoreVary: true })) ?? (await fetch(request)),
);

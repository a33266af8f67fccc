import { afterEach, describe, expect, it } from 'vitest';
import { type Browser, match, Router, readPlace } from '../src/route';
import { hold, leaving, release } from '../src/unsaved';

/** A window with a history, as browsers have it: `popstate` comes later, and `go` is a wish. */
class FakeBrowser implements Browser {
    entries: { url: string; state: unknown }[];
    at = 0;
    heard: ((event: { state: unknown }) => void)[] = [];

    constructor(url: string) {
        this.entries = [{ url, state: null }];
    }

    get location() {
        const [pathname = '', search = ''] = (this.entries[this.at]?.url ?? '').split('?');
        return { pathname, search: search && `?${search}` };
    }

    get history() {
        const browser = this;
        return {
            get state() {
                return browser.entries[browser.at]?.state ?? null;
            },
            pushState(state: unknown, _: string, url: string) {
                browser.entries = [...browser.entries.slice(0, browser.at + 1), { url, state }];
                browser.at++;
            },
            replaceState(state: unknown, _: string, url?: string) {
                browser.entries[browser.at] = { url: url ?? browser.entries[browser.at]?.url ?? '', state };
            },
            go(steps: number) {
                browser.at += steps;
                queueMicrotask(() => {
                    for (const each of browser.heard) each({ state: browser.history.state });
                });
            },
        };
    }

    addEventListener(_: 'popstate', heard: (event: { state: unknown }) => void) {
        this.heard.push(heard);
    }
}

const settled = () => new Promise(resolve => setTimeout(resolve));

afterEach(release);

describe('match', () => {
    it.each([
        ['/orders', '/orders', {}],
        ['/orders/:ms/:uid*', '/orders/1/00001-002-0003', { ms: '1', uid: '00001-002-0003' }],
        ['/orders/:ms/:uid*', '/orders/1/a%2Fb', { ms: '1', uid: 'a/b' }],
        ['/orders/:ms/:uid*', '/orders/1/%', null],
        ['/products/:id', '/products/new', null],
        ['/products/:id', '/products/12', { id: '12' }],
        ['/products/:id', '/products/12/more', null],
    ])('%s of %s', (pattern, path, expected) => expect(match(pattern, path)).toEqual(expected));
});

it.each([
    ['/admin', '/'],
    ['/admin/', '/'],
    ['/admin/orders/', '/orders'],
    ['/admin/multi-sessions/3', '/multi-sessions/3'],
])('%s is the place %s', (pathname, path) => expect(readPlace({ pathname, search: '' }).path).toBe(path));

describe('the router', () => {
    it('goes, keeps filters, and comes back', async () => {
        const browser = new FakeBrowser('/admin');
        const router = new Router(browser);
        await router.go('/orders');
        router.replace('/orders?state=paid');
        expect(router.place.value.query.get('state')).toBe('paid');
        await router.go('/sessions');
        browser.history.go(-1);
        await settled();
        expect(router.place.value.path).toBe('/orders');
        expect([router.place.value.query.get('state'), router.isAgain]).toEqual(['paid', true]);
        browser.history.go(-1);
        await settled();
        expect(router.place.value.path).toBe('/');
    });

    it('asks before a link leaves what is unsaved', async () => {
        const router = new Router(new FakeBrowser('/admin/products/1'));
        hold();
        const going = router.go('/orders');
        leaving.value?.answer(false);
        await going;
        expect(router.place.value.path).toBe('/products/1');
        const again = router.go('/orders');
        leaving.value?.answer(true);
        await again;
        expect(router.place.value.path).toBe('/orders');
        expect(leaving.value).toBeNull();
    });

    it('takes Back back until the person says that it may go', async () => {
        const browser = new FakeBrowser('/admin');
        const router = new Router(browser);
        await router.go('/products');
        await router.go('/products/1');
        hold();
        browser.history.go(-1);
        await settled();
        expect([router.place.value.path, browser.location.pathname]).toEqual([
            '/products/1',
            '/admin/products/1',
        ]);
        leaving.value?.answer(false);
        await settled();
        expect(browser.location.pathname).toBe('/admin/products/1');
        browser.history.go(-1);
        await settled();
        leaving.value?.answer(true);
        await settled();
        await settled();
        expect([router.place.value.path, browser.location.pathname]).toEqual([
            '/products',
            '/admin/products',
        ]);
    });
});

/** How the Register comes onto the screen: what it loads, and how long a cold start without a server takes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { LAUNCH, type Shop, until } from '../test/shop';
import { slow } from './probe';
import { largeCatalogue, PRODUCTS } from './shop_at_work';
import { figuresOf, type Row, shown } from './table';

/** How often the browser is started anew. */
const STARTS = 5;

/** The scripts that come before the first product, gzipped. */
export async function firstLoad(shop: Shop, browser: Browser): Promise<Row[]> {
    const device = await browser.newContext({ serviceWorkers: 'block' });
    const page = await shop.page(device, 'Ann');
    const sizes: Promise<[kind: string, bytes: number]>[] = [];
    page.on('response', response => {
        const kind = response.request().resourceType();
        if (kind === 'script' || kind === 'stylesheet')
            sizes.push(response.body().then(body => [kind, gzipSync(body, { level: 9 }).length]));
    });
    await page.goto(`${shop.url}/pos/1`);
    await shop.comeIn(page, 'Ann');
    await page.locator('.product').first().waitFor();
    const all = await Promise.all(sizes);
    await device.close();
    const sum = (wanted: string) =>
        all.reduce((sum, [kind, bytes]) => sum + (kind === wanted ? bytes : 0), 0);
    const kB = (bytes: number) => `${(bytes / 1_000).toFixed(1)} kB`;
    return [
        { what: 'JavaScript of the first load, gzipped', figure: kB(sum('script')), limit: '150 kB' },
        { what: 'style of the first load, gzipped', figure: kB(sum('stylesheet')) },
    ];
}

/** The browser is started anew while the server is gone; with the demo's catalogue, then with a large one. */
export async function coldStart(shop: Shop): Promise<Row[]> {
    const text = await largeCatalogue(shop.url);
    const rows = [
        ...(await coldStartWith(shop, null, 'the demo’s products')),
        ...(await coldStartWith(shop, text, `${PRODUCTS} products`)),
    ];
    return rows;
}

async function coldStartWith(shop: Shop, catalogue: string | null, title: string): Promise<Row[]> {
    const profile = await mkdtemp(join(tmpdir(), 'tillsync-bench-'));
    try {
        // It may be at work yet from what was measured before.
        await shop.kill();
        await shop.start();
        await once(profile, async device => {
            if (catalogue !== null)
                await device.route('**/api/poses/1', route =>
                    route.fulfill({ status: 200, contentType: 'application/json', body: catalogue }),
                );
            const page = await shop.page(device, 'Ann');
            await page.goto(`${shop.url}/pos/1`);
            await shop.comeIn(page, 'Ann');
            await isKept(page);
        });
        await shop.kill();
        process.stderr.write(`cold start, ${title}\n`);
        const people: number[] = [];
        const products: number[] = [];
        for (let start = 0; start < STARTS; start += 1) {
            await once(profile, async device => {
                const page = await shop.page(device, 'Ann');
                await slow(page);
                await page.goto(`${shop.url}/pos/1`, { waitUntil: 'commit' });
                const ann = page.getByRole('button', { name: 'Ann' });
                people.push(await paintedMs(page, '.faces .card'));
                await ann.click();
                await page.locator('dialog.pin').waitFor();
                await page.keyboard.type('111');
                await page.evaluate(() => {
                    addEventListener('keydown', () => performance.mark('pin'), { capture: true, once: true });
                });
                const product = paintedMs(page, '.product');
                await page.keyboard.type('1');
                products.push(await product);
            });
        }
        const sums = people.map((ms, at) => ms + (products[at] ?? 0));
        return [
            {
                what: `cold start without a server, ${title}`,
                figure: shown(figuresOf(sums)),
                limit: '1000 ms',
            },
            { what: '   from the address to the people', figure: shown(figuresOf(people)) },
            { what: '   from the PIN to the products', figure: shown(figuresOf(products)) },
        ];
    } finally {
        await rm(profile, { recursive: true, force: true });
    }
}

async function once(profile: string, work: (device: BrowserContext) => Promise<void>): Promise<void> {
    const device = await chromium.launchPersistentContext(profile, {
        ...LAUNCH,
        viewport: { width: 1180, height: 820 },
    });
    try {
        await work(device);
    } finally {
        await device.close();
    }
}

/** Since the navigation, or since the mark `pin`: when the first such element was on the screen. */
async function paintedMs(page: Page, selector: string): Promise<number> {
    return await page.evaluate(
        selector =>
            new Promise<number>((resolve, reject) => {
                setTimeout(() => reject(new Error(`no ${selector} on the screen`)), 20_000);
                const look = () => {
                    if (!document.querySelector(selector)) return requestAnimationFrame(look);
                    const { port1, port2 } = new MessageChannel();
                    port1.onmessage = () => {
                        const [pin] = performance.getEntriesByName('pin');
                        resolve(performance.now() - (pin?.startTime ?? 0));
                    };
                    port2.postMessage(null);
                };
                requestAnimationFrame(look);
            }),
        selector,
    );
}

/** Waits until the device could open the POS without a server. */
async function isKept(page: Page): Promise<void> {
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
    const count = () =>
        page.evaluate(
            () =>
                new Promise<number>((resolve, reject) => {
                    const opening = indexedDB.open('tillsync-register');
                    opening.onerror = () => reject(opening.error);
                    opening.onsuccess = () => {
                        const store = opening.result.transaction('catalogues').objectStore('catalogues');
                        const keys = store.count();
                        keys.onsuccess = () => {
                            opening.result.close();
                            resolve(keys.result);
                        };
                    };
                }),
        );
    await until(count, kept => kept > 0);
}

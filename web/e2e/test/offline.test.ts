/** The Register opened cold, without a network, on a device that had it open before. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterEach, expect, it } from 'vitest';
import { shop, useShop } from './fixture';
import { LAUNCH, linesAre, linesAreInAnyOrder, menu, tabsAre, tap, until } from './shop';

const folders: string[] = [];
const browsers: BrowserContext[] = [];
afterEach(async () => {
    await Promise.all(browsers.splice(0).map(browser => browser.close()));
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});
// The last that is opened is closed first: no server is at work in a folder that goes.
useShop();

async function newFolder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'tillsync-offline-'));
    folders.push(folder);
    return folder;
}

/** A browser of its own on a profile that outlives it. */
async function browserOn(profile: string): Promise<BrowserContext> {
    const browser = await chromium.launchPersistentContext(profile, {
        ...LAUNCH,
        viewport: { width: 1180, height: 820 },
    });
    browsers.push(browser);
    return browser;
}

/** Waits until the device could open these POSes without a network: from then on the server can go. */
async function isKept(page: Page, ...poses: number[]): Promise<void> {
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
    const kept = () =>
        page.evaluate(
            () =>
                new Promise<number[]>((resolve, reject) => {
                    const opening = indexedDB.open('tillsync-register');
                    opening.onerror = () => reject(opening.error);
                    opening.onsuccess = () => {
                        const store = opening.result.transaction('catalogues').objectStore('catalogues');
                        const keys = store.getAllKeys();
                        keys.onsuccess = () => {
                            opening.result.close();
                            resolve(keys.result.map(key => (key as [string, number])[1]));
                        };
                    };
                }),
        );
    await until(kept, seen => poses.every(pos => seen.includes(pos)));
}

/** Opens an address in a new tab, as somebody who has just switched the till on. */
async function cold(device: BrowserContext, path: string, who: string): Promise<Page> {
    const page = await shop.page(device, who);
    await page.goto(`${shop.url}${path}`);
    return page;
}

async function coldTill(device: BrowserContext, pos: number, who: string): Promise<Page> {
    const page = await cold(device, `/pos/${pos}`, who);
    await shop.comeIn(page, who);
    return page;
}

async function pay(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Payment' }).click();
    await page.getByRole('button', { name: 'Card', exact: true }).click();
    await page.getByRole('button', { name: 'Validate' }).click();
    await page.locator('.slip').waitFor();
    await page.getByRole('button', { name: 'Next order' }).click();
}

/** The numbers of the orders on the screen, in whatever order they came. */
const numbersAre = (page: Page, expected: string[]) =>
    until(
        () => page.getByRole('tab').locator('strong').allInnerTexts(),
        seen =>
            seen
                .filter(number => number !== 'New')
                .sort()
                .join() === expected.join(),
    );

/** The orders that the server has as paid, by number. */
async function paid(): Promise<number[]> {
    return (await shop.closed()).map(({ number }) => number).sort((a, b) => a - b);
}

const waiting = (page: Page, count: number) =>
    until(
        () => page.locator('.wifi').allInnerTexts(),
        seen => (count === 0 ? seen.length === 0 : (seen[0]?.includes(String(count)) ?? false)),
    );

it('opened cold without a server, a till sells, is paid, and all arrives once', async () => {
    const profile = await newFolder();
    let device = await browserOn(profile);
    let ann = await coldTill(device, 1, 'Ann');
    await tap(ann, 'Espresso');
    await tabsAre(ann, ['1']);
    await isKept(ann, 1);
    await shop.kill();
    await device.close();

    device = await browserOn(profile);
    ann = await coldTill(device, 1, 'Ann');
    await ann.locator('.message').waitFor();
    await tabsAre(ann, ['1']);
    await ann.getByRole('button', { name: 'New order' }).click();
    await tap(ann, 'Quiche');
    await ann.getByRole('button', { name: 'New order' }).click();
    await tap(ann, 'Lemonade');
    await pay(ann);
    await waiting(ann, 1);

    await ann.reload();
    await shop.comeIn(ann, 'Ann');
    await tabsAre(ann, ['1', 'New']);
    await waiting(ann, 1);
    // Its receipt can be had again.
    await menu(ann, 'Past orders');
    const found = ann.getByRole('region', { name: 'Past orders' });
    await found.getByText('No connection: these are the orders that were paid at this device.').waitFor();
    expect(await found.getByRole('listitem').allInnerTexts()).toEqual([
        expect.stringMatching(/^–.*on this device.*3\.90 €$/s),
    ]);
    await found.getByRole('listitem').click();
    expect(await ann.locator('.slip').innerText()).toMatch(/COPY.*Lemonade.*Card\s+3\.90 €/s);
    expect(await ann.getByRole('button', { name: 'Refund' }).count()).toBe(0);
    await device.close();

    device = await browserOn(profile);
    ann = await coldTill(device, 1, 'Ann');
    await tabsAre(ann, ['1', 'New']);
    await ann.getByRole('tab', { name: /^New/ }).click();
    await linesAre(ann, ['1 Quiche']);
    await waiting(ann, 1);

    await shop.start();
    const bob = await shop.till(2, 'Bob');
    await waiting(ann, 0);
    await tabsAre(ann, ['1', '2']);
    await tabsAre(bob, ['1', '2']);
    await bob.getByRole('tab', { name: /^2/ }).click();
    await linesAre(bob, ['1 Quiche']);
    expect(await paid()).toEqual([3]);
    // What was typed next comes after it: nothing was counted twice.
    await ann.getByRole('button', { name: 'New order' }).click();
    await tap(ann, 'Croissant');
    await tabsAre(bob, ['1', '2', '4']);
    await device.close();
});

it('shows the points of sale as they were, and opens one from there', async () => {
    const device = await shop.device();
    const ann = await shop.till(1, 'Ann', device);
    await tap(ann, 'Espresso');
    await isKept(ann, 1);
    const list = await cold(device, '/', 'list');
    await list.getByRole('link', { name: /Counter/ }).waitFor();
    expect(await list.locator('.standing').innerText()).toBe('');
    await shop.kill();
    for (const page of [ann, list]) await page.close();

    const page = await cold(device, '/', 'Ann');
    await page.getByRole('link', { name: /Bar/ }).waitFor();
    expect(await page.locator('.standing').innerText()).toMatch(/as it was at \d/);
    await page.getByRole('link', { name: /Bar/ }).click();
    await shop.comeIn(page, 'Ann');
    await tabsAre(page, ['1']);
    // One that was never opened here has no products to sell.
    const other = await cold(device, '/pos/3', 'Chris');
    await other.getByRole('alert').waitFor();
    expect(await other.getByRole('button', { name: 'Chris' }).count()).toBe(0);

    await page.goto(`${shop.url}/`);
    await shop.start();
    await until(
        () => page.locator('.standing').innerText(),
        text => text === '',
    );
    // It looks again by itself.
    await other.getByRole('button', { name: 'Chris' }).waitFor();
});

it('merge: an order that all know is changed without a connection, and everything is there on return', async () => {
    const way = await shop.line();
    const ann = await shop.till(1, 'Ann', undefined, way);
    const bob = await shop.till(2, 'Bob');
    await tap(ann, 'Espresso');
    await linesAre(bob, ['1 Espresso']);
    await shop.settings('--offline-edits', 'merge');
    // What comes after it is told after it.
    await tap(bob, 'Espresso');
    await linesAre(ann, ['2 Espresso']);
    way.refuse();
    way.cut();
    await ann.locator('.message').waitFor();
    await tap(ann, 'Espresso');
    await tap(ann, 'Quiche');
    await linesAre(ann, ['3 Espresso', '1 Quiche']);
    await tap(bob, 'Espresso');
    await tap(bob, 'Lemonade');
    await ann.locator('.sync').click();
    await ann.getByText('Other orders can be changed too').waitFor();
    await ann.keyboard.press('Escape');
    await way.accept();
    for (const page of [ann, bob]) await linesAreInAnyOrder(page, ['4 Espresso', '1 Quiche', '1 Lemonade']);
    expect(await ann.locator('.refused').count()).toBe(0);
});

it('two points of sale in two tabs of one browser are opened cold, and each sends its own', async () => {
    const device = await shop.device();
    const before = [await shop.till(1, 'Ann', device), await shop.till(2, 'Bob', device)];
    await isKept(before[1] as Page, 1, 2);
    await shop.kill();
    for (const page of before) await page.close();

    const [ann, bob] = [await coldTill(device, 1, 'Ann'), await coldTill(device, 2, 'Bob')];
    await tap(ann, 'Quiche');
    await tap(bob, 'Lemonade');
    await tabsAre(ann, ['New']);
    await tabsAre(bob, ['New']);
    await shop.start();
    for (const page of [ann, bob]) await numbersAre(page, ['1', '2']);
    const chris = await shop.till(3, 'Chris');
    await numbersAre(chris, ['1', '2']);
});

it('one point of sale on two devices, both opened cold: each order has a number of its own', async () => {
    const devices = [await shop.device(), await shop.device()];
    const before = [await shop.till(1, 'Ann', devices[0]), await shop.till(1, 'Bob', devices[1])];
    for (const page of before) await isKept(page, 1);
    await shop.kill();
    for (const page of before) await page.close();

    const [ann, bob] = await Promise.all([
        coldTill(devices[0] as BrowserContext, 1, 'Ann'),
        coldTill(devices[1] as BrowserContext, 1, 'Bob'),
    ]);
    await tap(ann, 'Quiche');
    await tap(bob, 'Lemonade');
    await pay(bob);
    await shop.start();
    await waiting(bob, 0);
    await until(paid, numbers => numbers.length === 1);
    const [number] = await paid();
    const open = number === 1 ? '2' : '1';
    for (const page of [ann, bob]) await numbersAre(page, [open]);
});

it('an address that serves another database is sent nothing of the former one', async () => {
    const profile = await newFolder();
    let device = await browserOn(profile);
    let ann = await coldTill(device, 1, 'Ann');
    await tap(ann, 'Espresso');
    await tabsAre(ann, ['1']);
    await isKept(ann, 1);
    await shop.kill();
    await device.close();
    device = await browserOn(profile);
    ann = await coldTill(device, 1, 'Ann');
    await ann.getByRole('button', { name: 'New order' }).click();
    await tap(ann, 'Quiche');
    await ann.getByRole('button', { name: 'New order' }).click();
    await tap(ann, 'Lemonade');
    await pay(ann);
    await device.close();

    await shop.start(await newFolder());
    device = await browserOn(profile);
    ann = await coldTill(device, 1, 'Ann');
    await ann.locator('.message', { hasText: /another server/ }).waitFor();
    await waiting(ann, 1);
    await tabsAre(ann, ['New']);
    await tap(ann, 'Croissant');
    await tabsAre(ann, ['1']);
    const bob = await shop.till(2, 'Bob');
    await tabsAre(bob, ['1']);
    await linesAre(bob, ['1 Croissant']);
    expect(await paid()).toEqual([]);
    await shop.kill();
    await device.close();

    await shop.start();
    device = await browserOn(profile);
    ann = await coldTill(device, 1, 'Ann');
    await numbersAre(ann, ['1', '2']);
    await waiting(ann, 0);
    await ann.getByRole('tab', { name: /^2/ }).click();
    await linesAre(ann, ['1 Quiche']);
    expect(await paid()).toEqual([3]);
    await device.close();
});

it('the worker answers for the Register, and for nothing else of the server', async () => {
    const device = await shop.device();
    const page = await shop.till(1, 'Ann', device);
    await isKept(page, 1);
    const fromWorker = async (path: string) =>
        (await page.goto(`${shop.url}${path}`))?.fromServiceWorker() ?? false;
    expect(await fromWorker('/pos/1')).toBe(true);
    expect(await fromWorker('/')).toBe(true);
    for (const path of ['/healthz', '/api/poses', '/metrics', '/odoo/none', '/pos/1/x'])
        expect(`${path} ${await fromWorker(path)}`).toBe(`${path} false`);
    // A worker that a cache between kept would keep an old Register for good.
    for (const [file, type] of [
        ['/sw.js', 'text/javascript'],
        ['/manifest.webmanifest', 'application/manifest+json'],
    ]) {
        const { headers } = await fetch(`${shop.url}${file}`);
        expect([headers.get('cache-control'), headers.get('content-type')]).toEqual(['no-cache', type]);
    }
    await shop.kill();
    for (const path of ['/healthz', '/api/poses', '/sync', '/odoo/none'])
        await expect(page.goto(`${shop.url}${path}`)).rejects.toThrow('ERR_CONNECTION_REFUSED');
});

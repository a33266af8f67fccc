/** How the Register looks: in light and dark, from the right and for the left hand, to eyes and to a screen reader. */
import type { BrowserContext, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { faultsOf, widerThan } from './eyes';
import { shop, useShop } from './fixture';
import { linesAre, tabsAre, tap, until } from './shop';

const TABLET = { width: 1180, height: 820 };
const SMALL_TABLET = { width: 1024, height: 768 };
const PHONE = { width: 390, height: 844 };
useShop();

/** Chooses in the dialog of this device, as somebody who stands before it. */
async function choose(device: BrowserContext, ...choices: string[]): Promise<Page> {
    const page = await shop.page(device, 'page of POSes');
    await page.goto(shop.url);
    await page.locator('.poses > header button').click();
    for (const choice of choices)
        await page.getByRole('dialog').getByRole('button', { name: choice, exact: true }).click();
    return page;
}

/** Goes through all screens and dialogs of a till, and stops at each. */
async function walk(
    device: BrowserContext,
    stop: (name: string, page: Page) => Promise<void>,
): Promise<void> {
    const page = await shop.page(device, 'Ann');
    const dialog = page.getByRole('dialog');
    const press = (name: string | RegExp) => page.getByRole('button', { name, exact: true }).click();
    const see = async (name: string, go: () => Promise<void>) => {
        await go();
        await dialog.waitFor();
        await stop(name, page);
        await page.keyboard.press('Escape');
        await dialog.waitFor({ state: 'detached' });
    };
    await page.goto(shop.url);
    await page.locator('.places .card').first().waitFor();
    await stop('points of sale', page);
    await see('this device', () => press('This device'));
    await page.goto(`${shop.url}/pos/1`);
    await page.locator('.faces').waitFor();
    await stop('people', page);
    await see('PIN', () => page.getByRole('button', { name: 'Ann' }).click());
    await page.getByRole('button', { name: 'Ann' }).click();
    await dialog.waitFor();
    await page.keyboard.type('1111');
    await page.locator('.counting form').waitFor();
    await stop('opening', page);
    await page.getByLabel('Cash in the drawer').fill('100');
    await press('Open the session');
    await page.locator('.till').waitFor();
    await stop('empty order', page);
    for (const product of ['Espresso', 'Cappuccino', 'Croissant', 'Croissant']) await tap(page, product);
    await tabsAre(page, ['1']);
    await see('note', () => press('Note'));
    await press('Note');
    await page.locator('textarea').fill('With oat milk');
    await press('Save');
    await stop('order', page);
    await see('menu', () => press('Menu'));
    const inMenu = (name: string) => async () => {
        await press('Menu');
        await press(name);
    };
    const inMore = (name: string) => async () => {
        await press('More');
        await press(name);
    };
    await see('cashiers', inMenu('Change cashier'));
    await see('cash', inMenu('Cash in and out'));
    await see('tour', inMenu('Help'));
    await see('connection', () => press(/^Live/));
    await see('customers', () => press('Customer'));
    await press('Customer');
    await press('New customer');
    await page.getByLabel('Postcode').waitFor();
    await stop('new customer', page);
    await press('Back');
    await see('customers again', () => page.locator('.customers .search').waitFor());
    await see('order: more', () => press('More'));
    await see('split', inMore('Split'));
    await see('history', inMore('History'));
    await see('delete', inMore('Delete order'));
    await press('Payment');
    await stop('payment', page);
    await press('Cash');
    await press('Tip');
    for (const key of ['3', '0']) await page.keyboard.press(key);
    await stop('payment, taken', page);
    await press('Validate');
    await page.locator('.slip').waitFor();
    await stop('receipt', page);
    await press('Next order');
    await inMenu('Past orders')();
    await page.locator('.found li').first().waitFor();
    await stop('past orders', page);
    await page.locator('.found li button').first().click();
    await page.locator('.slip').waitFor();
    await stop('past order', page);
    await see('refund', () => press('Refund'));
    await page.getByRole('banner').getByRole('button', { name: 'Back' }).click();
    await tap(page, 'Quiche');
    await tabsAre(page, ['2']);
    await inMenu('Close the session')();
    await page.locator('.counted').waitFor();
    await stop('closing', page);
    await press('Back');
    await shop.kill();
    await page.locator('.message').waitFor();
    await stop('no connection', page);
    await see('no connection, explained', () => press(/^No connection/));
}

it.each(['light', 'dark'] as const)('every screen can be read and used by everyone, %s', {
    timeout: 240_000,
}, async colorScheme => {
    const device = await shop.device(TABLET, { colorScheme, reducedMotion: 'reduce' });
    const faults: Record<string, string[]> = {};
    await walk(device, async (name, page) => {
        expect(await page.locator('html').getAttribute('data-theme')).toBe(colorScheme);
        const found = await faultsOf(page);
        if (found.length > 0) faults[name] = found;
    });
    expect(faults).toEqual({});
});

it('no screen is wider than a phone', { timeout: 240_000 }, async () => {
    const device = await shop.device(SMALL_TABLET, { reducedMotion: 'reduce' });
    const wide: Record<string, string[]> = {};
    await walk(device, async (name, page) => {
        // The walk is a tablet's, which shows order and products at once; each stop is looked at as a phone shows it.
        await page.setViewportSize(PHONE);
        const found = await widerThan(page, PHONE.width);
        if (found.length > 0) wide[name] = found;
        await page.setViewportSize(SMALL_TABLET);
    });
    expect(wide).toEqual({});
});

it.each([
    TABLET,
    PHONE,
])('a till in Arabic runs from the right, sells and is paid ($width px)', async viewport => {
    const device = await shop.device(viewport);
    const first = await choose(device, 'العربية');
    const inSight = async (page: Page) => {
        await page.locator('html[dir="rtl"]').waitFor();
        expect(await widerThan(page, viewport.width)).toEqual([]);
    };
    await inSight(first);
    const page = await shop.till(1, 'Ann', device);
    const isPhone = viewport === PHONE;
    await tap(page, 'Espresso');
    await tap(page, 'Espresso');
    await inSight(page);
    if (isPhone) await page.locator('.halves button').last().click();
    else {
        const left = async (name: string) => (await page.locator(name).boundingBox())?.x ?? 0;
        expect(await left('.order')).toBeGreaterThan(await left('.products'));
        // And the settings say so: for the left hand, the order at the right.
        await page.locator('.bar .home').click();
        await page.locator('dialog button', { hasText: 'هذا الجهاز' }).click();
        const hand = page.locator('dialog.settings button[aria-pressed="true"]').last();
        expect(await hand.innerText()).toBe('اليسرى: الطلب على اليمين');
        await page.keyboard.press('Escape');
    }
    await linesAre(page, ['2 Espresso']);
    // Amounts keep their digits and the side of their sign: nothing of the text around turns them.
    expect(await page.locator('[data-total]').innerText()).toBe('\u20664.40 €\u2069');
    const [one, three] = [
        page.locator('.numpad .keys button').nth(0),
        page.locator('.numpad .keys button').nth(2),
    ];
    expect((await one.boundingBox())?.x).toBeLessThan((await three.boundingBox())?.x ?? 0);
    await inSight(page);
    await page.locator('.order > .pay').click();
    await page.locator('.methods button').first().click();
    await inSight(page);
    await page.locator('.taking > .pay').click();
    await page.locator('.slip').waitFor();
    await inSight(page);
    expect(await page.locator('.slip .sum').innerText()).toContain('4.40 €');
    await page.locator('.done .pay').click();
    await page.locator('.till').waitFor();
});

it('a till in Russian counts in Russian', async () => {
    const device = await shop.device();
    const list = await choose(device, 'Русский');
    const till = await shop.till(1, 'Ann', device);
    const counts = new Map([
        [1, '1 открытый заказ'],
        [2, '2 открытых заказа'],
        [5, '5 открытых заказов'],
    ]);
    for (let orders = 1; orders <= 5; orders += 1) {
        if (orders > 1) await till.getByRole('button', { name: 'Новый заказ' }).click();
        await tap(till, 'Espresso');
        const count = counts.get(orders);
        if (!count) continue;
        await until(
            () => list.locator('.poses h2 small').allInnerTexts(),
            ([seen]) => seen === count,
        );
    }
    await till.reload();
    await shop.comeIn(till, 'Ann');
    expect(await till.getByRole('button', { name: 'Оплата' }).isVisible()).toBe(true);
});

it('the order is at the hand that the device is for, in the light that it chose', async () => {
    const device = await shop.device(TABLET, { colorScheme: 'light' });
    await choose(device, 'Left: order at the right', 'Dark');
    const page = await shop.till(1, 'Ann', device);
    const left = async (name: string) => (await page.locator(name).boundingBox())?.x ?? 0;
    expect(await left('.order')).toBeGreaterThan(await left('.products'));
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    const ground = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    expect(Math.max(...(ground.match(/\d+/g) ?? []).map(Number))).toBeLessThan(64);
});

it('a line that another till changed lights up, at the other tills only', async () => {
    const [ann, bob] = [await shop.till(1, 'Ann'), await shop.till(2, 'Bob')];
    await tap(ann, 'Espresso');
    await linesAre(bob, ['1 Espresso']);
    await bob.locator('.line.glows').waitFor({ state: 'detached' });
    const glowed = await ann.evaluateHandle(() => {
        const seen: string[] = [];
        new MutationObserver(changes => {
            for (const { target } of changes)
                if (target instanceof Element && target.matches('.line.glows')) seen.push(target.className);
        }).observe(document.body, { attributes: true, childList: true, subtree: true });
        return seen;
    });
    const lit = bob.locator('.line.glows').waitFor();
    await tap(ann, 'Espresso');
    await lit;
    await linesAre(ann, ['2 Espresso']);
    expect(await glowed.jsonValue()).toEqual([]);
    await bob.locator('.line.glows').waitFor({ state: 'detached' });
});

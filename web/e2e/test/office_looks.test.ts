/** How the back office looks: to everyone, in light and dark, and on a phone. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { faultsOf, widerThan } from './eyes';
import { shop, useShop } from './fixture';
import { pay, tap } from './shop';

const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };

/** Every screen that there is. */
const SCREENS = [
    '',
    'orders',
    'orders?mark=removals',
    'sessions',
    'sessions/1',
    'live',
    'sales',
    'multi-sessions',
    'multi-sessions/1',
    'multi-sessions/new',
    'points-of-sale',
    'points-of-sale/1',
    'payment-methods',
    'taxes/1',
    'fiscal-positions/1',
    'pricelists/1',
    'units',
    'cash-roundings',
    'floors',
    'tables/new',
    'shop',
    'products',
    'products/1',
    'products/import',
    'pos-categories',
    'customers/1',
    'people',
    'people/1',
];

useShop();

async function screens(
    page: Page,
    look: (page: Page) => Promise<string[]>,
): Promise<Record<string, string[]>> {
    const found: Record<string, string[]> = {};
    for (const screen of SCREENS) {
        await page.goto(`${shop.url}/admin/${screen}`);
        await page.locator('main h1').waitFor();
        await page.locator('.waiting').waitFor({ state: 'detached' });
        const faults = await look(page);
        if (faults.length > 0) found[screen] = faults;
    }
    return found;
}

for (const colorScheme of ['light', 'dark'] as const) {
    it(`every screen can be read and used by everyone, ${colorScheme}`, async () => {
        const ann = await shop.till(1, 'Ann');
        await tap(ann, 'Espresso');
        await pay(ann);
        const office = await shop.office('Ann', await shop.device(DESKTOP, { colorScheme }));
        expect(await screens(office, faultsOf)).toEqual({});
    });
}

it('no screen is wider than a phone', async () => {
    const office = await shop.office('Ann', await shop.device(PHONE));
    expect(await screens(office, page => widerThan(page, PHONE.width))).toEqual({});
});

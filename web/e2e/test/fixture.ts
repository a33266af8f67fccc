/** A shop of its own for each test of a file, in one browser. */
import { type Browser, chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { LAUNCH, Shop } from './shop';

/** The shop of the test that is running. */
export let shop: Shop;

/** Opens a shop before each test, and closes it afterwards; no page may have failed in it. */
export function useShop(kind: 'demo' | 'empty' = 'demo'): void {
    let browser: Browser;
    beforeAll(async () => {
        browser = await chromium.launch(LAUNCH);
    });
    afterAll(async () => await browser.close());
    beforeEach(async () => {
        shop = await Shop.open(browser, kind);
    });
    afterEach(async ({ task }) => {
        if (task.result?.state === 'fail') console.error(await shop.described());
        await shop.close();
        expect(shop.faults).toEqual([]);
    });
}

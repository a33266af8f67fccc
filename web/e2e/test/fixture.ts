/** A shop of its own for each test of a file. */
import { afterEach, beforeEach, expect } from 'vitest';
import { Shop } from './shop';

/** The shop of the test that is running. */
export let shop: Shop;

/** Opens a shop before each test, and closes it afterwards; no page may have failed in it. */
export function useShop(): void {
    beforeEach(async () => {
        shop = await Shop.open();
    });
    afterEach(async ({ task }) => {
        if (task.result?.state === 'fail') console.error(await shop.described());
        await shop.close();
        expect(shop.faults).toEqual([]);
    });
}

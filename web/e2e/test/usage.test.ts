/** The steps that the original's instructions tell under "Usage", one after the other, with three tills. */
import type { Page } from 'playwright-core';
import { it } from 'vitest';
import { shop, useShop } from './fixture';
import { line, lines, linesAre, tabsAre, tap, until } from './shop';

useShop();

const whoIs = (page: Page, product: string, expected: string) =>
    until(
        () => line(page, product).locator('.who').innerText(),
        seen => seen === expected,
    );

it('open several, add a product, change its quantity at another one', async () => {
    // "Open two or more POSes belonging to the multi-session."
    const first = await shop.till(1, 'Ann');
    const second = await shop.till(2, 'Bob');
    const third = await shop.till(3, 'Chris');
    const all = [first, second, third];
    for (const page of all) await tabsAre(page, ['New']);
    // "In the first POS add a product."
    await tap(first, 'Cappuccino');
    // "In the opened POSes you will see the product in order list, and underline note signifying that it was added by
    // the first POS, and the number of the order was changed from NEW to a number."
    for (const page of all) {
        await tabsAre(page, ['1']);
        await linesAre(page, ['1 Cappuccino']);
        await whoIs(page, 'Cappuccino', 'added by Ann (Bar)');
    }
    // "In the second POS click on the orderline and click a number by using numpad to change quantity."
    await line(second, 'Cappuccino').click();
    const numpad = second.getByRole('group', { name: 'Numpad' });
    await numpad.getByRole('button', { name: '5', exact: true }).click();
    // "In opened POSes you will see the changed quantity, and information about the orderline was added by the first and
    // changed by the second POSes."
    for (const page of all) {
        await linesAre(page, ['5 Cappuccino']);
        await whoIs(page, 'Cappuccino', 'added by Ann (Bar), edited by Bob (Counter)');
    }
});

it('the same POS on two devices that are launched at once: no order is lost', async () => {
    // "Be sure you do not launch them simultaneously … Otherwise you may lose an order data": here one may.
    const opener = await shop.till(1, 'Dana');
    const [one, other] = await Promise.all([shop.till(1, 'Ann'), shop.till(1, 'Bob')]);
    await Promise.all([tap(one, 'Espresso'), tap(other, 'Quiche')]);
    const products = async (page: Page) => {
        const seen: string[] = [];
        for (const tab of await page.getByRole('tab').all()) {
            await tab.click();
            // What stands there, painted or not: a line that has just come is not yet.
            seen.push(...(await lines(page)));
        }
        return seen.sort();
    };
    for (const page of [opener, one, other])
        await until(
            () => products(page),
            seen => seen.join() === '1 Espresso,1 Quiche',
        );
});

it('several POSes in the same browser simultaneously', async () => {
    // "Several POSes can't be opened in the same browser simultaneously": here they can.
    const device = await shop.device();
    const [bar, counter] = [await shop.till(1, 'Ann', device), await shop.till(2, 'Bob', device)];
    await tap(bar, 'Espresso');
    await linesAre(counter, ['1 Espresso']);
    await tap(counter, 'Croissant');
    await linesAre(bar, ['1 Espresso', '1 Croissant']);
    await whoIs(bar, 'Croissant', 'added by Bob (Counter)');
});

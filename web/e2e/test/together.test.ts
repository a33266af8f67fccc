/** Two people at one order, a payment, a server that is gone for a while: the first walk through the Register. */
import { expect, it } from 'vitest';
import { shop, useShop } from './fixture';
import { linesAre, tabsAre, tap, until } from './shop';

useShop();

it('two people tap at one order at once; one pays, and it is gone everywhere', async () => {
    const [ann, bob] = [await shop.till(1, 'Ann'), await shop.till(2, 'Bob')];
    await tap(ann, 'Cappuccino');
    await tap(ann, 'Croissant');
    await tabsAre(bob, ['1']);
    await linesAre(bob, ['1 Cappuccino', '1 Croissant']);
    await Promise.all([tap(ann, 'Cappuccino'), tap(bob, 'Cappuccino')]);
    await linesAre(bob, ['3 Cappuccino', '1 Croissant']);
    // Alone, so that it is known who was the last.
    await tap(bob, 'Cappuccino');
    for (const page of [ann, bob]) {
        await until(
            () => page.locator('.line', { hasText: 'Cappuccino' }).locator('.how').allInnerTexts(),
            ([how]) => how?.startsWith('4 ') ?? false,
        );
        expect(await page.locator('[data-total]').innerText()).toBe('16.50 €');
    }
    const who = await ann.locator('.line', { hasText: 'Cappuccino' }).locator('.who').textContent();
    expect(who).toBe('added by Ann (Bar), edited by Bob (Counter)');
    await ann.locator('.line', { hasText: 'Croissant' }).click();
    await ann.keyboard.press('2');
    await linesAre(bob, ['4 Cappuccino', '2 Croissant']);
    await bob.getByRole('button', { name: 'Payment' }).click();
    await bob.getByRole('button', { name: 'Cash', exact: true }).click();
    for (const key of ['2', '0']) await bob.getByRole('button', { name: key, exact: true }).click();
    expect(await bob.locator('.due').innerText()).toContain('1.40 €');
    await bob.getByRole('button', { name: 'Validate' }).click();
    await bob.locator('.slip').waitFor();
    expect(await bob.locator('.slip').innerText()).toContain('18.60 €');
    await tabsAre(ann, ['New']);
    await bob.getByRole('button', { name: 'Next order' }).click();
    await tabsAre(bob, ['New']);
});

it('without a server a till sells and is paid, and all arrives when it is back', async () => {
    const device = await shop.device();
    const [ann, bob] = [await shop.till(1, 'Ann', device), await shop.till(2, 'Bob')];
    await tap(bob, 'Espresso');
    await until(
        () => ann.getByRole('tab').locator('strong').allInnerTexts(),
        tabs => tabs.includes('1'),
    );
    await shop.kill();
    await ann.locator('.message', { hasText: 'No connection to the server' }).waitFor();
    await ann.getByRole('tab', { name: /^1/ }).click();
    expect(await ann.locator('.locked').innerText()).toContain('there is no connection');
    await ann.getByRole('button', { name: 'New order' }).click();
    await tap(ann, 'Quiche');
    await ann.getByRole('button', { name: 'New order' }).click();
    await tap(ann, 'Lemonade');
    await ann.getByRole('button', { name: 'Payment' }).click();
    await ann.getByRole('button', { name: 'Card', exact: true }).click();
    await ann.getByRole('button', { name: 'Validate' }).click();
    await ann.locator('.slip').waitFor();
    await ann.getByRole('button', { name: 'Next order' }).click();
    expect(await ann.locator('.wifi').innerText()).toContain('1');
    await shop.start();
    await until(
        () => ann.locator('.sync').getAttribute('aria-label'),
        label => label?.startsWith('Live') ?? false,
    );
    await until(
        () => ann.locator('.wifi').count(),
        count => count === 0,
    );
    await until(
        () => bob.getByRole('tab').locator('strong').allInnerTexts(),
        tabs => tabs.join() === '1,2',
    );
    await bob.getByRole('tab', { name: /^2/ }).click();
    await linesAre(bob, ['1 Quiche']);
});

it('on a phone nothing is wider than the screen', async () => {
    const page = await shop.till(3, 'Chris', await shop.device({ width: 390, height: 844 }));
    const widest = () =>
        page.evaluate(() =>
            Math.max(...[...document.querySelectorAll('.grid, .bar, .find')].map(e => e.clientWidth)),
        );
    expect(await widest()).toBeLessThanOrEqual(390);
    await page.getByRole('button', { name: 'New order' }).click();
    await tap(page, 'Espresso');
    await page.getByRole('button', { name: /^Order / }).click();
    await linesAre(page, ['1 Espresso']);
    expect(await page.getByRole('button', { name: 'Payment' }).isVisible()).toBe(true);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});

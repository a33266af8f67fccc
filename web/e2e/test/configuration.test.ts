/**
 * The seeds' chapter "Configuration", word by word, from a database with nothing in it: to three tills that sync.
 */
import { expect, it } from 'vitest';
import { shop, useShop } from './fixture';
import { linesAre, tabsAre, tap } from './shop';

useShop('empty');

it('from an empty database to three tills at one order', async () => {
    const office = await shop.page(await shop.device(), 'office');
    await office.goto(`${shop.url}/admin`);
    const button = (name: string) => office.getByRole('button', { name, exact: true });
    const link = (name: string) => office.getByRole('link', { name, exact: true });
    const save = async () => {
        await button('Save').click();
        await office.locator('[role="status"]', { hasText: 'saved' }).waitFor();
    };
    await office.getByLabel('Name of the shop').fill('Corner shop');
    await office.getByLabel('Tax in per cent').fill('20');
    await office.getByLabel('Your name').fill('Ann');
    await office.getByLabel('Your PIN').fill('1111');
    await button('Begin').click();
    await link('Create a point of sale').waitFor();
    await button('Configuration').click();
    const rail = office.locator('.rail');
    for (const name of ['Counter', 'Bar', 'Terrace']) {
        await rail.locator('a[href$="/points-of-sale"]').click();
        await link('Create').first().click();
        await office.getByLabel('Name').fill(name);
        await save();
    }
    await rail.getByRole('link', { name: 'Products' }).or(button('Catalogue')).first().click();
    await rail.getByRole('link', { name: 'Products' }).click();
    await link('Create').first().click();
    await office.getByLabel('Name').fill('Tea');
    await office.getByRole('textbox', { name: 'Price' }).fill('2.50');
    await save();
    // The chapter itself.
    await rail.getByRole('link', { name: 'Multi-session Settings' }).click();
    await link('Create').first().click();
    await office.getByLabel('Name').fill('House');
    for (const name of ['Counter', 'Bar', 'Terrace']) await office.getByRole('checkbox', { name }).check();
    await save();
    const tills = await Promise.all([1, 2, 3].map(pos => shop.till(pos, 'Ann')));
    const [counter, bar, terrace] = tills as [
        (typeof tills)[number],
        (typeof tills)[number],
        (typeof tills)[number],
    ];
    await tap(counter, 'Tea');
    for (const till of [bar, terrace]) {
        await tabsAre(till, ['1']);
        await linesAre(till, ['1 Tea']);
    }
    await bar.locator('.line').first().click();
    await bar.keyboard.type('3');
    for (const till of tills) await linesAre(till, ['3 Tea']);
    expect(await terrace.locator('.line').first().textContent()).toContain('edited by Ann (Bar)');
});

/** What a manager does in the back office, while the tills sell. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { shop, useShop } from './fixture';
import { deleteOrder, line, linesAre, pay, show, tabsAre, tap, until } from './shop';

useShop();

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const saved = (page: Page) => page.locator('[role="status"]', { hasText: 'saved' }).waitFor();

it('who removed the two beers is answered in three taps', async () => {
    const ann = await shop.till(1, 'Ann');
    const bob = await shop.till(2, 'Bob');
    await tap(ann, 'Draught beer 0.4 l');
    await tap(ann, 'Draught beer 0.4 l');
    await tap(ann, 'Quiche');
    await linesAre(bob, ['2 Draught beer 0.4 l', '1 Quiche']);
    await line(bob, 'Draught beer 0.4 l').click();
    await bob.keyboard.press('Backspace');
    await bob.keyboard.press('Backspace');
    await linesAre(ann, ['1 Quiche']);
    await pay(ann);
    const office = await shop.office('Ann');
    await office.locator('.rail').getByRole('link', { name: 'Orders' }).click();
    await button(office, 'Lines removed').click();
    await office.locator('.order-row', { hasText: 'removed: 2 × Draught beer 0.4 l, by Bob' }).click();
    await office.getByText('removed 2 × Draught beer 0.4 l (2 before, 0 now)').first().waitFor();
});

it('a deleted order is brought back, and is on the tills at once', async () => {
    const ann = await shop.till(1, 'Ann');
    await tap(ann, 'Espresso');
    await tabsAre(ann, ['1']);
    await deleteOrder(ann);
    const office = await shop.office('Ann', undefined, 'orders?state=deleted');
    await office.locator('.order-row').first().click();
    await button(office, 'Restore').click();
    await office.locator('dialog[open]').getByRole('button', { name: 'Restore' }).click();
    await until(
        () => ann.getByRole('tab').locator('strong').allInnerTexts(),
        tabs => tabs.includes('1'),
    );
    await show(ann, '1');
    await linesAre(ann, ['1 Espresso']);
});

it('the list of orders is live', async () => {
    const office = await shop.office('Ann', undefined, 'orders');
    const ann = await shop.till(1, 'Ann');
    await tap(ann, 'Espresso');
    await office.locator('.order-row', { hasText: '2.20' }).waitFor();
    await pay(ann);
    await office.locator('.order-row', { hasText: 'Paid' }).waitFor();
});

it('of two managers that change one product the second is shown what the first did', async () => {
    const one = await shop.office('Ann', undefined, 'products/1');
    const two = await shop.office('Ann', undefined, 'products/1');
    const ann = await shop.till(1, 'Ann');
    await one.getByRole('textbox', { name: 'Price' }).fill('2.40');
    await two.getByLabel('Internal reference').fill('C99');
    await button(one, 'Save').click();
    await saved(one);
    // It is at the till without anybody doing anything there.
    await ann.locator('.product', { hasText: '2.40 €' }).first().waitFor();
    await button(two, 'Save').click();
    const conflict = two.getByRole('dialog', { name: 'Somebody else saved it meanwhile' });
    await conflict.waitFor();
    expect(await conflict.innerText()).toMatch(/2\.20.*→.*2\.40/s);
    await conflict.getByRole('button', { name: 'Keep mine and save again' }).click();
    await saved(two);
    const record = await (await fetch(`${shop.url}/api/admin/products/1`)).json();
    expect(record).toMatchObject({ lst_price: 2.4, default_code: 'C99', version: 3 });
});

it('cash goes out of the drawer, and the session is closed with a difference', async () => {
    const ann = await shop.till(1, 'Ann');
    await tap(ann, 'Espresso');
    await pay(ann, 'Cash');
    const office = await shop.office('Ann', undefined, 'sessions');
    await office.locator('main a', { hasText: 'Bar' }).first().click();
    await office.getByText('102.20 €').first().waitFor();
    await button(office, 'Cash in and out').click();
    const cash = office.locator('dialog[open]');
    await cash.getByLabel('Amount').fill('50');
    await cash.getByLabel('Reason').fill('to the bank');
    await cash.getByRole('button', { name: 'Take out 50.00 €' }).click();
    await office.getByText('52.20 €').first().waitFor();
    await button(office, 'Close the session').click();
    const close = office.locator('dialog[open]');
    await close.locator('[inputmode="decimal"]').first().fill('52.00');
    await close.locator('[type="submit"], .primary').last().click();
    await office.getByText('Z report').first().waitFor();
    await office.getByText('-0.20').or(office.getByText('−0.20')).first().waitFor();
});

it('points of sale with an open session are shown with the reason why they cannot be chosen', async () => {
    await shop.till(4, 'Ann');
    const office = await shop.office('Ann', undefined, 'multi-sessions/1');
    const stall = office.getByRole('checkbox', { name: 'Market stall' });
    await stall.waitFor();
    expect(await stall.isDisabled()).toBe(true);
    await office.getByText('Market stall has an open session').waitFor();
});

it('tills are seen live', async () => {
    const office = await shop.office('Ann', undefined, 'live');
    const ann = await shop.till(1, 'Ann');
    await tap(ann, 'Espresso');
    await until(
        () => office.locator('main').innerText(),
        text => text.includes('Ann') && text.includes('1 open order'),
    );
});

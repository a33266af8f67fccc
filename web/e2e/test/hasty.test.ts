/** Quick hands, and two tills at one refund. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { shop, useShop } from './fixture';
import { linesAre, menu, more, pay, show, tabsAre, tap, until } from './shop';

useShop();

it('after a payment the till stands at an empty order, and not at an order of somebody else', async () => {
    const [ann, bob] = [await shop.till(1, 'Ann'), await shop.till(2, 'Bob')];
    await tap(ann, 'Quiche');
    await tabsAre(bob, ['1']);
    await bob.getByRole('button', { name: 'New order' }).click();
    await tap(bob, 'Espresso');
    await tabsAre(bob, ['1', '2']);
    await pay(bob);
    await bob.getByRole('button', { name: 'Next order' }).click();
    await tap(bob, 'Lemonade');
    await linesAre(bob, ['1 Lemonade']);
    await show(bob, '1');
    await linesAre(bob, ['1 Quiche']);
});

it('the second tap of a double tap that closes a dialog sells nothing', async () => {
    const ann = await shop.till(1, 'Ann');
    await tap(ann, 'Quiche');
    await tabsAre(ann, ['1']);
    await ann.getByRole('button', { name: 'New order' }).click();
    await tap(ann, 'Espresso');
    await tabsAre(ann, ['1', '2']);
    await more(ann, 'Delete order');
    await ann.getByRole('dialog').getByRole('button', { name: 'Delete order' }).dblclick();
    await tabsAre(ann, ['1']);
    await linesAre(ann, ['1 Quiche']);
});

it('keys that are typed just before a tap belong to what was there before it', async () => {
    const ann = await shop.till(1, 'Ann');
    await tap(ann, 'Espresso');
    // Within the same turn: no hand is quicker.
    await ann.evaluate(() => {
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '3', bubbles: true }));
        const cards = [...document.querySelectorAll<HTMLButtonElement>('.product')];
        cards.find(card => card.textContent?.startsWith('Quiche'))?.click();
    });
    await linesAre(ann, ['3 Espresso', '1 Quiche']);
});

it('an order that goes under somebody’s hands makes room for an empty one, not for another guest’s', async () => {
    const [ann, bob] = [await shop.till(1, 'Ann'), await shop.till(2, 'Bob')];
    await tap(ann, 'Quiche');
    await tabsAre(bob, ['1']);
    await bob.getByRole('button', { name: 'New order' }).click();
    await tap(bob, 'Espresso');
    await tabsAre(ann, ['1', '2']);
    await show(ann, '2');
    await ann.getByRole('button', { name: 'Payment', exact: true }).click();
    await ann.getByRole('button', { name: 'Cash', exact: true }).click();
    await more(bob, 'Delete order');
    await bob.getByRole('dialog').getByRole('button', { name: 'Delete order' }).click();
    // No payment of order 1 in its place.
    await ann.locator('.told', { hasText: 'Order 2 was deleted elsewhere.' }).waitFor();
    await ann.locator('.till').waitFor();
    await linesAre(ann, []);
    await tap(ann, 'Lemonade');
    await linesAre(ann, ['1 Lemonade']);
    await show(ann, '1');
    await linesAre(ann, ['1 Quiche']);
});

it('a question about an order that is gone is not asked about another one', async () => {
    const [ann, bob] = [await shop.till(1, 'Ann'), await shop.till(2, 'Bob')];
    await tap(ann, 'Quiche');
    await tabsAre(bob, ['1']);
    await more(bob, 'Order note');
    await bob.getByRole('textbox', { name: 'Note' }).fill('table 5');
    await pay(ann);
    await bob.locator('.told', { hasText: 'Order 1 was paid elsewhere.' }).waitFor();
    expect(await bob.getByRole('dialog').count()).toBe(0);
    await linesAre(bob, []);
});

it('what is scanned while money is taken is no amount, and slips are not booked', async () => {
    const ann = await shop.till(1, 'Ann');
    await tap(ann, 'Quiche');
    await ann.getByRole('button', { name: 'Payment', exact: true }).click();
    await ann.getByRole('button', { name: 'Cash', exact: true }).click();
    const payments = ann.locator('.payments');
    await ann.evaluate(() => {
        for (const key of [...'4006381333931', 'Enter'])
            document.body.dispatchEvent(
                new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }),
            );
    });
    await ann.locator('.told', { hasText: 'Products are scanned at the order' }).waitFor();
    expect(await payments.innerText()).toContain('7.60 €');
    // Nothing is due any more: no second payment of nothing.
    await ann.getByRole('button', { name: 'Cash', exact: true }).click();
    expect(await payments.locator('li').count()).toBe(1);
    await ann.keyboard.type('410000', { delay: 60 });
    await until(
        () => payments.innerText(),
        text => text.includes('410,000.00 €'),
    );
    await ann.getByRole('button', { name: 'Validate' }).click();
    await ann.locator('.told', { hasText: 'the amount must be a slip' }).waitFor();
    expect(await ann.locator('.slip').count()).toBe(0);
    // Enter on the button that was tapped last validates what is covered.
    for (let times = 0; times < 4; times += 1) await ann.keyboard.press('Backspace');
    await ann.getByRole('button', { name: 'Cash', exact: true }).focus();
    await ann.keyboard.press('Enter');
    await ann.locator('.slip').waitFor();
});

it('after a payment digits are quantities again', async () => {
    const ann = await shop.till(1, 'Ann');
    await tap(ann, 'Quiche');
    await ann.getByRole('button', { name: 'Price' }).click();
    await ann.keyboard.type('5', { delay: 90 });
    await pay(ann);
    await ann.getByRole('button', { name: 'Next order' }).click();
    await tap(ann, 'Espresso');
    await ann.keyboard.type('2', { delay: 90 });
    await linesAre(ann, ['2 Espresso']);
    await ann.getByRole('button', { name: 'Qty', pressed: true }).waitFor();
});

it('New order, tapped again, is the empty order that is there', async () => {
    const ann = await shop.till(1, 'Ann');
    await tap(ann, 'Espresso');
    await tabsAre(ann, ['1']);
    for (let times = 0; times < 3; times += 1) await ann.getByRole('button', { name: 'New order' }).click();
    await tabsAre(ann, ['1', 'New']);
});

it('Back closes a dialog, goes back to the order, and opens the menu before it would leave the till', async () => {
    const ann = await shop.till(1, 'Ann');
    await tap(ann, 'Quiche');
    await more(ann, 'Order note');
    const dialog = ann.getByRole('dialog');
    await dialog.waitFor();
    await ann.goBack();
    await dialog.waitFor({ state: 'detached' });
    await ann.getByRole('button', { name: 'Payment', exact: true }).click();
    await ann.locator('.payment').waitFor();
    await ann.goBack();
    await ann.locator('.till').waitFor();
    await tap(ann, 'Quiche');
    await ann.goBack();
    await ann
        .getByRole('dialog', { name: 'Bar' })
        .getByRole('link', { name: 'All points of sale' })
        .waitFor();
    await linesAre(ann, ['2 Quiche']);
});

it('a PIN is typed on while the one before is being looked at', async () => {
    const ann = await shop.till(1, 'Ann');
    await ann.getByRole('button', { name: 'Cashier: Ann' }).click();
    await ann.getByRole('dialog').getByRole('button', { name: 'Bob' }).click();
    await ann.locator('dialog.pin').waitFor();
    await ann.keyboard.type('99992222');
    await ann.getByRole('button', { name: 'Cashier: Bob' }).waitFor();
});

/** Takes all of order 1 back at this till, up to the payment. */
async function refund(page: Page): Promise<void> {
    await menu(page, 'Past orders');
    await page.getByRole('region', { name: 'Past orders' }).getByRole('listitem').first().click();
    await page.getByRole('region', { name: 'Order 1' }).getByRole('button', { name: 'Refund' }).click();
}

it('two tills that give one bill back at once: neither pays until one of them is deleted', async () => {
    const [ann, bob] = [await shop.till(1, 'Ann'), await shop.till(2, 'Bob')];
    await tap(ann, 'Quiche');
    await pay(ann);
    await ann.getByRole('button', { name: 'Next order' }).click();
    for (const page of [ann, bob]) await refund(page);
    for (const page of [ann, bob]) {
        const dialog = page.getByRole('dialog', { name: 'Refund Order 1' });
        await dialog.getByRole('button', { name: 'Everything' }).click();
        await dialog.getByRole('button', { name: 'Refund 7.60 €' }).click();
    }
    await until(
        () => ann.getByRole('tab').locator('strong').allInnerTexts(),
        tabs => tabs.includes('2') && tabs.includes('3'),
    );
    for (const page of [ann, bob]) {
        await page.getByRole('button', { name: 'Payment' }).click();
        await page.getByRole('button', { name: 'Cash', exact: true }).click();
        await page.getByRole('button', { name: 'Validate' }).click();
        await page.getByText('More would be given back than was sold').waitFor();
        expect(await page.locator('.slip').count()).toBe(0);
    }
});

/** Orders that are over: found, printed again, given back, and told by whom (rules 2 and 13). */
import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { shop, useShop } from './fixture';
import { deleteOrder, line, linesAre, menu, pay, show, tabsAre, tap, totalIs, until } from './shop';

useShop();

/** Sells these and sees the receipt off. */
async function sell(page: Page, products: string[], method = 'Card'): Promise<void> {
    for (const product of products) await tap(page, product);
    await pay(page, method);
    await page.getByRole('button', { name: 'Next order' }).click();
}

const found = (page: Page) => page.getByRole('region', { name: 'Past orders' }).getByRole('listitem');

const foundAre = (page: Page, numbers: string[]) =>
    until(
        () => found(page).locator('strong').allInnerTexts(),
        seen => seen.join() === numbers.join(),
    );

/** Brings a past order onto the screen. */
async function choose(page: Page, number: string): Promise<Locator> {
    const entry = found(page).filter({ has: page.locator('strong', { hasText: new RegExp(`^${number}$`) }) });
    await entry.getByRole('button').click();
    const chosen = page.getByRole('region', { name: `Order ${number}` });
    await chosen.waitFor();
    return chosen;
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

it('receipts are numbered without a gap for each POS, whatever the orders are numbered', async () => {
    const [ann, bob] = [await shop.till(1, 'Ann'), await shop.till(2, 'Bob')];
    const receipts: string[] = [];
    for (const page of [ann, bob, ann, bob, ann]) {
        await tap(page, 'Espresso');
        await pay(page);
        const what = page.locator('.slip .what');
        const text = await until(
            () => what.innerText(),
            text => text.includes('Receipt'),
        );
        receipts.push(oneLine(text));
        await page.getByRole('button', { name: 'Next order' }).click();
        for (const each of [ann, bob]) await tabsAre(each, ['New']);
    }
    expect(receipts).toEqual([
        'Order 1 · Receipt 1',
        'Order 2 · Receipt 1',
        'Order 3 · Receipt 2',
        'Order 4 · Receipt 2',
        'Order 5 · Receipt 3',
    ]);
});

it('past orders of every till are found, and printed again as a copy', async () => {
    const [ann, bob] = [await shop.till(1, 'Ann'), await shop.till(2, 'Bob')];
    await sell(ann, ['Quiche', 'Espresso']);
    await sell(bob, ['Lemonade'], 'Cash');
    await sell(ann, ['Croissant'], 'Meal voucher');
    await ann.evaluate(() => {
        Object.assign(window, { printed: 0, print: () => Object.assign(window, { printed: 1 }) });
    });
    await menu(ann, 'Past orders');
    await foundAre(ann, ['3', '2', '1']);
    const search = ann.getByRole('searchbox', { name: /^Number, receipt/ });
    for (const [text, numbers] of [
        ['quiche', ['1']],
        ['lemon', ['2']],
        ['2.10', ['3']],
        ['nothing of the kind', []],
    ] as const) {
        await search.fill(text);
        await foundAre(ann, [...numbers]);
    }
    await search.fill('lemon');
    await foundAre(ann, ['2']);
    const chosen = await choose(ann, '2');
    const slip = oneLine(await chosen.locator('.slip').innerText());
    expect(slip).toContain('COPY · Order 2 · Receipt 1');
    expect(slip).toContain('Lemonade 1 × 3.90 € 3.90 €');
    // Where it was paid, and not where it is looked at: receipts are counted there.
    expect(slip).toContain('· Bob · Counter');
    await chosen.getByRole('button', { name: 'Print' }).click();
    expect(await ann.evaluate(() => (window as unknown as { printed: number }).printed)).toBe(1);
});

it('one line is given back, with money and a receipt, and cannot be given back twice', async () => {
    const [ann, bob] = [await shop.till(1, 'Ann'), await shop.till(2, 'Bob')];
    await sell(ann, ['Quiche', 'Espresso', 'Espresso'], 'Cash');
    await menu(bob, 'Past orders');
    let chosen = await choose(bob, '1');
    await chosen.getByRole('button', { name: 'Refund' }).click();
    const refund = bob.getByRole('dialog', { name: 'Refund Order 1' });
    const leftIs = (dialog: Locator, expected: string[]) =>
        until(
            () => dialog.getByRole('listitem').locator('.hint').allInnerTexts(),
            seen => seen.map(text => text.replace(' can be given back', '')).join() === expected.join(),
        );
    await leftIs(refund, ['1 of 1', '2 of 2']);
    await refund.getByRole('button', { name: 'More of Espresso' }).click();
    await refund.getByRole('button', { name: 'Refund 2.20 €' }).click();
    await linesAre(bob, ['-1 Espresso']);
    await totalIs(bob, '-2.20 €');
    // A digit does not turn it into a sale.
    await bob.keyboard.press('1');
    await linesAre(bob, ['-1 Espresso']);
    await bob.getByRole('button', { name: 'Payment', exact: true }).click();
    expect(oneLine(await bob.locator('.due').innerText())).toBe('To give back 2.20 €');
    await bob.getByRole('button', { name: 'Cash', exact: true }).click();
    await bob.getByRole('button', { name: 'Validate' }).click();
    const slip = bob.locator('.slip');
    await slip.waitFor();
    const text = oneLine(await slip.innerText());
    expect(text).toContain('REFUND · Order 2');
    for (const part of ['Espresso -1 × 2.20 € -2.20 €', 'Total -2.20 €', 'Cash -2.20 €'])
        expect(text).toContain(part);
    await bob.getByRole('button', { name: 'Next order' }).click();

    // Only what is left can be given back, at any till.
    await menu(ann, 'Past orders');
    await foundAre(ann, ['2', '1']);
    expect(oneLine(await found(ann).first().innerText())).toMatch(/refund/i);
    chosen = await choose(ann, '1');
    await chosen.getByRole('button', { name: 'Refund' }).click();
    const again = ann.getByRole('dialog', { name: 'Refund Order 1' });
    await leftIs(again, ['1 of 1', '1 of 2']);
    await again.getByRole('button', { name: 'More of Espresso' }).click();
    expect(await again.getByRole('button', { name: 'More of Espresso' }).isDisabled()).toBe(true);
    await again.getByRole('button', { name: 'Everything' }).click();
    await again.getByRole('button', { name: 'Refund 9.80 €' }).click();
    await linesAre(ann, ['-1 Quiche', '-1 Espresso']);
    await tabsAre(bob, ['3']);

    // It is on its way, so at another till there is nothing left already.
    await menu(bob, 'Past orders');
    chosen = await choose(bob, '1');
    await chosen.getByRole('button', { name: 'Refund' }).click();
    await bob.getByText('Everything of this order was given back already.').waitFor();
    expect(await refund.getByRole('button', { name: 'Everything' }).isDisabled()).toBe(true);
});

it('the history of a deleted order says who removed what', async () => {
    const [ann, bob] = [await shop.till(1, 'Ann'), await shop.till(2, 'Bob')];
    await tap(ann, 'Espresso');
    await tap(ann, 'Quiche');
    await linesAre(bob, ['1 Espresso', '1 Quiche']);
    await show(bob, '1');
    await line(bob, 'Quiche').click();
    await bob.keyboard.press('Backspace');
    await bob.keyboard.press('Backspace');
    await linesAre(ann, ['1 Espresso']);
    await line(ann, 'Espresso').click();
    await ann.keyboard.press('3');
    await linesAre(bob, ['3 Espresso']);
    await deleteOrder(bob);
    await tabsAre(ann, ['New']);
    await ann.locator('.told', { hasText: 'Order 1 was deleted elsewhere.' }).waitFor();

    await menu(ann, 'Past orders');
    expect(oneLine(await found(ann).first().innerText())).toMatch(/deleted/i);
    const chosen = await choose(ann, '1');
    await chosen.getByText('This order was deleted. Its history says by whom.').waitFor();
    expect(await chosen.getByRole('button', { name: 'Refund' }).count()).toBe(0);
    await chosen.getByRole('button', { name: 'History' }).click();
    const history = ann.getByRole('dialog', { name: 'History' });
    await history.getByRole('listitem').first().waitFor();
    const steps = await Promise.all(
        (await history.locator('ol > li').all()).map(async step => {
            const who = await step.locator('.by strong').innerText();
            return `${who}: ${(await step.locator('ul li').allInnerTexts()).join('; ')}`;
        }),
    );
    const [last] = steps;
    expect(last).toBe('Bob (Counter): deleted it');
    expect(steps.at(-1)).toMatch(/^Ann \(Bar\): began order 1; added 1 × Espresso/);
    expect(steps).toContain('Ann (Bar): Espresso: quantity 1 → 3');
    expect(steps.filter(step => step.includes('removed'))).toEqual([
        expect.stringMatching(/^Bob \(Counter\): removed \d × Quiche$/),
    ]);
});

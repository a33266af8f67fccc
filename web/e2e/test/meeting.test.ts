/** Two people meet at one order: while it is paid, deleted, taken back, split (rules 9 to 12). */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { shop, useShop } from './fixture';
import {
    deleteOrder,
    line,
    linesAre,
    linesAreInAnyOrder,
    menu,
    more,
    pay,
    show,
    tabsAre,
    tap,
    totalIs,
    until,
} from './shop';

useShop();

/** Ann at the Bar, by a line of her own, and Bob at the Counter. */
async function annAndBob() {
    const way = await shop.line();
    const ann = await shop.till(1, 'Ann', undefined, way);
    const bob = await shop.till(2, 'Bob');
    return { ann, bob, way };
}

const cells = (row: ReturnType<Page['locator']>) => row.locator('th, td').allInnerTexts();

it('one pays while another adds: what changed is shown line by line, and asked again', async () => {
    const { ann, bob, way } = await annAndBob();
    await tap(ann, 'Cappuccino');
    await tap(ann, 'Croissant');
    await linesAre(bob, ['1 Cappuccino', '1 Croissant']);
    await ann.getByRole('button', { name: 'Payment', exact: true }).click();
    await ann.getByRole('button', { name: 'Card', exact: true }).click();
    // Ann takes the money for what she sees.
    way.stall('down');
    await tap(bob, 'Cappuccino');
    await tap(bob, 'Quiche');
    await linesAre(bob, ['2 Cappuccino', '1 Croissant', '1 Quiche']);
    await ann.getByRole('button', { name: 'Validate' }).click();
    await ann.getByRole('button', { name: 'Waiting for the server' }).waitFor();
    way.flow();

    const dialog = ann.getByRole('dialog', { name: 'The order has just changed' });
    await dialog.waitFor();
    const said = dialog.locator('p').first();
    expect(await said.innerText()).toMatch(/^Bob \(Counter\) changed the bill/);
    const rows = await Promise.all((await dialog.locator('tbody tr').all()).map(cells));
    expect(rows).toEqual([
        ['Cappuccino', '1 × 3.60 €', '2 × 3.60 €'],
        ['Quiche', 'nothing', '1 × 7.60 €'],
    ]);
    expect(await dialog.locator('.due').innerText()).toMatch(/16\.90 €/);
    await dialog.getByRole('button', { name: 'Take the payment' }).click();

    // What was taken is there, at every till; the rest is asked for.
    await bob.getByText('5.70 € taken already').waitFor();
    await more(bob, 'Delete order');
    await bob.getByText('5.70 € was taken for Order 1 already.').waitFor();
    expect(await bob.getByRole('dialog').getByRole('button', { name: 'Delete order' }).count()).toBe(0);
    await bob.keyboard.press('Escape');
    await until(
        () => ann.locator('.due').innerText(),
        due => due.includes('11.20 €'),
    );
    expect(await ann.locator('.payments li').count()).toBe(1);
    expect(await ann.getByRole('button', { name: 'Validate' }).isDisabled()).toBe(true);
    await ann.getByRole('button', { name: 'Cash', exact: true }).click();
    await ann.getByRole('button', { name: 'Validate' }).click();
    await ann.locator('.slip').waitFor();
    const slip = await ann.locator('.slip').innerText();
    for (const amount of ['16.90 €', '5.70 €', '11.20 €']) expect(slip).toContain(amount);
    await tabsAre(bob, ['New']);
});

it('money for an order that another till has closed is a sale of its own, and marked in the list', async () => {
    const { ann, bob, way } = await annAndBob();
    await tap(ann, 'Cappuccino');
    await linesAre(bob, ['1 Cappuccino']);
    way.stall();
    await pay(bob);
    await ann.getByRole('button', { name: 'Payment', exact: true }).click();
    await ann.getByRole('button', { name: 'Card', exact: true }).click();
    await ann.getByRole('button', { name: 'Validate' }).click();
    await ann.getByRole('button', { name: 'Waiting for the server' }).waitFor();
    way.flow();
    const told = ann.locator('.told', { hasText: 'Order 1 was closed elsewhere before this payment.' });
    await told.waitFor();
    expect(await told.innerText()).not.toMatch(/\d{5}-\d{3}-\d{4}/);
    await menu(ann, 'Past orders');
    const found = ann.getByRole('region', { name: 'Past orders' }).getByRole('listitem');
    await found.nth(1).waitFor();
    const marks = await Promise.all(
        (await found.all()).map(async item => (await item.innerText()).includes('second payment')),
    );
    expect(marks).toEqual([true, false]);
    await found.first().click();
    await ann.getByText('This order had been closed elsewhere when its money was taken here.').waitFor();
});

it('a page that is loaded anew while the answer to a payment is under way has its receipt', async () => {
    const { ann, bob, way } = await annAndBob();
    await tap(ann, 'Cappuccino');
    await linesAre(bob, ['1 Cappuccino']);
    await ann.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
    await ann.getByRole('button', { name: 'Payment', exact: true }).click();
    await ann.getByRole('button', { name: 'Cash', exact: true }).click();
    await ann.getByRole('button', { name: '5', exact: true }).click();
    way.stall('down');
    await ann.getByRole('button', { name: 'Validate' }).click();
    await ann.getByRole('button', { name: 'Waiting for the server' }).waitFor();
    await until(
        () => shop.closed(),
        closed => closed.length > 0,
    );
    await ann.reload();
    way.flow();
    await shop.comeIn(ann, 'Ann');
    await ann.getByRole('button', { name: 'Receipt', exact: true }).click();
    await until(
        () => ann.locator('.slip').innerText(),
        slip => slip.includes('Receipt 1') && slip.includes('1.40 €'),
    );
    await ann.getByRole('button', { name: 'Next order' }).click();
    await tabsAre(ann, ['New']);
    await tabsAre(bob, ['New']);
});

it('a change that arrives in time is on the payment screen at once', async () => {
    const { ann, bob } = await annAndBob();
    await tap(ann, 'Cappuccino');
    await linesAre(bob, ['1 Cappuccino']);
    await ann.getByRole('button', { name: 'Payment', exact: true }).click();
    await ann.getByRole('button', { name: 'Card', exact: true }).click();
    const validate = ann.getByRole('button', { name: 'Validate' });
    expect(await validate.isEnabled()).toBe(true);
    await tap(bob, 'Quiche');
    await until(
        () => ann.locator('.due').innerText(),
        due => due.includes('7.60 €'),
    );
    expect(await validate.isDisabled()).toBe(true);
    expect(await ann.locator('.bill li').allInnerTexts()).toEqual([
        expect.stringContaining('Cappuccino'),
        expect.stringContaining('Quiche'),
    ]);
    await tap(bob, 'Quiche');
    await ann.locator('.bill li', { hasText: '2 × 7.60 €' }).waitFor();
    await ann.locator('.told', { hasText: 'Bob (Counter) has just changed Order 1' }).waitFor();
});

it('one deletes while another edits: it is refused in words, and nothing is lost', async () => {
    const { ann, bob, way } = await annAndBob();
    await tap(ann, 'Cappuccino');
    await linesAre(bob, ['1 Cappuccino']);
    way.stall('down');
    await tap(bob, 'Quiche');
    await linesAre(bob, ['1 Cappuccino', '1 Quiche']);
    await deleteOrder(ann);
    await tabsAre(ann, ['New']);
    way.flow();
    const told = 'Order 1 was not deleted: Bob (Counter) changed it meanwhile.';
    await ann.locator('.told', { hasText: told }).waitFor();
    await until(
        () => ann.getByRole('tab').locator('strong').allInnerTexts(),
        tabs => tabs.includes('1'),
    );
    await show(ann, '1');
    for (const page of [ann, bob]) await linesAre(page, ['1 Cappuccino', '1 Quiche']);
    // Seen now, so it can be deleted.
    await deleteOrder(ann);
    await tabsAre(bob, ['New']);
});

it('what is typed into an order that is paid meanwhile becomes a new order on the word of who typed it', async () => {
    const { ann, bob, way } = await annAndBob();
    await tap(ann, 'Cappuccino');
    await linesAre(bob, ['1 Cappuccino']);
    way.stall();
    await tap(ann, 'Quiche');
    await tap(ann, 'Cappuccino');
    await pay(bob);
    way.flow();
    await ann.getByRole('button', { name: '1 change could not be made' }).click();
    const dialog = ann.getByRole('dialog', { name: 'What could not be done' });
    expect(await dialog.locator('p').first().innerText()).toMatch(/^Order 1 was closed elsewhere/);
    expect(await dialog.locator('ul ul li').allInnerTexts()).toEqual([
        'added 1 × Quiche',
        '1 more of Cappuccino',
    ]);
    await dialog.getByRole('button', { name: 'Make a new order of it' }).click();
    await dialog.waitFor({ state: 'detached' });
    // The empty order that stood on her screen stays.
    await tabsAre(ann, ['New', '2']);
    await linesAreInAnyOrder(ann, ['1 Cappuccino', '1 Quiche']);
    await totalIs(ann, '11.20 €');
    await bob.getByRole('button', { name: 'Next order' }).click();
    // Bob begins with an order of his own, and finds hers beside it.
    await tabsAre(bob, ['2', 'New']);
    await show(bob, '2');
    await totalIs(bob, '11.20 €');
    expect(await ann.locator('.refused').count()).toBe(0);
});

it('or it is forgotten', async () => {
    const { ann, bob, way } = await annAndBob();
    await tap(ann, 'Cappuccino');
    await linesAre(bob, ['1 Cappuccino']);
    way.stall();
    await tap(ann, 'Quiche');
    await deleteOrder(bob);
    // The server has it before her change comes.
    await until(
        () => shop.closed(),
        orders => orders.length === 1,
    );
    way.flow();
    await ann.locator('.refused').click();
    await ann.getByRole('button', { name: 'Forget it' }).click();
    await ann.locator('.refused').waitFor({ state: 'detached' });
    for (const page of [ann, bob]) await tabsAre(page, ['New']);
});

it('a step is taken back while another worked on the same order, and the other work stays', async () => {
    const { ann, bob } = await annAndBob();
    await tap(ann, 'Cappuccino');
    await tap(ann, 'Croissant');
    await tap(ann, 'Quiche');
    await linesAre(bob, ['1 Cappuccino', '1 Croissant', '1 Quiche']);
    await tap(ann, 'Cappuccino');
    await linesAre(bob, ['2 Cappuccino', '1 Croissant', '1 Quiche']);
    await tap(bob, 'Cappuccino');
    await tap(bob, 'Lemonade');
    await linesAre(ann, ['3 Cappuccino', '1 Croissant', '1 Quiche', '1 Lemonade']);
    const undo = ann.getByRole('button', { name: 'Undo' });
    // Her own one more, not his.
    await undo.click();
    for (const page of [ann, bob])
        await linesAre(page, ['2 Cappuccino', '1 Croissant', '1 Quiche', '1 Lemonade']);
    // Her quiche.
    await undo.click();
    for (const page of [ann, bob]) await linesAre(page, ['2 Cappuccino', '1 Croissant', '1 Lemonade']);
    // He has more of what she added: that stays, and she is told.
    await tap(bob, 'Croissant');
    await linesAre(ann, ['2 Cappuccino', '2 Croissant', '1 Lemonade']);
    await undo.click();
    for (const page of [ann, bob]) await linesAre(page, ['2 Cappuccino', '1 Croissant', '1 Lemonade']);
    for (const page of [ann, bob]) await totalIs(page, '13.20 €');
});

it('a value that another set since is not taken back, and it is told whose it is', async () => {
    const { ann, bob } = await annAndBob();
    await tap(ann, 'Cappuccino');
    await tap(ann, 'Croissant');
    await linesAre(bob, ['1 Cappuccino', '1 Croissant']);
    await line(ann, 'Cappuccino').click();
    await ann.keyboard.press('4');
    await linesAre(bob, ['4 Cappuccino', '1 Croissant']);
    await line(bob, 'Cappuccino').click();
    await bob.keyboard.press('7');
    await linesAre(ann, ['7 Cappuccino', '1 Croissant']);
    await ann.getByRole('button', { name: 'Undo' }).click();
    await ann.locator('.told', { hasText: 'Bob (Counter) changed it since: that stays.' }).waitFor();
    for (const page of [ann, bob]) await linesAre(page, ['7 Cappuccino', '1 Croissant']);
});

it('a bill is split to a new order and moved to another one, exact in quantities and money', async () => {
    const { ann, bob } = await annAndBob();
    await tap(ann, 'Cappuccino');
    await ann.keyboard.press('5');
    await tap(ann, 'Quiche');
    await linesAre(bob, ['5 Cappuccino', '1 Quiche']);
    await totalIs(bob, '25.60 €');

    await more(ann, 'Split');
    const split = ann.getByRole('dialog', { name: 'Split Order 1' });
    for (let count = 0; count < 2; count++)
        await split.getByRole('button', { name: 'More of Cappuccino' }).click();
    await split.getByRole('button', { name: 'Move 7.20 €' }).click();
    await split.waitFor({ state: 'detached' });
    // The new order is on her screen.
    await linesAre(ann, ['2 Cappuccino']);
    await totalIs(ann, '7.20 €');
    await tabsAre(bob, ['1', '2']);
    await linesAre(bob, ['3 Cappuccino', '1 Quiche']);
    await totalIs(bob, '18.40 €');

    // Bob has one more while Ann moves the quiche and all that she sees of the rest but one.
    await show(ann, '1');
    await more(ann, 'Split');
    const items = split.getByRole('listitem');
    await items.filter({ hasText: 'Quiche' }).getByRole('button', { name: 'All' }).click();
    for (let count = 0; count < 2; count++)
        await split.getByRole('button', { name: 'More of Cappuccino' }).click();
    await split.getByLabel('Where to').selectOption({ label: 'Order 2 · 7.20 €' });
    await tap(bob, 'Cappuccino');
    await split.getByRole('button', { name: 'Move 14.80 €' }).click();
    await split.waitFor({ state: 'detached' });
    for (const page of [ann, bob]) {
        await show(page, '1');
        await linesAre(page, ['2 Cappuccino']);
        await totalIs(page, '7.20 €');
        await show(page, '2');
        await linesAreInAnyOrder(page, ['2 Cappuccino', '2 Cappuccino', '1 Quiche']);
        await totalIs(page, '22.00 €');
    }
});

it('of what another takes away no more is moved than there is', async () => {
    const { ann, bob, way } = await annAndBob();
    await tap(ann, 'Cappuccino');
    await ann.keyboard.press('5');
    await tap(ann, 'Quiche');
    await linesAre(bob, ['5 Cappuccino', '1 Quiche']);
    await more(ann, 'Split');
    const split = ann.getByRole('dialog', { name: 'Split Order 1' });
    await split.getByRole('listitem').first().waitFor();
    for (const item of await split.getByRole('listitem').all())
        await item.getByRole('button', { name: 'All' }).click();
    await split.getByRole('button', { name: 'Move 25.60 €' }).waitFor();
    // In time, so that she sees it.
    await line(bob, 'Cappuccino').click();
    await bob.keyboard.press('3');
    await split.getByRole('button', { name: 'Move 18.40 €' }).waitFor();
    // And too late for that.
    way.stall('down');
    await bob.keyboard.press('Backspace');
    await bob.keyboard.press('2');
    await linesAre(bob, ['2 Cappuccino', '1 Quiche']);
    await split.getByRole('button', { name: 'Move 18.40 €' }).click();
    way.flow();
    await split.waitFor({ state: 'detached' });
    await linesAre(ann, ['2 Cappuccino', '1 Quiche']);
    await totalIs(ann, '14.80 €');
    await show(bob, '2');
    await linesAre(bob, ['2 Cappuccino', '1 Quiche']);
    await show(bob, '1');
    await linesAre(bob, []);
});

it('a line that another changed glows once, and says by whom; one of my own does not', async () => {
    const { ann, bob } = await annAndBob();
    await tap(ann, 'Cappuccino');
    await tap(ann, 'Croissant');
    await linesAre(bob, ['1 Cappuccino', '1 Croissant']);
    await bob.locator('.line.glows').first().waitFor({ state: 'detached' });
    const glowing = ann.locator('.line.glows');
    const seen = glowing.waitFor();
    await tap(bob, 'Cappuccino');
    await seen;
    expect(await glowing.locator('.what').allInnerTexts()).toEqual(['Cappuccino']);
    expect(await glowing.locator('.who').innerText()).toBe('added by Ann (Bar), edited by Bob (Counter)');
    expect(await line(ann, 'Croissant').locator('.who').innerText()).toBe('added by Ann (Bar)');
    expect(await bob.locator('.line.glows').count()).toBe(0);
    await glowing.waitFor({ state: 'detached' });
});

it('a tab says who else has the order open', async () => {
    const { ann, bob } = await annAndBob();
    await tap(ann, 'Cappuccino');
    await tabsAre(bob, ['1']);
    const tab = (page: Page) => page.getByRole('tab', { name: /^1/ });
    await tab(ann).getByRole('img', { name: 'Open at Bob (Counter)' }).waitFor();
    await tab(bob).getByRole('img', { name: 'Open at Ann (Bar)' }).waitFor();
    await bob.getByRole('button', { name: 'New order' }).click();
    await tap(bob, 'Quiche');
    await tab(ann).locator('.present').waitFor({ state: 'detached' });
    await ann.getByRole('tab', { name: /^2/ }).getByRole('img', { name: 'Open at Bob (Counter)' }).waitFor();
    await bob.close();
    await ann.locator('.present').waitFor({ state: 'detached' });
});

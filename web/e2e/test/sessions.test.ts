/** A shift: the drawer is counted, people come and go by PIN, the session is closed while orders are open (rule 21). */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { shop, useShop } from './fixture';
import { linesAre, menu, pay, show, tabsAre, tap, totalIs, until } from './shop';

useShop();

/** The page of a POS, before anybody has come in. */
async function door(pos: number, who: string): Promise<Page> {
    const page = await shop.page(await shop.device(), who);
    await page.goto(`${shop.url}/pos/${pos}`);
    return page;
}

async function typePin(page: Page, who: string, pin: string): Promise<void> {
    await page.getByRole('button', { name: who }).click();
    await page.getByRole('dialog', { name: `PIN of ${who}` }).waitFor();
    await page.keyboard.type(pin);
}

const alert = (page: Page) => page.locator('dialog.pin').getByRole('alert');

const wrongIs = (page: Page, expected: RegExp) =>
    until(
        () => alert(page).innerText(),
        text => expected.test(text),
    );

const cashierIs = (page: Page, name: string) =>
    page.getByRole('button', { name: `Cashier: ${name}` }).waitFor();

async function switchCashier(page: Page, who: string, pin: string): Promise<void> {
    await page.getByRole('button', { name: /^Cashier: / }).click();
    const people = page.getByRole('dialog', { name: 'Who is at the till?' });
    await people.getByRole('button', { name: who }).click();
    await page.getByRole('dialog', { name: `PIN of ${who}` }).waitFor();
    await page.keyboard.type(pin);
}

/** A row of the table where money is counted: expected, counted, difference. */
async function row(page: Page, method: string): Promise<string[]> {
    const cells = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: method }) });
    return (await cells.locator('td').allInnerTexts()).map(text => text.trim());
}

/** What a report says of what was sold: orders, refunds, total, taxes. */
async function sold(page: Page): Promise<string[]> {
    // The figures come from the server.
    await page.locator('dl.sold').waitFor();
    return await page.locator('dl.sold dd').allInnerTexts();
}

it('a session is opened with a count, and the other device of that POS comes in without one', async () => {
    const ann = await door(1, 'Ann');
    await typePin(ann, 'Ann', '1111');
    await ann.getByText('Count the drawer: with how much does the session begin?').waitFor();
    const drawer = ann.getByLabel('Cash in the drawer');
    await drawer.fill('a hundred');
    await ann.getByRole('button', { name: 'Open the session' }).click();
    expect(await ann.getByRole('alert').innerText()).toBe('“a hundred” is no amount.');
    await drawer.fill('120,50');
    await ann.getByRole('button', { name: 'Open the session' }).click();
    await ann.locator('.till').waitFor();

    const dana = await door(1, 'Dana');
    await typePin(dana, 'Dana', '4444');
    await dana.locator('.till').waitFor();
    expect(await dana.getByLabel('Cash in the drawer').count()).toBe(0);
    await tap(ann, 'Espresso');
    await linesAre(dana, ['1 Espresso']);

    await menu(dana, 'Close the session');
    await until(
        () => row(dana, 'Cash'),
        ([expected]) => expected === '120.50 €',
    );
});

it('a cashier is switched by PIN, and lines say who it was', async () => {
    const page = await shop.till(1, 'Ann');
    await tap(page, 'Espresso');
    await switchCashier(page, 'Bob', '9999');
    await wrongIs(page, /^This is not the PIN\.$/);
    await page.keyboard.type('2222');
    await cashierIs(page, 'Bob');
    await tap(page, 'Quiche');
    const who = () => page.locator('.line .who').allTextContents();
    await until(who, seen => seen.join() === 'added by Ann (Bar),added by Bob (Bar)');
    // The order keeps who made it, and the other tills see who was at the till.
    const chris = await shop.till(2, 'Chris');
    await linesAre(chris, ['1 Espresso', '1 Quiche']);
    expect(await chris.locator('.line .who').allTextContents()).toEqual([
        'added by Ann (Bar)',
        'added by Bob (Bar)',
    ]);
});

it('too many wrong PINs make one wait, and the right one too', async () => {
    const page = await door(1, 'Bob');
    await page.getByRole('button', { name: 'Bob' }).click();
    await page.locator('dialog.pin').waitFor();
    let tries = 0;
    for (;;) {
        tries += 1;
        expect(tries).toBeLessThan(12);
        const answer = page.waitForResponse(/\/pin\?/);
        await page.keyboard.type('9999');
        await answer;
        const text = await until(
            () => alert(page).innerText(),
            text => text !== '',
        );
        if (text.startsWith('Too many were wrong')) break;
        expect(text).toBe('This is not the PIN.');
    }
    await page.keyboard.type('2222');
    await wrongIs(page, /^Too many were wrong: wait \d+ seconds?\.$/);
    expect(await page.locator('.till').count()).toBe(0);
});

it('without a connection only those come in who used this device, and with their PIN', async () => {
    const page = await shop.till(1, 'Ann');
    await switchCashier(page, 'Bob', '2222');
    await cashierIs(page, 'Bob');
    await shop.kill();
    await page.locator('.message', { hasText: 'No connection to the server' }).waitFor();
    await switchCashier(page, 'Chris', '3333');
    await wrongIs(page, /^Without a connection only people who came in on this device .*; Chris has not\.$/);
    await page.keyboard.press('Escape');
    await page
        .getByRole('dialog', { name: 'Who is at the till?' })
        .getByRole('button', { name: 'Ann' })
        .click();
    await page.getByRole('dialog', { name: 'PIN of Ann' }).waitFor();
    await page.keyboard.type('2222');
    await wrongIs(page, /^This is not the PIN\.$/);
    await page.keyboard.type('1111');
    await cashierIs(page, 'Ann');
    await tap(page, 'Espresso');
    await linesAre(page, ['1 Espresso']);
    await shop.start();
    await tabsAre(page, ['1']);
});

/** Ann at the Bar and Dana at another device of it, Bob at the Counter: two orders are sold, two stay open. */
async function aDay() {
    const ann = await shop.till(1, 'Ann');
    const dana = await shop.till(1, 'Dana');
    const bob = await shop.till(2, 'Bob');
    await tap(ann, 'Espresso');
    await tap(ann, 'Espresso');
    await ann.getByRole('button', { name: 'Payment', exact: true }).click();
    await ann.getByRole('button', { name: 'Cash', exact: true }).click();
    for (const key of ['2', '0']) await ann.getByRole('button', { name: key, exact: true }).click();
    await ann.getByRole('button', { name: 'Validate' }).click();
    await ann.getByRole('button', { name: 'Next order' }).click();
    await tabsAre(bob, ['New']);
    await tap(ann, 'Quiche');
    await pay(ann, 'Card');
    await ann.getByRole('button', { name: 'Next order' }).click();
    await tabsAre(bob, ['New']);
    await tap(bob, 'Croissant');
    await tap(bob, 'Croissant');
    await tabsAre(ann, ['3']);
    await ann.getByRole('button', { name: 'New order' }).click();
    await tap(ann, 'Lemonade');
    for (const page of [ann, dana, bob]) await tabsAre(page, ['3', '4']);

    // The Counter closes first: the Bar is open still, so its orders stay.
    await menu(bob, 'Close the session');
    await bob.getByText('Other points of sale are open: these orders stay with them.').waitFor();
    expect(await sold(bob)).toEqual(['0', '0', '0.00 €', '0.00 €']);
    await bob.getByLabel('Cash, counted').fill('100');
    await bob.getByRole('button', { name: 'Close the session' }).click();
    await bob.getByRole('heading', { name: 'Session closed' }).waitFor();
    await bob.close();
    await menu(ann, 'Close the session');
    await ann.getByRole('heading', { name: 'Close Bar' }).waitFor();
    return { ann, dana };
}

async function closeBar(page: Page): Promise<void> {
    await page.getByLabel('Cash, counted').fill('103,90');
    await page.getByRole('button', { name: 'Close the session' }).click();
    await page.getByRole('heading', { name: 'Session closed' }).waitFor();
}

it('a session is closed with a difference, and open orders are carried on with new numbers', async () => {
    const { ann, dana } = await aDay();
    // 2 Espresso of 2.20 with 20 % in it, a Quiche of 7.60 with 10 %.
    expect(await sold(ann)).toEqual(['2', '0', '12.00 €', '1.42 €']);
    expect(await row(ann, 'Cash')).toEqual(['104.40 €', '', '–']);
    expect(await row(ann, 'Card')).toEqual(['7.60 €', '7.60 €', '0.00 €']);
    const drafts = ann.getByRole('group', { name: '2 open orders' });
    const items = (await drafts.getByRole('listitem').allInnerTexts()).map(text =>
        text.split(/\s*\n\s*/).join(' '),
    );
    expect(items).toEqual([
        expect.stringMatching(/^3 .*begun by Bob \(Counter\).* 4\.20 €$/),
        expect.stringMatching(/^4 .*begun by Ann \(Bar\).* 3\.90 €$/),
    ]);
    expect(await drafts.getByRole('radio', { name: /^Carry on/ }).isChecked()).toBe(true);
    // Money is not closed uncounted.
    await ann.getByRole('button', { name: 'Close the session' }).click();
    expect(await ann.getByRole('alert').innerText()).toBe('Count Cash first.');
    await ann.getByLabel('Cash, counted').fill('103,90');
    expect((await row(ann, 'Cash'))[2]).toMatch(/^[-−]0\.50 €$/);
    await closeBar(ann);
    expect(await sold(ann)).toEqual(['2', '0', '12.00 €', '1.42 €']);
    const slip = await ann.locator('.slip').innerText();
    expect(slip).toMatch(/Cash\s+difference [-−]0\.50 €\s+103\.90 €/);

    // The other device of the POS is told, wherever it is.
    const told = dana.getByRole('dialog', { name: 'Session closed' });
    await told.waitFor();
    await told.getByRole('button', { name: 'Go on' }).click();

    // Whoever opens next is shown what was counted.
    await typePin(dana, 'Dana', '4444');
    const drawer = dana.getByLabel('Cash in the drawer');
    await drawer.waitFor();
    expect(await dana.getByText(/^The last session was closed by Ann, /).count()).toBe(1);
    expect(await drawer.inputValue()).toBe('103.90');
    await dana.getByRole('button', { name: 'Open the session' }).click();
    await dana.locator('.till').waitFor();
    await tabsAre(dana, ['1', '2']);
    await show(dana, '1');
    await linesAre(dana, ['2 Croissant']);
    await totalIs(dana, '4.20 €');
    await dana.getByText('from the run before, no. 3').waitFor();
    await show(dana, '2');
    await linesAre(dana, ['1 Lemonade']);
    // The next number of the new run.
    await dana.getByRole('button', { name: 'New order' }).click();
    await tap(dana, 'Espresso');
    await tabsAre(dana, ['1', '2', '3']);
    await menu(dana, 'Close the session');
    await until(
        () => row(dana, 'Cash'),
        ([expected]) => expected === '103.90 €',
    );
});

it('or open orders are marked unpaid, and the next run begins without them', async () => {
    const { ann, dana } = await aDay();
    await ann.getByRole('radio', { name: /^Mark as unpaid/ }).check();
    await closeBar(ann);
    await ann.getByRole('button', { name: 'Done' }).click();
    await ann.getByRole('link', { name: /Bar/ }).waitFor();
    await until(
        () => ann.locator('main').innerText(),
        text => text.includes('no open orders'),
    );
    const told = dana.getByRole('dialog', { name: 'Session closed' });
    await told.getByRole('button', { name: 'Go on' }).click();
    await shop.comeIn(dana, 'Dana');
    await tabsAre(dana, ['New']);
    await tap(dana, 'Espresso');
    await tabsAre(dana, ['1']);
});

it('nobody is expected at a till whose session was closed at another device', async () => {
    const [dana, bob] = [await shop.till(1, 'Dana'), await shop.till(2, 'Bob')];
    await tap(dana, 'Espresso');
    const badge = bob.getByRole('img', { name: 'Open at Dana (Bar)' });
    await badge.waitFor();
    const ann = await shop.till(1, 'Ann');
    await menu(ann, 'Close the session');
    await ann.getByLabel('Cash, counted').fill('100');
    await ann.getByRole('button', { name: 'Close the session' }).click();
    await ann.getByRole('heading', { name: 'Session closed' }).waitFor();
    await dana.getByRole('dialog', { name: 'Session closed' }).waitFor();
    await badge.waitFor({ state: 'detached' });
});

it('cash that is taken out of the drawer is not missing in the end', async () => {
    const ann = await shop.till(1, 'Ann');
    await menu(ann, 'Cash in and out');
    const cash = ann.getByRole('dialog', { name: 'Cash in and out' });
    await cash.getByLabel('Amount').fill('40');
    await cash.locator('.pay').click();
    await cash.getByText('Say what the cash is for').waitFor();
    await cash.getByLabel('What for').fill('to the bank');
    await cash.locator('.pay').click();
    await ann.getByText('40.00 € taken out of the drawer.').waitFor();
    await menu(ann, 'Close the session');
    const row = ann.locator('.methods-count tr', { hasText: 'Cash' });
    await row.waitFor();
    expect(await row.innerText()).toMatch(/in and out [-−]40\.00 €.*\s60\.00 €/s);
});

/** What a cashier's hands do all day: keys, scanner, prices, customers, payments. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { shop, useShop } from './fixture';
import { line, linesAre, menu, tabsAre, tap, totalIs, until } from './shop';

useShop();

/** The keys of a scanner, which come faster than anybody types. */
async function scan(page: Page, code: string): Promise<void> {
    await page.evaluate(
        keys => {
            for (const key of keys) {
                const to = document.activeElement ?? document.body;
                to.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
            }
        },
        [...code, 'Enter'],
    );
}

/** An EAN-13 of its first twelve digits. */
function ean(digits: string): string {
    const sum = [...digits].reduce((sum, digit, at) => sum + Number(digit) * (at % 2 ? 3 : 1), 0);
    return `${digits}${(10 - (sum % 10)) % 10}`;
}

const numpad = (page: Page, key: string) =>
    page.getByRole('group', { name: 'Numpad' }).getByRole('button', { name: key, exact: true });

async function press(page: Page, keys: string): Promise<void> {
    for (const key of keys) await numpad(page, key).click();
}

/** What each line says of quantity, price and discount. */
const hows = (page: Page) => page.locator('.line .how').allTextContents();

const howsAre = (page: Page, expected: string[]) =>
    until(
        () => hows(page),
        seen => seen.join('|') === expected.join('|'),
    );

async function noteOnLine(page: Page, note: string): Promise<void> {
    await page.getByRole('button', { name: 'Note', exact: true }).click();
    await page.getByRole('textbox', { name: 'Note' }).fill(note);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('.line .note', { hasText: note }).waitFor();
}

const told = (page: Page, text: string) => page.locator('.told', { hasText: text }).waitFor();

it('a keyboard is equal to the numpad', async () => {
    const page = await shop.till(1, 'Ann');
    const rows: [mode: string, keys: string, how: string][] = [
        ['Qty', '12', '12 × 2.20 €'],
        ['Qty', '3±', '-3 × 2.20 €'],
        ['Qty', '105⌫', '10 × 2.20 €'],
        ['Disc', '15', '1 × 2.20 € · −15 %'],
        ['Disc', '2⌫5', '1 × 2.20 € · −5 %'],
        ['Price', '1.5', '1 × 1.50 €'],
        ['Price', '.75', '1 × 0.75 €'],
    ];
    for (const [mode, keys, how] of rows) {
        for (const by of ['numpad', 'keyboard'] as const) {
            await page.getByRole('button', { name: 'New order' }).click();
            await tap(page, 'Espresso');
            if (by === 'numpad') await numpad(page, mode).click();
            else await page.keyboard.press(mode[0]?.toLowerCase() ?? '');
            await page.getByRole('button', { name: mode, pressed: true }).waitFor();
            for (const key of keys) {
                const name = key === '⌫' ? 'Backspace' : key;
                if (by === 'numpad') await numpad(page, name).click();
                else await page.keyboard.press(key === '±' ? '-' : name);
            }
            await howsAre(page, [how]).catch(error => {
                throw new Error(`${mode} ${keys} by ${by}: ${error}`);
            });
        }
    }
    // The second time at nothing takes the line away.
    await numpad(page, 'Qty').click();
    for (let times = 0; times < 2; times++) await page.keyboard.press('Backspace');
    await linesAre(page, []);
});

it('a till is worked without a mouse or a finger', async () => {
    const page = await shop.till(1, 'Ann');
    const keys = async (...names: string[]) => {
        for (const name of names) await page.keyboard.press(name);
    };
    await keys('/');
    await page.locator('.search input:focus').waitFor();
    await page.keyboard.type('quich');
    await keys('Enter');
    await page.keyboard.type('lemona');
    await keys('Enter', 'Escape');
    await linesAre(page, ['1 Quiche', '1 Lemonade']);
    await page.getByRole('button', { name: 'Qty' }).focus();
    await keys('ArrowUp', '3');
    await linesAre(page, ['3 Quiche', '1 Lemonade']);
    await keys('ArrowDown', '2');
    await linesAre(page, ['3 Quiche', '2 Lemonade']);
    await page.getByRole('button', { name: 'Payment', exact: true }).focus();
    await keys('Enter');
    await page.getByRole('button', { name: 'Cash', exact: true }).focus();
    await keys('Enter', '5', '0');
    await page.getByRole('button', { name: 'Validate' }).focus();
    await keys('Enter');
    await page.locator('.slip').waitFor();
    await page.getByRole('button', { name: 'Next order' }).focus();
    await keys('Enter');
    await tabsAre(page, ['New']);
});

it('a scanner sells products, by piece, weight and price, and knows customers', async () => {
    const page = await shop.till(1, 'Ann');
    await scan(page, '2000000000015');
    await scan(page, '2000000000015');
    await linesAre(page, ['2 Espresso']);
    // 1.250 kg of beans at 29.90; a piece of Gouda for 8.95.
    await scan(page, ean('210005401250'));
    await scan(page, ean('230005500895'));
    await howsAre(page, ['2 × 2.20 €', '1.250 kg × 29.90 €', '1.000 kg × 8.95 €']);
    await totalIs(page, '50.73 €');
    await scan(page, '0420000000013');
    await page.getByRole('button', { name: 'Nora' }).waitFor();
    await scan(page, '2210');
    await howsAre(page, ['2 × 2.20 €', '1.250 kg × 29.90 €', '1.000 kg × 8.95 € · −10 %']);
    await scan(page, '2290');
    await told(page, 'A discount of 50 % is the most that is allowed here.');
    await howsAre(page, ['2 × 2.20 €', '1.250 kg × 29.90 €', '1.000 kg × 8.95 € · −50 %']);
    await scan(page, '4006381333931');
    await told(page, 'No product has the code 4006381333931.');
    // A badge says who it is, and the PIN proves it.
    await scan(page, '0419999999999');
    await told(page, 'Nobody here has the badge 0419999999999.');
    await scan(page, '0410000000021');
    await page.getByRole('dialog', { name: 'PIN of Bob' }).waitFor();
    await page.keyboard.type('2222');
    await page.getByRole('button', { name: 'Cashier: Bob' }).waitFor();
    // With the focus in the search the scanner's keys are typed there, and mean the same.
    const search = page.getByRole('searchbox', { name: 'Search products' });
    await search.focus();
    await page.keyboard.press('Enter');
    for (const code of ['2000000000015', ean('210005400500')]) {
        await page.keyboard.type(code);
        await page.keyboard.press('Enter');
    }
    await howsAre(page, [
        '3 × 2.20 €',
        '1.250 kg × 29.90 €',
        '1.000 kg × 8.95 € · −50 %',
        '0.500 kg × 29.90 €',
    ]);
    expect(await search.inputValue()).toBe('');
    // What is looked for by name is sold by Enter.
    await page.keyboard.type('quich');
    await page.keyboard.press('Enter');
    await line(page, 'Quiche').waitFor();
});

it('cash is rounded to the coins that there are, a card is not', async () => {
    // Taken away an espresso of 2.20 with 20 % in it has 10 % in it: 1.8333 and 0.1833.
    const page = await shop.till(4, 'Ann');
    await tap(page, 'Espresso');
    await totalIs(page, '2.02 €');
    await page.getByRole('button', { name: 'Payment', exact: true }).click();
    await page.getByRole('button', { name: 'Card', exact: true }).click();
    expect(await page.locator('.payments').innerText()).toContain('2.02 €');
    await page.getByRole('button', { name: 'Take Card away' }).click();
    await page.getByRole('button', { name: 'Cash', exact: true }).click();
    expect(await page.locator('.payments').innerText()).toContain('2.00 €');
    await page.getByRole('button', { name: 'Validate' }).click();
    const slip = await page.locator('.slip').innerText();
    expect(slip).toMatch(/Total\s+2\.02 €.*Rounding\s+-0\.02 €.*VAT 10 %\s+0\.18 €.*Cash\s+2\.00 €/s);
    // The day's report says what the coins took.
    await page.getByRole('button', { name: 'Next order' }).click();
    await menu(page, 'Close the session');
    const rounded = page.locator('.sold div', { hasText: 'Rounding' });
    expect(await rounded.innerText()).toMatch(/-0\.02 €/);
});

it('the same product adds up, unless its price, discount or note differs', async () => {
    const page = await shop.till(1, 'Ann');
    const bob = await shop.till(2, 'Bob');
    await tap(page, 'Espresso');
    await tap(page, 'Espresso');
    await howsAre(page, ['2 × 2.20 €']);
    await numpad(page, 'Disc').click();
    await press(page, '10');
    await tap(page, 'Espresso');
    await howsAre(page, ['2 × 2.20 € · −10 %', '1 × 2.20 €']);
    await numpad(page, 'Price').click();
    await press(page, '2');
    await tap(page, 'Espresso');
    await howsAre(page, ['2 × 2.20 € · −10 %', '1 × 2.00 €', '1 × 2.20 €']);
    await noteOnLine(page, 'no sugar');
    await tap(page, 'Espresso');
    await tap(page, 'Espresso');
    const all = ['2 × 2.20 € · −10 %', '1 × 2.00 €', '1 × 2.20 €', '2 × 2.20 €'];
    await howsAre(page, all);
    await howsAre(bob, all);
    expect(await bob.locator('.line .note').allTextContents()).toEqual(['no sugar']);
    for (const each of [page, bob]) await totalIs(each, '12.56 €');
});

it('a discount goes as far as the POS allows', async () => {
    const page = await shop.till(1, 'Ann');
    await tap(page, 'Quiche');
    await numpad(page, 'Disc').click();
    await press(page, '50');
    await howsAre(page, ['1 × 7.60 € · −50 %']);
    expect(await page.locator('.told').count()).toBe(0);
    await numpad(page, 'Backspace').click();
    await press(page, '1');
    await told(page, 'A discount of 50 % is the most that is allowed here.');
    await howsAre(page, ['1 × 7.60 € · −50 %']);
});

it('a customer is made, and whoever saves after another is told', async () => {
    const [ann, bob] = [await shop.till(1, 'Ann'), await shop.till(2, 'Bob')];
    await tap(ann, 'Quiche');
    await linesAre(bob, ['1 Quiche']);
    const customer = (page: Page) => page.locator('button.customer');
    await customer(ann).click();
    await ann.getByRole('button', { name: 'New customer' }).click();
    await ann.getByRole('button', { name: 'Save' }).click();
    expect(await ann.locator('dialog').getByRole('alert').innerText()).toBe('A customer needs a name.');
    await ann.getByLabel('Name').fill('Rowing club');
    await ann.getByLabel('City').fill('Harbourtown');
    await ann.getByRole('button', { name: 'Save' }).click();
    await ann.locator('dialog[open]').waitFor({ state: 'detached' });
    for (const page of [ann, bob])
        await until(
            () => customer(page).innerText(),
            text => text.includes('Rowing club'),
        );
    for (const page of [ann, bob]) {
        await customer(page).click();
        await page.getByRole('searchbox', { name: /^Search by name/ }).fill('rowing');
        await page.getByRole('button', { name: 'Change Rowing club' }).click();
    }
    await ann.getByLabel('Phone').fill('+44 1632 960199');
    await ann.getByRole('button', { name: 'Save' }).click();
    await ann.locator('dialog[open]').waitFor({ state: 'detached' });
    await bob.getByLabel('City').fill('Upper Harbourtown');
    await bob.getByRole('button', { name: 'Save' }).click();
    await until(
        () => bob.locator('dialog').getByRole('alert').innerText(),
        text => text.startsWith('Somebody else has just changed this customer.'),
    );
    // Going back, Bob sees what Ann wrote, and then his is taken.
    await bob.getByRole('button', { name: 'Back', exact: true }).click();
    await bob.getByRole('button', { name: 'Change Rowing club' }).click();
    expect(await bob.getByLabel('Phone').inputValue()).toBe('+44 1632 960199');
    await bob.getByLabel('City').fill('Upper Harbourtown');
    await bob.getByRole('button', { name: 'Save' }).click();
    await bob.locator('dialog[open]').waitFor({ state: 'detached' });
});

it('take away has other taxes, and happy hour other prices', async () => {
    const [ann, bob] = [await shop.till(1, 'Ann'), await shop.till(2, 'Bob')];
    await tap(ann, 'Espresso');
    await tap(ann, 'Quiche');
    const taxes = (page: Page) => page.locator('.total small').innerText();
    await totalIs(ann, '9.80 €');
    // 20 % in 2.20 and 10 % in 7.60.
    expect(await taxes(ann)).toBe('incl. taxes 1.06 €');
    await linesAre(bob, ['1 Espresso', '1 Quiche']);

    await ann.getByRole('button', { name: 'More', exact: true }).click();
    await ann.getByLabel('Taxes').selectOption({ label: 'Take away' });
    await ann.getByRole('button', { name: 'Close', exact: true }).click();
    // 10 % in both now; the espresso without its 20 % is 1.8333, and 2.02 with 10 % on that.
    for (const page of [ann, bob]) {
        await howsAre(page, ['1 × 2.02 €', '1 × 7.60 €']);
        await totalIs(page, '9.62 €');
        expect(await taxes(page)).toBe('incl. taxes 0.87 €');
        await page.getByRole('button', { name: /^Espresso 2\.02 €$/ }).waitFor();
    }
    // So is what another adds.
    await tap(bob, 'Lemonade');
    for (const page of [ann, bob]) {
        await howsAre(page, ['1 × 2.02 €', '1 × 7.60 €', '1 × 3.58 €']);
        await totalIs(page, '13.20 €');
        expect(await taxes(page)).toBe('incl. taxes 1.20 €');
    }

    await ann.getByRole('button', { name: 'New order' }).click();
    await tap(ann, 'Espresso');
    await tap(ann, 'Quiche');
    await ann.getByRole('button', { name: 'More', exact: true }).click();
    await ann.getByLabel('Prices').selectOption({ label: 'Happy hour' });
    await ann.getByRole('button', { name: 'Close', exact: true }).click();
    await howsAre(ann, ['1 × 1.76 €', '1 × 7.60 €']);
    await tap(ann, 'Lemonade');
    await howsAre(ann, ['1 × 1.76 €', '1 × 7.60 €', '1 × 3.12 €']);
    await tabsAre(bob, ['1', '2']);
    await bob.getByRole('tab', { name: /^2/ }).click();
    await totalIs(bob, '12.48 €');
    // What Bob adds to that order has its prices too.
    await tap(bob, 'Lemonade');
    await howsAre(bob, ['1 × 1.76 €', '1 × 7.60 €', '2 × 3.12 €']);
});

it('an order is paid by several methods, with a quick amount, change, and a tip out of it', async () => {
    const page = await shop.till(1, 'Ann');
    await tap(page, 'Quiche');
    await tap(page, 'Quiche');
    await page.getByRole('button', { name: 'Payment', exact: true }).click();
    const due = (text: string) =>
        until(
            () => page.locator('.due').innerText(),
            seen => seen.replace(/\s+/g, ' ').trim() === text,
        );
    const validate = page.getByRole('button', { name: 'Validate' });
    await due('To pay 15.20 €');
    await page.getByRole('button', { name: 'Meal voucher', exact: true }).click();
    for (const key of ['1', '0']) await page.getByRole('button', { name: key, exact: true }).click();
    await due('To pay 5.20 €');
    expect(await validate.isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Cash', exact: true }).click();
    await due('To pay 0.00 €');
    const quick = page.getByRole('group', { name: 'Quick amounts' });
    expect(await quick.getByRole('button').allInnerTexts()).toEqual([
        'Exact',
        '10.00 €',
        '20.00 €',
        '50.00 €',
        '100.00 €',
    ]);
    await quick.getByRole('button', { name: '20.00 €' }).click();
    await due('Change 14.80 €');
    await quick.getByRole('button', { name: '10.00 €' }).click();
    await due('Change 4.80 €');
    // Some people say how much it is.
    await page.getByRole('button', { name: 'Tip' }).click();
    await page.getByLabel('Another amount').fill('1,20');
    await page.keyboard.press('Enter');
    await due('Change 3.60 €');
    await page.getByRole('button', { name: 'Tip' }).click();
    await page.getByRole('button', { name: 'Keep the change as a tip (3.60 €)' }).click();
    await due('To pay 0.00 €');
    await validate.click();
    const slip = page.locator('.slip');
    await slip.waitFor();
    await until(
        () => slip.innerText(),
        text => /Receipt 1\b/.test(text),
    );
    const text = (await slip.innerText()).replace(/\s+/g, ' ');
    for (const part of [
        'Quiche 2 × 7.60 € 15.20 €',
        'Tip 1 × 1.20 € 1.20 €',
        'Tip 1 × 3.60 € 3.60 €',
        'Total 20.00 €',
        'VAT 10 % 1.38 €',
        'Meal voucher 10.00 €',
        'Cash 10.00 €',
    ])
        expect(text).toContain(part);
    expect(text).not.toContain('Change');
    await page.getByRole('button', { name: 'Next order' }).click();
    await tap(page, 'Espresso');
    await linesAre(page, ['1 Espresso']);
    expect(await line(page, 'Espresso').getAttribute('aria-pressed')).toBe('true');
});

/**
 * The six scenarios that the original's own tests play, with tills in a browser at the real server. Where the original
 * lets one of two edits go, both stay here.
 */
import type { BrowserContext, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { TcpProxy } from '../../sdk/test/server/proxy.js';
import { shop, useShop } from './fixture';
import {
    deleteOrder,
    line,
    linesAre,
    linesAreInAnyOrder,
    show,
    syncIs,
    tabsAre,
    tap,
    totalIs,
    until,
} from './shop';

useShop();

/** A till that a test can take the network away from. */
interface Remote {
    page: Page;
    device: BrowserContext;
    line: TcpProxy;
}

async function remote(pos: number, who: string): Promise<Remote> {
    const [device, line] = [await shop.device(), await shop.line()];
    return { page: await shop.till(pos, who, device, line), device, line };
}

/** The device has no network any more, and the till has noticed. */
async function goOffline({ page, device, line }: Remote): Promise<void> {
    line.refuse();
    line.cut();
    await device.setOffline(true);
    await page.locator('.message', { hasText: 'No connection to the server' }).waitFor();
}

async function comeBack({ page, device, line }: Remote): Promise<void> {
    await line.accept();
    await device.setOffline(false);
    await syncIs(page, 'Live');
    await page.locator('.message').waitFor({ state: 'detached' });
}

/** Nothing waits to be sent, and nobody was refused anything. */
async function isAtRest(page: Page): Promise<void> {
    await until(
        () => page.locator('.waiting').count(),
        count => count === 0,
    );
    expect(await page.locator('.refused').count()).toBe(0);
}

it('1: a new order appears at every till, with its number', async () => {
    const ann = await shop.till(1, 'Ann');
    const bob = await shop.till(2, 'Bob');
    const chris = await shop.till(3, 'Chris');
    await tap(ann, 'Espresso');
    for (const page of [ann, bob, chris]) await tabsAre(page, ['1']);
    for (const page of [bob, chris]) {
        await linesAre(page, ['1 Espresso']);
        await totalIs(page, '2.20 €');
        expect(await line(page, 'Espresso').locator('.who').innerText()).toBe('added by Ann (Bar)');
    }
});

it('2: one is offline while another updates, and has it all when it is back', async () => {
    const bob = await remote(2, 'Bob');
    const ann = await shop.till(1, 'Ann');
    await tap(ann, 'Espresso');
    await linesAre(bob.page, ['1 Espresso']);
    await goOffline(bob);
    await tap(ann, 'Croissant');
    await tap(ann, 'Espresso');
    await linesAre(ann, ['2 Espresso', '1 Croissant']);
    // What it saw last, locked, with the reason.
    await linesAre(bob.page, ['1 Espresso']);
    await bob.page.locator('.locked').waitFor();
    await tap(bob.page, 'Quiche');
    await linesAre(bob.page, ['1 Espresso']);
    await comeBack(bob);
    await linesAre(bob.page, ['2 Espresso', '1 Croissant']);
    await bob.page.locator('.locked').waitFor({ state: 'detached' });
    await tap(bob.page, 'Quiche');
    await linesAre(ann, ['2 Espresso', '1 Croissant', '1 Quiche']);
});

it('3: one is offline while another removes the order, and its own new one stays', async () => {
    const bob = await remote(2, 'Bob');
    const ann = await shop.till(1, 'Ann');
    await tap(ann, 'Espresso');
    await linesAre(bob.page, ['1 Espresso']);
    await goOffline(bob);
    await bob.page.getByRole('button', { name: 'New order' }).click();
    await tap(bob.page, 'Lemonade');
    await tabsAre(bob.page, ['1', 'New']);
    await deleteOrder(ann);
    await tabsAre(ann, ['New']);
    await comeBack(bob);
    await tabsAre(bob.page, ['2']);
    await linesAre(bob.page, ['1 Lemonade']);
    await tabsAre(ann, ['2']);
    await linesAre(ann, ['1 Lemonade']);
    await isAtRest(bob.page);
});

it('4: two edit at once on a slow line, and both edits stay', async () => {
    const [ann, bob] = [await remote(1, 'Ann'), await remote(2, 'Bob')];
    const chris = await shop.till(3, 'Chris');
    await tap(chris, 'Cappuccino');
    await tap(chris, 'Croissant');
    for (const { page } of [ann, bob]) await linesAre(page, ['1 Cappuccino', '1 Croissant']);
    // Neither sees what the other does until both have done theirs.
    for (const { line } of [ann, bob]) line.stall();
    await line(ann.page, 'Cappuccino').click();
    await ann.page.keyboard.press('3');
    await tap(ann.page, 'Quiche');
    await line(bob.page, 'Croissant').click();
    await bob.page.keyboard.press('2');
    await tap(bob.page, 'Lemonade');
    await linesAre(ann.page, ['3 Cappuccino', '1 Croissant', '1 Quiche']);
    await linesAre(bob.page, ['1 Cappuccino', '2 Croissant', '1 Lemonade']);
    for (const { line } of [ann, bob]) {
        line.flow();
        line.delay(300);
    }
    const all = ['3 Cappuccino', '2 Croissant', '1 Quiche', '1 Lemonade'];
    for (const page of [ann.page, bob.page, chris]) {
        await linesAreInAnyOrder(page, all);
        // 3 x 3.60, 2 x 2.10, 7.60, 3.90.
        await totalIs(page, '26.50 €');
    }
    for (const { page } of [ann, bob]) await isAtRest(page);
    // One order of lines everywhere: that in which the server took them.
    const order = await chris.locator('.line .what').allTextContents();
    for (const { page } of [ann, bob])
        expect(await page.locator('.line .what').allTextContents()).toEqual(order);
});

it('4, the same line: two that tap one more each make two more', async () => {
    const [ann, bob] = [await remote(1, 'Ann'), await remote(2, 'Bob')];
    await tap(ann.page, 'Cappuccino');
    await linesAre(bob.page, ['1 Cappuccino']);
    for (const { line } of [ann, bob]) line.stall();
    await tap(ann.page, 'Cappuccino');
    await tap(bob.page, 'Cappuccino');
    for (const { page } of [ann, bob]) await linesAre(page, ['2 Cappuccino']);
    for (const { line } of [ann, bob]) line.flow();
    for (const { page } of [ann, bob]) {
        await linesAre(page, ['3 Cappuccino']);
        await isAtRest(page);
    }
});

it('5: a queue of quick updates on a slow line arrives whole, each once', async () => {
    const ann = await remote(1, 'Ann');
    const bob = await shop.till(2, 'Bob');
    await tap(ann.page, 'Espresso');
    await linesAre(bob, ['1 Espresso']);
    ann.line.delay(200);
    for (let tapped = 0; tapped < 14; tapped++) await tap(ann.page, 'Espresso');
    for (const product of ['Croissant', 'Quiche', 'Lemonade']) await tap(ann.page, product);
    await line(ann.page, 'Croissant').click();
    await ann.page.keyboard.type('12', { delay: 80 });
    const all = ['15 Espresso', '12 Croissant', '1 Quiche', '1 Lemonade'];
    await linesAre(ann.page, all);
    await linesAre(bob, all);
    await isAtRest(ann.page);
    // 15 x 2.20, 12 x 2.10, 7.60, 3.90.
    for (const page of [ann.page, bob]) await totalIs(page, '69.70 €');
    await linesAre(ann.page, all);
});

it('6: a removal behind queued updates removes the order, and nothing comes back', async () => {
    const ann = await remote(1, 'Ann');
    const bob = await shop.till(2, 'Bob');
    await tap(ann.page, 'Espresso');
    await linesAre(bob, ['1 Espresso']);
    await ann.page.getByRole('button', { name: 'New order' }).click();
    await tap(ann.page, 'Quiche');
    await tabsAre(bob, ['1', '2']);
    ann.line.stall();
    for (const product of ['Lemonade', 'Lemonade', 'Croissant', 'Quiche']) await tap(ann.page, product);
    await deleteOrder(ann.page);
    await tabsAre(ann.page, ['1']);
    await tabsAre(bob, ['1', '2']);
    ann.line.flow();
    await tabsAre(bob, ['1']);
    await isAtRest(ann.page);
    await tabsAre(ann.page, ['1']);
    expect(await ann.page.locator('.told').count()).toBe(0);
    // The queue goes on behind it.
    await show(ann.page, '1');
    await tap(ann.page, 'Espresso');
    await linesAre(bob, ['2 Espresso']);
});

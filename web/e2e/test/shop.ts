/** A demo shop of a test's own, and tills in a real browser at it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { TcpProxy } from '../../sdk/test/server/proxy.js';

const BINARY = join(import.meta.dirname, '../../../target/debug/tillsync');

/** Where Debian and others put Chromium; `TILLSYNC_CHROMIUM` names another place. */
const CHROMIUMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

function chromiumPath(): string {
    const path = [process.env.TILLSYNC_CHROMIUM ?? '', ...CHROMIUMS].find(path => path && existsSync(path));
    if (!path) throw new Error('Chromium is not installed: apt-get install chromium');
    return path;
}

/** How the browser is started. */
export const LAUNCH = {
    executablePath: chromiumPath(),
    // As root, as which CI runs, Chromium has no sandbox.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
};

/** Of the demo's people. */
const PINS: Record<string, string> = { Ann: '1111', Bob: '2222', Chris: '3333', Dana: '4444' };

export class Shop {
    private child: ChildProcess | null = null;
    private storyIsTold: Promise<void> = Promise.resolve();
    port = 0;
    private readonly lines: TcpProxy[] = [];
    /** What went wrong in a page. */
    readonly faults: string[] = [];

    private constructor(
        private readonly folder: string,
        private readonly browser: Browser,
        private readonly kind: 'demo' | 'empty',
    ) {}

    /**
     * @param browser whose contexts are the shop's devices; they go with the shop, the browser stays
     * @param kind the demo's café, or a database with nothing in it
     */
    static async open(browser: Browser, kind: 'demo' | 'empty' = 'demo'): Promise<Shop> {
        const folder = await mkdtemp(join(tmpdir(), 'tillsync-e2e-'));
        const shop = new Shop(folder, browser, kind);
        await shop.start();
        return shop;
    }

    get url(): string {
        return `http://127.0.0.1:${this.port}`;
    }

    /** Starts the server on its folder or another one, at the address that it had before. */
    async start(folder = this.folder): Promise<void> {
        const listen = `127.0.0.1:${this.port}`;
        const isDemo = this.kind === 'demo';
        const mode = isDemo ? ['demo', '--pace-ms', '0'] : ['serve', '--till-open'];
        const child = spawn(BINARY, [...mode, '--data', folder, '--listen', listen], {
            stdio: ['ignore', 'pipe', isDemo ? 'ignore' : 'pipe'],
        });
        this.child = child;
        let said = '';
        const listening = (line: string) => {
            const port = /(?:Tillsync runs on http:\/\/|ready address=)127\.0\.0\.1:(\d+)/.exec(line)?.[1];
            if (port) this.port = Number(port);
            return port !== undefined;
        };
        // The demo speaks to people, a server to its log.
        const output = createInterface({ input: (isDemo ? child.stdout : child.stderr) ?? process.stdin });
        const heard = (isIt: (line: string) => boolean) =>
            new Promise<void>(resolve => {
                output.on('line', line => isIt(line) && resolve());
            });
        output.on('line', line => {
            said += `${line}\n`;
        });
        const listens = heard(listening);
        const told = isDemo ? heard(line => line.includes('stays up')) : Promise.resolve();
        const ended = once(child, 'exit').then(() => Promise.reject(new Error(`the server ended: ${said}`)));
        ended.catch(() => {});
        // The demo tells its story in a database of its own meanwhile.
        this.storyIsTold = Promise.race([told, ended.catch(() => {})]);
        await Promise.race([listens, ended]);
    }

    /** `tillsync settings` of the café's multi-session, while the server runs. */
    async settings(...what: string[]): Promise<void> {
        const whose = ['--data', this.folder, '--database', 'main', '--multi-session', '1'];
        const child = spawn(BINARY, ['settings', ...whose, ...what], {
            stdio: ['ignore', 'ignore', 'inherit'],
        });
        const [code] = await once(child, 'exit');
        if (code !== 0) throw new Error(`tillsync settings failed: ${code}`);
    }

    /** `kill -9`. */
    async kill(): Promise<void> {
        // Begun anew on this folder, it tells the story again: not from the middle of it.
        await this.storyIsTold;
        await this.end();
    }

    private async end(): Promise<void> {
        const child = this.child;
        if (!child || child.exitCode !== null || child.signalCode !== null) return;
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
    }

    /** A browser profile of its own: a device, of which it may be said what it wants. */
    async device(
        viewport = { width: 1180, height: 820 },
        wants: BrowserContextOptions = {},
    ): Promise<BrowserContext> {
        return await this.browser.newContext({ viewport, ...wants });
    }

    /** A till's own way to the server, of which a test says how bad it is. */
    async line(): Promise<TcpProxy> {
        const line = await TcpProxy.start(this);
        this.lines.push(line);
        return line;
    }

    /** A till in a tab: `pos` as `who`, by a line of its own or straight to the server. */
    async till(pos: number, who: string, device?: BrowserContext, line?: TcpProxy): Promise<Page> {
        const context = device ?? (await this.device());
        const page = await this.page(context, who);
        await page.goto(`${(line ?? this).url}/pos/${pos}`);
        await this.comeIn(page, who);
        return page;
    }

    /** A tab whose faults are those of the test. */
    async page(device: BrowserContext, who: string): Promise<Page> {
        const page = await device.newPage();
        // Whoever tests has seen the tour, unless the tour is what is tested.
        await page.addInitScript(() => {
            if (location.pathname.startsWith('/pos/')) localStorage.setItem('tillsync/tour', 'seen');
        });
        page.on('pageerror', error => this.faults.push(`${who}: ${error.message}`));
        return page;
    }

    /** Somebody comes in, in whatever language: with their PIN, and with the session opened if it is not. */
    async comeIn(page: Page, who: string): Promise<void> {
        await page.getByRole('button', { name: who }).click();
        await page.locator('dialog.pin').waitFor();
        await page.keyboard.type(PINS[who] ?? '');
        const till = page.locator('.till');
        const drawer = page.locator('.counting form');
        await till.or(drawer).first().waitFor();
        if (await drawer.isVisible()) {
            await drawer.locator('[inputmode="decimal"]').fill('100');
            await drawer.locator('[type="submit"]').click();
        }
        await till.waitFor();
    }

    /** The back office in a tab, with somebody at it. */
    async office(who: string, device?: BrowserContext, path = ''): Promise<Page> {
        const page = await this.page(device ?? (await this.device()), who);
        await page.goto(`${this.url}/admin/${path}`);
        await page.getByRole('button', { name: who }).click();
        await page.locator('dialog').waitFor();
        await page.keyboard.type(PINS[who] ?? '');
        await page.locator('.office').waitFor();
        return page;
    }

    /** The orders that the server has as paid or deleted, the last one first. */
    async closed(): Promise<{ number: number; state: string }[]> {
        const answer = await fetch(`${this.url}/api/poses/1/orders`);
        return ((await answer.json()) as { orders: { number: number; state: string }[] }).orders;
    }

    /** What every page shows: why a test failed is mostly to be read there. */
    async described(): Promise<string> {
        const pages = this.browser.contexts().flatMap(context => context.pages());
        const texts = pages.map(async page => {
            const text = await page.evaluate(() => document.body.innerText).catch(String);
            return `--- ${page.url()}\n${text.replace(/\s*\n\s*/g, ' | ').slice(0, 600)}`;
        });
        return (await Promise.all(texts)).join('\n');
    }

    async close(): Promise<void> {
        await Promise.all(this.browser.contexts().map(context => context.close()));
        for (const line of this.lines) line.stop();
        await this.end();
        await rm(this.folder, { recursive: true, force: true });
    }
}

/** Taps a product. */
export async function tap(page: Page, product: string): Promise<void> {
    await page
        .locator('.products')
        .getByRole('button', { name: new RegExp(`^${product} `) })
        .click();
}

/** The lines of the order on the screen: `2 Espresso`. */
export async function lines(page: Page): Promise<string[]> {
    // All at one moment: a line may go while they are read.
    return await page.locator('.line').evaluateAll(all =>
        all.map(line => {
            const [how, what] = ['.how', '.what'].map(part => line.querySelector(part)?.textContent);
            return `${how?.split(' ')[0]} ${what}`;
        }),
    );
}

/** Waits until something is so. */
export async function until<T>(look: () => Promise<T>, isSo: (seen: T) => boolean, ms = 15_000): Promise<T> {
    const end = Date.now() + ms;
    for (;;) {
        const seen = await look();
        if (isSo(seen)) return seen;
        if (Date.now() > end) throw new Error(`not within ${ms} ms; seen last: ${JSON.stringify(seen)}`);
        await new Promise(resolve => setTimeout(resolve, 30));
    }
}

export const linesAre = (page: Page, expected: string[]) =>
    until(
        () => lines(page),
        seen => seen.join() === expected.join(),
    );

export const tabsAre = (page: Page, expected: string[]) =>
    until(
        () => page.getByRole('tab').locator('strong').allInnerTexts(),
        seen => seen.join() === expected.join(),
    );

/** Brings an order onto the screen, by its number. */
export async function show(page: Page, number: string): Promise<void> {
    const tab = page.getByRole('tab').filter({ has: page.locator('strong', { hasText: exactly(number) }) });
    await tab.click();
    await until(
        () => tab.getAttribute('aria-selected'),
        selected => selected === 'true',
    );
}

/** The line of a product, to be tapped or looked at. */
export function line(page: Page, product: string): Locator {
    return page.locator('.line').filter({ has: page.locator('.what', { hasText: exactly(product) }) });
}

/** Waits until these lines are on the order, whoever's the server took first. */
export const linesAreInAnyOrder = (page: Page, expected: string[]) =>
    until(
        () => lines(page),
        seen => seen.toSorted().join() === expected.toSorted().join(),
    );

/** Waits until the order on the screen comes to this. */
export const totalIs = (page: Page, expected: string) =>
    until(
        () => page.locator('[data-total]').innerText(),
        seen => seen === expected,
    );

/** Something of the menu of the order on the screen. */
export async function more(page: Page, item: string): Promise<void> {
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.locator('dialog[open]').getByRole('button', { name: item }).click();
}

/** Something of the till's menu. */
export async function menu(page: Page, item: string): Promise<void> {
    await page.getByRole('button', { name: 'Menu', exact: true }).click();
    await page.locator('dialog[open]').getByRole('button', { name: item }).click();
}

/** Deletes the order on the screen, and says yes to the question. */
export async function deleteOrder(page: Page): Promise<void> {
    await more(page, 'Delete order');
    await page.getByRole('dialog', { name: 'Delete order' }).locator('button.danger').click();
}

/** Takes the whole amount by a method, and waits for the receipt. */
export async function pay(page: Page, method = 'Card'): Promise<void> {
    await page.getByRole('button', { name: 'Payment', exact: true }).click();
    await page.getByRole('button', { name: method, exact: true }).click();
    await page.getByRole('button', { name: 'Validate' }).click();
    await page.locator('.slip').waitFor();
}

/** What the sync icon says: `Live`, `No connection`, `Connecting`. */
export const syncIs = (page: Page, expected: string) =>
    until(
        () => page.locator('.sync').getAttribute('aria-label'),
        label => label?.startsWith(expected) ?? false,
    );

function exactly(text: string): RegExp {
    return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
}

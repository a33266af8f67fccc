/** The server is replaced by a newer one while tills are open. */
import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { shop, useShop } from './fixture';
import { linesAre, tabsAre, tap, until } from './shop';

/** The page's own file, and what its successor calls it. */
const FILE = /index-[\w-]+\.js/g;
const SECOND = 'index-second.js';

/** Stands before the server; once told so, it has the Register's second version, and the first one's file no more. */
class Front {
    isSecond = false;
    /** The page's file in the first version. */
    first = '';

    private constructor(
        private readonly server: Server,
        private readonly port: number,
    ) {}

    static async before(url: string): Promise<Front> {
        const server = createServer();
        const front = new Front(server, Number(new URL(url).port));
        server.on('request', async (asked, answer) => {
            const { method, url = '', headers } = asked;
            const isSource = /^\/(sw\.js|index\.html)?$/.test(url) || url.startsWith('/pos/');
            if (isSource) {
                const page = await fetch(`http://127.0.0.1:${front.port}${url}`, {
                    headers: { accept: headers.accept ?? '*/*' },
                }).catch(() => null);
                // The server was killed, and the browser looks whether there is a newer worker.
                if (!page) return void answer.destroy();
                answer.setHeader('content-type', page.headers.get('content-type') ?? '');
                answer.setHeader('cache-control', 'no-cache');
                answer.end(front.version(await page.text()));
            } else if (front.isSecond && url === front.first) {
                answer.writeHead(404).end();
            } else {
                const path = url === `/assets/${SECOND}` ? front.first : url;
                const to = request({ host: '127.0.0.1', port: front.port, path, method, headers }, from => {
                    answer.writeHead(from.statusCode ?? 502, from.headers);
                    from.pipe(answer);
                });
                to.on('error', () => answer.destroy());
                asked.pipe(to);
            }
        });
        server.on('upgrade', ({ method, url, rawHeaders }, socket, head) => {
            const to = connect(front.port, '127.0.0.1', () => {
                const lines = rawHeaders.flatMap((name, at) =>
                    at % 2 === 0 ? [`${name}: ${rawHeaders[at + 1]}`] : [],
                );
                to.write(`${method} ${url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
                to.write(head);
                to.pipe(socket).pipe(to);
            });
            to.on('error', () => socket.destroy());
            socket.on('error', () => to.destroy());
        });
        server.listen(0, '127.0.0.1');
        await new Promise(resolve => server.once('listening', resolve));
        const page = await fetch(`http://127.0.0.1:${front.port}/index.html`);
        front.first = `/assets/${FILE.exec(await page.text())?.[0]}`;
        FILE.lastIndex = 0;
        return front;
    }

    get url(): string {
        return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    }

    close(): void {
        this.server.closeAllConnections();
        this.server.close();
    }

    private version(source: string): string {
        if (!this.isSecond) return source;
        return source
            .replace(FILE, SECOND)
            .replace(/("|`)[0-9a-f]{32}\1/g, '"second"')
            .replace('<body>', '<body data-version="second">');
    }
}

useShop();
let front: Front;
beforeEach(async () => {
    front = await Front.before(shop.url);
});
afterEach(async () => {
    front.close();
});

async function till(device: BrowserContext, pos: number, who: string): Promise<Page> {
    const page = await shop.page(device, who);
    await page.goto(`${front.url}/pos/${pos}`);
    await shop.comeIn(page, who);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
    return page;
}

const versionOf = (page: Page) => page.locator('body').getAttribute('data-version');

/** The browser finds the new version, as it does every hour, and whenever the connection is back. */
async function findSecond(page: Page): Promise<void> {
    front.isSecond = true;
    await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
}

it('a new version waits for a tap, and that for the payment; another tab goes on with the old one', async () => {
    const device = await shop.device();
    const [ann, bob] = [await till(device, 1, 'Ann'), await till(device, 2, 'Bob')];
    await tap(ann, 'Espresso');
    await tabsAre(bob, ['1']);
    await ann.bringToFront();
    await findSecond(ann);
    for (const page of [ann, bob]) await page.locator('.offer').waitFor();
    expect(await versionOf(ann)).toBeNull();

    await ann.getByRole('button', { name: 'Payment' }).click();
    await ann.getByRole('button', { name: 'Cash', exact: true }).click();
    await ann.getByRole('button', { name: 'Restart now' }).click();
    await ann.locator('.offer', { hasText: 'payment' }).waitFor();
    expect(await versionOf(ann)).toBeNull();
    await ann.getByRole('button', { name: /^Take Cash away/ }).click();
    await ann.getByRole('button', { name: 'Back', exact: true }).click();
    await tap(ann, 'Espresso');
    await ann.getByRole('button', { name: 'Restart now' }).click();
    await until(
        () => versionOf(ann),
        version => version === 'second',
    );
    await shop.comeIn(ann, 'Ann');
    await linesAre(ann, ['2 Espresso']);
    expect(await ann.locator('.offer').count()).toBe(0);

    // Nobody has touched the other tab, and it finds its files, which the server has no more.
    const find = (page: Page) =>
        page.evaluate(async file => (await fetch(file, { cache: 'no-store' })).status, front.first);
    expect(await versionOf(bob)).toBeNull();
    expect((await fetch(`${front.url}${front.first}`)).status).toBe(404);
    expect(await find(bob)).toBe(200);
    await bob.getByRole('tab', { name: /^1/ }).click();
    await tap(bob, 'Quiche');
    await linesAre(ann, ['2 Espresso', '1 Quiche']);
    await bob.getByRole('button', { name: 'Restart now' }).click();
    await until(
        () => versionOf(bob),
        version => version === 'second',
    );
    await bob.close();
    // Nobody needs them now: they go.
    await ann.reload();
    await until(
        () => find(ann),
        status => status === 404,
    );
});

it('a page that is opened begins with the new version that was waiting', async () => {
    const device = await shop.device();
    const ann = await till(device, 1, 'Ann');
    await findSecond(ann);
    await ann.locator('.offer').waitFor();
    await shop.kill();
    await ann.reload();
    await until(
        () => versionOf(ann),
        version => version === 'second',
    );
    await shop.comeIn(ann, 'Ann');
    expect(await ann.locator('.offer').count()).toBe(0);
});

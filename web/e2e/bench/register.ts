/**
 * How quick the Register is on a slow device: the figures of one run, beside those of a bare page in the same browser.
 *
 * Nothing fails for being slow. Figures are to be compared within one run: other work on the machine is in all of them.
 *
 * `TILLSYNC_BENCH_TIMES` says how often each thing is done; `TILLSYNC_BENCH_CHANGES=1` lists what changes in the page.
 */
import { cpus } from 'node:os';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { LAUNCH, Shop } from '../test/shop';
import { type BareFigures, bare } from './bare';
import { coldStart, firstLoad } from './loading';
import { type Awaited, addProbe, arm, type Seen, SLOWER, seen, slow } from './probe';
import { LINES, largeCatalogue, OPEN_ORDERS, PRODUCTS, tillAtWork } from './shop_at_work';
import { figuresOf, ms, print, type Row, shown, times } from './table';

/** How often each thing is done. */
const TIMES = Number(process.env.TILLSYNC_BENCH_TIMES ?? 30);
/** The numpad’s digits 1 to 9, and what takes one back: a number that is as long as it may be does not change any more. */
const DIGITS = 9;
const KEYS = '.numpad .keys button:nth-child(-n + 9), .numpad .modes button:last-child';
/** A frame at 60 Hz: who works longer than that misses the next one. The wait for it is not the Register's. */
const FRAME = '16 ms of work';

/** Measures, and prints the table. */
async function measureRegister(): Promise<void> {
    const browser = await chromium.launch(LAUNCH);
    const shop = await Shop.open(browser);
    try {
        console.log(
            `${cpus().length} cores, Chromium ${browser.version()}, its main thread ${SLOWER} times slower`,
        );
        console.log(`an order of ${LINES} lines, ${OPEN_ORDERS} open orders, ${PRODUCTS} products\n`);
        const blank = await bare(browser);
        print(await atWork(shop, browser, blank));
        print(await firstLoad(shop, browser));
        print(await coldStart(shop));
    } finally {
        await shop.close();
        await browser.close();
    }
}

async function atWork(shop: Shop, browser: Browser, blank: BareFigures): Promise<Row[]> {
    const text = await largeCatalogue(shop.url);
    const other = await tillAtWork(shop.url);
    const device = await browser.newContext({
        viewport: { width: 1180, height: 820 },
        serviceWorkers: 'block',
    });
    const page = await shop.page(device, 'Ann');
    await addProbe(page);
    await page.route('**/api/poses/1', route =>
        route.fulfill({ status: 200, contentType: 'application/json', body: text }),
    );
    await page.goto(`${shop.url}/pos/1`);
    await shop.comeIn(page, 'Ann');
    const tabs = page.getByRole('tab');
    await tabs.nth(OPEN_ORDERS - 1).waitFor();
    await tabs.first().click();
    await page
        .locator('.line')
        .nth(LINES - 1)
        .waitFor();
    const session = await slow(page);
    const rows: Row[] = [];
    const measure = async (what: string, awaited: Awaited, act: (at: number) => Promise<unknown>) => {
        const all: Seen[] = [];
        process.stderr.write(`${what}\n`);
        const before = await busyMs(session);
        for (let at = 0; at < TIMES; at += 1) {
            await arm(page, awaited);
            await act(at);
            all.push(await seen(page));
        }
        const work = figuresOf(all.map(({ workMs }) => workMs));
        const painted = figuresOf(all.map(({ paintedMs }) => paintedMs));
        const changes = figuresOf(all.map(({ changes }) => changes.length));
        rows.push(
            { what, figure: shown(work), limit: FRAME, ratio: times(work.median, blank.work.median) },
            {
                what: '   until it is on the screen, the wait for the frame included',
                figure: shown(painted),
                ratio: times(painted.median, blank.painted.median),
            },
            {
                what: '   the main thread busy with it, the server’s answers included',
                figure: ms(((await busyMs(session)) - before) / TIMES),
            },
            {
                what: '   places of the page that change',
                figure: `${changes.median} (p95 ${changes.p95})`,
            },
        );
        if (process.env.TILLSYNC_BENCH_CHANGES) console.log(what, all.at(-1)?.changes);
    };

    const products = page.locator('.product');
    // The demo's own products come first: what is behind them is on no order yet.
    const first = (await products.count()) - TIMES - 1;
    await measure('tap on a product: a new line', { event: 'click', within: '.order' }, async at => {
        await tap(page, '.product', first + at);
    });
    await measure('tap on it again: one more', { event: 'click', within: '.order' }, () =>
        tap(page, '.product', first),
    );
    const line = page.locator('.line');
    await line.nth(2).click();
    await measure('a key of the numpad', { event: 'click', within: '.order' }, at =>
        tap(page, KEYS, at % 2 === 0 ? at % DIGITS : DIGITS),
    );
    await measure('another line is chosen', { event: 'click', within: '.order' }, at =>
        tap(page, '.line', at),
    );
    await measure('another order’s tab', { event: 'click', within: '.order' }, at =>
        tap(page, '.tab', (at + 1) % 2),
    );
    await tap(page, '.tab', 0);
    await measure('another till’s update of the order', { event: 'message', within: '.order' }, async at => {
        other
            .get_order()
            ?.get_orderlines()
            [at]?.set_quantity(at + 2);
    });
    const [, second] = other.get_order_list();
    await measure(
        'another till’s update of another order',
        { event: 'message', within: '.tabs' },
        async at => {
            second?.get_orderlines()[at % 3]?.set_quantity(at + 2);
        },
    );
    const find = page.getByRole('searchbox');
    await find.click();
    // One after the other; each finds other products than the one before.
    const words = ['ap', 'br', 'che', 'cof', 'fl', 'ho', 'ju', 'milk al', 'pa', 'so', 'sugar l', '31'];
    await measure('a key of a search', { event: 'input', within: '.products' }, at =>
        find.fill(words[at % words.length] ?? ''),
    );
    await device.close();
    await other.close();
    return rows;
}

/** What the main thread has worked since the page was opened. */
async function busyMs(session: CDPSession): Promise<number> {
    const { metrics } = await session.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1_000;
}

/** Taps the element at a place among its like, also where it is scrolled away. */
async function tap(page: Page, selector: string, at: number): Promise<void> {
    await page.evaluate(([selector, at]) => document.querySelectorAll<HTMLElement>(selector)[at]?.click(), [
        selector,
        at,
    ] as const);
}

await measureRegister();

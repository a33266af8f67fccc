/** Several tabs of one browser at one POS (rule 22), in IndexedDB, on a real clock. */
import 'fake-indexeddb/auto';
import { afterEach, expect, it } from 'vitest';
import type { TillEngine } from '../../src/client/engine.js';
import { openEngine } from '../../src/connect.js';
import { FakeServer } from './fake_server.js';
import { Network } from './network.js';
import { ADA, brief, COFFEE } from './tills.js';

/** Web Locks of one browser, as far as they are used. */
class Locks {
    private readonly held = new Set<string>();
    request = async (
        name: string,
        _options: unknown,
        callback: (lock: unknown) => Promise<void> | undefined,
    ) => {
        if (this.held.has(name)) return callback(null);
        this.held.add(name);
        try {
            await callback({ name });
        } finally {
            this.held.delete(name);
        }
    };
}

let pos = 100;
class Browser {
    readonly server = new FakeServer();
    readonly network = new Network(this.server);
    readonly locks = new Locks();
    readonly pos = { id: ++pos, name: 'Bar' };
    readonly tabs: TillEngine[] = [];

    async open(timing: { courierEveryMs?: number } = {}): Promise<TillEngine> {
        const { pos, network, locks } = this;
        const tab = await openEngine({
            url: 'https://sync.example',
            pos,
            user: ADA,
            locks: locks as unknown as LockManager,
            WebSocket: network.WebSocket,
            fetch: network.fetch,
            timing: { firstWelcomeMs: 500, ...timing },
        });
        this.tabs.push(tab);
        return tab;
    }

    /** Resolves with the event that registers an order. */
    registered(): Promise<string> {
        const append = this.server.append.bind(this.server);
        return new Promise(resolve => {
            this.server.append = entry => {
                append(entry);
                for (const change of entry.changes) if (change.change === 'registered') resolve(change.order);
            };
        });
    }
}

let browser: Browser;
afterEach(async () => {
    await Promise.all(browser.tabs.map(tab => tab.shutdown()));
});

it('each tab is a till of its own, and they share their orders', async () => {
    browser = new Browser();
    const [one, two] = [await browser.open(), await browser.open()];
    expect([one.till?.login, two.till?.login]).toEqual([1, 2]);
    expect(one.till?.name.replace(/\.0\/.*/, '')).toBe(two.till?.name.replace(/\.1\/.*/, ''));
    const order = one.newOrder();
    const arrived = new Promise(resolve => two.on('orders', resolve));
    void one.record(order, [{ op: 'add_line', line: one.lineUid(order), fields: COFFEE }]);
    await arrived;
    expect(brief(two.order(order))).toBe('#1 42x1');
});

it('a tab that is opened again is the same till, and its uids go on', async () => {
    browser = new Browser();
    const one = await browser.open();
    const first = one.newOrder();
    await one.record(first, [{ op: 'add_line', line: one.lineUid(first), fields: COFFEE }]);
    await one.shutdown();
    const again = await browser.open();
    expect(again.till).toEqual({ name: expect.stringMatching(/\.0\/00012-001$/), session: 12, login: 1 });
    expect(again.newOrder()).toBe('00012-001-0002');
});

it('what a closed tab has left unsent is sent by the next that opens', async () => {
    browser = new Browser();
    const [one, two] = [await browser.open(), await browser.open()];
    two.setNetwork(false);
    const order = two.newOrder();
    void two.record(order, [{ op: 'add_line', line: two.lineUid(order), fields: COFFEE }]);
    await two.shutdown();
    await one.shutdown();
    const registered = browser.registered();
    const later = await browser.open();
    expect(later.till?.login).toBe(1);
    expect(await registered).toBe(order);
});

it('what a closed tab has left unsent is sent by one that stays, when there is a connection', async () => {
    browser = new Browser();
    const [one, two] = [await browser.open(), await browser.open()];
    for (const tab of [one, two]) tab.setNetwork(false);
    const order = two.newOrder();
    void two.record(order, [{ op: 'add_line', line: two.lineUid(order), fields: COFFEE }]);
    await two.shutdown();
    const registered = browser.registered();
    one.setNetwork(true);
    expect(await registered).toBe(order);
});

it('what a tab leaves unsent while another one is live is sent as well', async () => {
    browser = new Browser();
    const [, two] = [await browser.open({ courierEveryMs: 20 }), await browser.open()];
    two.setNetwork(false);
    const order = two.newOrder();
    void two.record(order, [{ op: 'add_line', line: two.lineUid(order), fields: COFFEE }]);
    const registered = browser.registered();
    await two.shutdown();
    expect(await registered).toBe(order);
});

it('17 tabs are one too many, and it is said what to do', async () => {
    browser = new Browser();
    for (let each = 0; each < 16; each += 1) {
        void browser.locks.request(
            `tillsync/main/${browser.pos.id}/${each}`,
            {},
            () => new Promise(() => {}),
        );
    }
    await expect(browser.open()).rejects.toThrow(/16 tabs.*close one/);
});

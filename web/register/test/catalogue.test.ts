import { IDBFactory } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import type { ConnectionState, Engine } from '@tillsync/sdk';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Catalogue, EVERY_MS, EVERY_MS_MAX, PATIENCE_MS } from '../src/catalogue';
import { KeptShop } from '../src/kept';
import { type Answer, ApiError } from '../src/request';

/** A server that answers when the test says so. */
class Server {
    readonly asked: { tag: string | null; answer(answer: Answer | null): void; fail(error: Error): void }[] =
        [];
    readonly ask = (_path: string, tag: string | null = null) =>
        new Promise<Answer | null>((answer, fail) => {
            this.asked.push({ tag, answer, fail });
        });
    /** The request that is under way. */
    async last() {
        await vi.waitFor(() => expect(this.asked.length).toBeGreaterThan(this.seen));
        this.seen = this.asked.length;
        return this.asked.at(-1) as (typeof this.asked)[number];
    }
    private seen = 0;
}

const text = (change: number, database = 'main') => JSON.stringify({ change, database });
const offline = () => new ApiError('offline', 'No connection to the server.');

let shop: KeptShop;
let server: Server;
const catalogues: Catalogue[] = [];
function catalogue(): Catalogue {
    const made = new Catalogue(1, Promise.resolve(shop), server.ask);
    catalogues.push(made);
    return made;
}
async function keep(change: number, tag: string | null = null) {
    await shop.keepCatalogue({ database: 'main', pos: 1, text: text(change), tag, asOfMs: 1 }, 1);
}

beforeEach(async () => {
    globalThis.indexedDB = new IDBFactory();
    // fake-indexeddb works by `setImmediate`.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    shop = await KeptShop.open('test', null);
    server = new Server();
});
afterEach(() => {
    for (const made of catalogues.splice(0)) made.stop();
    vi.useRealTimers();
});

it('opens with the answer and keeps it', async () => {
    const opened = catalogue().open();
    (await server.last()).answer({ text: text(1), tag: '"1"' });
    expect((await opened).change).toBe(1);
    await vi.waitFor(async () => expect((await shop.catalogue(1))?.text).toBe(text(1)));
});

it('opens with what is kept when there is no connection', async () => {
    await keep(1);
    const opened = catalogue().open();
    (await server.last()).fail(offline());
    expect((await opened).change).toBe(1);
});

it('opens with what is kept when the answer takes long, and tells what comes then', async () => {
    await keep(1);
    const till = catalogue();
    const opened = till.open();
    const request = await server.last();
    await vi.advanceTimersByTimeAsync(PATIENCE_MS);
    expect((await opened).change).toBe(1);
    expect(till.fresh.value).toBeNull();
    request.answer({ text: text(2), tag: '"2"' });
    await vi.waitFor(() => expect(till.fresh.value?.change).toBe(2));
});

it('waits as long as it takes when nothing is kept', async () => {
    const opened = catalogue().open();
    const request = await server.last();
    await vi.advanceTimersByTimeAsync(10 * PATIENCE_MS);
    request.answer({ text: text(2), tag: null });
    expect((await opened).change).toBe(2);
});

it.each([
    ['the server says no', new ApiError('not_found', 'There is no such point of sale.', 404)],
    ['the key is no longer good', new ApiError('access', 'No.', 403)],
])('does not open with what is kept when %s', async (_why, refusal) => {
    await keep(1);
    const opened = catalogue().open();
    (await server.last()).fail(refusal);
    await expect(opened).rejects.toBe(refusal);
});

it('asks each minute, by the tag of the last answer', async () => {
    const till = catalogue();
    const opened = till.open();
    (await server.last()).answer({ text: text(1), tag: '"1"' });
    await opened;
    await vi.advanceTimersByTimeAsync(EVERY_MS);
    const second = await server.last();
    expect(second.tag).toBe('"1"');
    second.answer(null);
    await vi.advanceTimersByTimeAsync(EVERY_MS);
    const third = await server.last();
    expect(till.fresh.value).toBeNull();
    third.answer({ text: text(2), tag: '"2"' });
    await vi.waitFor(() => expect(till.fresh.value?.change).toBe(2));
});

it('asks one at a time, and more seldom while there is no answer', async () => {
    const till = catalogue();
    const opened = till.open();
    (await server.last()).answer({ text: text(1), tag: '"1"' });
    await opened;
    const both = [till.refresh(), till.refresh()];
    const request = await server.last();
    expect(server.asked.length).toBe(2);
    request.fail(offline());
    await Promise.all(both);
    let every = 2 * EVERY_MS;
    while (every < EVERY_MS_MAX * 2) {
        const wait = Math.min(every, EVERY_MS_MAX);
        const before = server.asked.length;
        await vi.advanceTimersByTimeAsync(wait - 1);
        expect(server.asked.length).toBe(before);
        await vi.advanceTimersByTimeAsync(1);
        expect(server.asked.length).toBe(before + 1);
        (await server.last()).fail(offline());
        await vi.advanceTimersByTimeAsync(0);
        every *= 2;
    }
});

it('asks when the connection is back, and takes no tag for an answer that another server may have given', async () => {
    const heard = new Set<(state: ConnectionState) => void>();
    const engine = {
        on: (_: string, hear: (state: ConnectionState) => void) => {
            heard.add(hear);
            return () => heard.delete(hear);
        },
    } as unknown as Engine;
    const say = (sync: ConnectionState['sync']) => {
        for (const hear of heard) hear({ sync } as ConnectionState);
    };
    const till = catalogue();
    const opened = till.open();
    (await server.last()).answer({ text: text(1), tag: '"1"' });
    await opened;
    const end = till.follow(engine);
    for (const sync of ['red', 'orange', 'green'] as const) say(sync);
    expect(server.asked.length).toBe(1); // it has just been answered
    say('red');
    say('green');
    const again = await server.last();
    expect(again.tag).toBeNull();
    again.answer({ text: text(1, 'other'), tag: '"1"' });
    await vi.waitFor(() => expect(till.fresh.value?.database).toBe('other'));
    end();
    expect(heard.size).toBe(0);
});

it('asks by the tag that is kept where that says of which server it is', async () => {
    await keep(1, '"cafe-1-17"');
    const opened = catalogue().open();
    const request = await server.last();
    expect(request.tag).toBe('"cafe-1-17"');
    request.answer(null);
    expect((await opened).change).toBe(1);
});

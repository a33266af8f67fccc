/** WebSocket and long polling: falling back, climbing back, and what goes wrong with either (W1, W15). */
import { describe, expect, it } from 'vitest';
import { openLongPolling } from '../../src/client/long_polling.js';
import { addressOf } from '../../src/client/transport.js';
import { type Hello, MESSAGE_BYTES_MAX, type TillMessage } from '../../src/wire/protocol.js';
import { ProtocolError, readServerMessage } from '../../src/wire/read.js';
import { Network } from './network.js';
import { briefs, coffee, pass, Shop, tap } from './tills.js';

const shop = new Shop();

async function onPolling() {
    const network = new Network(shop.server);
    network.webSockets = 'fail';
    const opening = shop.open({ network, wait: false, timing: { firstWelcomeMs: 0 } });
    await pass(1_000);
    return opening;
}

it('after two WebSockets that did not open, the till polls', async () => {
    const ada = await onPolling();
    expect(ada.network.opened).toEqual({ websocket: 2, polling: 1 });
    expect(ada.engine.connection).toMatchObject({ sync: 'green', transport: 'long polling' });
});

it('a WebSocket that opens and lets nothing through counts as one that did not open', async () => {
    shop.server.lets = (_, to) => to.kind !== 'websocket';
    const ada = await shop.open({ wait: false, timing: { firstWelcomeMs: 0 } });
    await pass(22_000);
    expect(ada.engine.connection).toMatchObject({ sync: 'green', transport: 'long polling' });
});

it('a WebSocket that neither opens nor fails is given up after 5 s', async () => {
    const network = new Network(shop.server);
    network.webSockets = 'stalled';
    const ada = await shop.open({ network, wait: false, timing: { firstWelcomeMs: 0 } });
    await pass(12_000);
    expect(ada.engine.connection).toMatchObject({ sync: 'green', transport: 'long polling' });
});

it('W1, W15: what waits goes out in requests that the server takes: 64 messages and 2 MiB at most', async () => {
    const requests: string[] = [];
    const fetcher = async (url: unknown, init?: RequestInit): Promise<Response> => {
        if (String(url).includes('/send/')) requests.push(String(init?.body));
        // A poll is held for good.
        if (String(url).includes('/poll/')) return new Promise(() => {});
        return new Response('{"connection":"c1","messages":[]}');
    };
    const opener = openLongPolling('http://sync.example/sync', fetcher, { openMs: 1_000, pollMs: 1_000 });
    const hello = () => ({}) as Hello;
    const heard = { opened: () => {}, message: () => {}, closed: () => {} };
    const polling = opener(hello, heard);
    for (let at = 0; at < 70; at += 1) polling.send({ type: 'ping', at });
    const order = '\u4e2d'.repeat(200_000);
    for (let unsent = 0; unsent < 10; unsent += 1) polling.send({ type: 'presence', order, unsent });
    await pass();
    polling.close();
    const batches = requests.map(body => JSON.parse(body).messages as TillMessage[]);
    expect(batches.map(batch => batch.length)).toEqual([64, 9, 3, 3, 1]);
    expect(
        batches.flat().map(message => ('at' in message ? message.at : 'unsent' in message && message.unsent)),
    ).toEqual([
        ...Array.from({ length: 70 }, (_, at) => at),
        ...Array.from({ length: 10 }, (_, unsent) => unsent),
    ]);
    expect(requests.every(body => new TextEncoder().encode(body).length <= MESSAGE_BYTES_MAX)).toBe(true);
});

it('W15: everything works by long polling too', async () => {
    const ada = await onPolling();
    const bob = await shop.open({ pos: 2 });
    const { order, line } = await coffee(ada);
    void tap(bob, order, line);
    await pass();
    void tap(ada, order, line);
    await pass(26_000);
    expect([briefs(ada), briefs(bob)]).toEqual([['#1 42x3'], ['#1 42x3']]);
    expect(ada.engine.connection).toMatchObject({ commandsWaiting: 0, sync: 'green' });
    expect(ada.engine.replicaText()).toBe(bob.engine.replicaText());
});

it('a poll that is cut off is made good by a new connection', async () => {
    const [ada, bob] = [await onPolling(), await shop.open({ pos: 2 })];
    ada.network.isUp = false;
    ada.network.cut();
    const { order } = await coffee(bob);
    await pass(30_000);
    expect(ada.engine.connection.sync).toBe('red');
    ada.network.isUp = true;
    await pass(8_000);
    expect(ada.engine.order(order)).toBeDefined();
});

it('the till climbs back to a WebSocket within 60 s, and loses nothing on the way', async () => {
    const ada = await onPolling();
    const { order, line } = await coffee(ada);
    ada.network.webSockets = 'work';
    await pass(58_000);
    expect(ada.engine.connection.transport).toBe('long polling');
    const outcome = tap(ada, order, line);
    await pass(3_000);
    expect(ada.engine.connection).toMatchObject({ transport: 'websocket', sync: 'green' });
    expect(await outcome).toMatchObject({ accepted: true });
    expect(ada.engine.till?.login).toBe(1);
    expect(shop.server.orders.get(order)?.order.lines[0]?.fields.qty).toBe(2);
});

it('a failed climb changes nothing', async () => {
    const ada = await onPolling();
    let isTold = false;
    ada.engine.on('connection', ({ sync }) => {
        isTold ||= sync !== 'green';
    });
    await pass(130_000);
    expect(ada.network.opened.websocket).toBe(4);
    expect([ada.engine.connection.transport, isTold]).toEqual(['long polling', false]);
});

it('it never gives up: waits double up to 5 s', async () => {
    const ada = await shop.open();
    ada.network.isUp = false;
    ada.network.cut();
    await pass(600_000);
    const { websocket, polling } = ada.network.opened;
    expect(websocket).toBeGreaterThan(60);
    expect(websocket + polling).toBeLessThan(300);
    ada.network.isUp = true;
    await pass(10_100);
    expect(ada.engine.connection.sync).toBe('green');
});

describe('addresses', () => {
    it.each([
        ['http://shop', 'ws://shop/sync', 'http://shop/sync'],
        ['https://shop:8069/', 'wss://shop:8069/sync', 'https://shop:8069/sync'],
        ['wss://shop/sync/KEY/', 'wss://shop/sync/KEY', 'https://shop/sync/KEY'],
        ['ws://shop/proxy/sync/KEY', 'ws://shop/proxy/sync/KEY', 'http://shop/proxy/sync/KEY'],
    ])('%s', (url, webSocket, http) => expect(addressOf(url)).toEqual({ webSocket, http }));
    it.each(['shop', 'ftp://shop', ''])('"%s" is none, and it is said what to give', url => {
        expect(() => addressOf(url)).toThrow(/Sync Server/);
    });
});

describe('W1: what is no message is said to be none', () => {
    it.each([
        ['nonsense', /no JSON/],
        ['[]', /no JSON object/],
        ['{"type":"surprise"}', /type "surprise"/],
        ['{"type":"constructor"}', /type "constructor"/],
        ['{"type":"accepted","number":"1","answer":{}}', /"number" of kind number/],
        ['{"type":"event","seq":1,"till":"t","user":null,"pos":{},"changes":[]}', /"user" of kind object/],
    ])('%s', (text, says) => {
        expect(() => readServerMessage(text)).toThrow(ProtocolError);
        expect(() => readServerMessage(text)).toThrow(says);
    });
    it('members that are not known are passed over', () => {
        expect(readServerMessage('{"type":"pong","at":1,"later":true}')).toMatchObject({ at: 1 });
    });
});

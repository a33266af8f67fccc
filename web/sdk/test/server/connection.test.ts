/** Connections that are bad in every way: polling, slow readers, half frames, a server that is killed. */
import { afterEach, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { TIMING as SDK_TIMING } from '../../src/client/timing.js';
import type { Json } from '../../src/client/types.js';
import type { WebSocketClass } from '../../src/client/websocket.js';
import { HELLO } from './raw.js';
import { arrival, brief, briefs, isGreen, isRed, level, Stage, tap, typeLine, typeOrder } from './stage.js';
import { when } from './waits.js';

const stage = new Stage();
afterEach(() => stage.ledger.check());

it('W15: where WebSockets are blocked, long polling carries everything; later the till climbs back', async () => {
    const proxy = await stage.proxy();
    proxy.blockWebSockets(true);
    const ada = await stage.open({ proxy, timing: { climbMs: 300 } });
    const bob = await stage.open({ pos: 2 });
    expect([ada, bob].map(({ engine }) => engine.connection.transport)).toEqual([
        'long polling',
        'websocket',
    ]);
    const { order, line } = typeOrder(ada);
    await arrival(bob, order);
    const edits = Array.from({ length: 20 }, () => [tap(ada, order, line), tap(bob, order, line)]);
    await Promise.all(edits.flat());
    await level([ada, bob]);
    expect(brief(ada.engine.order(order))).toBe('#1 42x41');

    await stage.server.restart();
    for (const till of [ada, bob]) await isGreen(till);
    expect(ada.engine.connection.transport).toBe('long polling');
    void tap(bob, order, line);
    await tap(ada, order, line);

    proxy.blockWebSockets(false);
    void tap(ada, order, line);
    await when(ada.engine, 'a WebSocket', () => ada.engine.connection.transport === 'websocket');
    void tap(ada, order, line);
    await level([ada, bob]);
    expect(brief(bob.engine.order(order))).toBe('#1 42x45');
});

it('W15: an unknown connection, and one that is over, is told so', async () => {
    const post = async (path: string, body: object) => {
        const response = await fetch(`${stage.server.url}/sync/${path}`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
        });
        return (await response.json()) as { connection?: string; messages?: Json[] };
    };
    const unknown = await post('poll/nobody', {});
    expect(JSON.stringify(unknown)).toMatch(/"type":"error"/);
    expect(JSON.stringify(unknown)).toMatch(/"code":"busy"/);
    const refused = await post('open', { ...HELLO, protocol: 99 });
    expect(refused.connection).toBeUndefined();
    expect(JSON.stringify(refused)).toMatch(/"code":"protocol"/);
    const opened = await post('open', HELLO);
    expect(opened).toMatchObject({ connection: expect.any(String), messages: [{ type: 'welcome' }] });
    const { connection } = opened;
    expect(await post(`send/${connection}`, { messages: [{ type: 'ping', at: 3 }] })).toEqual({});
    const { messages } = await post(`poll/${connection}`, {});
    expect(messages).toMatchObject([{ type: 'pong', at: 3 }]);
    expect(await post(`send/${connection}`, { messages: [{ type: 'howdy' }] })).toBeTruthy();
    const after = await post(`poll/${connection}`, {});
    expect(JSON.stringify(after)).toMatch(/"code":"(bad_message|busy)"/);
});

it('W13: a reader that is too slow is cut off, and is whole again by itself', async () => {
    const ada = await stage.open({ timing: SDK_TIMING });
    const bob = await stage.open({ pos: 2 });
    const orders = Array.from({ length: 10 }, () => typeOrder(bob).order);
    for (const order of orders) await arrival(ada, order);
    ada.proxy.stall('down');
    // Large enough to fill what the operating systems buffer on the way, many enough to fill what the server does.
    const text = 'x'.repeat(16_000);
    for (let count = 0; count < 1_450; count += 1) {
        // Another order each time, so that each change is a command of its own.
        void bob.engine.record(orders[count % 10] ?? '', [
            { op: 'set', field: 'count', value: count },
            { op: 'set', field: 'text', value: text },
        ]);
    }
    await bob.engine.settled();
    const before = stage.ledger.hellos.length;
    ada.proxy.flow();
    await when(ada.engine, 'the last change', () => ada.engine.seq >= bob.engine.seq, 20_000);
    expect(stage.ledger.hellos.length).toBe(before + 1);
    expect(stage.ledger.errors).toEqual(['too_slow']);
    await level([ada, bob], 20_000);
    expect(ada.engine.order(orders[9] ?? '')?.fields.count).toBe(1_449);
});

it('W13, W15: a till that polls too rarely is cut off at the same bound', async () => {
    const bob = await stage.open({ pos: 2 });
    const post = async (path: string, body: object) => {
        const response = await fetch(`${stage.server.url}/sync/${path}`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
        });
        return await response.text();
    };
    const { connection } = JSON.parse(await post('open', HELLO));
    const orders = [typeOrder(bob).order, typeOrder(bob).order] as const;
    for (let count = 0; count < 1_100; count += 1) {
        void bob.engine.record(orders[count % 2] ?? orders[0], [{ op: 'set', field: 'count', value: count }]);
    }
    await bob.engine.settled();
    // What waited comes first; then either the reason, or that the connection is not known any more.
    let answer = '';
    for (let polls = 0; polls < 20 && !answer.includes('"error"'); polls += 1) {
        answer = await post(`poll/${connection}`, {});
    }
    expect(answer).toMatch(/"code":"(too_slow|busy)"/);
});

it.each([
    'up',
    'down',
] as const)('a reset in the middle of a frame (%s) loses and doubles nothing', async direction => {
    const [ada, bob] = await stage.pair();
    const { order, line } = typeOrder(ada);
    await arrival(bob, order);
    for (let round = 0; round < 5; round += 1) {
        ada.proxy.resetInFrame(direction);
        const edit = tap(ada, order, line);
        await tap(bob, order, line);
        await edit;
    }
    await level([ada, bob]);
    expect(brief(bob.engine.order(order))).toBe('#1 42x11');
});

it('14: a cable that hangs loose is noticed, said, and forgotten when it is back', async () => {
    const [ada, bob] = await stage.pair();
    const { order, line } = typeOrder(ada);
    await arrival(bob, order);
    ada.proxy.stall();
    const edit = tap(ada, order, line);
    await isRed(ada);
    expect(ada.engine.connection.message).toBe('No connection to the server');
    await tap(bob, order, line);
    ada.proxy.cut();
    ada.proxy.flow();
    const backMs = Date.now();
    await isGreen(ada);
    await edit;
    await level([ada, bob]);
    // Rule 14: whole within 2 s.
    expect(Date.now() - backMs).toBeLessThan(2_000);
    expect(ada.engine.connection.message).toBeNull();
    expect(brief(ada.engine.order(order))).toBe('#1 42x3');
});

it('W13: a hello that arrives late, after the next one, does not make the till another', async () => {
    const [ada, bob] = await stage.pair();
    const { order, line } = typeOrder(ada);
    await arrival(bob, order);
    const { till } = ada.engine;
    const proxy = await stage.proxy();
    // The next connection opens, and what it says is stuck on the way until the one after it works.
    let isNext = true;
    const Plain = stage.ledger.WebSocket as unknown as typeof WebSocket;
    class Stuck extends Plain {
        constructor(url: string) {
            super(url);
            this.once('open', () => {
                if (isNext) proxy.strand();
                isNext = false;
            });
        }
    }
    await stage.close(ada);
    const again = await stage.open({
        proxy,
        storage: ada.storage,
        timing: { welcomeMs: 300 },
        options: { WebSocket: Stuck as unknown as WebSocketClass },
    });
    await isGreen(again);
    const edits = [tap(again, order, line), tap(bob, order, line)];
    proxy.flow();
    await Promise.all(edits);
    await when(again.engine, 'to be replaced', () => stage.ledger.errors.includes('replaced'));
    await isGreen(again);
    await level([again, bob]);
    expect(again.engine.till).toEqual(till);
    expect(brief(bob.engine.order(order))).toBe('#1 42x3');
});

it('A5: kill -9 in the middle of a burst: what was acknowledged is there, the rest is sent again', async () => {
    const [ada, bob] = await stage.pair();
    const { order, line } = typeOrder(ada);
    await arrival(bob, order);
    for (let round = 0; round < 4; round += 1) {
        const edits: Promise<unknown>[] = [];
        for (let count = 0; count < 40; count += 1) {
            edits.push(tap(ada, order, line), tap(bob, order, line));
            await Promise.resolve();
        }
        await edits[round * 10];
        await stage.server.restart();
        await Promise.all(edits);
        for (const till of [ada, bob]) {
            // One that has not noticed yet that its connection is gone would be red in the next round.
            await till.engine.check();
            await isGreen(till);
        }
    }
    await level([ada, bob]);
    expect(brief(ada.engine.order(order))).toBe(`#1 42x${1 + 4 * 80}`);
    const fresh = await stage.open({ pos: 3 });
    await level([ada, bob, fresh]);
});

it('17: unsent work is there after a reload in the middle of an outage, and is sent', async () => {
    const [first, bob] = await stage.pair();
    await stage.server.kill();
    await isRed(first);
    const { order } = typeOrder(first);
    typeLine(first, order, { product_id: 43, qty: 2, price_unit: 4 });
    await when(first.engine, 'the order', () => briefs(first).length === 1);
    await first.engine.kept();
    const ada = await stage.reload(first);
    expect(briefs(ada)).toEqual(['#New 42x1 43x2']);
    const second = typeOrder(ada).order;
    expect(second).not.toBe(order);
    await stage.server.restart();
    await arrival(bob, second);
    await level([ada, bob]);
    expect(briefs(bob)).toEqual(['#1 42x1 43x2', '#2 42x1']);
});

it('W16: who is there, and what they look at', async () => {
    const [ada, bob] = await stage.pair();
    const { order } = typeOrder(ada);
    await arrival(bob, order);
    ada.engine.showing(order);
    await when(bob.engine, 'Ada’s order', () => bob.engine.present.some(each => each.order === order));
    expect(bob.engine.present).toMatchObject([
        { user: { name: 'Ada' }, pos: { name: 'Bar' }, order, unsent: 0 },
    ]);
    const fresh = await stage.open({ pos: 3 });
    expect(fresh.engine.present.map(each => each.order).sort()).toEqual([null, order].sort());
    await stage.close(fresh);
    await when(bob.engine, 'the third to be gone', () => bob.engine.present.length === 1);
    ada.proxy.cut();
    ada.proxy.refuse();
    await when(bob.engine, 'Ada to be gone', () => bob.engine.present.length === 0);
    await ada.proxy.accept();
    await when(bob.engine, 'Ada to be back', () => bob.engine.present.length === 1);
});

/** What the server answers to those who say something else than it expects (W1, W3, W8, W13, W14). */
import { afterEach, describe, expect, it } from 'vitest';
import type { ServerMessage } from '../../src/wire/protocol.js';
import { HELLO, Raw } from './raw.js';
import { arrival, level, Stage, typeOrder } from './stage.js';

const stage = new Stage();
const raws: Raw[] = [];
const raw = async () => {
    const client = await Raw.open(stage.server.url);
    raws.push(client);
    return client;
};
afterEach(() => {
    for (const client of raws.splice(0)) client.close();
});

const MEBIBYTE = 1024 * 1024;
const command = (number: number, id: string, text = '') => ({
    type: 'command',
    number,
    id,
    answered: 0,
    user: HELLO.user,
    device_time_ms: 0,
    actions: [
        { action: 'create', order: `00009-001-${number}`, creation: id, run: 1, fields: { text }, lines: [] },
    ],
});

/** Answers that matter; presence of others may come between. */
const isSaid = (message: ServerMessage | null) => message?.type !== 'presence' && message?.type !== 'gone';
async function answer(client: Raw): Promise<ServerMessage | null> {
    for (;;) {
        const message = await client.next();
        if (isSaid(message)) return message;
    }
}

describe('W13: what does not fit is answered with a reason, and the end', () => {
    const cases: [string, object | string | Buffer, string][] = [
        ['a till of protocol version 99', { ...HELLO, protocol: 99 }, 'protocol'],
        ['a till of protocol version 0', { ...HELLO, protocol: 0 }, 'protocol'],
        [
            'version 99 with a hello that this version cannot read',
            { type: 'hello', protocol: 99 },
            'protocol',
        ],
        ['junk', 'GET / HTTP/1.1', 'bad_message'],
        ['JSON that is no object', '[1, 2, 3]', 'bad_message'],
        ['an object without a type', {}, 'bad_message'],
        ['a type that nobody knows', { type: 'howdy' }, 'bad_message'],
        ['a ping before the hello', { type: 'ping', at: 1 }, 'bad_message'],
        ['a command before the hello', command(1, 'c-1'), 'bad_message'],
        ['a hello without a device', { ...HELLO, device: undefined }, 'bad_message'],
        ['a hello whose POS is no POS', { ...HELLO, pos: 'Bar' }, 'bad_message'],
        ['a session without a login', { ...HELLO, session: 1 }, 'bad_message'],
        ['a device name with a control character', { ...HELLO, device: 'a\nb' }, 'bad_message'],
        ['a device name of 201 bytes', { ...HELLO, device: 'x'.repeat(201) }, 'bad_message'],
        ['a binary frame', Buffer.from([0, 1, 2, 3]), 'bad_message'],
    ];
    it.each(cases)('%s', async (_, message, code) => {
        const client = await raw();
        client.say(message);
        const error = await client.next();
        expect(error).toMatchObject({ type: 'error', code });
        if (error?.type !== 'error') return;
        expect(error.text.length).toBeGreaterThan(10);
        if (code === 'protocol') expect(error.protocols).toEqual([1]);
        expect(await client.rest()).toEqual([]);
    });
});

it('W1: a message beyond 2 MiB ends the connection, and costs nobody else anything', async () => {
    const [ada, bob] = await stage.pair();
    const client = await raw();
    client.say(HELLO);
    expect(await answer(client)).toMatchObject({ type: 'welcome', last_command: 0 });
    client.say(command(1, 'c-big', 'x'.repeat(2 * MEBIBYTE)));
    const rest = (await client.rest()).filter(isSaid);
    expect(rest.filter(message => message.type !== 'error')).toEqual([]);
    for (const message of rest) expect(message).toMatchObject({ code: 'bad_message' });
    const { order } = typeOrder(ada);
    await arrival(bob, order);
    await level([ada, bob]);
});

it('W1: a message just under the bound is taken', async () => {
    const client = await raw();
    client.say(HELLO);
    expect(await answer(client)).toMatchObject({ type: 'welcome' });
    client.say(command(1, 'c-big', 'x'.repeat(2 * MEBIBYTE - 1024)));
    expect(await answer(client)).toMatchObject({ type: 'event', number: 1 });
    expect(await answer(client)).toMatchObject({ type: 'accepted', number: 1 });
});

it('W1: members that the server does not know are passed over', async () => {
    const client = await raw();
    client.say({ ...HELLO, colour: 'green', pos: { ...HELLO.pos, floor: 2 } });
    expect(await answer(client)).toMatchObject({
        type: 'welcome',
        till: expect.stringContaining('dev-raw/'),
    });
});

it('A4, W8, W9, W10, W14: numbers, answers that are given again, gaps, renumber, pongs', async () => {
    const client = await raw();
    client.say(HELLO);
    const welcome = await answer(client);
    if (welcome?.type !== 'welcome') throw new Error(`no welcome: ${JSON.stringify(welcome)}`);
    client.say(command(1, 'c-1'));
    const event = await answer(client);
    expect(event).toMatchObject({ type: 'event', till: welcome.till, number: 1, seq: welcome.seq + 1 });
    const accepted = await answer(client);
    expect(accepted).toMatchObject({
        type: 'accepted',
        number: 1,
        seq: welcome.seq + 1,
        answer: { number: 1 },
    });
    // The same again: the same answer, and no event.
    client.say(command(1, 'c-1'));
    expect(await answer(client)).toEqual(accepted);
    client.say(command(3, 'c-3'));
    expect(await answer(client)).toEqual({
        type: 'refused',
        number: 3,
        refusal: { reason: 'gap', expected: 2 },
        order: null,
    });
    client.say(command(1, 'c-other'));
    expect(await answer(client)).toEqual({
        type: 'refused',
        number: 1,
        refusal: { reason: 'renumber', number: 1 },
        order: null,
    });
    client.say({ type: 'ping', at: 17 });
    expect(await answer(client)).toEqual({ type: 'pong', at: 17, seq: welcome.seq + 1 });

    // After kill -9 all of it still holds, for a till that comes back by its session and login.
    await stage.server.restart();
    const again = await raw();
    const { session, login, server, epoch, run } = welcome;
    again.say({ ...HELLO, session, login, server, epoch, run, seq: welcome.seq });
    expect(await answer(again)).toMatchObject({
        type: 'welcome',
        till: welcome.till,
        last_command: 1,
        server,
        epoch,
    });
    again.say(command(1, 'c-1'));
    expect(await answer(again)).toEqual(accepted);
});

it('W8: actions that are not a till’s are refused as bad, and use a number up', async () => {
    const client = await raw();
    client.say(HELLO);
    expect(await answer(client)).toMatchObject({ type: 'welcome' });
    const others = [
        { action: 'join_pos', pos: 9, name: 'Raw' },
        { action: 'open_session', pos: 9, session: 99, user: HELLO.user },
        { action: 'log_in', pos: 9 },
        { action: 'begin_run', run: 7 },
        { action: 'set_active', active: false },
        { action: 'dance' },
    ];
    for (const [at, action] of others.entries()) {
        client.say({ ...command(at + 1, `c-${at}`), actions: [action] });
        let message = await answer(client);
        if (message?.type === 'event') message = await answer(client);
        expect(message).toMatchObject({ type: 'refused', number: at + 1, refusal: { reason: 'bad' } });
    }
});

it('W8, W9: a command whose content is odd is refused as bad, uses its number up, and the connection goes on', async () => {
    const client = await raw();
    client.say(HELLO);
    expect(await answer(client)).toMatchObject({ type: 'welcome' });
    const nested = (levels: number): unknown => (levels === 0 ? 0 : [nested(levels - 1)]);
    const create = {
        action: 'create',
        order: '00009-001-0001',
        creation: 'k',
        run: 1,
        fields: {},
        lines: [],
    };
    const odd: object[] = [
        { ...create, fields: { deep: nested(33) } },
        { ...create, order: 'x'.repeat(201) },
        { ...create, order: '' },
        { ...create, creation: '' },
        { ...create, lines: [{ uid: 'x'.repeat(201), fields: {} }] },
        { ...create, lines: [{ uid: '', fields: {} }] },
        { action: 'pay', order: 'x', payment: { id: '', till: 't', fields: {} } },
        { ...create, order: 'a\u0000b' },
        { ...create, order: 7 },
        { ...create, fields: [] },
        { ...create, lines: [{ uid: 'l', fields: null }] },
        { ...create, run: -1 },
        { action: 'update', order: 'x', base: 'y', operations: [] },
        { action: 'update', order: 'x', base: 0, operations: [{ op: 'multiply', field: 'qty', by: 2 }] },
        { action: 'delete', order: 'x' },
    ];
    const taken: object[] = [];
    for (const [at, action] of odd.entries()) {
        // Each is about an order of its own, so that none is a known one, sent again.
        const text = JSON.stringify(action)
            .replace('00009-001-0001', `00009-001-${at}`)
            .replace('"k"', `"k-${at}"`);
        client.say({ ...command(at + 1, `c-${at}`), actions: [JSON.parse(text)] });
        let message = await answer(client);
        if (message?.type === 'event') message = await answer(client);
        // Beyond a bound it is `too_large` (A8).
        const isRefused =
            message?.type === 'refused' && ['bad', 'too_large'].includes(message.refusal.reason);
        if (!isRefused) taken.push({ action: JSON.stringify(action).slice(0, 200), message });
    }
    expect(taken).toEqual([]);
    client.say({ ...command(odd.length + 1, 'c-none'), actions: [] });
    let message = await answer(client);
    if (message?.type === 'event') message = await answer(client);
    expect(message).toMatchObject({ type: 'refused', refusal: { reason: 'bad' } });
    client.say({ ...command(odd.length + 2, 'c-name'), user: { id: 1, name: 'x'.repeat(201) } });
    message = await answer(client);
    if (message?.type === 'event') message = await answer(client);
    expect(message).toMatchObject({ type: 'refused', refusal: { reason: 'bad' } });
    client.say(command(odd.length + 3, 'c-last'));
    expect(await answer(client)).toMatchObject({
        type: 'event',
        changes: [{ change: 'registered', number: 1 }],
    });
});

it('W4: a till that has seen all hears a tail, one that has nothing a snapshot, and both are the same', async () => {
    const ada = await stage.open();
    const { order } = typeOrder(ada);
    await ada.engine.settled();
    const client = await raw();
    client.say(HELLO);
    const first = await answer(client);
    if (first?.type !== 'welcome') throw new Error('no welcome');
    expect(first.snapshot?.orders.map(({ uid }) => uid)).toEqual([order]);
    const { server, epoch, run, seq, session, login } = first;
    const again = await raw();
    again.say({ ...HELLO, server, epoch, run, seq, session, login });
    expect(await answer(again)).toMatchObject({ type: 'welcome', tail: [], seq });
    // The first connection of the same till is told why it ends.
    expect((await client.rest()).filter(isSaid)).toMatchObject([{ type: 'error', code: 'replaced' }]);
    const stranger = await raw();
    stranger.say({ ...HELLO, device: 'dev-other', server: 'another', epoch, run, seq });
    expect(await answer(stranger)).toMatchObject({ type: 'welcome', snapshot: { orders: [{ uid: order }] } });
});

it('W2, W3: a path or a database that is not served is refused, in words', async () => {
    const client = await raw();
    client.say({ ...HELLO, database: 'nobody knows this one', multi_session: 77 });
    const message = await answer(client);
    // Open to all means: databases and multi-sessions are made as they are named, or refused with the reason.
    if (message?.type === 'error') expect(message.code).toBe('access');
    else expect(message).toMatchObject({ type: 'welcome', multi_session: 77 });
    const keyed = await fetch(`${stage.server.url}/sync/no-such-key/open`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(HELLO),
    });
    const body = await keyed.text();
    expect(body).toContain('access');
});

it('W2: without a key a browser is served for pages of the server itself only', async () => {
    const page = await Raw.open(stage.server.url, 'https://elsewhere.example');
    raws.push(page);
    page.say(HELLO);
    expect(await page.next()).toMatchObject({ type: 'error', code: 'access' });
    const own = await Raw.open(stage.server.url, stage.server.url);
    raws.push(own);
    own.say(HELLO);
    expect(await answer(own)).toMatchObject({ type: 'welcome' });
});

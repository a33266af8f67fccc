/** How a till notices that its connection is gone, or back (rules 14, 29, 30). */
import { afterEach, expect, it, vi } from 'vitest';
import type { TillMessage } from '../../src/wire/protocol.js';
import { coffee, pass, Shop, type Till, tap } from './tills.js';

const shop = new Shop();
const sync = ({ engine }: Till) => engine.connection.sync;

afterEach(() => vi.unstubAllGlobals());

/** What a page of a browser has, and Node has not: its own events. */
function browserPage(): EventTarget {
    const page = new EventTarget();
    for (const name of ['addEventListener', 'removeEventListener'] as const)
        vi.stubGlobal(name, page[name].bind(page));
    return page;
}

it('rule 14: a till at work notices within 5 s, and is whole within 2 s of the network’s return', async () => {
    const ada = await shop.open();
    const { order, line } = await coffee(ada);
    ada.network.isSilent = true;
    void tap(ada, order, line);
    await pass(4_900);
    expect(sync(ada)).toBe('green');
    await pass(100);
    expect(sync(ada)).toBe('red');
    ada.network.isSilent = false;
    ada.network.cut();
    await pass(2_000);
    expect(sync(ada)).toBe('green');
    expect(shop.server.orders.get(order)?.order.lines[0]?.fields.qty).toBe(2);
});

it('rule 30: silence for 60 s makes an idle till ping; no answer within 10 s makes it red', async () => {
    const ada = await shop.open();
    await pass(59_000);
    const pings = () => shop.server.received.filter(message => message.type === 'ping').length;
    const before = pings();
    await pass(2_000);
    expect(pings()).toBe(before + 1);
    ada.network.isSilent = true;
    await pass(60_000 + 8_000);
    expect([sync(ada), ada.engine.connection.checking]).toEqual(['green', true]);
    await pass(2_000);
    expect(sync(ada)).toBe('red');
});

it('rule 29: the icon is orange until the stream has confirmed, and turns while it is checked', async () => {
    const ada = await shop.open();
    shop.server.lets = message => message.type !== 'pong';
    ada.network.cut();
    await pass(300);
    expect(ada.engine.connection).toMatchObject({ sync: 'orange', checking: true });
    shop.server.lets = () => true;
    await ada.engine.check().then(() => pass());
    expect(sync(ada)).toBe('green');
});

it('a click on the icon checks at once, also without a connection', async () => {
    const ada = await shop.open();
    ada.network.isUp = false;
    ada.network.cut();
    await pass(60_000);
    ada.network.isUp = true;
    const checked = ada.engine.check();
    await pass();
    await checked;
    expect(sync(ada)).toBe('green');
});

it('rule 14: commands that are not answered while pings are, are sent again on another connection', async () => {
    const ada = await shop.open();
    const { order, line } = await coffee(ada);
    const receive = shop.server.receive.bind(shop.server);
    shop.server.receive = (connection, message: TillMessage) => {
        if (message.type !== 'command') receive(connection, message);
    };
    void tap(ada, order, line);
    await pass(18_000);
    expect([sync(ada), ada.network.opened.websocket]).toEqual(['green', 1]);
    shop.server.receive = receive;
    await pass(4_000);
    expect(ada.network.opened.websocket).toBe(2);
    expect(ada.engine.connection.commandsWaiting).toBe(0);
});

it('rule 14: a click on the icon does not put off the red', async () => {
    const ada = await shop.open();
    const { order, line } = await coffee(ada);
    ada.network.isSilent = true;
    void tap(ada, order, line);
    await pass(4_000);
    void ada.engine.check();
    await pass(1_000);
    expect(sync(ada)).toBe('red');
});

it('a browser that says it has no network makes the till ask at once, and red in 2 s', async () => {
    const page = browserPage();
    const [ada, bob] = [await shop.open(), await shop.open({ pos: 2 })];
    // Bob's server is on his own machine: it answers all the same.
    ada.network.isSilent = true;
    page.dispatchEvent(new Event('offline'));
    expect(ada.engine.connection.checking).toBe(true);
    await pass(1_900);
    expect([sync(ada), sync(bob)]).toEqual(['green', 'green']);
    await pass(200);
    expect([sync(ada), sync(bob), bob.engine.connection.checking]).toEqual(['red', 'green', false]);
    ada.network.isSilent = false;
    page.dispatchEvent(new Event('online'));
    await pass();
    expect(sync(ada)).toBe('green');
});

it('another network may have left the connection behind: the till asks when the browser comes online', async () => {
    const page = browserPage();
    const ada = await shop.open();
    ada.network.isSilent = true;
    page.dispatchEvent(new Event('online'));
    await pass(1_900);
    ada.network.isSilent = false;
    await pass(500);
    // It gave the silent connection up, and has another.
    expect([sync(ada), ada.network.opened.websocket]).toEqual(['green', 2]);
});

/** Answers that are lost, holes, copied storages, servers that were restored (rules A, N4, W4 to W17). */
import { expect, it } from 'vitest';
import type { TillMessage } from '../../src/wire/protocol.js';
import { brief, briefs, coffee, pass, Shop, type Till, tap, typeCoffee } from './tills.js';

const shop = new Shop();
const commands = () => shop.server.received.filter(message => message.type === 'command');
const sync = ({ engine }: Till) => engine.connection.sync;

it('A4, W11: a command whose answer was lost is sent again, and taken once', async () => {
    const ada = await shop.open();
    const { order, line } = await coffee(ada);
    shop.server.lets = message => message.type !== 'accepted' && message.type !== 'event';
    const outcome = tap(ada, order, line);
    await pass();
    ada.network.cut();
    expect(brief(ada.engine.order(order))).toBe('#1 42x2');
    shop.server.lets = () => true;
    await pass(1_000);
    expect(commands().map(({ number }) => number)).toEqual([1, 2, 2]);
    expect(await outcome).toMatchObject({ accepted: true });
    expect(brief(ada.engine.order(order))).toBe('#1 42x2');
});

it('W6, A7: a till that finds a hole takes what it missed', async () => {
    const [ada, bob] = [await shop.open(), await shop.open({ pos: 2 })];
    const { order, line } = await coffee(ada);
    let lost = 0;
    shop.server.lets = (message, to) => {
        const isLost = message.type === 'event' && to.till?.startsWith('dev-2') === true && lost === 0;
        if (isLost) lost += 1;
        return !isLost;
    };
    void tap(ada, order, line);
    await pass();
    expect(briefs(bob)).toEqual(['#1 42x1']);
    void tap(ada, order, line);
    await pass(100);
    expect(briefs(bob)).toEqual(['#1 42x3']);
    expect(bob.engine.replicaText()).toBe(ada.engine.replicaText());
});

it('W14: a pong shows the hole that no later event shows', async () => {
    const [ada, bob] = [await shop.open(), await shop.open({ pos: 2 })];
    shop.server.lets = (message, to) => !(message.type === 'event' && to.till?.startsWith('dev-2'));
    await coffee(ada);
    shop.server.lets = () => true;
    let seen: string[] = [];
    void bob.engine.check().then(() => {
        seen = briefs(bob);
    });
    await pass(100);
    // Checked means: what the server has is here.
    expect(seen).toEqual(['#1 42x1']);
});

it('W4: a long absence is made good by a snapshot', async () => {
    const [ada, bob] = [await shop.open(), await shop.open({ pos: 2 })];
    const first = await coffee(ada);
    bob.engine.setNetwork(false);
    shop.server.tailMax = 2;
    for (let each = 0; each < 5; each += 1) await coffee(ada);
    void ada.engine.delete(first.order);
    await pass();
    bob.changes.splice(0);
    bob.engine.setNetwork(true);
    await pass();
    expect(bob.engine.replicaText()).toBe(ada.engine.replicaText());
    const seen = bob.changes.map(({ kind, uid }) => `${kind} ${uid === first.order ? 'first' : 'other'}`);
    expect(seen.sort()).toEqual([...Array(5).fill('added other'), 'removed first']);
});

it('A4: a gap in front of much that is under way is filled once', async () => {
    const ada = await shop.open();
    const { order, line } = await coffee(ada);
    const receive = shop.server.receive.bind(shop.server);
    const way: (() => void)[] = [];
    shop.server.receive = (connection, message: TillMessage) =>
        void way.push(() => receive(connection, message));
    for (let each = 0; each < 30; each += 1) {
        void tap(ada, order, line);
        await pass();
    }
    shop.server.receive = receive;
    // The first of them is lost, and the others come in one after the other.
    for (const arrive of way.slice(1)) arrive();
    await pass(100);
    expect(briefs(ada)).toEqual(['#1 42x31']);
    expect(commands()).toHaveLength(1 + 29 + 30);
});

it('A4: a gap is filled', async () => {
    const ada = await shop.open();
    const { order, line } = await coffee(ada);
    // The server has lost a command on the way that the till believes sent.
    const receive = shop.server.receive.bind(shop.server);
    let isLost = false;
    shop.server.receive = (connection, message: TillMessage) => {
        if (message.type === 'command' && message.number === 2 && !isLost) isLost = true;
        else receive(connection, message);
    };
    void tap(ada, order, line);
    await pass();
    void ada.engine.record(order, [{ op: 'set', field: 'note', value: 'x' }]);
    await pass(100);
    expect(ada.engine.order(order)).toMatchObject({
        unsent: 0,
        fields: { note: 'x' },
        lines: [{ fields: { qty: 2 } }],
    });
});

it('A4, W12: a copied storage logs in anew, and nothing of either till is swallowed', async () => {
    const ada = await shop.open();
    const { order, line } = await coffee(ada);
    const copy = ada.storage.copy();
    ada.engine.setNetwork(false);
    await pass();
    const twin = await shop.open({ storage: copy });
    void tap(twin, order, line);
    await pass();
    twin.engine.setNetwork(false);
    await pass();
    ada.engine.setNetwork(true);
    await pass();
    void tap(ada, order, line, 10);
    await pass(100);
    expect(ada.engine.till).toMatchObject({ login: 2 });
    expect(briefs(ada)).toEqual(['#1 42x12']);
    expect(ada.engine.newOrder()).toBe('00012-002-0001');
    // The server knew a command that this till never gave: it logged in anew before it sent anything.
    const tens = commands().filter(message => JSON.stringify(message).includes('"by":10'));
    expect(tens.map(message => message.number)).toEqual([1]);
});

it('A4, N4, W12: what is under way behind a command that was used up by a copy is not taken twice', async () => {
    const ada = await shop.open();
    await coffee(ada);
    const copy = ada.storage.copy();
    ada.engine.setNetwork(false);
    const twin = await shop.open({ storage: copy });
    twin.engine.setNetwork(false);
    const [here] = [typeCoffee(ada), typeCoffee(twin), typeCoffee(twin)];
    const tea = { product_id: 43, qty: 1, price_unit: 2 };
    void ada.engine.record(here.order, [{ op: 'set', field: 'note', value: 'ada' }]);
    typeCoffee(ada);
    void ada.engine.record(here.order, [
        { op: 'add_line', line: ada.engine.lineUid(here.order), fields: tea },
    ]);
    twin.engine.setNetwork(true);
    await pass();
    twin.engine.setNetwork(false);
    await pass();
    ada.engine.setNetwork(true);
    await pass(100);
    // Ada's third number would have been the next one: it waits until the answers to the first two have come.
    expect(briefs(ada)).toEqual(['#1 42x1', '#2 42x1', '#3 42x1', '#4 42x1 43x1', '#5 42x1']);
    // W12: under new ids.
    const ids = commands().flatMap(message =>
        JSON.stringify(message).includes('"note":"ada"') ? [message.id] : [],
    );
    expect(new Set(ids).size).toBe(2);
});

it('W13: two tills of one name: the first logs in anew, and both go on', async () => {
    const ada = await shop.open();
    const { order, line } = await coffee(ada);
    const twin = await shop.open({ storage: ada.storage.copy() });
    await pass(10_000);
    expect([ada.engine.till?.login, twin.engine.till?.login].sort()).toEqual([1, 2]);
    void tap(ada, order, line);
    void tap(twin, order, line);
    await pass(100);
    expect([briefs(ada), briefs(twin)]).toEqual([['#1 42x3'], ['#1 42x3']]);
    expect([ada.engine.newOrder(), twin.engine.newOrder()].sort()).toEqual([
        '00012-001-0002',
        '00012-002-0001',
    ]);
});

it('W13: a till that is replaced by a late hello of its own stays who it is; by another’s, it logs in anew', async () => {
    const ada = await shop.open();
    ada.network.cut();
    // The welcome does not come, and the connection is given up.
    shop.server.lets = () => false;
    await pass(1_000);
    expect(shop.server.received.filter(({ type }) => type === 'hello').length).toBe(2);
    shop.server.lets = () => true;
    await pass(12_000);
    const replace = () => {
        for (const connection of [...shop.server.connections]) shop.server.fail(connection, 'replaced');
    };
    replace();
    await pass(1_000);
    expect(sync(ada)).toBe('green');
    expect(ada.engine.till).toMatchObject({ login: 1 });
    replace();
    await pass(5_000);
    expect(ada.engine.till).toMatchObject({ login: 2 });
});

it('N1: no uid is used twice, whatever happens to the page', async () => {
    let ada = await shop.open();
    const uids = new Set<string>();
    for (let each = 0; each < 4; each += 1) {
        const { order, line } = typeCoffee(ada);
        expect(uids.has(order) || uids.has(line)).toBe(false);
        uids.add(order).add(line);
        await pass();
        ada = await shop.reload(ada);
    }
    expect(shop.server.orders.size).toBe(4);
});

it('W17: a server that was restored from a backup is offered again what it lost', async () => {
    const [ada, bob] = [await shop.open(), await shop.open({ pos: 2 })];
    const { order, line } = await coffee(ada);
    const backup = structuredClone({
        log: shop.server.log,
        orders: shop.server.orders,
        tills: shop.server.tills,
    });
    const second = await coffee(bob, 7);
    void tap(ada, order, line, 2);
    await pass();
    void tap(ada, second.order, second.line, 1);
    await pass();
    expect(briefs(ada)).toEqual(['#1 42x3', '#2 42x8']);
    // The machine is set up anew from yesterday's backup, and Ada's till is there first.
    bob.engine.setNetwork(false);
    Object.assign(shop.server, backup, { epoch: 2 });
    (shop.server as unknown as { numbers: Map<number, number> }).numbers = new Map([[1, 1]]);
    shop.server.cut();
    await pass(1_000);
    expect(briefs(ada)).toEqual(['#1 42x3']);
    bob.engine.setNetwork(true);
    await pass(10_000);
    expect([briefs(ada), briefs(bob)]).toEqual([
        ['#1 42x3', '#2 42x8'],
        ['#1 42x3', '#2 42x8'],
    ]);
    expect(ada.engine.refused).toEqual([]);
});

it('W17: what nobody offers again is given back to the user in the end', async () => {
    const [ada, bob] = [await shop.open(), await shop.open({ pos: 2 })];
    const backup = structuredClone({
        log: shop.server.log,
        orders: shop.server.orders,
        tills: shop.server.tills,
    });
    const { order, line } = await coffee(bob, 7);
    void tap(ada, order, line, 1);
    await pass();
    bob.engine.setNetwork(false);
    Object.assign(shop.server, backup, { epoch: 2 });
    shop.server.cut();
    await pass(60_000);
    expect(ada.engine.refused).toEqual([]);
    await pass(60_000);
    expect(ada.engine.refused).toMatchObject([
        { uid: order, refusal: { reason: 'unknown_order' }, operations: [{ op: 'increment', by: 1 }] },
    ]);
});

it('rule 22: an address that serves another database finds nothing of the former one, and the other way round', async () => {
    const ada = await shop.open();
    await coffee(ada);
    ada.engine.setNetwork(false);
    const unsent = typeCoffee(ada, 9);
    await pass();
    const former = {
        id: shop.server.id,
        log: shop.server.log,
        orders: shop.server.orders,
        tills: shop.server.tills,
        replica: shop.server.replica,
    };
    Object.assign(shop.server, { id: 'server-2', log: [], orders: new Map(), tills: new Map() });
    ada.engine.setNetwork(true);
    await pass(100);
    expect(briefs(ada)).toEqual([]);
    expect(ada.engine.connection).toMatchObject({ sync: 'green', commandsWaiting: 0 });
    expect(shop.server.orders.size).toBe(0);
    ada.engine.setNetwork(false);
    Object.assign(shop.server, former);
    ada.engine.setNetwork(true);
    await pass(100);
    expect(briefs(ada)).toEqual(['#1 42x1', '#2 42x9']);
    expect(shop.server.orders.has(unsent.order)).toBe(true);
});

it('W13: what the server says is shown, and the till tries again in its time', async () => {
    const ada = await shop.open();
    shop.server.protocols = [2];
    ada.network.cut();
    await pass(1_000);
    expect(ada.engine.connection).toMatchObject({ sync: 'red', message: 'the server says protocol' });
    shop.server.protocols = [1];
    await pass(200_000);
    expect(sync(ada)).toBe('red');
    await pass(100_000);
    expect(sync(ada)).toBe('green');
});

it('W8: no more than 64 commands are unanswered, and the rest follows', async () => {
    const ada = await shop.open();
    const { order, line } = await coffee(ada);
    shop.server.isHolding = true;
    for (let each = 0; each < 100; each += 1) {
        void tap(ada, order, line);
        await pass();
    }
    expect(commands()).toHaveLength(1 + 64);
    shop.server.work();
    await pass();
    expect(commands()).toHaveLength(101);
    expect(briefs(ada)).toEqual(['#1 42x101']);
    void ada.engine.record(order, [{ op: 'set', field: 'note', value: 'x' }]);
    await pass();
    expect(commands().at(-1)).toMatchObject({ number: 102, answered: 101 });
});

it('N4: a till that comes back by a snapshot does not take another’s order of its uid for its own', async () => {
    const ada = await shop.open();
    ada.engine.setNetwork(false);
    const { order, line } = typeCoffee(ada, 5);
    await pass();
    shop.server.act([
        {
            action: 'create',
            order,
            creation: 'k-other',
            run: 1,
            fields: {},
            lines: [{ uid: 'o', fields: { product_id: 9, qty: 9 } }],
        },
    ]);
    // The command arrives, its answer does not; then the page is loaded anew, and the log has gone on.
    ada.engine.setNetwork(true);
    shop.server.lets = message => message.type === 'welcome';
    await pass();
    void tap(ada, order, line);
    await pass();
    ada.engine.setNetwork(false);
    await pass();
    shop.server.tailMax = 0;
    shop.server.isHolding = true;
    shop.server.lets = () => true;
    const again = await shop.reload(ada);
    expect(briefs(again)).toContain('#New 42x6');
    shop.server.work();
    await pass();
    expect(briefs(again)).toEqual(['#1 9x9', '#2 42x6']);
    const uid = '00012-900-0001';
    expect(again.changes.filter(change => change.kind === 'renamed')).toMatchObject([{ uid, former: order }]);
    void tap(again, uid, line);
    await pass();
    expect(briefs(again)).toEqual(['#1 9x9', '#2 42x7']);
    // And so it is after one more reload.
    expect(briefs(await shop.reload(again))).toEqual(['#1 9x9', '#2 42x7']);
});

it('C5, W11: at no moment is what was typed neither in the outbox nor among the refused', async () => {
    const ada = await shop.open();
    const { order, line } = await coffee(ada);
    shop.server.isHolding = true;
    void tap(ada, order, line);
    await pass();
    const write = ada.storage.write.bind(ada.storage);
    const moments: number[] = [];
    ada.storage.write = async (server, changes) => {
        await write(server, changes);
        const stored = await ada.storage.copy().load(server);
        const waiting = stored?.commands.filter(command => !command.answer).length ?? 0;
        moments.push(waiting + (stored?.refused.length ?? 0));
    };
    shop.server.act([{ action: 'delete', order, base: 9 }]);
    shop.server.work();
    await pass(2_000);
    expect(ada.engine.refused).toHaveLength(1);
    const rescued = ada.engine.rescue(ada.engine.refused[0]?.id ?? '');
    shop.server.isHolding = true;
    await pass(2_000);
    expect(moments.length).toBeGreaterThan(1);
    expect(moments.every(count => count === 1)).toBe(true);
    shop.server.work();
    await pass();
    expect(brief(ada.engine.order(rescued))).toBe('#2 42x1');
});

it('W17: a log that lost something without saying so is not gone on with', async () => {
    const ada = await shop.open();
    const { order, line } = await coffee(ada);
    const backup = structuredClone({
        log: shop.server.log,
        orders: shop.server.orders,
        tills: shop.server.tills,
    });
    void tap(ada, order, line, 1);
    await pass();
    ada.engine.setNetwork(false);
    await pass();
    // As long as before, but with another history.
    Object.assign(shop.server, backup);
    for (const note of [1, 2, 3]) {
        shop.server.act([
            { action: 'update', order, base: 1, operations: [{ op: 'set', field: 'note', value: note }] },
        ]);
    }
    ada.engine.setNetwork(true);
    await pass(100);
    expect(ada.engine.order(order)).toMatchObject({
        fields: { note: 3 },
        lines: [{ fields: { qty: 2 } }],
        unsent: 0,
    });
});

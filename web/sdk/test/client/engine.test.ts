/** The engine at a shop with a working network, and with one that is not (rules of N, A, W). */
import { expect, it } from 'vitest';
import type { Json } from '../../src/client/types.js';
import { brief, briefs, coffee, pass, Shop, tap, typeCoffee } from './tills.js';

const shop = new Shop();

it('W3, N2, N1: a till logs in, and its uids are made of session, login and a counter of its own', async () => {
    const ada = await shop.open();
    expect(ada.engine.till).toEqual({ name: 'dev-1/00012-001', session: 12, login: 1 });
    expect(ada.engine.connection).toMatchObject({
        sync: 'green',
        checking: false,
        message: null,
        transport: 'websocket',
    });
    expect([ada.engine.newOrder(), ada.engine.newOrder()]).toEqual(['00012-001-0001', '00012-001-0002']);
});

it('N3: an order is shown as New at once, and gets its number from the server', async () => {
    const ada = await shop.open();
    const { order } = typeCoffee(ada);
    expect(briefs(ada)).toEqual(['#New 42x1']);
    expect(ada.engine.order(order)).toMatchObject({ unsent: 1, revision: 0, locked: null });
    await pass();
    expect(briefs(ada)).toEqual(['#1 42x1']);
    expect(ada.engine.order(order)).toMatchObject({ unsent: 0, revision: 1 });
    expect(ada.changes.map(({ kind, by }) => `${kind} ${by}`)).toEqual([
        'added me',
        'changed me',
        'changed server',
    ]);
});

it('an empty new order is nobody else’s business', async () => {
    const ada = await shop.open();
    ada.engine.newOrder();
    await pass(1_000);
    expect(shop.server.orders.size).toBe(0);
    expect(ada.engine.connection.commandsWaiting).toBe(0);
});

it('what is typed in one turn is one command', async () => {
    const ada = await shop.open();
    const { order, line } = typeCoffee(ada);
    void tap(ada, order, line);
    void ada.engine.record(order, [{ op: 'set', field: 'note', value: 'quick' }]);
    await pass();
    expect(shop.server.received.filter(message => message.type === 'command')).toHaveLength(1);
    expect(shop.server.orders.get(order)?.order).toMatchObject({
        fields: { note: 'quick' },
        lines: [{ fields: { qty: 2 } }],
    });
});

it('M3: two tills that tap one coffee each make two, and both show it', async () => {
    const [ada, bob] = [await shop.open(), await shop.open({ pos: 2 })];
    const { order, line } = await coffee(ada);
    expect(briefs(bob)).toEqual(['#1 42x1']);
    const outcomes = [tap(ada, order, line), tap(bob, order, line)];
    expect([briefs(ada), briefs(bob)]).toEqual([['#1 42x2'], ['#1 42x2']]);
    await pass();
    expect([briefs(ada), briefs(bob)]).toEqual([['#1 42x3'], ['#1 42x3']]);
    expect(await Promise.all(outcomes)).toEqual([
        { accepted: true, uid: order, number: 1 },
        { accepted: true, uid: order, number: 1 },
    ]);
    expect(ada.engine.replicaText()).toBe(bob.engine.replicaText());
});

it('H2: lines say who added them and who edited them', async () => {
    const [ada, bob] = [await shop.open(), await shop.open({ pos: 2 })];
    const { order, line } = await coffee(ada);
    void tap(bob, order, line);
    await pass();
    const [shown] = ada.engine.order(order)?.lines ?? [];
    expect(shown).toMatchObject({
        added: { user: { name: 'Ada' } },
        edited: { user: { name: 'Bob' }, pos: { name: 'Terrace' } },
    });
});

it('what did not change keeps its identity', async () => {
    const [ada, bob] = [await shop.open(), await shop.open({ pos: 2 })];
    const first = await coffee(ada);
    const second = await coffee(ada);
    const line = ada.engine.lineUid(first.order);
    void ada.engine.record(first.order, [{ op: 'add_line', line, fields: { product_id: 7, qty: 1 } }]);
    await pass();
    const [before, other] = [ada.engine.order(first.order), ada.engine.order(second.order)];
    void tap(bob, first.order, line);
    await pass();
    const after = ada.engine.order(first.order);
    expect(after).not.toBe(before);
    expect(after?.fields).toBe(before?.fields);
    expect(after?.lines[0]).toBe(before?.lines[0]);
    expect(after?.lines[1]).not.toBe(before?.lines[1]);
    expect(ada.engine.order(second.order)).toBe(other);
});

it('M7: a removal is shown at once; what another adds meanwhile stays', async () => {
    const [ada, bob] = [await shop.open(), await shop.open({ pos: 2 })];
    const { order, line } = await coffee(ada, 2);
    shop.server.isHolding = true;
    void ada.engine.record(order, [{ op: 'remove_line', line, seen: 2 }]);
    await pass();
    expect(briefs(ada)).toEqual(['#1']);
    shop.server.act([
        { action: 'update', order, base: 1, operations: [{ op: 'increment', line, field: 'qty', by: 1 }] },
    ]);
    await pass();
    expect(briefs(ada)).toEqual(['#1 42x1']);
    expect(briefs(bob)).toEqual(['#1 42x3']);
    // A set on a line that is gone in the confirmed order shows nothing.
    void bob.engine.record(order, [{ op: 'set', line, field: 'note', value: 'late' }]);
    shop.server.work();
    await pass();
    expect(briefs(bob)).toEqual(['#1']);
});

it('C2, N3: closing online asks the server; meanwhile the order is locked', async () => {
    const [ada, bob] = [await shop.open(), await shop.open({ pos: 2 })];
    const { order, line } = await coffee(ada);
    shop.server.isHolding = true;
    void ada.engine.pay(order, { amount: 2.5 });
    const closing = ada.engine.close(order);
    expect(ada.engine.order(order)).toMatchObject({ locked: 'paying' });
    expect(() => tap(ada, order, line)).toThrow(
        expect.objectContaining({ name: 'LockedError', reason: 'paying' }),
    );
    await pass();
    expect(ada.engine.connection.paidWaiting).toBe(1);
    shop.server.work();
    await pass();
    expect(await closing).toEqual({ accepted: true, uid: order, number: 1 });
    expect([briefs(ada), briefs(bob)]).toEqual([[], []]);
    expect(bob.changes.at(-1)).toMatchObject({ kind: 'removed', by: 'others', why: 'paid' });
    expect(shop.server.orders.get(order)?.order).toMatchObject({
        state: 'paid',
        payments: [{ till: 'dev-1/00012-001', fields: { amount: 2.5 } }],
    });
});

it('C2: a closing whose bill another changed is refused with the difference, and the order is open again', async () => {
    const ada = await shop.open();
    const { order, line } = await coffee(ada);
    shop.server.isHolding = true;
    const closing = ada.engine.close(order);
    await pass();
    shop.server.act([
        { action: 'update', order, base: 1, operations: [{ op: 'increment', line, field: 'qty', by: 1 }] },
    ]);
    shop.server.work();
    await pass();
    expect(await closing).toMatchObject({
        accepted: false,
        refusal: { reason: 'bill_changed', differences: [{ line, seen: { qty: 1 }, now: { qty: 2 } }] },
        order: { number: 1, revision: 2 },
    });
    expect(ada.engine.order(order)).toMatchObject({ locked: null, lines: [{ fields: { qty: 2 } }] });
    expect(ada.engine.refused).toEqual([]);
});

it('C4: a deletion against another’s change is refused, and the order comes back', async () => {
    const ada = await shop.open();
    const { order, line } = await coffee(ada);
    shop.server.isHolding = true;
    const deleting = ada.engine.delete(order);
    expect(ada.engine.orders()).toEqual([]);
    await pass();
    shop.server.act([
        { action: 'update', order, base: 1, operations: [{ op: 'increment', line, field: 'qty', by: 1 }] },
    ]);
    shop.server.work();
    await pass();
    expect(await deleting).toMatchObject({ accepted: false, refusal: { reason: 'changed_by_others' } });
    expect(briefs(ada)).toEqual(['#1 42x2']);
    expect(ada.changes.map(({ kind, why }) => why ?? kind).slice(-2)).toEqual(['deleted', 'added']);
});

it('M12: what is moved is shown at once on both orders, and adds up', async () => {
    const [ada, bob] = [await shop.open(), await shop.open({ pos: 2 })];
    const { order, line } = await coffee(ada, 3);
    shop.server.isHolding = true;
    const moving = ada.engine.move(order, { newOrder: { note: 'split' } }, [{ line, qty: 1, into: 'x' }]);
    await pass();
    expect(briefs(ada)).toEqual(['#1 42x2', '#New 42x1']);
    shop.server.work();
    await pass();
    expect(await moving).toMatchObject({ accepted: true, number: 2 });
    expect([briefs(ada), briefs(bob)]).toEqual([
        ['#1 42x2', '#2 42x1'],
        ['#1 42x2', '#2 42x1'],
    ]);
    const [, split] = ada.engine.orders();
    expect(split).toMatchObject({ origin: { order, reason: 'split' }, fields: { note: 'split' } });
    void ada.engine.move(split?.uid ?? '', { order }, [{ line: 'x', qty: 1, into: line }], 'delete');
    expect(briefs(ada)).toEqual(['#1 42x3']);
    await pass();
    expect([briefs(ada), briefs(bob)]).toEqual([['#1 42x3'], ['#1 42x3']]);
});

it('N4: an order whose uid is another’s gets a new one; what was typed meanwhile is on it', async () => {
    const [ada, bob] = [await shop.open(), await shop.open({ pos: 2 })];
    shop.server.isHolding = true;
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
    await pass();
    // The other's order of that uid is not taken for the till's own.
    expect(briefs(ada)).toEqual(['#New 42x5']);
    const outcome = tap(ada, order, line);
    await pass();
    shop.server.work();
    await pass();
    const uid = '00012-900-0001';
    expect(await outcome).toEqual({ accepted: true, uid, number: 2 });
    expect([briefs(ada), briefs(bob)]).toEqual([
        ['#1 9x9', '#2 42x6'],
        ['#1 9x9', '#2 42x6'],
    ]);
    const renamed = ada.changes.filter(change => change.kind === 'renamed');
    expect(renamed[0]?.after?.lines[0]?.fields.qty).toBe(6);
    expect(renamed).toMatchObject([
        { uid, former: order, before: { number: null }, after: { uid, number: 2 } },
    ]);
    void tap(ada, uid, line);
    await pass();
    expect(shop.server.received.at(-1)).toMatchObject({ actions: [{ order: uid, base: 2 }] });
    expect(shop.server.received.at(-1)).not.toHaveProperty('actions.0.creation');
    expect(briefs(bob)).toEqual(['#1 9x9', '#2 42x7']);
});

it('C5: what was typed into a closed order is kept until it is rescued, with where it comes from', async () => {
    const ada = await shop.open();
    const { order, line } = await coffee(ada, 2);
    const heard: string[] = [];
    ada.engine.on('refused', refused => heard.push(refused.id));
    shop.server.isHolding = true;
    const outcome = tap(ada, order, line, 3);
    await pass();
    void ada.engine.record(order, [{ op: 'add_line', line: 'tea', fields: { product_id: 7, qty: 1 } }]);
    await pass();
    shop.server.act([{ action: 'delete', order, base: 9 }]);
    await pass();
    expect(ada.changes.at(-1)).toMatchObject({ kind: 'removed', by: 'others', why: 'deleted' });
    shop.server.work();
    await pass();
    expect(await outcome).toMatchObject({ accepted: false, refusal: { reason: 'closed', state: 'deleted' } });
    expect(heard).toHaveLength(2);
    expect(ada.engine.refused).toMatchObject([
        { uid: order, operations: [{ op: 'increment' }, { op: 'add_line' }] },
    ]);
    const reloaded = await shop.reload(ada);
    const [refused] = reloaded.engine.refused;
    const uid = reloaded.engine.rescue(refused?.id ?? '');
    expect(brief(reloaded.engine.order(uid))).toBe('#New 42x3 7x1');
    await pass();
    expect(reloaded.engine.order(uid)).toMatchObject({
        number: 2,
        origin: { order, reason: 'added_afterwards' },
    });
    expect(reloaded.engine.refused).toEqual([]);
    expect(shop.server.log.at(-1)?.changes.map(change => change.change)).toEqual([
        'kept_aside',
        'registered',
    ]);
});

it('what is discarded is gone for good', async () => {
    const ada = await shop.open();
    const { order, line } = await coffee(ada);
    shop.server.isHolding = true;
    void tap(ada, order, line);
    await pass();
    shop.server.act([{ action: 'delete', order, base: 9 }]);
    shop.server.work();
    await pass();
    ada.engine.discard(ada.engine.refused[0]?.id ?? '');
    expect(ada.engine.refused).toEqual([]);
    await pass();
    expect((await shop.reload(ada)).engine.refused).toEqual([]);
});

it('merges are told', async () => {
    const [ada, bob] = [await shop.open(), await shop.open({ pos: 2 })];
    const { order, line } = await coffee(ada);
    const merged: unknown[] = [];
    bob.engine.on('merged', each => merged.push(each));
    shop.server.isHolding = true;
    void tap(bob, order, line);
    await pass();
    shop.server.act([
        { action: 'update', order, base: 1, operations: [{ op: 'set', field: 'note', value: 'x' }] },
    ]);
    shop.server.work();
    await pass();
    expect(merged).toMatchObject([{ uid: order, with: [{ user: { name: 'Bob' } }], notices: [] }]);
});

it('W16: tills tell each other which order is on their screens', async () => {
    const [ada, bob] = [await shop.open(), await shop.open({ pos: 2 })];
    const { order } = await coffee(ada);
    ada.engine.showing(order);
    await pass(1_000);
    expect(bob.engine.present).toEqual([
        {
            till: 'dev-1/00012-001',
            user: { id: 2, name: 'Ada' },
            pos: { id: 1, name: 'Bar' },
            order,
            unsent: 0,
        },
    ]);
    ada.engine.setNetwork(false);
    await pass();
    expect(bob.engine.present).toEqual([]);
});

it('S5, W6: run, activity and policy are followed', async () => {
    const ada = await shop.open();
    let told = 0;
    ada.engine.on('session', () => {
        told += 1;
    });
    shop.server.change(
        { change: 'run_began', run: 2 },
        { change: 'activated', active: false },
        { change: 'offline_edits', offline_edits: 'merge' },
    );
    await pass();
    expect([ada.engine.run, ada.engine.active, ada.engine.offlineEdits, told]).toEqual([
        2,
        false,
        'merge',
        1,
    ]);
});

it('acts on what is not there are said to be wrong', async () => {
    const ada = await shop.open();
    expect(() => tap(ada, 'nowhere', 'x')).toThrow(/shows no order nowhere/);
    const empty = ada.engine.newOrder();
    expect(() => ada.engine.close(empty)).toThrow(/is empty/);
    // It goes on as if nothing had been asked.
    const line = ada.engine.lineUid(empty);
    void ada.engine.record(empty, [
        { op: 'add_line', line, fields: { product_id: 42, qty: 1, price_unit: 2 } },
    ]);
    await pass();
    expect(brief(ada.engine.order(empty))).toBe('#1 42x1');
    void ada.engine.record(empty, [{ op: 'remove_line', line, seen: 1 }]);
    expect(() => ada.engine.close(empty)).toThrow(/is empty/);
    const { order } = await coffee(ada);
    expect(() => ada.engine.move(order, { order }, [])).toThrow(/into itself/);
    expect(() => ada.engine.rescue('nothing')).toThrow(/rescued or discarded/);
    const huge = 'x'.repeat(600_000);
    expect(() => ada.engine.record(order, [{ op: 'set', field: 'note', value: huge }])).toThrow(/600/);
});

it('Bounds: a value that is nested too deep is refused where it is typed, and keeps nothing else back', async () => {
    const ada = await shop.open();
    const { order, line } = await coffee(ada);
    const nested = (levels: number): Json => (levels === 0 ? 'bottom' : [nested(levels - 1)]);
    const [deepest, deeper] = [nested(32), nested(33)];
    const acts: ((value: Json) => Promise<unknown>)[] = [
        value => ada.engine.record(order, [{ op: 'set', field: 'deep', value }]),
        value => ada.engine.record(order, [{ op: 'unite', field: 'set', values: [value] }]),
        value =>
            ada.engine.record(order, [
                { op: 'add_line', line: ada.engine.lineUid(order), fields: { value } },
            ]),
        value => ada.engine.pay(order, { value }),
        value => ada.engine.move(order, { newOrder: { value } }, [{ line, qty: 1, into: `${line}-2` }]),
    ];
    for (const act of acts) {
        expect(() => act(deeper)).toThrow(/nested deeper than 32/);
        const outcome = act(deepest);
        await pass();
        expect(await outcome).toMatchObject({ accepted: true });
    }
    expect(ada.engine.connection).toMatchObject({ sync: 'green', commandsWaiting: 0 });
});

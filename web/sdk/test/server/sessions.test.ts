/** POS sessions and runs, as tills live through them (S3, O9, W12). */
import { afterEach, expect, it } from 'vitest';
import { HELLO, Raw } from './raw.js';
import type { Till } from './stage.js';
import { arrival, brief, briefs, isGreen, isRed, level, Stage, tap, typeOrder } from './stage.js';
import { when } from './waits.js';

const stage = new Stage();
afterEach(() => stage.ledger.check());

/** Closes a POS's session, as its user would at another device of it. */
async function closeSession({ engine }: Till, drafts: 'carry_on' | 'mark_unpaid'): Promise<void> {
    const client = await Raw.open(stage.server.url);
    client.say({ ...HELLO, device: `closer-${engine.pos.id}`, pos: engine.pos, user: engine.user });
    client.say({
        ...{ type: 'command', number: 1, id: `close-${engine.pos.id}`, answered: 0, user: engine.user },
        ...{ device_time_ms: 0, actions: [{ action: 'close_session', pos: engine.pos.id, drafts }] },
    });
    for (;;) {
        const message = await client.next();
        if (message?.type === 'accepted') break;
        if (message === null || message.type === 'refused' || message.type === 'error') {
            throw new Error(`the session was not closed: ${JSON.stringify(message)}`);
        }
    }
    client.close();
}

it('S3, O9: a run ends while a till is away; its drafts are carried on, and what it brings is booked late', async () => {
    const [ada, bob] = await stage.pair();
    typeOrder(bob);
    await bob.engine.settled();
    const carried = typeOrder(bob);
    await arrival(ada, carried.order);
    await bob.engine.delete(bob.engine.orders()[0]?.uid ?? '');
    ada.proxy.refuse();
    ada.proxy.cut();
    await isRed(ada);
    const late = typeOrder(ada).order;
    const paid = typeOrder(ada).order;
    void ada.engine.pay(paid, { amount: 2.5 });
    void ada.engine.close(paid);
    await closeSession(ada, 'carry_on');
    await closeSession(bob, 'carry_on');
    await when(bob.engine, 'the next run', () => bob.engine.run === 2);
    expect(brief(bob.engine.order(carried.order))).toBe('#1 42x1');
    expect(bob.engine.order(carried.order)?.carriedFrom).toEqual({ run: 1, number: 2 });
    await ada.proxy.accept();
    await arrival(bob, late);
    await level([ada, bob]);
    expect(briefs(bob)).toEqual(['#1 42x1', '#2 42x1']);
    expect(bob.engine.order(late)).toMatchObject({ run: 2, late: true });
    await tap(ada, late, ada.engine.order(late)?.lines[0]?.uid ?? '');
    await level([ada, bob]);
    expect(ada.engine.refused).toEqual([]);
});

it('S3: orders that are marked unpaid leave the tills; the next run begins with number 1', async () => {
    const [ada, bob] = await stage.pair();
    const { order } = typeOrder(ada);
    await arrival(bob, order);
    await closeSession(bob, 'mark_unpaid');
    expect(briefs(ada)).toEqual(['#1 42x1']);
    await closeSession(ada, 'mark_unpaid');
    await when(ada.engine, 'the next run', () => ada.engine.run === 2 && briefs(ada).length === 0);
    // The till starts anew: a session is opened, and numbers begin at 1.
    const again = await stage.reload(ada);
    await isGreen(again);
    await when(
        again.engine,
        'a session of its own',
        () => again.engine.till?.session !== ada.engine.till?.session,
    );
    const next = typeOrder(again).order;
    await arrival(bob, next);
    await level([again, bob]);
    expect(briefs(bob)).toEqual(['#1 42x1']);
});

it('T16: a till whose session was closed by somebody else does not close the one that was opened since', async () => {
    const client = async (device: string) => {
        const raw = await Raw.open(stage.server.url);
        raw.say({ ...HELLO, device });
        return raw;
    };
    /** What the server answers to the closing. */
    const closing = async (raw: Raw, number: number) => {
        raw.say({
            ...{ type: 'command', number, id: `close-${number}-${Math.random()}`, user: HELLO.user },
            actions: [{ action: 'close_session', pos: HELLO.pos.id }],
        });
        for (;;) {
            const message = await raw.next();
            if (message?.type === 'accepted') return 'accepted';
            if (message?.type === 'refused') return message.refusal.text;
            if (message === null || message.type === 'error') throw new Error(JSON.stringify(message));
        }
    };
    const [late, closer] = [await client('late'), await client('closer')];
    expect(await closing(closer, 1)).toBe('accepted');
    const next = await client('next');
    expect(await next.next()).toMatchObject({ type: 'welcome', session: 2, session_open: true });
    expect(await closing(late, 1)).toBe('session 1 of POS 9 is closed; 2 is open there now');
    expect(await closing(next, 1)).toBe('accepted');
    for (const raw of [late, closer, next]) raw.close();
});

it('N7: receipts are numbered for each POS, also of what was paid without a connection', async () => {
    const [ada, bob] = await stage.pair();
    const receipts: string[] = [];
    for (const till of [ada, bob])
        till.engine.on('receipt', (uid, receipt) =>
            receipts.push(`${till.engine.pos.name} ${receipt} ${till.engine.order(uid) ? 'open' : 'closed'}`),
        );
    const paid = async (till: Till) => {
        const { order } = typeOrder(till);
        void till.engine.pay(order, { amount: 2.5 });
        await till.engine.close(order);
        return order;
    };
    await paid(ada);
    await paid(bob);
    ada.proxy.refuse();
    ada.proxy.cut();
    await isRed(ada);
    void paid(ada);
    await ada.proxy.accept();
    await ada.engine.settled();
    const names = [ada, bob].map(till => till.engine.pos.name);
    expect(receipts.toSorted()).toEqual(
        [`${names[0]} 1 closed`, `${names[0]} 2 closed`, `${names[1]} 1 closed`].toSorted(),
    );
    expect(ada.engine.sessionOpen).toBe(true);
});

it('S3: a till is told that its session was closed', async () => {
    const [ada, bob] = await stage.pair();
    const told = when(ada.engine, 'the end of the session', () => !ada.engine.sessionOpen);
    await closeSession(ada, 'carry_on');
    await told;
    expect(bob.engine.sessionOpen).toBe(true);
});

/** Databases and multi-sessions on one server: nothing crosses from one to the other. */
import { expect, it } from 'vitest';
import { Ledger } from './ledger.js';
import { HELLO, Raw } from './raw.js';
import { briefs, level, Stage, type Till, tap, typeOrder } from './stage.js';

const stage = new Stage();

it('nothing crosses databases or multi-sessions: orders, numbers, presence', async () => {
    // A ledger for each, since each has a log of its own.
    const places = [
        { database: 'main', multiSession: 1, pos: 1 },
        { database: 'main', multiSession: 2, pos: 2 },
        { database: 'other', multiSession: 1, pos: 1 },
    ];
    const pairs: { ledger: Ledger; tills: [Till, Till] }[] = [];
    for (const { pos, ...place } of places) {
        const ledger = new Ledger();
        const options = { ...place, WebSocket: ledger.WebSocket };
        const open = () => stage.open({ pos, options });
        pairs.push({ ledger, tills: [await open(), await open()] });
    }
    const typed = pairs.map(({ tills: [first] }) => typeOrder(first));
    for (const { tills } of pairs) await level(tills);
    for (const [at, { tills }] of pairs.entries()) {
        for (let taps = 0; taps <= at; taps += 1)
            void tap(tills[1], typed[at]?.order ?? '', typed[at]?.line ?? '');
    }
    for (const { tills } of pairs) await level(tills);
    await stage.server.restart();
    for (const [at, { tills, ledger }] of pairs.entries()) {
        await level(tills);
        expect(tills.map(briefs)).toEqual([[`#1 42x${2 + at}`], [`#1 42x${2 + at}`]]);
        expect(tills[0].engine.present.length).toBe(1);
        ledger.check();
    }
});

it('S1, W3: a POS that is in another multi-session of the database is refused, and told where it is', async () => {
    await stage.open({ pos: 1 });
    const client = await Raw.open(stage.server.url);
    client.say({ ...HELLO, pos: { id: 1, name: 'Bar' }, multi_session: 2 });
    const error = await client.next();
    expect(error).toMatchObject({ type: 'error', code: 'access' });
    expect(error?.type === 'error' && error.text).toContain('multi-session 1');
    expect(await client.rest()).toEqual([]);
});

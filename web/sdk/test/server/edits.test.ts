/** Two tills, one order, the real server: both people's work stays, whatever the network does meanwhile. */
import { describe, expect, it } from 'vitest';
import type { Till } from './stage.js';
import {
    arrival,
    brief,
    briefs,
    departure,
    isGreen,
    isRed,
    level,
    Stage,
    tap,
    typeLine,
    typeOrder,
} from './stage.js';

const stage = new Stage();

async function goOffline(till: Till): Promise<void> {
    till.proxy.refuse();
    till.proxy.cut();
    await isRed(till);
}
async function comeBack(till: Till): Promise<void> {
    await till.proxy.accept();
    await isGreen(till);
}

it('A6, M3, M11: two tills edit one order at once; both edits stay, and the replicas are equal byte for byte', async () => {
    const [ada, bob] = await stage.pair();
    const { order, line } = typeOrder(ada);
    await arrival(bob, order);
    const outcomes = await Promise.all([
        tap(ada, order, line),
        tap(bob, order, line, 2),
        ada.engine.record(order, [{ op: 'set', field: 'partner_id', value: 7 }]),
        bob.engine.record(order, [{ op: 'set', line, field: 'discount', value: 10 }]),
    ]);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ accepted: true, uid: order, number: 1 });
    await level([ada, bob]);
    expect(bob.engine.order(order)).toMatchObject({
        fields: { partner_id: 7 },
        lines: [{ uid: line, fields: { product_id: 42, qty: 4, discount: 10 } }],
    });
    stage.ledger.check();
});

it('A6, M3: a storm of taps from four tills adds up, and each till says the same', async () => {
    const tills = await Promise.all([1, 2, 3, 4].map(pos => stage.open({ pos })));
    const { order, line } = typeOrder(tills[0] as Till);
    await Promise.all(tills.map(till => arrival(till, order)));
    for (let round = 0; round < 50; round += 1) {
        // A turn for each tap, so that each is a command of its own.
        for (const till of tills) {
            void tap(till, order, line, 0.1);
            await Promise.resolve();
        }
    }
    await level(tills);
    expect(brief(tills[3]?.engine.order(order))).toBe('#1 42x21');
    stage.ledger.check();
});

describe('the six scenarios of the external tests of Odoo’s module', () => {
    it('1. a new order appears on the other till, with its number', async () => {
        const [ada, bob] = await stage.pair();
        const { order } = typeOrder(ada);
        expect(briefs(ada)).toEqual(['#New 42x1']);
        await arrival(bob, order);
        await level([ada, bob]);
        expect([briefs(ada), briefs(bob)]).toEqual([['#1 42x1'], ['#1 42x1']]);
    });

    it('2. offline while another updates: the update is there on return', async () => {
        const [ada, bob] = await stage.pair();
        const { order, line } = typeOrder(ada);
        await arrival(bob, order);
        await goOffline(bob);
        expect(bob.engine.order(order)?.locked).toBe('offline');
        expect(() => tap(bob, order, line)).toThrow('no connection');
        await tap(ada, order, line);
        typeLine(ada, order, { product_id: 43, qty: 2, price_unit: 4 });
        await ada.engine.settled();
        expect(briefs(bob)).toEqual(['#1 42x1']);
        await comeBack(bob);
        await level([ada, bob]);
        expect(briefs(bob)).toEqual(['#1 42x2 43x2']);
        expect(bob.engine.order(order)?.locked).toBeNull();
    });

    it('3. offline while another removes the order: it is gone on return, and what was sold meanwhile is there', async () => {
        const [ada, bob] = await stage.pair();
        const { order } = typeOrder(ada);
        await arrival(bob, order);
        await goOffline(bob);
        const sold = typeOrder(bob).order;
        expect(await ada.engine.delete(order)).toMatchObject({ accepted: true });
        expect(bob.engine.order(order)).toBeDefined();
        await comeBack(bob);
        await departure(bob, order);
        await arrival(ada, sold);
        await level([ada, bob]);
        expect([briefs(ada), briefs(bob)]).toEqual([['#2 42x1'], ['#2 42x1']]);
        stage.ledger.check();
    });

    it('4. slow and simultaneous: both edit while each other’s edit is under way', async () => {
        const [ada, bob] = await stage.pair();
        const { order, line } = typeOrder(ada);
        await arrival(bob, order);
        await level([ada, bob]);
        for (const { proxy } of [ada, bob]) proxy.delay(150);
        const edits = [tap(ada, order, line), tap(bob, order, line)];
        typeLine(ada, order, { product_id: 43, qty: 1, price_unit: 4 });
        typeLine(bob, order, { product_id: 44, qty: 1, price_unit: 3 });
        expect([brief(ada.engine.order(order)), brief(bob.engine.order(order))]).toEqual([
            '#1 42x2 43x1',
            '#1 42x2 44x1',
        ]);
        await Promise.all(edits);
        await level([ada, bob]);
        const lines = bob.engine
            .order(order)
            ?.lines.map(each => `${each.fields.product_id}x${each.fields.qty}`);
        expect(lines?.sort()).toEqual(['42x3', '43x1', '44x1']);
        stage.ledger.check();
    });

    it('5. a queue of updates: each arrives, once, in the order in which it was typed', async () => {
        const [ada, bob] = await stage.pair();
        const { order } = typeOrder(ada);
        await arrival(bob, order);
        ada.proxy.delay(60);
        ada.proxy.limit(20_000);
        const typed: string[] = [];
        for (let product = 100; product < 140; product += 1) {
            typed.push(typeLine(ada, order, { product_id: product, qty: 1, price_unit: 1 }));
            // The next turn: a command of its own.
            await Promise.resolve();
        }
        const other = typeLine(bob, order, { product_id: 44, qty: 1, price_unit: 3 });
        await level([ada, bob]);
        const lines = bob.engine.order(order)?.lines.map(line => line.uid) ?? [];
        expect(lines.slice(1).filter(uid => uid !== other)).toEqual(typed);
        expect(lines).toContain(other);
        stage.ledger.check();
    });

    it('6. a removal behind queued updates: the order is gone in the end, on both tills', async () => {
        const [ada, bob] = await stage.pair();
        const { order } = typeOrder(ada);
        await arrival(bob, order);
        ada.proxy.delay(60);
        for (let product = 100; product < 110; product += 1) {
            typeLine(ada, order, { product_id: product, qty: 1, price_unit: 1 });
            await Promise.resolve();
        }
        const deleted = ada.engine.delete(order);
        expect(ada.engine.order(order)).toBeUndefined();
        expect(await deleted).toMatchObject({ accepted: true, uid: order });
        await departure(bob, order);
        await level([ada, bob]);
        expect([briefs(ada), briefs(bob)]).toEqual([[], []]);
        stage.ledger.check();
    });
});

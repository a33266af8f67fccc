/**
 * Tills at work while networks break and the server is killed, by chance. In the end every till shows the same, what
 * was acknowledged is there once, amounts add up exactly, numbers have no hole, and everything typed is accounted for.
 *
 * FUZZ_SEEDS names the seeds (`FUZZ_SEEDS=7,8,9`); a seed makes the same choices each time, though not at the same
 * moments.
 */
import { expect, it } from 'vitest';
import { Accounts } from './accounts.js';
import { Chance } from './chance.js';
import { level, Stage, type Till } from './stage.js';
import { Typist } from './typist.js';

const stage = new Stage();
const SEEDS = (process.env.FUZZ_SEEDS ?? '1,2').split(',').map(Number);
const WORK_MS = Number(process.env.FUZZ_MS ?? 7_000);
const KILLS = 4;
const RELOADS = 4;

/** A pause of the people, and of what breaks. */
const pause = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms));

/** Breaks one till's network, for a while or for a moment, and puts it right. */
async function trouble(chance: Chance, proxy: Till['proxy']): Promise<void> {
    const ms = 20 + chance.below(600);
    switch (
        chance.weighted({
            cut: 4,
            stall: 3,
            up: 2,
            down: 2,
            refuse: 2,
            half: 3,
            slow: 2,
            late: 2,
            polling: 1,
        })
    ) {
        case 'cut':
            proxy.cut();
            return;
        case 'stall':
            proxy.stall(chance.pick(['up', 'down', 'both']));
            break;
        case 'up':
            proxy.resetInFrame('up');
            return;
        case 'down':
            proxy.resetInFrame('down');
            return;
        case 'refuse':
            proxy.refuse();
            proxy.cut();
            break;
        case 'half':
            proxy.limit(20_000);
            break;
        case 'slow':
            proxy.limit(4_000);
            break;
        case 'late':
            proxy.delay(chance.below(200));
            break;
        case 'polling':
            proxy.blockWebSockets(true);
            proxy.cut();
            break;
    }
    await pause(ms);
    // A stalled connection that comes back, or one that was lost meanwhile.
    if (chance.below(2) === 0) proxy.cut();
    await heal(proxy);
}

async function heal(proxy: Till['proxy']): Promise<void> {
    proxy.flow();
    proxy.blockWebSockets(false);
    await proxy.accept();
}

/** Where a till stands. */
interface Seat {
    /** Null while its page is loaded anew. */
    till: Till | null;
    proxy: Till['proxy'];
}

it.each(SEEDS)('A4 to A6, M3, N1, N3, 17: chaos, seed %d', { timeout: WORK_MS + 60_000 }, async seed => {
    const chance = new Chance(seed);
    const seats: Seat[] = [];
    // Two of them are the same POS on two devices.
    for (const pos of [1, 2, 3, 3]) {
        const till = await stage.open({ pos, timing: { climbMs: 500 } });
        seats.push({ till, proxy: till.proxy });
    }
    const accounts = new Accounts(stage.ledger);
    const watcher = await stage.open({ pos: 5 });

    const endMs = Date.now() + WORK_MS;
    const isOver = () => Date.now() >= endMs;
    const work = seats.map(async seat => {
        const typist = new Typist(() => seat.till, accounts, chance.split());
        while (!isOver()) {
            typist.act();
            await pause(typist.chance.below(30));
        }
    });
    const breaking = seats.map(async ({ proxy }) => {
        const own = chance.split();
        while (!isOver()) {
            await pause(own.below(500));
            await trouble(own, proxy);
        }
    });
    const reloading = (async () => {
        const own = chance.split();
        for (let reloads = 0; reloads < RELOADS; reloads += 1) {
            await pause((WORK_MS / RELOADS) * own.next());
            const seat = own.pick(seats);
            if (seat?.till) await reload(seat, seat.till);
        }
    })();
    const killing = (async () => {
        const own = chance.split();
        for (let kills = 0; kills < KILLS; kills += 1) {
            await pause((WORK_MS / KILLS) * (0.5 + own.next() / 2));
            await stage.server.kill();
            await pause(own.below(300));
            await stage.server.restart();
        }
    })();
    await Promise.all([...work, ...breaking, reloading, killing]);

    const tills = seats.flatMap(({ till }) => till ?? []);
    for (const { proxy } of seats) await heal(proxy);
    await level([...tills, watcher], 30_000);
    accounts.check(tills);
    stage.ledger.check();
    expect(accounts.size).toBeGreaterThan(50);

    // What could not be taken becomes new orders, on each user's word.
    const rescued = tills.flatMap(({ engine }) => engine.refused.map(({ id }) => engine.rescue(id)));
    await level([...tills, watcher], 30_000);
    for (const uid of rescued) {
        expect(watcher.engine.order(uid)?.origin).toMatchObject({ reason: 'added_afterwards' });
    }
    expect(tills.flatMap(({ engine }) => engine.refused)).toEqual([]);
    stage.ledger.check();

    // What is on the disk is the same: a till that has nothing yet is given it, after one more crash.
    await stage.server.restart();
    const fresh = await stage.open({ pos: 6 });
    await level([...tills, watcher, fresh], 30_000);
});

async function reload(seat: Seat, till: Till): Promise<void> {
    seat.till = null;
    seat.till = await stage.reload(till);
}

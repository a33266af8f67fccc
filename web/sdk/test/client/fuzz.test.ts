/**
 * Tills at work on a bad network, at random: whatever happens, they end with the same replica, nothing that was
 * typed is lost or taken twice, and no uid or number is used twice.
 */
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { TillEngine } from '../../src/client/engine.js';
import { MemoryStorage } from '../../src/client/storage_memory.js';
import { openEngine } from '../../src/connect.js';
import { canonical } from '../../src/rules/json.js';
import { FakeServer } from './fake_server.js';
import { Network } from './network.js';
import { ADA, BOB, pass } from './tills.js';

beforeEach(
    () => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: 1_700_000_000_000 }),
);
afterEach(() => void vi.useRealTimers());

interface Device {
    engine: TillEngine;
    network: Network;
    storage: MemoryStorage;
    pos: number;
}

/** What is done; numbers pick among what the till shows at that moment. */
type Act =
    | {
          act:
              | 'new'
              | 'cut'
              | 'silent'
              | 'heard'
              | 'down'
              | 'up'
              | 'reload'
              | 'mute'
              | 'speak'
              | 'hold'
              | 'work'
              | 'full'
              | 'room';
      }
    | {
          act: 'tap' | 'line' | 'note' | 'remove' | 'move' | 'split' | 'close' | 'delete';
          order: number;
          line: number;
      }
    | { act: 'pass'; ms: number };

const words = <W extends string>(...all: W[]) => fc.constantFrom(...all);
const anyAct: fc.Arbitrary<Act> = fc.oneof(
    {
        weight: 3,
        arbitrary: fc.record({
            act: words(
                'new',
                'cut',
                'silent',
                'heard',
                'down',
                'up',
                'reload',
                'mute',
                'speak',
                'hold',
                'work',
                'full',
                'room',
            ),
        }),
    },
    {
        weight: 6,
        arbitrary: fc.record({
            act: words('tap', 'tap', 'line', 'note', 'remove', 'move', 'split', 'close', 'delete'),
            order: fc.nat(9),
            line: fc.nat(9),
        }),
    },
    {
        weight: 2,
        arbitrary: fc.record({
            act: fc.constant('pass' as const),
            ms: fc.constantFrom(0, 50, 1_000, 6_000, 70_000),
        }),
    },
);

class World {
    readonly server: FakeServer;
    readonly devices: Device[] = [];
    /** Every tap that a till took: on which order's field, by how much. */
    taps = 0;
    added = new Set<string>();
    uids = new Set<string>();

    constructor(policy: 'lock' | 'merge') {
        this.server = new FakeServer(policy);
        this.server.tailMax = 8;
    }

    async open(pos: number, storage = new MemoryStorage(`dev-${pos}`)): Promise<Device> {
        const network = new Network(this.server);
        const opening = openEngine({
            url: 'http://sync.example',
            pos: { id: pos, name: `P${pos}` },
            user: pos === 1 ? ADA : BOB,
            storage,
            WebSocket: network.WebSocket,
            fetch: network.fetch,
        });
        await pass(10_000);
        return { engine: await opening, network, storage, pos };
    }

    async act(at: number, act: Act): Promise<void> {
        const device = this.devices[at % this.devices.length] as Device;
        const { engine, network, storage } = device;
        switch (act.act) {
            case 'pass':
                await pass(act.ms);
                return;
            case 'cut':
                network.cut();
                break;
            case 'silent':
            case 'heard':
                network.isSilent = act.act === 'silent';
                break;
            case 'down':
            case 'up':
                engine.setNetwork(act.act === 'up');
                break;
            case 'mute':
            case 'speak':
                this.speak(act.act === 'speak');
                break;
            case 'hold':
                this.server.isHolding = true;
                break;
            case 'work':
                this.server.work();
                break;
            case 'full':
            case 'room':
                storage.full = act.act === 'full';
                break;
            case 'reload':
                await pass();
                if (!storage.full && engine.connection.storage === 'ok')
                    await this.reload(at % this.devices.length);
                break;
            default:
                try {
                    this.type(device, act);
                } catch (error) {
                    if (!(error instanceof Error) || error.name !== 'LockedError') throw error;
                }
        }
        await pass();
    }

    /** What the server said while nothing came through is lost with its connections. */
    private speak(isOn: boolean): void {
        if (isOn && this.server.isMute) this.server.cut();
        this.server.isMute = !isOn;
    }

    private async reload(at: number): Promise<void> {
        const { engine, network, storage, pos } = this.devices[at] as Device;
        const copy = storage.copy();
        network.isUp = false;
        network.cut();
        await engine.shutdown();
        this.devices[at] = await this.open(pos, copy);
    }

    private type({ engine }: Device, act: Exclude<Act, { ms: number }>): void {
        if (act.act === 'new') {
            const uid = engine.newOrder();
            expect(this.uids.has(uid)).toBe(false);
            this.uids.add(uid);
            this.add(engine, uid);
            return;
        }
        if (!('order' in act)) return;
        const orders = engine.orders();
        const order = orders[act.order % Math.max(1, orders.length)];
        if (!order) return;
        const { uid } = order;
        const line = order.lines[act.line % Math.max(1, order.lines.length)];
        switch (act.act) {
            case 'tap':
                void engine.record(uid, [{ op: 'increment', field: 'taps', by: 0.1 }]);
                this.taps += 1;
                break;
            case 'line':
                this.add(engine, uid);
                break;
            case 'note':
                void engine.record(uid, [
                    { op: 'set', ...(line ? { line: line.uid } : {}), field: 'note', value: act.line },
                ]);
                break;
            case 'remove':
                if (line)
                    void engine.record(uid, [
                        { op: 'remove_line', line: line.uid, seen: Number(line.fields.qty) },
                    ]);
                break;
            case 'split':
                if (line)
                    void engine.move(uid, { newOrder: {} }, [
                        { line: line.uid, qty: 1, into: engine.lineUid(uid) },
                    ]);
                break;
            case 'move': {
                const other = orders[(act.order + 1) % orders.length];
                if (line && other && other !== order && !other.locked) {
                    void engine.move(uid, { order: other.uid }, [
                        { line: line.uid, qty: 1, into: engine.lineUid(other.uid) },
                    ]);
                }
                break;
            }
            case 'close':
                if (order.lines.length > 0) void engine.close(uid);
                break;
            case 'delete':
                void engine.delete(uid);
                break;
        }
    }

    private add(engine: TillEngine, order: string): void {
        const line = engine.lineUid(order);
        expect(this.added.has(line)).toBe(false);
        this.added.add(line);
        void engine.record(order, [
            { op: 'add_line', line, fields: { product_id: 1, qty: 1, price_unit: 1 } },
        ]);
    }

    /** The network is whole again, and everybody has time. */
    async end(): Promise<void> {
        this.server.work();
        this.speak(true);
        for (const { engine, network, storage } of this.devices) {
            storage.full = false;
            network.isSilent = false;
            network.isUp = true;
            engine.setNetwork(true);
        }
        await pass(90_000);
    }

    check(): void {
        const [first] = this.devices;
        for (const { engine, pos } of this.devices) {
            expect(engine.connection).toMatchObject({
                sync: 'green',
                commandsWaiting: 0,
                storage: 'ok',
                message: null,
            });
            expect(engine.replicaText()).toBe(first?.engine.replicaText());
            // Nothing is pending: what is shown is what is confirmed, but for orders that were never begun.
            const shown = engine.orders().filter(order => order.number !== null);
            expect(
                canonical(shown.map(({ uid, fields, lines }) => ({ uid, fields, lines })).sort(byUid)),
            ).toBe(
                canonical(
                    [...this.server.orders.values()]
                        .map(known => known.order)
                        .filter(order => order.state === 'draft')
                        .map(({ uid, fields, lines }) => ({ uid, fields, lines }))
                        .sort(byUid),
                ),
            );
            expect(engine.orders().every(order => order.unsent === 0 && order.locked === null)).toBe(true);
            expect(pos).toBeGreaterThan(0);
        }
        expect(this.server.replica.canonical().replace(/"offline_edits":"\w+"/, '')).toBe(
            first?.engine.replicaText().replace(/"offline_edits":"\w+"/, ''),
        );
        // N3: numbers without a hole or a double.
        const numbers = [...this.server.orders.values()].map(known => known.order.sequence_number);
        expect(numbers.sort((one, other) => one - other)).toEqual(numbers.map((_, at) => at + 1));
    }

    /** Everything that was tapped is in an order, or was given back because the order was closed. */
    checkTaps(): void {
        const inOrders = [...this.server.orders.values()].map(
            known => Number(known.order.fields.taps ?? 0) * 10,
        );
        const refused = this.devices.flatMap(({ engine }) => engine.refused.flatMap(each => each.operations));
        const back = refused.filter(operation => operation.op === 'increment').length;
        const copies = [...this.server.orders.values()].filter(
            known => known.order.origin?.reason === 'added_meanwhile',
        );
        const doubled = copies.reduce((sum, known) => sum + Number(known.order.fields.taps ?? 0) * 10, 0);
        const paidTwice = [...this.server.orders.values()].filter(
            known => known.order.origin?.reason === 'paid_twice',
        );
        if (copies.length + paidTwice.length > 0) return;
        expect(Math.round(inOrders.reduce((sum, taps) => sum + taps, 0) - doubled) + back).toBe(this.taps);
    }

    async shutdown(): Promise<void> {
        await Promise.all(this.devices.map(({ engine }) => engine.shutdown()));
    }
}

const byUid = (one: { uid: string }, other: { uid: string }) => (one.uid < other.uid ? -1 : 1);

for (const policy of ['merge', 'lock'] as const) {
    it(`A6, N1, N3, W8, W11: tills at work on a bad network end equal, nothing lost or doubled (${policy})`, {
        timeout: 60_000,
    }, async () => {
        await fc.assert(
            fc.asyncProperty(fc.array(fc.tuple(fc.nat(2), anyAct), { maxLength: 60 }), async acts => {
                const world = new World(policy);
                for (const pos of [1, 2, 3]) world.devices.push(await world.open(pos));
                try {
                    await world.act(0, { act: 'new' });
                    await world.act(1, { act: 'new' });
                    for (const [at, act] of acts) await world.act(at, act);
                    await world.end();
                    world.check();
                    world.checkTaps();
                } finally {
                    await world.shutdown();
                }
            }),
            { numRuns: Number(process.env.FUZZ_RUNS ?? 60) },
        );
    });
}

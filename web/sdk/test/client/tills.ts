/** Tills for tests: real engines on a fake server, on a clock that the test moves. */
import { afterEach, beforeEach, vi } from 'vitest';
import type { TillEngine } from '../../src/client/engine.js';
import { MemoryStorage } from '../../src/client/storage_memory.js';
import type { Timing } from '../../src/client/timing.js';
import type { OrderChange, OrderView } from '../../src/client/types.js';
import { openEngine } from '../../src/connect.js';
import { FakeServer } from './fake_server.js';
import { Network } from './network.js';

export const ADA = { id: 2, name: 'Ada' };
export const BOB = { id: 3, name: 'Bob' };
export const COFFEE = { product_id: 42, qty: 1, price_unit: 2.5 };

/** Lets everything happen that can happen at once, or until so much time is over. */
export const pass = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

export interface Till {
    engine: TillEngine;
    network: Network;
    storage: MemoryStorage;
    changes: OrderChange[];
}

/** The clock stands still but for {@link pass}; every engine is shut down after its test. */
export class Shop {
    server = new FakeServer();
    tills: Till[] = [];

    constructor() {
        beforeEach(() => {
            vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: 1_700_000_000_000 });
            this.server = new FakeServer();
        });
        afterEach(async () => {
            await Promise.all(this.tills.splice(0).map(till => till.engine.shutdown()));
            vi.useRealTimers();
        });
    }

    async open(
        options: {
            pos?: number;
            storage?: MemoryStorage;
            network?: Network;
            timing?: Partial<Timing>;
            wait?: boolean;
            openSession?: boolean;
        } = {},
    ): Promise<Till> {
        const pos = options.pos ?? 1;
        const network = options.network ?? new Network(this.server);
        const storage = options.storage ?? new MemoryStorage(`dev-${this.tills.length + 1}`);
        const opening = openEngine({
            url: 'http://sync.example/sync/KEY',
            pos: { id: pos, name: pos === 1 ? 'Bar' : 'Terrace' },
            user: pos === 1 ? ADA : BOB,
            storage,
            timing: options.timing,
            openSession: options.openSession,
            WebSocket: network.WebSocket,
            fetch: network.fetch,
        });
        await pass(options.wait === false ? 0 : 20);
        if (options.wait !== false) await pass(10_000 * Number(!network.isUp));
        const engine = await opening;
        const till: Till = { engine, network, storage, changes: [] };
        engine.on('orders', changes => void till.changes.push(...changes));
        this.tills.push(till);
        await pass();
        return till;
    }

    /** Opens the till anew with what it had stored, as after a reload; the old page is gone without a word. */
    async reload(till: Till, options: { network?: Network } = {}): Promise<Till> {
        const storage = till.storage.copy();
        till.network.isUp = false;
        till.network.cut();
        await till.engine.shutdown();
        this.tills.splice(this.tills.indexOf(till), 1);
        return this.open({ pos: till.engine.pos.id, storage, network: options.network });
    }
}

/** An order with one line of coffee, registered; its uid and the line's. */
export async function coffee(till: Till, qty = 1): Promise<{ order: string; line: string }> {
    const { order, line } = typeCoffee(till, qty);
    await pass();
    return { order, line };
}
export function typeCoffee({ engine }: Till, qty = 1): { order: string; line: string } {
    const order = engine.newOrder();
    const line = engine.lineUid(order);
    void engine.record(order, [{ op: 'add_line', line, fields: { ...COFFEE, qty } }]);
    return { order, line };
}
export const tap = ({ engine }: Till, order: string, line: string, by = 1) =>
    engine.record(order, [{ op: 'increment', line, field: 'qty', by }]);

/** An order as a few characters: `#number state-of-lines`. */
export function brief(view: OrderView | undefined): string {
    if (!view) return 'none';
    const lines = view.lines.map(line => `${line.fields.product_id ?? '?'}x${line.fields.qty}`);
    return `#${view.number ?? 'New'} ${lines.join(' ')}`.trim();
}
export const briefs = ({ engine }: Till): string[] => engine.orders().map(brief);

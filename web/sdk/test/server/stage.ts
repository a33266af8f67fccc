/** What a test on the real Sync Server stands on: a server, tills behind bad networks, and the end of all of it. */
import { afterEach, beforeEach, expect } from 'vitest';
import type { TillEngine } from '../../src/client/engine.js';
import { MemoryStorage } from '../../src/client/storage_memory.js';
import type { Timing } from '../../src/client/timing.js';
import type { Fields, OrderView } from '../../src/client/types.js';
import { type EngineOptions, openEngine } from '../../src/connect.js';
import { Ledger } from './ledger.js';
import { TcpProxy } from './proxy.js';
import { SyncServer } from './server.js';
import { WAIT_MS_MAX, when } from './waits.js';

export const ADA = { id: 2, name: 'Ada' };
export const BOB = { id: 3, name: 'Bob' };
export const COFFEE = { product_id: 42, qty: 1, price_unit: 2.5 };

/** Waits that are long enough for a busy machine, and short enough for a test. */
export const TIMING: Partial<Timing> = {
    commandUnansweredMs: 500,
    pingAfterCommandMs: 500,
    commandStalledMs: 3_000,
    silenceMs: 3_000,
    pingMs: 1_000,
    openMs: 1_000,
    welcomeMs: 2_000,
    backoffMs: 20,
    backoffMaxMs: 200,
    busyRetryMs: 100,
    stoppingRetryMs: 100,
    presenceMs: 20,
};

/** A till of a test. */
export interface Till {
    readonly engine: TillEngine;
    readonly proxy: TcpProxy;
    readonly storage: MemoryStorage;
    readonly timing: Partial<Timing> | undefined;
}

export interface TillOptions {
    pos?: number;
    storage?: MemoryStorage;
    proxy?: TcpProxy;
    timing?: Partial<Timing>;
    options?: Partial<EngineOptions>;
}

/** One for each file of tests: every test gets a server of its own, and nothing of it outlives the test. */
export class Stage {
    server!: SyncServer;
    /** All that the tills hear, for what must be so of the whole log. */
    ledger = new Ledger();
    private tills: TillEngine[] = [];
    private proxies: TcpProxy[] = [];
    private devices = 0;

    constructor() {
        beforeEach(async () => {
            this.ledger = new Ledger();
            this.devices = 0;
            this.server = await SyncServer.start();
        }, 30_000);
        afterEach(async context => {
            await Promise.all(this.tills.splice(0).map(engine => engine.shutdown()));
            for (const proxy of this.proxies.splice(0)) proxy.stop();
            await this.server?.stop();
            if (context.task.result?.state === 'fail') console.error(this.server?.stderr);
        }, 30_000);
    }

    async proxy(): Promise<TcpProxy> {
        const proxy = await TcpProxy.start(this.server);
        this.proxies.push(proxy);
        return proxy;
    }

    /** Opens a till behind a proxy of its own: POS 1 is Ada's Bar, POS 2 Bob's Terrace. */
    async open({ pos = 1, storage, proxy, timing, options }: TillOptions = {}): Promise<Till> {
        const way = proxy ?? (await this.proxy());
        this.devices += 1;
        const kept = storage ?? new MemoryStorage(`dev-${this.devices}`);
        const engine = await openEngine({
            url: way.url,
            pos: POSES[pos] ?? { id: pos, name: `POS ${pos}` },
            user: pos === 1 ? ADA : pos === 2 ? BOB : { id: pos + 1, name: `User ${pos}` },
            storage: kept,
            timing: { ...TIMING, ...timing },
            WebSocket: this.ledger.WebSocket,
            fetch: this.ledger.fetch,
            ...options,
        });
        this.tills.push(engine);
        return { engine, proxy: way, storage: kept, timing };
    }

    /** Ada's and Bob's tills. */
    async pair(): Promise<[Till, Till]> {
        return [await this.open({ pos: 1 }), await this.open({ pos: 2 })];
    }

    /** The page is closed, or its machine loses power: what is in the storage is all that stays. */
    async close(till: Till): Promise<void> {
        await till.engine.shutdown();
        this.tills.splice(this.tills.indexOf(till.engine), 1);
    }

    /** Opens the till anew on what it had stored. */
    async reload(till: Till): Promise<Till> {
        const storage = till.storage.copy();
        await this.close(till);
        return this.open({ pos: till.engine.pos.id, storage, proxy: till.proxy, timing: till.timing });
    }
}

const POSES: { [id: number]: { id: number; name: string } } = {
    1: { id: 1, name: 'Bar' },
    2: { id: 2, name: 'Terrace' },
};

/** Waits until every till is live, has nothing unsent, and has seen what the others have. Then all are the same. */
export async function level(tills: Till[], ms = WAIT_MS_MAX): Promise<void> {
    const deadlineMs = Date.now() + ms;
    const left = () => Math.max(1, deadlineMs - Date.now());
    for (;;) {
        for (const { engine } of tills) {
            await when(engine, 'all to be sent, and a live connection', () => isQuiet(engine), left());
        }
        const seq = Math.max(...tills.map(({ engine }) => engine.seq));
        for (const { engine } of tills) {
            await when(engine, `event ${seq}`, () => engine.seq >= seq, left());
        }
        const isLevel = ({ engine }: Till) => isQuiet(engine) && engine.seq === tills[0]?.engine.seq;
        if (tills.every(isLevel)) break;
    }
    const [first] = tills;
    for (const { engine } of tills) expect(engine.replicaText()).toBe(first?.engine.replicaText());
}

function isQuiet({ connection }: TillEngine): boolean {
    return connection.sync === 'green' && connection.commandsWaiting === 0;
}

/** Types an order with one line; its uid and the line's. */
export function typeOrder({ engine }: Till, fields: Fields = COFFEE): { order: string; line: string } {
    const order = engine.newOrder();
    return { order, line: typeLine({ engine }, order, fields) };
}

/** Types a line into an order. */
export function typeLine({ engine }: Pick<Till, 'engine'>, order: string, fields: Fields = COFFEE): string {
    const line = engine.lineUid(order);
    void engine.record(order, [{ op: 'add_line', line, fields }]);
    return line;
}

export const tap = ({ engine }: Till, order: string, line: string, by = 1) =>
    engine.record(order, [{ op: 'increment', line, field: 'qty', by }]);

/** Waits until an order is at a till. */
export async function arrival({ engine }: Till, order: string): Promise<OrderView> {
    await when(engine, `order ${order}`, () => engine.order(order)?.number != null);
    return engine.order(order) as OrderView;
}

/** Waits until an order has left a till. */
export const departure = ({ engine }: Till, order: string) =>
    when(engine, `order ${order} to leave`, () => engine.order(order) === undefined);

export const isRed = ({ engine }: Till) =>
    when(engine, 'red', () => engine.connection.sync === 'red' && !engine.isUp);
export const isGreen = ({ engine }: Till) => when(engine, 'green', () => engine.connection.sync === 'green');

/** An order as a few characters: `#number product x quantity …`. */
export function brief(view: OrderView | undefined): string {
    if (!view) return 'none';
    const lines = view.lines.map(line => `${line.fields.product_id ?? '?'}x${line.fields.qty}`);
    return `#${view.number ?? 'New'} ${lines.join(' ')}`.trim();
}
export const briefs = ({ engine }: Till): string[] => engine.orders().map(brief);

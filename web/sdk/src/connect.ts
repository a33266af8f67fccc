/** Opens an engine: finds the storage, the slot and the transports of the place that it runs in. */
import { Courier, sendLeftBehind } from './client/courier.js';
import { TillEngine } from './client/engine.js';
import { type Fetch, openLongPolling } from './client/long_polling.js';
import type { EngineParts } from './client/parts.js';
import { SLOTS_MAX, takeSlot } from './client/slots.js';
import type { Storage } from './client/storage.js';
import { IdbStorage, Profile } from './client/storage_idb.js';
import { MemoryStorage } from './client/storage_memory.js';
import { TIMING, type Timing } from './client/timing.js';
import { addressOf, type Opener } from './client/transport.js';
import type { Engine, Pos, User } from './client/types.js';
import { findWebSocket, openWebSocket, type WebSocketClass } from './client/websocket.js';

/** How a till is opened. */
export interface EngineOptions {
    /** The Sync Server: `http`, `https`, `ws` or `wss`, with the path `/sync/KEY` where the server gives keys. */
    url: string;
    /** The database (tenant); `main` where it is left out. */
    database?: string;
    /** The multi-session's id; 1 where it is left out. */
    multiSession?: number;
    /** The POS that this till runs. */
    pos: Pos;
    /** Who is at the till. It can be changed later: `engine.user = …`. */
    user: User;
    /** The device's name, for storage in memory. In a browser it is made and kept by the SDK. */
    device?: string;
    /** Opens the POS session in the user's name if the POS has none; true where it is left out. */
    openSession?: boolean;
    /** What the app is called towards the server. */
    app?: string;
    /** Where everything is kept; IndexedDB in a browser, memory in Node where it is left out. */
    storage?: Storage;
    /** Waits other than the SDK's own (rule 30). */
    timing?: Partial<Timing>;
    /** In place of the browser's WebSocket (Node: of the package `ws`). */
    WebSocket?: WebSocketClass;
    /** In place of `fetch`, for long polling. */
    fetch?: Fetch;
    /** In place of `navigator.locks`; null for none. */
    locks?: LockManager | null;
}

/**
 * Opens an engine and begins to connect.
 *
 * Resolves as soon as the till can work: at once where it had a login before (also without a connection: its orders
 * are there), else with its first login, or after 10 s without one; then `engine.till` is null, and
 * `engine.connection.message` says what is wrong.
 *
 * @throws TypeError when the address is none, or POS or user is not given as it should be
 * @throws Error when 16 tabs of this browser run this POS already
 */
export async function openEngine(options: EngineOptions): Promise<Engine & TillEngine> {
    checkWho(options);
    const timing: Timing = { ...TIMING, ...options.timing };
    const openers = await openersOf(options, timing);
    const place = await placeOf(options);
    const parts = {
        app: options.app ?? '@tillsync/sdk 0.1.0',
        database: options.database ?? 'main',
        multiSession: options.multiSession ?? 1,
        pos: options.pos,
        user: options.user,
        openSession: options.openSession ?? true,
        openers,
        timing,
    };
    let engine: TillEngine | null = null;
    const doubt = () => engine?.doubt();
    const target: Partial<EventTarget> = globalThis as Partial<EventTarget>;
    let courier: Courier | null = null;
    const released = () => {
        courier?.stop();
        for (const network of ['online', 'offline']) target.removeEventListener?.(network, doubt);
        place.release();
    };
    try {
        engine = await TillEngine.open({ ...parts, storage: place.storage, released });
    } catch (error) {
        released();
        throw error;
    }
    for (const network of ['online', 'offline']) target.addEventListener?.(network, doubt);
    if (place.courier) courier = new Courier(engine, timing.courierEveryMs, () => place.courier?.(parts));
    await engine.ready(timing.firstWelcomeMs);
    return engine;
}

/** Without them the server could only refuse the till again and again. */
function checkWho(options: EngineOptions): void {
    for (const who of ['pos', 'user'] as const) {
        const { id, name } = (options[who] ?? {}) as Partial<Pos>;
        if (Number.isSafeInteger(id) && typeof name === 'string') continue;
        throw new TypeError(`\`${who}\` needs an id, a whole number, and a name: { id: 1, name: "…" }`);
    }
}

async function openersOf(options: EngineOptions, timing: Timing): Promise<EngineParts['openers']> {
    const address = addressOf(options.url);
    const websocket: Opener = openWebSocket(address.webSocket, options.WebSocket ?? (await findWebSocket()));
    const fetcher = options.fetch ?? globalThis.fetch.bind(globalThis);
    return { websocket, polling: openLongPolling(address.http, fetcher, timing) };
}

/** Where a till keeps what it keeps. */
interface Place {
    storage: Storage;
    release(): void;
    /** Sends what tabs that are gone have left unsent. */
    courier?(parts: Omit<EngineParts, 'storage'>): Promise<void>;
}

async function placeOf(options: EngineOptions): Promise<Place> {
    const plain = (storage: Storage): Place => ({ storage, release: () => {} });
    if (options.storage) return plain(options.storage);
    if (typeof indexedDB === 'undefined') return plain(new MemoryStorage(options.device));
    try {
        return await browserPlace(options);
    } catch (error) {
        if (error instanceof TooManyTabsError) throw error;
        // A browser that refuses IndexedDB: the till works, and says that it keeps nothing.
        return plain(new MemoryStorage(options.device, { durable: false }));
    }
}

class TooManyTabsError extends Error {
    override name = 'TooManyTabsError';
}

async function browserPlace(options: EngineOptions): Promise<Place> {
    const database = options.database ?? 'main';
    const pos = options.pos.id;
    const navigator = globalThis.navigator as Partial<Navigator> | undefined;
    const locks = options.locks === undefined ? (navigator?.locks ?? null) : options.locks;
    const slot = locks ? await takeSlot(locks, database, pos) : { number: 0, release: () => {} };
    if (!slot) {
        throw new TooManyTabsError(
            `${SLOTS_MAX} tabs of this browser run ${options.pos.name} already: close one.`,
        );
    }
    try {
        const profile = await Profile.open(database, pos);
        await profile.use(slot.number);
        const storage = await IdbStorage.open(database, pos, `${profile.id}.${slot.number}`);
        void navigator?.storage?.persist?.().catch(() => false);
        return {
            storage,
            release() {
                profile.close();
                slot.release();
            },
            ...(locks && { courier: parts => sendLeftBehind(parts, profile, locks, slot) }),
        };
    } catch (error) {
        slot.release();
        throw error;
    }
}

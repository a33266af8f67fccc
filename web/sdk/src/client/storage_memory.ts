/** Storage in memory: for bots and tests. It outlives the engine that used it, as a disk would. */
import { type Changes, type Elsewhere, type Storage, StorageFullError, type Stored } from './storage.js';

interface Shelf {
    till: Stored['till'];
    commands: Map<number, Stored['commands'][number]>;
    refused: Map<string, Stored['refused'][number]>;
    replica: Stored['replica'];
}

/** Behaves like a disk: what is read is a copy of what was written, and it can be told to be full or to fail. */
export class MemoryStorage implements Storage {
    readonly device: string;
    readonly durable: boolean;
    /** For tests: writing says that there is no room. */
    full = false;
    /** For tests: writing fails. */
    failing = false;
    /** For tests: how many writes were done. */
    writes = 0;
    private last: string | null = null;
    private readonly shelves = new Map<string, Shelf>();

    /** @param device the device's name; made at random where it is left out */
    constructor(device: string = `dev-${crypto.randomUUID()}`, options: { durable?: boolean } = {}) {
        this.device = device;
        this.durable = options.durable ?? true;
    }

    async lastServer(): Promise<string | null> {
        return this.last;
    }

    async elsewhere(server: string): Promise<Elsewhere[]> {
        const others = [...this.shelves].filter(([other]) => other !== server);
        const waiting = others.map(([other, { commands }]) => ({
            server: other,
            commands: [...commands.values()].filter(command => command.answer === null),
        }));
        return structuredClone(waiting.filter(({ commands }) => commands.length > 0));
    }

    async load(server: string): Promise<Stored | null> {
        const shelf = this.shelves.get(server);
        if (!shelf) return null;
        const commands = [...shelf.commands.values()].sort((one, other) => one.number - other.number);
        return structuredClone({
            till: shelf.till,
            commands,
            refused: [...shelf.refused.values()],
            replica: shelf.replica,
        });
    }

    async write(server: string, changes: Changes): Promise<void> {
        if (this.full) throw new StorageFullError();
        if (this.failing) throw new Error('the storage was told to fail');
        this.writes += 1;
        const copy = structuredClone(changes);
        let shelf = this.shelves.get(server);
        if (!shelf) {
            if (!copy.till) throw new Error('the first thing that is written for a server is its till');
            shelf = { till: copy.till, commands: new Map(), refused: new Map(), replica: null };
            this.shelves.set(server, shelf);
        }
        if (copy.till) shelf.till = copy.till;
        if (copy.replica) shelf.replica = copy.replica;
        put(shelf.commands, copy.commands);
        put(shelf.refused, copy.refused);
        this.last = server;
    }

    async close(): Promise<void> {}

    /** For tests: a copy of this storage, as of a profile that was copied or a disk that is restored later. */
    copy(device: string = this.device): MemoryStorage {
        const copy = new MemoryStorage(device, { durable: this.durable });
        copy.last = this.last;
        for (const [server, shelf] of this.shelves) copy.shelves.set(server, structuredClone(shelf));
        return copy;
    }
}

function put<K, V>(into: Map<K, V>, changes: Map<K, V | null>): void {
    for (const [key, value] of changes) {
        if (value === null) into.delete(key);
        else into.set(key, value);
    }
}

/** Storage in the browser's IndexedDB. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { ReplicaData } from '../rules/replica.js';
import {
    type Changes,
    type Elsewhere,
    type Storage,
    StorageFullError,
    type Stored,
    type StoredCommand,
    type StoredRefused,
    type StoredTill,
} from './storage.js';
import { upgradeCommand, upgradeRefused, upgradeTill } from './upgrade.js';

/** Versions of the database's own shape; steps are only added. */
const SCHEMA = 1;

interface Schema extends DBSchema {
    meta: { key: string; value: string };
    tills: { key: string; value: StoredTill };
    commands: { key: [string, number]; value: StoredCommand };
    refused: { key: [string, string]; value: StoredRefused };
    replicas: { key: string; value: ReplicaData };
}

const STORES = ['meta', 'tills', 'commands', 'refused', 'replicas'] as const;

/** IndexedDB of one device at one POS of one database: `tillsync/<database>/<pos>/<device>`. */
export class IdbStorage implements Storage {
    readonly durable = true;

    private constructor(
        readonly device: string,
        private readonly db: IDBPDatabase<Schema>,
    ) {}

    /** @throws when the browser has no IndexedDB or refuses to open it (private windows of some browsers do) */
    static async open(database: string, pos: number, device: string): Promise<IdbStorage> {
        const db = await openDB<Schema>(`tillsync/${database}/${pos}/${device}`, SCHEMA, {
            upgrade(db, from) {
                if (from < 1) for (const store of STORES) db.createObjectStore(store);
            },
            blocking(_current, _blocked, event) {
                // A newer version of the app wants to upgrade in another tab: it goes first.
                (event.target as IDBDatabase).close();
            },
        });
        return new IdbStorage(device, db);
    }

    async lastServer(): Promise<string | null> {
        return (await this.db.get('meta', 'last_server')) ?? null;
    }

    async elsewhere(server: string): Promise<Elsewhere[]> {
        const transaction = this.db.transaction(STORES, 'readonly');
        const servers = await transaction.objectStore('tills').getAllKeys();
        const others = servers.filter(other => other !== server);
        const store = transaction.objectStore('commands');
        const waiting = await Promise.all(
            others.map(async other => {
                const commands = (await store.getAll(ofServer(other))).map(upgradeCommand);
                return { server: other, commands: commands.filter(command => command.answer === null) };
            }),
        );
        return waiting.filter(({ commands }) => commands.length > 0);
    }

    async load(server: string): Promise<Stored | null> {
        const range = ofServer(server);
        const transaction = this.db.transaction(STORES, 'readonly');
        const [till, commands, refused, replica] = await Promise.all([
            transaction.objectStore('tills').get(server),
            transaction.objectStore('commands').getAll(range),
            transaction.objectStore('refused').getAll(range),
            transaction.objectStore('replicas').get(server),
        ]);
        if (!till) return null;
        return {
            till: upgradeTill(till),
            commands: commands.map(upgradeCommand),
            refused: refused.map(upgradeRefused),
            replica: replica ?? null,
        };
    }

    async write(server: string, changes: Changes): Promise<void> {
        // `strict`: it is on the disk when this resolves, not only in the system's cache.
        const transaction = this.db.transaction(STORES, 'readwrite', { durability: 'strict' });
        const writes: Promise<unknown>[] = [transaction.done];
        try {
            writes.push(transaction.objectStore('meta').put(server, 'last_server'));
            if (changes.till) writes.push(transaction.objectStore('tills').put(changes.till, server));
            if (changes.replica)
                writes.push(transaction.objectStore('replicas').put(changes.replica, server));
            const commands = transaction.objectStore('commands');
            for (const [number, command] of changes.commands) {
                const key: [string, number] = [server, number];
                writes.push(command ? commands.put(command, key) : commands.delete(key));
            }
            const refused = transaction.objectStore('refused');
            for (const [id, each] of changes.refused) {
                writes.push(each ? refused.put(each, [server, id]) : refused.delete([server, id]));
            }
        } catch (error) {
            // What cannot be put at all takes the rest of the transaction with it.
            writes.push(Promise.reject(error));
            transaction.abort();
        }
        // Which of them says that there is no room differs from browser to browser.
        const outcomes = await Promise.allSettled(writes);
        const errors = outcomes.flatMap(outcome => (outcome.status === 'rejected' ? [outcome.reason] : []));
        if (errors.some(error => error?.name === 'QuotaExceededError')) throw new StorageFullError();
        if (errors.length > 0) throw errors.at(-1);
    }

    async close(): Promise<void> {
        this.db.close();
    }
}

/** The keys `[server, …]`. An empty array is greater than any number or text. */
function ofServer(server: string): IDBKeyRange {
    return IDBKeyRange.bound([server], [server, []]);
}

interface ProfileSchema extends DBSchema {
    profile: { key: string; value: { id: string; slots: number } };
}

/** What all tabs of one browser profile share at one POS: its name, and how many slots were ever used. */
export class Profile {
    private constructor(
        readonly id: string,
        private readonly db: IDBPDatabase<ProfileSchema>,
    ) {}

    static async open(database: string, pos: number): Promise<Profile> {
        const db = await openDB<ProfileSchema>(`tillsync/${database}/${pos}`, 1, {
            upgrade: db => void db.createObjectStore('profile'),
        });
        const transaction = db.transaction('profile', 'readwrite', { durability: 'strict' });
        const known = await transaction.store.get('profile');
        const id = known?.id ?? `web-${crypto.randomUUID()}`;
        if (!known) await transaction.store.put({ id, slots: 0 }, 'profile');
        await transaction.done;
        return new Profile(id, db);
    }

    /** How many slots were ever used. */
    async slots(): Promise<number> {
        return (await this.db.get('profile', 'profile'))?.slots ?? 0;
    }

    /** Notes that a slot is in use. */
    async use(slot: number): Promise<void> {
        const transaction = this.db.transaction('profile', 'readwrite');
        const known = await transaction.store.get('profile');
        if (known && known.slots <= slot)
            await transaction.store.put({ ...known, slots: slot + 1 }, 'profile');
        await transaction.done;
    }

    close(): void {
        this.db.close();
    }
}

/**
 * What this device keeps of the shop, so that the Register opens without a connection: the catalogues of some POSes,
 * and the list of all. Everything here can be asked for again; nothing that anybody typed is in it.
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';

/** Catalogues that are kept; those that were opened longest ago make room. */
export const CATALOGUES_MAX = 8;

/** Where catalogues were kept before: one for each POS, under this and its id. */
const FORMER = 'tillsync/till/';

/** An answer of the server, as it was. */
export interface Kept {
    text: string;
    tag: string | null;
    /** When it was known to be so, ms since 1970; 0 where that was not noted. */
    asOfMs: number;
}

/** A POS's catalogue. The POS's id alone is not its name: an address may come to serve another database. */
export interface KeptCatalogue extends Kept {
    database: string;
    pos: number;
}

/** Which catalogue is where, without the catalogue. */
interface Entry {
    database: string;
    pos: number;
    /** When a till last worked with it: the last ones stay. */
    usedMs: number;
}

interface Schema extends DBSchema {
    entries: { key: [string, number]; value: Entry };
    catalogues: { key: [string, number]; value: KeptCatalogue };
    lists: { key: string; value: Kept };
}

export class KeptShop {
    private constructor(private readonly db: IDBPDatabase<Schema>) {}

    /** @throws when the browser has no IndexedDB or refuses to open it */
    static async open(
        name = 'tillsync-register',
        former: Storage | null = formerStorage(),
    ): Promise<KeptShop> {
        const db = await openDB<Schema>(name, 1, {
            upgrade(db) {
                for (const store of ['entries', 'catalogues', 'lists'] as const) db.createObjectStore(store);
            },
            blocking(_current, _blocked, event) {
                (event.target as IDBDatabase).close();
            },
        });
        const kept = new KeptShop(db);
        if (former) await kept.takeOver(former);
        return kept;
    }

    /** A POS's catalogue, of the database that its address served last. */
    async catalogue(pos: number): Promise<KeptCatalogue | null> {
        const transaction = this.db.transaction(['entries', 'catalogues'], 'readonly');
        const entries = await transaction.objectStore('entries').getAll();
        const entry = entries.filter(entry => entry.pos === pos).sort(lastFirst)[0];
        if (!entry) return null;
        return (await transaction.objectStore('catalogues').get([entry.database, pos])) ?? null;
    }

    /**
     * Keeps a catalogue; those of more POSes than {@link CATALOGUES_MAX} go.
     *
     * @param usedMs when a till last worked with it
     */
    async keepCatalogue(kept: KeptCatalogue, usedMs: number): Promise<void> {
        const transaction = this.db.transaction(['entries', 'catalogues'], 'readwrite');
        const entries = transaction.objectStore('entries');
        const catalogues = transaction.objectStore('catalogues');
        await Promise.all([
            catalogues.put(kept, keyOf(kept)),
            entries.put(entryOf(kept, usedMs), keyOf(kept)),
        ]);
        const gone = (await entries.getAll()).sort(lastFirst).slice(CATALOGUES_MAX).map(keyOf);
        await Promise.all(gone.flatMap(key => [entries.delete(key), catalogues.delete(key)]));
        await transaction.done;
    }

    /** A till works with a catalogue that is kept. */
    async use(kept: KeptCatalogue, usedMs: number): Promise<void> {
        await this.db.put('entries', entryOf(kept, usedMs), keyOf(kept));
    }

    /** The list of POSes. */
    async poses(): Promise<Kept | null> {
        return (await this.db.get('lists', 'poses')) ?? null;
    }

    async keepPoses(kept: Kept): Promise<void> {
        await this.db.put('lists', kept, 'poses');
    }

    close(): void {
        this.db.close();
    }

    /** What is left from before there was this database. It goes from there once it is here. */
    private async takeOver(former: Storage): Promise<void> {
        const keys = Array.from({ length: former.length }, (_, at) => former.key(at) ?? '');
        for (const key of keys) {
            const pos = Number(/^\d+$/.exec(key.startsWith(FORMER) ? key.slice(FORMER.length) : '')?.[0]);
            const text = former.getItem(key);
            if (!pos || text === null) continue;
            const database = databaseOf(text);
            if (database !== null && !(await this.catalogue(pos)))
                await this.keepCatalogue({ database, pos, text, tag: null, asOfMs: 0 }, 0);
            former.removeItem(key);
        }
    }
}

const keyOf = ({ database, pos }: { database: string; pos: number }): [string, number] => [database, pos];
const entryOf = ({ database, pos }: KeptCatalogue, usedMs: number): Entry => ({ database, pos, usedMs });
const lastFirst = (one: Entry, other: Entry) => other.usedMs - one.usedMs;

function databaseOf(text: string): string | null {
    try {
        const { database } = JSON.parse(text) as { database?: unknown };
        return typeof database === 'string' ? database : null;
    } catch {
        return null;
    }
}

/** A browser may refuse even to name it. */
function formerStorage(): Storage | null {
    try {
        return globalThis.localStorage ?? null;
    } catch {
        return null;
    }
}

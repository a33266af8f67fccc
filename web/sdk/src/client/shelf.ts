/** Everything that a till keeps of one server (rule 22): its login, its outbox, its replica, what was refused. */
import { Replica } from '../rules/replica.js';
import { Keeper } from './keeper.js';
import { Names } from './names.js';
import { Outbox } from './outbox.js';
import { Refusals } from './refusals.js';
import { Shown } from './shown.js';
import { type Elsewhere, newTill, type Storage, type Stored, type StoredTill } from './storage.js';
import type { Timing } from './timing.js';
import type { Pos } from './types.js';

/** What the shelf needs of the till around it. */
export interface ShelfOwner {
    readonly pos: Pos;
    /** Whether the server has said welcome on the present connection. */
    readonly isUp: boolean;
    storageChanged(): void;
}

export class Shelf {
    readonly till: StoredTill;
    readonly keeper: Keeper;
    readonly outbox: Outbox;
    readonly names: Names;
    readonly refusals: Refusals;
    readonly shown: Shown;
    replica: Replica;
    /** Whether anything was ever confirmed: otherwise the replica is none. */
    hasReplica: boolean;

    private constructor(
        storage: Storage,
        readonly server: string,
        stored: Stored | null,
        timing: Timing,
        private readonly owner: ShelfOwner,
        /** What waits on this device for other servers. */
        readonly elsewhere: Elsewhere[] = [],
    ) {
        this.till = stored?.till ?? newTill(server);
        this.keeper = new Keeper(storage, server, timing, () => owner.storageChanged());
        this.outbox = new Outbox(stored?.commands ?? [], this.till, this.keeper);
        this.names = new Names(this.outbox.all());
        this.refusals = new Refusals(stored?.refused ?? [], this.keeper);
        this.hasReplica = stored?.replica != null;
        this.replica = stored?.replica ? Replica.from(stored.replica) : new Replica();
        this.shown = new Shown(this);
    }

    /** What is stored of a server; an empty shelf if that is nothing. */
    static async open(storage: Storage, server: string, timing: Timing, owner: ShelfOwner): Promise<Shelf> {
        const stored = server === '' ? null : await storage.load(server);
        return new Shelf(storage, server, stored, timing, owner, await storage.elsewhere(server));
    }

    /** The shelf of a server of which nothing is stored. */
    static fresh(storage: Storage, server: string, timing: Timing, owner: ShelfOwner): Shelf {
        return new Shelf(storage, server, null, timing, owner);
    }

    get pos(): Pos {
        return this.owner.pos;
    }

    /** Rule 15: without a connection, orders that the server knows are locked, unless the policy is to merge. */
    get isLocked(): boolean {
        return !this.owner.isUp && this.replica.active && this.replica.offlineEdits === 'lock';
    }

    /** Another replica takes the place of this one. */
    replace(replica: Replica): void {
        this.replica = replica;
        this.hasReplica = true;
    }

    saveReplica(): void {
        this.keeper.replicaLater(() => this.replica.data());
    }

    /** A uid for a new order (N1). It is durable before the order's first command leaves the till. */
    nextOrderUid(): string | null {
        const { session, login, orders } = this.till;
        if (session === null || login === null) return null;
        const key = `${session}-${login}`;
        const counter = (orders[key] ?? 0) + 1;
        orders[key] = counter;
        this.keeper.till(this.till);
        const pad = (value: number, places: number) => String(value).padStart(places, '0');
        return `${pad(session, 5)}-${pad(login, 3)}-${pad(counter, 4)}`;
    }

    nextLine(): number {
        this.till.lines += 1;
        this.keeper.till(this.till);
        return this.till.lines;
    }

    close(): Promise<void> {
        return this.keeper.close();
    }
}

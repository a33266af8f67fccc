/**
 * Writes to the durable storage in the background, one write at a time, and remembers what could not be written.
 *
 * While there is no room, everything that changed stays in memory and is tried again with each further change and
 * every few seconds: nothing that was typed is given up while the page lives.
 */

import type { ReplicaData } from '../rules/replica.js';
import {
    type Changes,
    type Storage,
    StorageFullError,
    type StoredCommand,
    type StoredRefused,
    type StoredTill,
} from './storage.js';

/** How it went: `kept` durably, or in memory only. */
export type Kept = 'kept' | 'memory';
export type StorageState = 'ok' | 'full' | 'lost';

export class Keeper {
    /** `full`: no room; `lost`: this device cannot keep anything. */
    state: StorageState;
    private changes: Changes = none();
    private replica: (() => ReplicaData) | null = null;
    private replicaTimer: ReturnType<typeof setTimeout> | undefined;
    private retryTimer: ReturnType<typeof setTimeout> | undefined;
    private writing: Promise<Kept> | null = null;
    private waiting: Promise<Kept> | null = null;
    private isClosed = false;

    /**
     * @param server the server id that everything is kept under
     * @param changed called when {@link Keeper.state} changed
     */
    constructor(
        private readonly storage: Storage,
        readonly server: string,
        private readonly timing: { storageRetryMs: number; replicaSaveMs: number },
        private readonly changed: () => void,
    ) {
        this.state = storage.durable ? 'ok' : 'lost';
    }

    till(till: StoredTill): void {
        this.changes.till = { ...till, orders: { ...till.orders } };
    }
    command(number: number, command: StoredCommand | null): void {
        this.changes.commands.set(number, command);
    }
    refused(id: string, refused: StoredRefused | null): void {
        this.changes.refused.set(id, refused);
    }

    /** The replica is saved a while after it changed: it can always be asked for again. */
    replicaLater(read: () => ReplicaData): void {
        this.replica = read;
        if (this.replicaTimer !== undefined || this.isClosed) return;
        this.replicaTimer = setTimeout(() => {
            this.replicaTimer = undefined;
            void this.keep();
        }, this.timing.replicaSaveMs);
    }

    /** Whether something is in memory only. */
    get isBehind(): boolean {
        const { till, commands, refused } = this.changes;
        return till !== undefined || commands.size > 0 || refused.size > 0;
    }

    /**
     * Writes all that changed; resolves when it is durable, or is known not to be. What is done in one turn, such as
     * recording money and closing the order with it, is written whole or not at all: a page can end at any moment.
     */
    keep(): Promise<Kept> {
        // What changes while a write is under way goes together into the next one.
        this.waiting ??= Promise.resolve(this.writing).then(() => {
            this.waiting = null;
            return this.write();
        });
        return this.waiting;
    }

    /** Writes what is left, and stops. */
    async close(): Promise<void> {
        this.isClosed = true;
        clearTimeout(this.replicaTimer);
        clearTimeout(this.retryTimer);
        await this.keep();
    }

    private write(): Promise<Kept> {
        if (this.replica) {
            this.changes.replica = this.replica();
            this.replica = null;
        }
        const changes = this.changes;
        if (!this.isBehind && !changes.replica)
            return Promise.resolve(this.state === 'ok' ? 'kept' : 'memory');
        this.changes = none();
        this.writing = this.storage.write(this.server, changes).then(
            () => this.succeeded(),
            (error: unknown) => this.failed(changes, error),
        );
        return this.writing;
    }

    private succeeded(): Kept {
        this.writing = null;
        this.become(this.storage.durable ? 'ok' : 'lost');
        return 'kept';
    }

    private failed(changes: Changes, error: unknown): Kept {
        this.writing = null;
        // What changed meanwhile is newer than what could not be written.
        const newer = this.changes;
        this.changes = {
            till: newer.till ?? changes.till,
            replica: newer.replica ?? changes.replica,
            commands: new Map([...changes.commands, ...newer.commands]),
            refused: new Map([...changes.refused, ...newer.refused]),
        };
        this.become(error instanceof StorageFullError ? 'full' : 'lost');
        if (!this.isClosed) {
            clearTimeout(this.retryTimer);
            this.retryTimer = setTimeout(() => void this.keep(), this.timing.storageRetryMs);
        }
        return 'memory';
    }

    private become(state: StorageState): void {
        if (this.state === state) return;
        this.state = state;
        this.changed();
    }
}

function none(): Changes {
    return { commands: new Map(), refused: new Map() };
}

/**
 * Tabs come and go. What one of them had typed and not sent is sent by one that stays, or by the next that opens: by
 * whoever gets hold of the slot that the tab has left.
 */
import { TillEngine } from './engine.js';
import type { EngineParts } from './parts.js';
import { SLOTS_MAX, type Slot, tryLock } from './slots.js';
import type { Storage } from './storage.js';
import { IdbStorage, type Profile } from './storage_idb.js';

/** Looks for such work each time that the till goes live, and every now and then while it is. */
export class Courier {
    private readonly timer: ReturnType<typeof setInterval>;
    private isLive = false;
    private isLooking = false;

    /** @param look sends what it finds; it never looks twice at a time */
    constructor(
        engine: TillEngine,
        everyMs: number,
        private readonly look: () => Promise<void> | undefined,
    ) {
        const changed = () => {
            const isLive = engine.connection.sync === 'green';
            if (isLive && !this.isLive) void this.go();
            this.isLive = isLive;
        };
        engine.on('connection', changed);
        this.timer = setInterval(() => {
            if (this.isLive) void this.go();
        }, everyMs);
        changed();
    }

    stop(): void {
        clearInterval(this.timer);
    }

    private async go(): Promise<void> {
        if (this.isLooking) return;
        this.isLooking = true;
        try {
            await this.look();
        } catch {
            // A storage that cannot be opened now: the next look may find it well.
        } finally {
            this.isLooking = false;
        }
    }
}

/** One slot at a time; those of tabs that are there are taken. */
export async function sendLeftBehind(
    parts: Omit<EngineParts, 'storage'>,
    profile: Profile,
    locks: LockManager,
    own: Slot,
): Promise<void> {
    const { database, pos, timing } = parts;
    const slots = Math.min(await profile.slots(), SLOTS_MAX);
    for (let number = 0; number < slots; number += 1) {
        const slot = number === own.number ? null : await tryLock(locks, database, pos.id, number);
        if (!slot) continue;
        try {
            const storage = await IdbStorage.open(database, pos.id, `${profile.id}.${number}`);
            if (!(await hasUnsent(storage))) {
                await storage.close();
                continue;
            }
            const courier = await TillEngine.open({ ...parts, openSession: false, storage });
            let timer: ReturnType<typeof setTimeout> | undefined;
            const tooLong = new Promise<void>(resolve => {
                timer = setTimeout(resolve, timing.courierMs);
            });
            await Promise.race([courier.settled(), tooLong]);
            clearTimeout(timer);
            await courier.shutdown();
        } finally {
            slot.release();
        }
    }
}

async function hasUnsent(storage: Storage): Promise<boolean> {
    const server = await storage.lastServer();
    const stored = server === null ? null : await storage.load(server);
    return stored?.commands.some(command => !command.answer) ?? false;
}

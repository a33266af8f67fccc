/**
 * Tabs of one browser: each takes a slot of its own, by a Web Lock that the browser gives back when the tab is
 * gone, however it went. A slot is a device of its own (W3), with storage of its own.
 */

/** Tabs of one browser at one POS. */
export const SLOTS_MAX = 16;

/** A slot that is held. */
export interface Slot {
    readonly number: number;
    release(): void;
}

/** The first free slot; null when all are taken. */
export async function takeSlot(locks: LockManager, database: string, pos: number): Promise<Slot | null> {
    for (let number = 0; number < SLOTS_MAX; number += 1) {
        const slot = await tryLock(locks, database, pos, number);
        if (slot) return slot;
    }
    return null;
}

/** This slot, if it is free. */
export function tryLock(
    locks: LockManager,
    database: string,
    pos: number,
    number: number,
): Promise<Slot | null> {
    return new Promise((resolve, reject) => {
        const held = (lock: Lock | null) => {
            if (!lock) {
                resolve(null);
                return undefined;
            }
            // The lock is held until this promise is done.
            return new Promise<void>(release => resolve({ number, release }));
        };
        locks.request(`tillsync/${database}/${pos}/${number}`, { ifAvailable: true }, held).catch(reject);
    });
}

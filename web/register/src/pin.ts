/**
 * Who is at the till, by PIN.
 *
 * With a connection the server says whether a PIN is right. Without one, a device can let in people who came in here
 * before: it keeps a code of their PIN under a key that the browser does not hand out. Four digits are a convenience
 * between colleagues, not a lock.
 */
import { openDB } from 'idb';
import { ApiError, isNoAnswer, request } from './request';

/** `unknown`: there is no connection, and this person has not come in on this device before. */
export type PinAnswer = { is: 'right' } | { is: 'wrong' | 'wait'; seconds: number } | { is: 'unknown' };

/** People of whom a device keeps a code. */
const KEPT_MAX = 100;
/** Wrong PINs in a row without a connection before one waits. */
const FREE_TRIES = 3;
const WAIT_MS = 30_000;

interface Kept {
    code: ArrayBuffer;
    wrong: number;
    waitUntilMs: number;
}

async function store() {
    return await openDB('tillsync-people', 1, {
        upgrade(db) {
            db.createObjectStore('keys');
            db.createObjectStore('people');
        },
    });
}

async function key(): Promise<CryptoKey> {
    const db = await store();
    const known: CryptoKey | undefined = await db.get('keys', 'pin');
    if (known) return known;
    const made = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    await db.put('keys', made, 'pin');
    return made;
}

async function codeOf(who: string, pin: string): Promise<ArrayBuffer> {
    return await crypto.subtle.sign('HMAC', await key(), new TextEncoder().encode(`${who}|${pin}`));
}

function isSame(a: ArrayBuffer, b: ArrayBuffer): boolean {
    const [one, other] = [new Uint8Array(a), new Uint8Array(b)];
    return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** Says whether a PIN is a person's. */
export async function lookAtPin(database: string, user: number, pin: string): Promise<PinAnswer> {
    const who = `${database}/${user}`;
    try {
        await request(`/api/people/${user}/pin?database=${encodeURIComponent(database)}`, {
            method: 'POST',
            body: { pin },
        });
        await keep(who, pin).catch(() => {});
        return { is: 'right' };
    } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.code === 'wrong_pin') return { is: 'wrong', seconds: error.retryAfterS };
        if (error.code === 'wait') return { is: 'wait', seconds: error.retryAfterS };
        if (!isNoAnswer(error)) throw error;
        return await lookHere(who, pin).catch((): PinAnswer => ({ is: 'unknown' }));
    }
}

async function keep(who: string, pin: string): Promise<void> {
    // Only pages that came by HTTPS, or from this machine, have it.
    if (!crypto.subtle) return;
    const db = await store();
    const names = await db.getAllKeys('people');
    if (names.length >= KEPT_MAX && !names.includes(who) && names[0] !== undefined)
        await db.delete('people', names[0]);
    const kept: Kept = { code: await codeOf(who, pin), wrong: 0, waitUntilMs: 0 };
    await db.put('people', kept, who);
}

async function lookHere(who: string, pin: string): Promise<PinAnswer> {
    const db = await store();
    const kept: Kept | undefined = await db.get('people', who);
    if (!kept) return { is: 'unknown' };
    const left = Math.ceil((kept.waitUntilMs - Date.now()) / 1000);
    if (left > 0) return { is: 'wait', seconds: left };
    const isRight = isSame(kept.code, await codeOf(who, pin));
    const wrong = isRight ? 0 : kept.wrong + 1;
    const waits = wrong > FREE_TRIES;
    await db.put('people', { ...kept, wrong, waitUntilMs: waits ? Date.now() + WAIT_MS : 0 }, who);
    return isRight ? { is: 'right' } : { is: 'wrong', seconds: waits ? WAIT_MS / 1000 : 0 };
}

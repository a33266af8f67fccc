/** The list of points of sale: from the server, or as it was when this device last saw it. */
import { type Signal, signal } from '@preact/signals';
import type { PosState } from './api';
import { keptShop, soonest } from './catalogue';
import { ask } from './request';

/** When the list was as it is shown, ms since 1970; null when it is as the server has it now. */
export const posesAsOf: Signal<number | null> = signal(null);

interface List {
    text: string;
    /** Null: now. */
    asOfMs: number | null;
}

/** How often a list that did not change is written down. */
const KEEP_EVERY_MS = 60_000;
let keptText = '';
let keptMs = 0;

/** The request that is under way. A page that looks again meanwhile waits for the same. */
let asking: Promise<List> | null = null;

/** @throws ApiError when the server says no, or does not answer and no list is kept */
export async function poses(): Promise<PosState[]> {
    const shop = await keptShop();
    const kept: List | null = (await shop?.poses().catch(() => null)) ?? null;
    asking ??= look().finally(() => {
        asking = null;
    });
    const { text, asOfMs } = await soonest(asking, kept);
    posesAsOf.value = asOfMs;
    return (JSON.parse(text) as { poses: PosState[] }).poses;
}

async function look(): Promise<List> {
    const answer = await ask('/api/poses');
    const text = answer?.text ?? '';
    const asOfMs = Date.now();
    if (text !== keptText || asOfMs - keptMs >= KEEP_EVERY_MS) {
        [keptText, keptMs] = [text, asOfMs];
        const shop = await keptShop();
        shop?.keepPoses({ text, tag: null, asOfMs }).catch(() => {});
    }
    return { text, asOfMs: null };
}

/** Orders of every multi-session, with their whole history. */
import { listen } from './events';
import { type Query, request } from './request';
import type { FullOrder, HistoryEntry, OrderPage } from './types';

const path = (multiSession: number, uid: string) => `/orders/${multiSession}/${encodeURIComponent(uid)}`;

export const listOrders = (query: Query, signal?: AbortSignal) =>
    request<OrderPage>('/orders', { query, signal });

export const readOrder = (multiSession: number, uid: string, signal?: AbortSignal) =>
    request<FullOrder>(path(multiSession, uid), { signal });

/** The pages of a history that are read at most. */
const PAGES_MAX = 20;

export async function orderHistory(
    multiSession: number,
    uid: string,
    signal?: AbortSignal,
): Promise<HistoryEntry[]> {
    const entries: HistoryEntry[] = [];
    for (let page = 0; page < PAGES_MAX; page++) {
        const answer = await request<{ entries: HistoryEntry[]; more: boolean }>(
            `${path(multiSession, uid)}/history`,
            { query: { after: entries.at(-1)?.seq ?? 0 }, signal },
        );
        entries.push(...answer.entries);
        if (!answer.more) break;
    }
    return entries;
}

export const restoreOrder = (multiSession: number, uid: string) =>
    request<{ number: number; run: number }>(`${path(multiSession, uid)}/restore`, { method: 'POST' });

export const settleOrder = (multiSession: number, uid: string, note: string) =>
    request<void>(`${path(multiSession, uid)}/resolve`, { method: 'POST', body: { note } });

/** Calls back whenever an order of any till changed; what ends that is returned. */
export const onOrderChange = (changed: () => void) => listen('/live/events', changed);

/** Orders that are paid or deleted, and what happened to an order. */
import type { Fields, Mark, Operation, Payment } from '@tillsync/sdk';
import { request } from '../request';

export interface Closing {
    ms: number;
    /** By the device's own clock. */
    device_ms?: number;
    by: Mark;
    session?: number;
    receipt?: number;
}

/** Amounts are decimal text. */
export interface ListedOrder {
    uid: string;
    number: number;
    run: number;
    state: 'paid' | 'deleted';
    closing: Closing;
    partner: number | null;
    lines: number;
    refund_of: string | null;
    /** What it was made out of, and why, where no till began it. */
    origin: Origin | null;
    total: string;
    tax: string;
    change: string;
    methods: { journal: number; name: string; payments: number; amount: string }[];
}

export interface Origin {
    order: string;
    reason: string;
}

export interface Place {
    ms: number;
    uid: string;
}

export interface ClosedOrder {
    order: {
        uid: string;
        sequence_number: number;
        run_ID: number;
        state: 'draft' | 'paid' | 'deleted' | 'unpaid';
        fields: Fields;
        lines: { uid: string; fields: Fields; added: Mark; edited: Mark | null }[];
        payments: Payment[];
        added: Mark;
        origin: Origin | null;
    };
    closing: Closing | null;
    total: string;
    tax: string;
    change: string;
    methods: ListedOrder['methods'];
    /** What was given back already, or is about to be, by the uid of the line. */
    refunded: Record<string, string>;
}

/** A change as the log has it. Kinds that this version does not know are passed over. */
export type LoggedChange =
    | {
          change: 'registered';
          number: number;
          fields: Fields;
          lines: { uid: string; fields: Fields }[];
          origin?: Origin;
          late?: boolean;
      }
    | { change: 'updated'; operations: Operation[] }
    | { change: 'kept_aside'; operations: Operation[] }
    | { change: 'payment_taken'; payment: Payment }
    | { change: 'payment_moved'; to: string }
    | { change: 'paid'; receipt?: number }
    | { change: 'deleted' | 'unpaid' }
    | { change: 'renumbered'; run: number; number: number }
    | { change: 'follow_up'; follow_up: string }
    | { change: 'attention'; about: { kind: string; second?: string } };

export interface HistoryEntry {
    seq: number;
    time_ms: number;
    device_time_ms: number | null;
    user: Mark['user'];
    pos: Mark['pos'];
    changes: LoggedChange[];
}

/** Beyond this an order was closed without a connection, and came later. */
const LATE_MS = 60_000;

/** When it was closed: by the device's clock where the server heard of it much later. */
export function closedMs({ ms, device_ms }: Closing): number {
    return device_ms !== undefined && ms - device_ms > LATE_MS ? device_ms : ms;
}

const path = (pos: number) => `/api/poses/${pos}/orders`;

/** Those closed last first; `next` says where the list goes on. */
export function closedOrders(
    pos: number,
    { q = '', after = null as Place | null } = {},
): Promise<{ orders: ListedOrder[]; next: Place | null }> {
    const query = new URLSearchParams({ ...(q && { q }) });
    if (after) {
        query.set('after_ms', String(after.ms));
        query.set('after', after.uid);
    }
    return request(`${path(pos)}?${query}`);
}

export const closedOrder = (pos: number, uid: string): Promise<ClosedOrder> =>
    request(`${path(pos)}/${encodeURIComponent(uid)}`);

/** The pages of a history that are read at most: 5,000 entries. */
const PAGES_MAX = 10;

export async function orderHistory(pos: number, uid: string): Promise<HistoryEntry[]> {
    const entries: HistoryEntry[] = [];
    for (let page = 0; page < PAGES_MAX; page++) {
        const after = entries.at(-1)?.seq ?? 0;
        const address = `${path(pos)}/${encodeURIComponent(uid)}/history?after=${after}`;
        const answer = await request<{ entries: HistoryEntry[]; more: boolean }>(address);
        entries.push(...answer.entries);
        if (!answer.more) break;
    }
    return entries;
}

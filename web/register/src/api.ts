/** What the Register asks the server besides the orders. */
import type { Config, Shop } from '@tillsync/sdk';

export interface Person {
    id: number;
    name: string;
}

/** A point of sale, and what is going on there. */
export interface PosState {
    id: number;
    name: string;
    multi_session: { id: number; name: string } | null;
    session: { id: number; user: Person; opened_ms: number } | null;
    open_orders: number;
}

/** What a till loads before it sells. */
export interface TillData {
    change: number;
    database: string;
    multi_session: number;
    config: Config;
    users: Person[];
    shop: Shop;
}

/** The server said no, in words for people; or there is no connection. */
export class ApiError extends Error {
    override name = 'ApiError';
    constructor(
        readonly code: string,
        text: string,
    ) {
        super(text);
    }
}

async function get<T>(path: string): Promise<T> {
    let response: Response;
    try {
        response = await fetch(path, { headers: { accept: 'application/json' } });
    } catch {
        throw new ApiError('offline', 'No connection to the server.');
    }
    const body = await response.json().catch(() => null);
    if (response.ok && body !== null) return body as T;
    const { code, text } = body?.error ?? {};
    throw new ApiError(code ?? 'failed', text ?? `The server answered ${response.status}.`);
}

export async function poses(): Promise<PosState[]> {
    return (await get<{ poses: PosState[] }>('/api/poses')).poses;
}

/** What a POS works with; without a connection, what it was the last time. */
export async function tillData(pos: number): Promise<TillData> {
    const key = `tillsync/till/${pos}`;
    try {
        const data = await get<TillData>(`/api/poses/${pos}`);
        try {
            localStorage.setItem(key, JSON.stringify(data));
        } catch {
            // A catalogue that is too large for it: then a start without a connection is not possible.
        }
        return data;
    } catch (error) {
        const kept = localStorage.getItem(key);
        if (kept !== null && error instanceof ApiError && error.code === 'offline') return JSON.parse(kept);
        throw error;
    }
}

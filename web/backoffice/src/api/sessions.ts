/** The sessions of points of sale: opened, counted, closed. */
import { type Query, request } from './request';
import type { Counted, Drafts, ListedSession, SessionPage, SessionReport, Sold } from './types';

export const listSessions = (query: Query, signal?: AbortSignal) =>
    request<SessionPage>('/sessions', { query, signal });

const NOTHING_SOLD: Sold = {
    ...{ orders: 0, refunds: 0, late: 0, rounding: '0', total: '0', tax: '0', change: '0' },
    ...{ methods: [], taxes: [] },
};

/** What an older version noted of a session that it closed may lack something. */
export async function readSession(id: number, signal?: AbortSignal): Promise<SessionReport> {
    const report = await request<SessionReport>(`/sessions/${id}`, { signal });
    return { ...report, sold: { ...NOTHING_SOLD, ...report.sold } };
}

export const openSession = (pos: number, opening: Counted) =>
    request<ListedSession | undefined>(`/points-of-sale/${pos}/session`, {
        method: 'POST',
        body: { opening },
    });

export const closeSession = (id: number, drafts: Drafts, closing: Counted) =>
    request<unknown>(`/sessions/${id}/close`, { method: 'POST', body: { drafts, closing } });

/** @param amount decimal text; negative: taken out */
export const moveCash = (id: number, method: number, amount: string, reason: string) =>
    request<unknown>(`/sessions/${id}/cash`, { method: 'POST', body: { method, amount, reason } });

/** The sessions of points of sale: opened, counted, closed. */
import { type Query, request } from './request';
import type { Counted, Drafts, ListedSession, SessionReport } from './types';

export interface SessionPage {
    items: ListedSession[];
    next: string | null;
}

export const listSessions = (query: Query, signal?: AbortSignal) =>
    request<SessionPage>('/sessions', { query, signal });

export const readSession = (id: number, signal?: AbortSignal) =>
    request<SessionReport>(`/sessions/${id}`, { signal });

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

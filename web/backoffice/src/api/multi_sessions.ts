/** Multi-sessions: groups of POSes that share their orders. */
import { request } from './request';
import type { Effect, MultiSession, MultiSessionDraft, PosChoice } from './types';

export const multiSessions = async (signal?: AbortSignal): Promise<MultiSession[]> =>
    (await request<{ items: MultiSession[] }>('/multi-sessions', { signal })).items;

export const readMultiSession = (id: number, signal?: AbortSignal) =>
    request<MultiSession>(`/multi-sessions/${id}`, { signal });

/** Each POS, and why it cannot be chosen now. */
export const posChoices = async (signal?: AbortSignal): Promise<PosChoice[]> =>
    (await request<{ poses: PosChoice[] }>('/multi-sessions/choices', { signal })).poses;

export const createMultiSession = (draft: MultiSessionDraft) =>
    request<MultiSession>('/multi-sessions', { method: 'POST', body: draft });

export const updateMultiSession = (id: number, version: number, draft: MultiSessionDraft) =>
    request<MultiSession>(`/multi-sessions/${id}`, { method: 'PUT', body: draft, version });

export const deleteMultiSession = (id: number, version: number) =>
    request<void>(`/multi-sessions/${id}`, { method: 'DELETE', version });

/** What activating or deactivating does, to say before it is done. */
export const effectOf = (id: number, active: boolean) =>
    request<Effect>(`/multi-sessions/${id}/effect`, { query: { active } });

/** The shop's beginning. */
import { request } from './request';
import type { Beginning, Setup } from './types';

export const lookAtSetup = (signal?: AbortSignal) => request<Setup>('/setup', { signal });

export const begin = (beginning: Beginning) =>
    request<unknown>('/setup', { method: 'POST', body: beginning });

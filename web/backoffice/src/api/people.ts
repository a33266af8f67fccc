/** Who there is, and their PINs. */
import { request } from './request';
import type { Listing, Person } from './types';

/** People that the page of signing in shows at most. */
const PEOPLE_MAX = 200;

export const people = async (): Promise<Person[]> =>
    (await request<Listing<Person>>('/people', { query: { limit: PEOPLE_MAX, sort: 'name' } })).items;

/** @throws ApiError `wrong_pin`, or `wait` with how long */
export const provePin = (id: number, pin: string) =>
    request<unknown>(`/api/people/${id}/pin`, { method: 'POST', body: { pin } });

/** Null takes it away. */
export const setPin = (id: number, pin: string | null) =>
    request<void>(`/people/${id}/pin`, { method: 'PUT', body: { pin } });

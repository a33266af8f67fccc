/** The records of catalogue and settings: one resource for each kind, all alike. */
import { exchange, request } from './request';
import type { Draft, ImportPreview, Listing, Row, Uses } from './types';

/** The kinds as the API's addresses name them. */
export type Resource =
    | 'products'
    | 'taxes'
    | 'units'
    | 'pos-categories'
    | 'product-categories'
    | 'pricelists'
    | 'customers'
    | 'fiscal-positions'
    | 'payment-methods'
    | 'cash-roundings'
    | 'barcode-nomenclatures'
    | 'floors'
    | 'tables'
    | 'people'
    | 'points-of-sale'
    | 'companies'
    | 'currencies';

export interface Wanted {
    q?: string;
    sort?: string;
    offset?: number;
    limit?: number;
    /** By references: the field's name and the id that it has. */
    where?: Record<string, string>;
}

export const listRecords = (kind: Resource, wanted: Wanted = {}, signal?: AbortSignal) => {
    const { where, ...rest } = wanted;
    return request<Listing<Row>>(`/${kind}`, { query: { ...where, ...rest }, signal });
};

export const readRecord = (kind: Resource, id: number, signal?: AbortSignal) =>
    request<Row>(`/${kind}/${id}`, { signal });

export const createRecord = (kind: Resource, draft: Draft) =>
    request<Row>(`/${kind}`, { method: 'POST', body: draft });

/** Payment methods that a shop may have. */
const METHODS_MAX = 200;

/** Reports add up by the number of the journal: a new payment method gets one of its own. */
export async function createPaymentMethod(draft: Draft): Promise<Row> {
    const { items } = await listRecords('payment-methods', { limit: METHODS_MAX });
    const numberOf = ({ journal_id }: Draft) => Number(Array.isArray(journal_id) ? journal_id[0] : 0) || 0;
    const next = Math.max(0, ...items.map(numberOf)) + 1;
    const name = Array.isArray(draft.journal_id) ? draft.journal_id[1] : '';
    return createRecord('payment-methods', { ...draft, journal_id: [next, name] });
}

/** @throws ApiError with status 412 and the record as it is now, when somebody else was faster */
export const updateRecord = (kind: Resource, id: number, version: number, draft: Draft) =>
    request<Row>(`/${kind}/${id}`, { method: 'PUT', body: draft, version });

export const deleteRecord = (kind: Resource, id: number, version: number) =>
    request<void>(`/${kind}/${id}`, { method: 'DELETE', version });

export const usesOf = (kind: Resource, id: number) => request<Uses>(`/${kind}/${id}/uses`);

export const exportRecords = async (kind: Resource): Promise<string> => (await exchange(`/${kind}.csv`)).text;

export const previewImport = (kind: Resource, csv: string) =>
    request<ImportPreview>(`/${kind}/import`, { method: 'POST', text: csv });

/** @throws ApiError `changed` when the catalogue changed since the preview */
export const commitImport = (kind: Resource, csv: string, change: number) =>
    request<ImportPreview>(`/${kind}/import`, { method: 'POST', text: csv, query: { commit: change } });

/** What was sold, and what goes on now. */
import { exchange, type Query, request } from './request';
import type { Live, Sales, SalesTable } from './types';

export const salesReport = (query: Query, signal?: AbortSignal) =>
    request<Sales>('/reports/sales', { query, signal });

export const salesCsv = async (table: SalesTable, query: Query): Promise<string> =>
    (await exchange('/reports/sales.csv', { query: { ...query, table } })).text;

export const live = (signal?: AbortSignal) => request<Live>('/live', { signal });

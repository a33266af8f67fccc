/** What of the orders is listed: kept in the address, so that it can be kept, sent to somebody, and come back to. */
import type { Query } from '../api/request';
import type { OrderMark, OrderState } from '../api/types';
import { spanOf } from '../days';

export const STATES: readonly OrderState[] = ['draft', 'paid', 'deleted', 'unpaid'];
export const MARKS: readonly OrderMark[] = ['removals', 'attention', 'refund', 'late'];
export const SORTS = ['-time', 'time', '-total', 'total'] as const;

const NAMES = ['q', 'state', 'date', 'pos', 'user', 'customer', 'product', 'number', 'mark', 'sort'] as const;
export type FilterName = (typeof NAMES)[number];
/** Empty: not filtered by that. */
export type Filters = Record<FilterName, string>;

const ALLOWED: Partial<Record<FilterName, readonly string[]>> = { state: STATES, mark: MARKS, sort: SORTS };
const NUMBERS: readonly FilterName[] = ['pos', 'user', 'customer', 'product', 'number'];

/** Reads an address; what it does not understand is no filter. */
export function filtersOf(query: URLSearchParams): Filters {
    const read = (name: FilterName): string => {
        const value = query.get(name)?.trim() ?? '';
        if (NUMBERS.includes(name) && !/^\d+$/.test(value)) return '';
        return ALLOWED[name]?.includes(value) === false ? '' : value;
    };
    return Object.fromEntries(NAMES.map(name => [name, read(name)])) as Filters;
}

/** The address of the list with these filters. */
export function addressOfFilters(filters: Filters): string {
    const query = new URLSearchParams();
    for (const name of NAMES) if (filters[name]) query.set(name, filters[name]);
    return query.size > 0 ? `/orders?${query}` : '/orders';
}

/** What the server is asked for. */
export function queryOf({ date, ...filters }: Filters, now: number): Query {
    const { from, to } = spanOf(date, now);
    return { ...filters, from_ms: from, to_ms: to };
}

export function isFiltered({ sort: _, ...filters }: Filters): boolean {
    return Object.values(filters).some(value => value !== '');
}

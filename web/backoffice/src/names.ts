/** Names of records that others refer to by their ids: asked for once, and shown when they have come. */
import { type Signal, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { listRecords, type Resource, readRecord } from './api/records';
import type { Row } from './api/types';

/** Records of a small kind that are known by name at most. */
export const SMALL_KIND_MAX = 200;
/** Names that the page keeps of a kind. */
const NAMES_MAX = 2_000;

const names = new Map<string, Signal<string>>();
const lists = new Map<Resource, Signal<Row[] | null>>();
const asking = new Set<string>();

/** What a record is called. */
export function nameOf(row: Row | undefined | null): string {
    if (!row) return '';
    const { display_name, name, journal_id } = row;
    if (Array.isArray(journal_id)) return String(journal_id[1] ?? '');
    return String(display_name ?? name ?? row.id);
}

function nameSignal(kind: Resource, id: number): Signal<string> {
    const key = `${kind}/${id}`;
    let found = names.get(key);
    if (!found) {
        if (names.size >= NAMES_MAX) names.clear();
        found = signal('');
        names.set(key, found);
    }
    return found;
}

/** Knows a record's name from now on. */
export function remember(kind: Resource, row: Row): void {
    nameSignal(kind, row.id).value = nameOf(row);
}

/** The name of a record as far as this page has seen it; empty otherwise. */
export function knownName(kind: string, id: number): string {
    return names.get(`${kind}/${id}`)?.value ?? '';
}

/** The name of one record; the id until it has come, and where there is none. */
export function useName(kind: Resource, id: number | null): string {
    const key = `${kind}/${id}`;
    useEffect(() => {
        if (id === null || nameSignal(kind, id).peek() || asking.has(key)) return;
        asking.add(key);
        readRecord(kind, id)
            .then(row => remember(kind, row))
            .catch(() => {})
            .finally(() => asking.delete(key));
    }, [key]);
    return id === null ? '' : nameSignal(kind, id).value || String(id);
}

function listSignal(kind: Resource): Signal<Row[] | null> {
    let found = lists.get(kind);
    if (!found) {
        found = signal(null);
        lists.set(kind, found);
    }
    return found;
}

/** All records of a small kind (taxes, POSes), by name; null until they have come. Loaded anew for each screen. */
export function useAll(kind: Resource | null): Row[] | null {
    useEffect(() => {
        if (!kind || asking.has(kind)) return;
        asking.add(kind);
        listRecords(kind, { limit: SMALL_KIND_MAX, sort: 'name' })
            .then(({ items }) => {
                listSignal(kind).value = items;
                for (const row of items) remember(kind, row);
            })
            .catch(() => {})
            .finally(() => asking.delete(kind));
    }, [kind]);
    return kind ? listSignal(kind).value : null;
}

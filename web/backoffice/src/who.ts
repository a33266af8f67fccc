/** Who is at the back office, and of which shop: kept until the browser's tab is closed. */
import { type Signal, signal } from '@preact/signals';
import type { Person } from './api/types';

const PERSON = 'tillsync/admin/person';
const KEY = 'tillsync/admin/key';
const DATABASE = 'tillsync/admin/database';

function read(name: string): string | null {
    try {
        return sessionStorage.getItem(name);
    } catch {
        // A browser that keeps nothing.
        return null;
    }
}

function keep(name: string, value: string | null): void {
    try {
        if (value === null) sessionStorage.removeItem(name);
        else sessionStorage.setItem(name, value);
    } catch {
        // It is as it was said until the page is loaded anew.
    }
}

function readPerson(): Person | null {
    try {
        return JSON.parse(read(PERSON) ?? 'null') as Person | null;
    } catch {
        return null;
    }
}

/** Whose name stands beside what is done here; null while nobody said so. */
export const person: Signal<Person | null> = signal(readPerson());
person.subscribe(value => keep(PERSON, value && JSON.stringify(value)));

/** What lets this page in where the server wants a key. */
export const accessKey: Signal<string | null> = signal(read(KEY));
accessKey.subscribe(value => keep(KEY, value || null));

/** The server let nothing in without a key, or not with this one: what it said. Empty while it does. */
export const wantsKey: Signal<string> = signal('');

/** The shop, where a server has several: from the address (`/admin/?database=NAME`). */
export const database: Signal<string> = signal(
    new URLSearchParams(globalThis.location?.search ?? '').get('database') || read(DATABASE) || 'main',
);
database.subscribe(value => keep(DATABASE, value === 'main' ? null : value));

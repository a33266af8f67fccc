/** Two people at one record: what each changed, and what comes of both. */
import type { Draft } from '../api/types';

/** Whether two values of a field are the same: none is `false`, null, nothing, or left out. */
export function isSame(a: unknown, b: unknown): boolean {
    return text(a) === text(b);
}

function text(value: unknown): string {
    if (value === undefined || value === null || value === false || value === '') return '';
    if (Array.isArray(value)) return value.length === 0 ? '' : `[${value.map(text).join(',')}]`;
    if (typeof value !== 'object') return JSON.stringify(value);
    const entries = Object.entries(value).filter(([, each]) => text(each) !== '');
    return entries.length === 0
        ? ''
        : JSON.stringify(entries.sort().map(([name, each]) => [name, text(each)]));
}

/** The fields in which two drafts differ. */
export function changedFields(from: Draft, to: Draft): string[] {
    return [...new Set([...Object.keys(from), ...Object.keys(to)])].filter(
        name => !isSame(from[name], to[name]),
    );
}

/** A field that the other person changed: from what, to what, and what it is here. */
export interface Difference {
    field: string;
    was: unknown;
    theirs: unknown;
    /** What was typed here; the same as `was` where it was not touched. */
    mine: unknown;
    isMineToo: boolean;
}

/** What the other person changed since this form was loaded. */
export function differencesOf(base: Draft, theirs: Draft, mine: Draft): Difference[] {
    return changedFields(base, theirs).map(field => ({
        field,
        was: base[field],
        theirs: theirs[field],
        mine: mine[field],
        isMineToo: !isSame(mine[field], base[field]),
    }));
}

/** Theirs, with what was changed here on top: nothing of either is lost but where both changed one field. */
export function mineOver(base: Draft, theirs: Draft, mine: Draft): Draft {
    const own = changedFields(base, mine).map(field => [field, mine[field]]);
    return { ...theirs, ...Object.fromEntries(own) };
}

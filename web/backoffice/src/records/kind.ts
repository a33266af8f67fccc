/**
 * What describes a kind of records: the screens of lists and forms follow from it. Fields have Odoo's names; what a field
 * is called on a screen is `field.NAME` of the catalogue of messages, what explains it `hint.NAME`.
 */
import type { Resource } from '../api/records';
import type { Draft, Row } from '../api/types';

/** How a field is typed and shown. */
export type FieldType =
    /** Words on one line; `long`: on several. */
    | { type: 'text' | 'long' | 'tel' | 'email' }
    /** A number, kept as one; `none` may be left empty. */
    | { type: 'number'; none?: boolean; suffix?: 'currency' | 'percent' | 'seconds' }
    | { type: 'numbers' }
    | { type: 'switch' }
    | { type: 'choice'; options: readonly string[] }
    /** Another record, or none (`false`). `small`: so few that all are offered at once. */
    | { type: 'reference'; of: Resource; small?: boolean; empty?: null }
    /** Several others. Empty may mean all of them. */
    | { type: 'references'; of: Resource }
    | { type: 'languages' }
    | { type: 'picture' }
    | { type: 'date' }
    /** Odoo's pair of an id and a name, of which the name is typed. */
    | { type: 'journal' }
    /** Parts of this record, one below another. */
    | { type: 'rows'; fields: readonly Field[]; blank: Draft; complete?: (part: Draft) => Draft };

export type Field = FieldType & {
    name: string;
    isRequired?: boolean;
    /** Where it is called something else than fields of its name elsewhere. */
    label?: string;
    /** It is asked for only where this holds. */
    when?: (record: Draft) => boolean;
};

export interface Section {
    /** `section.NAME` of the messages. */
    name: string;
    fields: readonly Field[];
}

export interface Kind {
    resource: Resource;
    sections: readonly Section[];
    /** Fields that a list shows beside the name. */
    columns: readonly string[];
    /** References by which a list is filtered. */
    filters: readonly string[];
    /** A new one. */
    blank: Draft;
    /** What a new one begins with, where that depends on what there is. */
    begins?: (signal: AbortSignal) => Promise<Draft>;
    /** What a field that a record does not have stands for, where that is something. */
    defaults?: Draft;
    /** Whether they come and go as CSV. */
    hasCsv: boolean;
    /** Makes one, where that takes more than sending it. */
    create?: (draft: Draft) => Promise<Row>;
}

export function fieldsOf({ sections }: Pick<Kind, 'sections'>): Field[] {
    return sections.flatMap(({ fields }) => fields);
}

export function fieldOf(kind: Kind, name: string): Field | undefined {
    return fieldsOf(kind).find(field => field.name === name);
}

/** The id of what a field refers to; null for none. */
export function idIn(value: unknown): number | null {
    const id = Array.isArray(value) ? value[0] : value;
    return typeof id === 'number' && id > 0 ? id : null;
}

/** The ids in a list; none for anything else. */
export function idsIn(value: unknown): number[] {
    return Array.isArray(value) ? value.filter(id => typeof id === 'number') : [];
}

/** What is sent of a record: all of it, but for what the server says of itself. */
export function draftOf(kind: Pick<Kind, 'defaults' | 'sections'>, row: Row): Draft {
    const { id: _, version: __, has_pin: ___, pin_digits: ____, ...fields } = row;
    const draft: Draft = { ...kind.defaults, ...fields };
    for (const [name, value] of Object.entries(kind.defaults ?? {})) draft[name] ??= value;
    for (const field of fieldsOf(kind)) {
        const parts = draft[field.name];
        if (field.type === 'rows' && field.complete && Array.isArray(parts))
            draft[field.name] = (parts as Draft[]).map(field.complete);
    }
    return draft;
}

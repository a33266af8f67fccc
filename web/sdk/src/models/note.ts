/**
 * The note of an order or of a line, as Odoo's restaurant module has it: the property and JSON field `note`.
 *
 * Extensions had notes before the SDK did, so this one gives way. One that declares `note` (with `defineAddon`, or in
 * `ms_fields`) brings a property of its own, with its rule, default and check; the SDK then neither exports nor takes it.
 * One that carries it by the three hooks finds the same property.
 */

import { declarationOf, type FieldDeclarations } from './field.js';

interface Noted {
    note?: unknown;
    ms_fields?: FieldDeclarations;
}

export function noteOf(model: object): string {
    const { note } = model as Noted;
    return typeof note === 'string' ? note : '';
}

/** Sets it, before a `change` is triggered. */
export function setNote(model: object, note: string): void {
    (model as Noted).note = note;
}

/** What is exported of it: nothing for an empty one. */
export function exportedNote(model: object): { note?: unknown } {
    const { note } = model as Noted;
    return isOurs(model) && note ? { note } : {};
}

/** Takes it from JSON. */
export function takeNote(model: object, json: { note?: unknown }): void {
    if (isOurs(model)) (model as Noted).note = json.note;
}

function isOurs(model: Noted): boolean {
    return declarationOf(model, 'note') === undefined;
}

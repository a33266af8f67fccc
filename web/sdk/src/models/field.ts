/** Fields that extensions declare: how concurrent changes of them meet, and what is no value for them. */

import type { Json, MergeRule } from '../client/types.js';
import { defaultRule, type Owner } from './json_format.js';

export interface FieldDeclaration {
    /** How changes by two tills meet: PROTOCOL.md, M2 to M5 and M13. Default: `set`. */
    merge?: MergeRule;
    /** What is wrong with a value, for a person to read; null when it is fine. */
    check?: (value: Json) => string | null;
}

/** A prototype's `ms_fields`: declarations by the fields' names. */
export type FieldDeclarations = Readonly<Record<string, FieldDeclaration>>;

/** What extensions declared for a field of a model; nothing where they declared nothing. */
export function declarationOf(
    model: { ms_fields?: FieldDeclarations },
    field: string,
): FieldDeclaration | undefined {
    const declarations = model.ms_fields ?? {};
    return Object.hasOwn(declarations, field) ? declarations[field] : undefined;
}

export function ruleOf(
    model: { ms_fields?: FieldDeclarations } | undefined,
    owner: Owner,
    field: string,
): MergeRule {
    return (model && declarationOf(model, field)?.merge) ?? defaultRule(owner, field);
}

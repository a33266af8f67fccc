/** Fields that extensions declare: how concurrent changes of them meet, and what is no value for them. */

import type { Json, MergeRule } from '../client/types.js';
import { defaultRule, type Owner } from './json_format.js';

/** The merge rules that there are. */
export const MERGE_RULES: readonly MergeRule[] = ['set', 'increment', 'tap', 'map', 'union'];

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

/**
 * Looks at a model's declarations.
 *
 * @throws TypeError when one names a merge rule that there is not
 */
export function checkDeclarations(model: { ms_fields?: FieldDeclarations }): void {
    for (const [field, { merge }] of Object.entries(model.ms_fields ?? {})) {
        if (merge === undefined || MERGE_RULES.includes(merge)) continue;
        throw new TypeError(
            `ms_fields: the field ${field} has the merge rule "${merge}"; there are ${MERGE_RULES.join(', ')}`,
        );
    }
}

export function ruleOf(
    model: { ms_fields?: FieldDeclarations } | undefined,
    owner: Owner,
    field: string,
): MergeRule {
    return (model && declarationOf(model, field)?.merge) ?? defaultRule(owner, field);
}

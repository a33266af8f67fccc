/** Fields that extensions declare: how concurrent changes of them meet, and what is no value for them. */

import type { Json, MergeRule } from '../client/types.js';
import { amount, isObject } from '../rules/json.js';
import { defaultRule, type Owner } from './json_format.js';

/** The merge rules that there are. */
export const MERGE_RULES: readonly MergeRule[] = ['set', 'increment', 'tap', 'map', 'union'];

/** What a value has to be for a merge rule; nothing for `set`, which takes all. */
const KIND_OF_VALUE: Readonly<Record<MergeRule, { fits: (value: Json) => boolean; kind: string }>> = {
    set: { fits: () => true, kind: '' },
    increment: { fits: value => amount(value) !== null, kind: 'a number' },
    tap: { fits: value => amount(value) !== null, kind: 'a number' },
    map: { fits: isObject, kind: 'an object' },
    union: { fits: Array.isArray, kind: 'a list' },
};

/**
 * What is wrong with a value under a merge rule, for a person to read; null when it fits. A value that does not fit
 * would be sent, and then nobody could merge it with anything.
 */
export function unfit(rule: MergeRule, value: Json): string | null {
    const { fits, kind } = KIND_OF_VALUE[rule];
    if (fits(value)) return null;
    return `it is merged by "${rule}", so it has to be ${kind}, and not ${JSON.stringify(value)}`;
}

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

/** What a declaration may say. */
const MEMBERS = ['merge', 'check'];

/**
 * Looks at a model's declarations.
 *
 * @throws TypeError when one names a merge rule that there is not, or has a member that means nothing
 */
export function checkDeclarations(model: { ms_fields?: FieldDeclarations }): void {
    for (const [field, declaration] of Object.entries(model.ms_fields ?? {})) {
        const strange = strangeIn(declaration, MEMBERS);
        if (strange) throw new TypeError(`ms_fields: the field ${field} has ${strange}`);
        const { merge } = declaration;
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

/** A member that means nothing, as a typo makes one, in words; null where there is none. */
export function strangeIn(value: object, members: readonly string[]): string | null {
    const strange = Object.keys(value).find(member => !members.includes(member));
    return strange === undefined
        ? null
        : `\`${strange}\`, which means nothing; there are ${members.join(', ')}`;
}

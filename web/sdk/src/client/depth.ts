/** How deep what people type may be nested: what the server would not take is not typed in the first place. */
import { DEPTH_MAX, isDeeper } from '../rules/json.js';
import { ActError } from './errors.js';
import type { Json, Operation } from './types.js';

/**
 * Looks at the values of one act.
 *
 * @throws ActError when one of them is nested deeper than {@link DEPTH_MAX}
 */
export function checkDepth(order: string, values: Json[]): void {
    if (!values.some(value => isDeeper(value, DEPTH_MAX))) return;
    throw new ActError(
        `A value for order ${order} is nested deeper than ${DEPTH_MAX} objects and lists: make it flatter.`,
    );
}

/** The values that an operation brings. */
export function valuesOf(operation: Operation): Json[] {
    switch (operation.op) {
        case 'set':
            return operation.value === undefined ? [] : [operation.value];
        case 'unite':
            return operation.values;
        case 'add_line':
            return Object.values(operation.fields);
        case 'increment':
        case 'remove_line':
            return [];
    }
}

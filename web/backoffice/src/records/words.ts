/** What kinds and their records are called. */
import type { Resource } from '../api/records';
import { named } from '../i18n';
import type { Kind } from './kinds';

/** The plural, as in the menu: `Payment Methods`. */
export function titleOf({ resource }: Pick<Kind, 'resource'>): string {
    return named('menu', resource.replaceAll('-', '_'));
}

/** One of them: `payment method`. */
export function oneOf(resource: Resource | string): string {
    return named('one', resource);
}

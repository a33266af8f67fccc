/** A field's value in words: in lists, and where somebody else changed it. */

import type { Row } from '../api/types';
import { money, named, qty, t } from '../i18n';
import { nameOf } from '../names';
import { type Field, idIn, idsIn } from './kind';

/** What stands where there is nothing. */
export const NOTHING = '–';

/** Names of records that fields refer to, as far as they are known. */
export type NamesOf = (resource: string, id: number) => string;

export function show(field: Field | undefined, value: unknown, names: NamesOf): string {
    if (value === undefined || value === null || value === '') return NOTHING;
    if (!field) return typeof value === 'object' ? JSON.stringify(value) : String(value);
    switch (field.type) {
        case 'switch':
            return value ? t('yes') : t('no');
        case 'choice':
            return named('choice', `${field.name}.${value}`);
        case 'number':
            if (value === false) return NOTHING;
            if (field.suffix === 'currency') return money(value);
            return field.suffix === 'percent' ? `${qty(value)} %` : qty(value);
        case 'numbers':
            return Array.isArray(value) && value.length > 0 ? value.map(qty).join(', ') : NOTHING;
        case 'reference': {
            const id = idIn(value);
            return id === null ? NOTHING : names(field.of, id) || String(id);
        }
        case 'references': {
            const ids = idsIn(value);
            return ids.length === 0 ? NOTHING : ids.map(id => names(field.of, id) || String(id)).join(', ');
        }
        case 'rows':
            return t('rows.count', { count: Array.isArray(value) ? value.length : 0 });
        case 'picture':
            return value ? t('picture.one') : NOTHING;
        case 'journal':
            return nameOf({ id: 0, version: 0, journal_id: value } as Row);
        default:
            return value === false ? NOTHING : String(value);
    }
}

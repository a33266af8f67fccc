/** What was typed into a form, made into what is sent; or what is wrong with it, field by field. */
import type { Draft } from '../api/types';
import { locale, t } from '../i18n';
import { type Field, idIn } from './kind';

export interface Checked {
    draft: Draft;
    /** By the field's name; empty when all is well. */
    wrong: Record<string, string>;
}

const isNothing = (value: unknown) =>
    value === undefined || value === null || value === false || value === '' || String(value).trim() === '';

/** Reads a number as people type it; null for what is none. */
export function typedNumber(text: string): number | null {
    const plain = text.trim().replace('\u2212', '-').replace(',', '.');
    return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
}

/** @param isPart of a record: what a part does not ask for is not there, since a price for one product is none for all */
export function check(fields: readonly Field[], record: Draft, { isPart = false } = {}): Checked {
    const draft: Draft = { ...record };
    const wrong: Record<string, string> = {};
    for (const field of fields) {
        if (field.when?.(record) === false) {
            if (isPart && field.type === 'reference') draft[field.name] = false;
            continue;
        }
        const problem = checkField(field, record[field.name], value => {
            draft[field.name] = value;
        });
        if (problem) wrong[field.name] = problem;
    }
    return { draft, wrong };
}

function checkField(field: Field, value: unknown, keep: (value: unknown) => void): string {
    const { name, isRequired = false } = field;
    switch (field.type) {
        case 'number': {
            if (isNothing(value) && value !== 0) {
                // What is left out is nothing; 0 would be a number.
                keep(field.none ? undefined : 0);
                return isRequired ? t('wrong.needed') : '';
            }
            const read = typeof value === 'number' ? value : typedNumber(String(value));
            if (read === null) return t('wrong.number', { text: String(value) });
            keep(read);
            return '';
        }
        case 'numbers': {
            if (Array.isArray(value)) return '';
            const parts = String(value ?? '')
                .split(between())
                .filter(part => part.trim() !== '');
            const read = parts.map(typedNumber);
            const bad = read.indexOf(null);
            if (bad >= 0) return t('wrong.number', { text: parts[bad] ?? '' });
            keep(read);
            return '';
        }
        case 'reference':
            return isRequired && idIn(value) === null ? t('wrong.choose') : '';
        case 'journal': {
            const [id, text = ''] = Array.isArray(value) ? value : [0, ''];
            keep([id, String(text).trim()]);
            return String(text).trim() === '' ? t('wrong.needed') : '';
        }
        case 'rows': {
            const rows = Array.isArray(value) ? (value as Draft[]) : [];
            const checked = rows.map(row => check(field.fields, row, { isPart: true }));
            keep(checked.map(({ draft }) => draft));
            const bad = checked.findIndex(row => Object.keys(row.wrong).length > 0);
            return bad < 0
                ? ''
                : t('wrong.row', { row: bad + 1, text: Object.values(checked[bad]?.wrong ?? {})[0] ?? '' });
        }
        default:
            if (typeof value === 'string' && field.type !== 'long')
                keep(value.trim() || (name === 'name' ? '' : false));
            return isRequired && isNothing(value) ? t('wrong.needed') : '';
    }
}

/** What stands between numbers. Where people write 7,5 for seven and a half, a comma alone is in the middle of one. */
function between(): RegExp {
    const isComma = new Intl.NumberFormat(locale.value).format(1.5).includes(',');
    return isComma ? /;|\s|,(?=\s)/ : /[;,\s]/;
}

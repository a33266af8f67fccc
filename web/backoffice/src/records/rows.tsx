/** Parts of a record, one below another: a pricelist's prices, a fiscal position's taxes. */
import { Icon } from '@tillsync/look';
import type { Draft } from '../api/types';
import { t } from '../i18n';
import { Control, type ControlProps, labelOf } from './controls';
import type { Field } from './kind';

/** Parts that a record may have. */
const ROWS_MAX = 200;

type RowsFieldType = Extract<Field, { type: 'rows' }>;

export function RowsField({ field, value, wrong, onChange }: ControlProps & { field: RowsFieldType }) {
    const rows = Array.isArray(value) ? (value as Draft[]) : [];
    const change = (at: number, row: Draft | null) =>
        onChange(rows.flatMap((each, index) => (index !== at ? [each] : row ? [row] : [])));
    return (
        <fieldset class="field rows">
            <legend>{labelOf(field)}</legend>
            {rows.length === 0 && <p class="hint">{t('rows.none')}</p>}
            {rows.map((row, at) => (
                <div key={at} class="part">
                    <div class="fields">
                        {field.fields
                            .filter(each => each.when?.(row) !== false)
                            .map(each => (
                                <Control
                                    key={each.name}
                                    field={each}
                                    value={row[each.name]}
                                    wrong=""
                                    record={row}
                                    onChange={next => change(at, { ...row, [each.name]: next })}
                                />
                            ))}
                    </div>
                    <button type="button" aria-label={t('rows.remove')} onClick={() => change(at, null)}>
                        <Icon name="trash" />
                    </button>
                </div>
            ))}
            <button
                type="button"
                disabled={rows.length >= ROWS_MAX}
                onClick={() => onChange([...rows, { ...field.blank }])}
            >
                <Icon name="plus" />
                {t('rows.add')}
            </button>
            {wrong && (
                <p class="wrong" role="alert">
                    {wrong}
                </p>
            )}
        </fieldset>
    );
}

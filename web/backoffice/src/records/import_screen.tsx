/** Records out of a CSV file: first what would change, line by line; written when somebody says so. */

import { useSignal } from '@preact/signals';
import { Icon } from '@tillsync/look';
import { commitImport, exportRecords, previewImport } from '../api/records';
import { ApiError, textOf } from '../api/request';
import type { ImportLine, ImportPreview } from '../api/types';
import { named, t } from '../i18n';
import { download } from '../parts/download';
import { Page, Problem } from '../parts/page';
import { tell } from '../parts/toast';
import { go } from '../router';
import { canCommit, type Group, groupsOf } from './import_preview';
import type { Kind } from './kind';
import { titleOf } from './words';

/** How large a file may be. */
const FILE_BYTES_MAX = 8_000_000;

export function ImportScreen({ kind }: { kind: Kind }) {
    const file = useSignal<{ name: string; text: string } | null>(null);
    const preview = useSignal<ImportPreview | null>(null);
    const wrong = useSignal('');
    const busy = useSignal(false);
    const look = async (csv: string) => {
        busy.value = true;
        try {
            preview.value = await previewImport(kind.resource, csv);
            wrong.value = '';
        } catch (error) {
            preview.value = null;
            wrong.value = textOf(error);
        }
        busy.value = false;
    };
    const take = async (chosen: File | undefined) => {
        if (!chosen) return;
        preview.value = null;
        if (chosen.size > FILE_BYTES_MAX) {
            wrong.value = t('import.too_large');
            return;
        }
        file.value = { name: chosen.name, text: await chosen.text() };
        await look(file.value.text);
    };
    const commit = async () => {
        if (!file.value || !preview.value || busy.value) return;
        busy.value = true;
        const { creates, updates, change } = preview.value;
        try {
            await commitImport(kind.resource, file.value.text, change);
            tell(t('import.done', { creates, updates }));
            busy.value = false;
            await go(`/${kind.resource}`);
            return;
        } catch (error) {
            wrong.value = textOf(error);
            // The catalogue is another one now: what would be done is looked at anew.
            if (error instanceof ApiError && error.code === 'changed') {
                const text = wrong.value;
                await look(file.value.text);
                wrong.value = text;
            }
        }
        busy.value = false;
    };
    const save = async () => {
        try {
            download(`${kind.resource}.csv`, await exportRecords(kind.resource), 'text/csv');
        } catch (error) {
            wrong.value = textOf(error);
        }
    };
    return (
        <Page title={t('import.title', { what: titleOf(kind) })} back={`/${kind.resource}`} class="import">
            <section class="panel">
                <p>{t('import.text')}</p>
                <div class="choose-file">
                    <label class="button primary">
                        <Icon name="upload" />
                        {t(file.value ? 'import.other_file' : 'import.file')}
                        <input
                            type="file"
                            accept=".csv,text/csv"
                            onChange={event => void take(event.currentTarget.files?.[0])}
                        />
                    </label>
                    <button type="button" onClick={() => void save()}>
                        <Icon name="download" />
                        {t('import.template')}
                    </button>
                </div>
                {file.value && <p class="hint">{file.value.name}</p>}
            </section>
            <Problem text={wrong.value} />
            {preview.value && (
                <Preview preview={preview.value} isBusy={busy.value} onCommit={() => void commit()} />
            )}
        </Page>
    );
}

interface PreviewProps {
    preview: ImportPreview;
    isBusy: boolean;
    onCommit(): void;
}

function Preview({ preview, isBusy, onCommit }: PreviewProps) {
    const may = canCommit(preview);
    return (
        <>
            <section class="panel import-sum">
                <p>
                    {t('import.sum', {
                        creates: preview.creates,
                        updates: preview.updates,
                        same: preview.same,
                        errors: preview.errors,
                    })}
                </p>
                <button type="button" class="primary" disabled={!may || isBusy} onClick={onCommit}>
                    {t('import.go', { count: preview.creates + preview.updates })}
                </button>
                {preview.errors > 0 && <p class="wrong">{t('import.mend')}</p>}
                {preview.errors === 0 && !may && <p class="hint">{t('import.nothing')}</p>}
            </section>
            {groupsOf(preview).map(group => (
                <GroupPanel key={group.action} group={group} />
            ))}
        </>
    );
}

function GroupPanel({ group: { action, count, lines } }: { group: Group }) {
    return (
        <section class={`panel import-group ${action}`}>
            <h2>{t(`import.${action}`, { count })}</h2>
            <ul>
                {lines.map(line => (
                    <Line key={line.line} line={line} />
                ))}
            </ul>
            {lines.length < count && <p class="hint">{t('import.more', { count: count - lines.length })}</p>}
        </section>
    );
}

const say = (value: unknown) => {
    if (value === null || value === undefined || value === false || value === '') return '–';
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

function Line({ line: { line, name, action, changes, problems } }: { line: ImportLine }) {
    return (
        <li>
            <span class="hint line-number">{t('import.line', { line })}</span>
            <div>
                <strong>{name || '–'}</strong>
                {problems.map(problem => (
                    <p key={problem} class="wrong">
                        {problem}
                    </p>
                ))}
                {action === 'update' && (
                    <ul class="changes">
                        {changes.map(({ field, from, to }) => (
                            <li key={field}>
                                {named('field', field)}: <del>{say(from)}</del> → <ins>{say(to)}</ins>
                            </li>
                        ))}
                    </ul>
                )}
            </div>
        </li>
    );
}

/** One record: looked at, changed, saved; made anew; deleted, once it was said what uses it. */

import { useSignal } from '@preact/signals';
import { Icon } from '@tillsync/look';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { createRecord, deleteRecord, readRecord, updateRecord } from '../api/records';
import { ApiError, textOf } from '../api/request';
import type { Draft, Row } from '../api/types';
import { named, t } from '../i18n';
import { useLoaded } from '../load';
import { nameOf, remember } from '../names';
import { Page, Problem, Waiting } from '../parts/page';
import { tell } from '../parts/toast';
import { go, replace } from '../router';
import { useUnsaved } from '../unsaved';
import { changedFields, mineOver } from './changes';
import { check } from './check';
import { Conflict } from './conflict';
import { Control } from './controls';
import { Delete } from './delete';
import { draftOf, fieldsOf, type Kind, type Section } from './kind';
import { oneOf, titleOf } from './words';

export interface FormPart {
    record: Row | null;
    draft: Draft;
    onChange(field: string, value: unknown): void;
    wrong: Record<string, string>;
    again(): Promise<void>;
}

interface RecordFormProps {
    kind: Kind;
    /** Null: a new one. */
    id: number | null;
    /** What a kind has beside what its description says. */
    parts?: (part: FormPart) => ComponentChildren;
    /** Buttons beside Save. */
    actions?: (record: Row) => ComponentChildren;
    /** Fields that a new one begins with. */
    given?: Draft;
}

export function RecordScreen({ kind, id, parts, actions, given }: RecordFormProps) {
    const loaded = useLoaded<{ row: Row | null; begins: Draft }>(`${kind.resource}/${id}`, async signal => {
        if (id === null) return { row: null, begins: (await kind.begins?.(signal)) ?? {} };
        const row = await readRecord(kind.resource, id, signal);
        remember(kind.resource, row);
        return { row, begins: {} };
    });
    const found = loaded.data.value;
    const row = found?.row ?? null;
    const back = `/${kind.resource}`;
    if (!found) {
        return (
            <Page title={titleOf(kind)} back={back}>
                {loaded.wrong.value ? (
                    <Problem text={loaded.wrong.value} onAgain={() => void loaded.again()} />
                ) : (
                    <Waiting />
                )}
            </Page>
        );
    }
    const title = row ? nameOf(row) : t('new_one', { what: oneOf(kind.resource) });
    return (
        <Form
            key={row ? `${row.id}` : 'new'}
            kind={kind}
            row={row}
            given={{ ...found.begins, ...given }}
            parts={parts}
            again={loaded.again}
            frame={(buttons, content) => (
                <Page
                    title={title}
                    back={back}
                    class="record"
                    actions={
                        <>
                            {row && actions?.(row)}
                            {buttons}
                        </>
                    }
                >
                    {content}
                </Page>
            )}
            onSaved={saved => (row ? void loaded.again() : replace(`/${kind.resource}/${saved.id}`))}
        />
    );
}

interface FormProps {
    kind: Kind;
    row: Row | null;
    given?: Draft | undefined;
    parts?: ((part: FormPart) => ComponentChildren) | undefined;
    again(): Promise<void>;
    frame(buttons: ComponentChildren, content: ComponentChildren): preact.JSX.Element;
    onSaved(row: Row): void;
    canDelete?: boolean;
}

export function Form({ kind, row, given, parts, again, frame, onSaved, canDelete = true }: FormProps) {
    /** As it was loaded: what was changed here is what differs from it. */
    const base = useSignal<{ draft: Draft; version: number }>(
        row
            ? { draft: draftOf(kind, row), version: row.version }
            : { draft: { ...kind.blank, ...given }, version: 0 },
    );
    const draft = useSignal<Draft>(base.value.draft);
    const wrong = useSignal<Record<string, string>>({});
    const failed = useSignal('');
    const busy = useSignal(false);
    const theirs = useSignal<Row | null>(null);
    const asksDelete = useSignal(false);
    useEffect(() => {
        // Loaded anew: the form is as the server has it.
        if (!row || row.version === base.value.version) return;
        const now = { draft: draftOf(kind, row), version: row.version };
        const isTyped = changedFields(base.value.draft, draft.value).length > 0;
        // Over what is typed only what changed nothing here is taken: a PIN that was set.
        if (isTyped && changedFields(base.value.draft, now.draft).length > 0) return;
        base.value = now;
        if (!isTyped) draft.value = now.draft;
    }, [row]);
    const isChanged = changedFields(base.value.draft, draft.value).length > 0;
    const release = useUnsaved(isChanged);
    const change = (field: string, value: unknown) => {
        draft.value = { ...draft.value, [field]: value };
        if (wrong.value[field]) {
            const { [field]: _, ...rest } = wrong.value;
            wrong.value = rest;
        }
        failed.value = '';
    };
    const save = async (what = draft.value, version = base.value.version) => {
        if (busy.value) return;
        const checked = check(fieldsOf(kind), what);
        wrong.value = checked.wrong;
        if (Object.keys(checked.wrong).length > 0) {
            focusFirst();
            return;
        }
        busy.value = true;
        failed.value = '';
        try {
            const saved = row
                ? await updateRecord(kind.resource, row.id, version, checked.draft)
                : await (kind.create ?? createInKind)(checked.draft);
            theirs.value = null;
            remember(kind.resource, saved);
            base.value = { draft: draftOf(kind, saved), version: saved.version };
            draft.value = base.value.draft;
            release();
            tell(t('saved', { name: nameOf(saved) }));
            onSaved(saved);
        } catch (error) {
            failure(error);
        }
        busy.value = false;
    };
    const failure = (error: unknown) => {
        const { status, field, body } =
            error instanceof ApiError ? error : { status: 0, field: null, body: null };
        if (status === 412) theirs.value = body as Row;
        else if (field && fieldsOf(kind).some(({ name }) => name === field)) {
            wrong.value = { [field]: textOf(error) };
            focusFirst();
        } else failed.value = textOf(error);
    };
    const createInKind = (made: Draft) => createRecord(kind.resource, made);
    const buttons = (
        <>
            {row && canDelete && (
                <button
                    type="button"
                    aria-label={t('delete')}
                    onClick={() => {
                        asksDelete.value = true;
                    }}
                >
                    <Icon name="trash" />
                </button>
            )}
            <button
                type="button"
                class="primary"
                disabled={busy.value || (row !== null && !isChanged)}
                onClick={() => void save()}
            >
                {t('save')}
            </button>
        </>
    );
    return frame(
        buttons,
        <form
            class="record-form"
            noValidate
            onSubmit={event => {
                event.preventDefault();
                void save();
            }}
        >
            <Problem text={failed.value} />
            {kind.sections.map((section, at) => (
                <>
                    <SectionPanel
                        key={section.name}
                        section={section}
                        isOnly={kind.sections.length === 1}
                        draft={draft.value}
                        wrong={wrong.value}
                        onChange={change}
                    />
                    {at === 0 &&
                        parts?.({
                            record: row,
                            draft: draft.value,
                            onChange: change,
                            wrong: wrong.value,
                            again,
                        })}
                </>
            ))}
            {/* Enter in a field saves. */}
            <button type="submit" class="heard" tabIndex={-1} aria-hidden="true" />
            {theirs.value && (
                <Conflict
                    kind={kind}
                    base={base.value.draft}
                    theirs={theirs.value}
                    mine={draft.value}
                    onTheirs={() => {
                        const now = theirs.value as Row;
                        base.value = { draft: draftOf(kind, now), version: now.version };
                        draft.value = base.value.draft;
                        theirs.value = null;
                    }}
                    onMine={() => {
                        const now = theirs.value as Row;
                        const both = mineOver(base.value.draft, draftOf(kind, now), draft.value);
                        base.value = { draft: draftOf(kind, now), version: now.version };
                        draft.value = both;
                        theirs.value = null;
                        void save(both, now.version);
                    }}
                    onClose={() => {
                        theirs.value = null;
                    }}
                />
            )}
            {row && asksDelete.value && (
                <Delete
                    kind={kind}
                    row={row}
                    onDelete={async () => {
                        await deleteRecord(kind.resource, row.id, base.value.version);
                        release();
                        tell(t('deleted', { name: nameOf(row) }));
                        await go(`/${kind.resource}`);
                    }}
                    onClose={() => {
                        asksDelete.value = false;
                    }}
                />
            )}
        </form>,
    );
}

/** The first field that is wrong has the focus: it is seen, and can be typed. */
function focusFirst(): void {
    requestAnimationFrame(() =>
        document.querySelector<HTMLElement>('.record-form [aria-invalid="true"]')?.focus(),
    );
}

interface SectionProps {
    section: Section;
    isOnly: boolean;
    draft: Draft;
    wrong: Record<string, string>;
    onChange(field: string, value: unknown): void;
}

function SectionPanel({ section, isOnly, draft, wrong, onChange }: SectionProps) {
    const title = named('section', section.name);
    return (
        <section class="panel">
            {!isOnly && section.name !== 'main' && <h2>{title}</h2>}
            <div class="fields">
                {section.fields
                    .filter(field => field.when?.(draft) !== false)
                    .map(field => (
                        <Control
                            key={field.name}
                            field={field}
                            value={draft[field.name]}
                            wrong={wrong[field.name] ?? ''}
                            record={draft}
                            onChange={value => onChange(field.name, value)}
                        />
                    ))}
            </div>
        </section>
    );
}

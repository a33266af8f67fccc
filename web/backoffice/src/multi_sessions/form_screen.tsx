/** One multi-session: its name, its POSes, how it behaves; and how it is now. */

import { type Signal, useSignal } from '@preact/signals';
import { Icon } from '@tillsync/look';
import {
    createMultiSession,
    deleteMultiSession,
    effectOf,
    posChoices,
    readMultiSession,
    updateMultiSession,
} from '../api/multi_sessions';
import { ApiError, textOf } from '../api/request';
import type { Effect, MultiSession, MultiSessionDraft, PosChoice, Row } from '../api/types';
import { t } from '../i18n';
import { useLoaded } from '../load';
import { Confirm } from '../parts/confirm';
import { Page, Problem, Waiting } from '../parts/page';
import { tell } from '../parts/toast';
import { changedFields, mineOver } from '../records/changes';
import { Conflict } from '../records/conflict';
import { go, replace } from '../router';
import { useUnsaved } from '../unsaved';
import { DESCRIPTION, draftOf, NEW } from './draft';
import { Fields } from './fields';
import { NowPanel } from './now';

const BACK = '/multi-sessions';

interface Found {
    multiSession: MultiSession | null;
    choices: PosChoice[];
}

export function MultiSessionScreen({ id }: { id: number | null }) {
    const loaded = useLoaded<Found>(`${id}`, async signal => {
        const [multiSession, choices] = await Promise.all([
            id === null ? null : readMultiSession(id, signal),
            posChoices(signal),
        ]);
        return { multiSession, choices };
    });
    const found = loaded.data.value;
    if (found) return <Form key={id ?? 'new'} found={found} again={loaded.again} />;
    return (
        <Page title={t('menu.multi_sessions')} back={BACK}>
            {loaded.wrong.value ? (
                <Problem text={loaded.wrong.value} onAgain={() => void loaded.again()} />
            ) : (
                <Waiting />
            )}
        </Page>
    );
}

type Asked = { is: 'delete' } | { is: 'effect'; effect: Effect } | { is: 'conflict'; theirs: MultiSession };

function Form({ found, again }: { found: Found; again(): Promise<void> }) {
    const { multiSession, choices } = found;
    const first = multiSession ? draftOf(multiSession) : NEW;
    const base = useSignal({ draft: first, version: multiSession?.version ?? 0 });
    const draft = useSignal<MultiSessionDraft>(first);
    const wrong = useSignal<Record<string, string>>({});
    const failed = useSignal('');
    const busy = useSignal(false);
    const asked = useSignal<Asked | null>(null);
    const isChanged = changedFields({ ...base.value.draft }, { ...draft.value }).length > 0;
    const release = useUnsaved(isChanged);
    const close = () => {
        asked.value = null;
    };
    const send = async () => {
        if (busy.value) return;
        busy.value = true;
        failed.value = '';
        try {
            const saved = multiSession
                ? await updateMultiSession(multiSession.id, base.value.version, draft.value)
                : await createMultiSession(draft.value);
            close();
            base.value = { draft: draftOf(saved), version: saved.version };
            draft.value = base.value.draft;
            release();
            tell(t('saved', { name: saved.name }));
            if (multiSession) await again();
            else replace(`${BACK}/${saved.id}`);
        } catch (error) {
            close();
            failure(error);
            // What stands in the way may be new: the POSes say it.
            if (error instanceof ApiError && error.code === 'session') await again();
        }
        busy.value = false;
    };
    const failure = (error: unknown) => {
        if (error instanceof ApiError && error.status === 412)
            asked.value = { is: 'conflict', theirs: error.body as MultiSession };
        else if (error instanceof ApiError && error.field) wrong.value = { [error.field]: error.text };
        else failed.value = textOf(error);
    };
    /** What activating or deactivating does is said first. */
    const save = async () => {
        if (!draft.value.name.trim()) {
            wrong.value = { name: t('wrong.needed') };
            document.querySelector<HTMLElement>('.multi-form input')?.focus();
            return;
        }
        wrong.value = {};
        if (!multiSession || draft.value.active === base.value.draft.active) return send();
        try {
            asked.value = { is: 'effect', effect: await effectOf(multiSession.id, draft.value.active) };
        } catch (error) {
            failed.value = textOf(error);
        }
    };
    const set = <F extends keyof MultiSessionDraft>(field: F, value: MultiSessionDraft[F]) => {
        draft.value = { ...draft.value, [field]: value };
        failed.value = '';
        const { [field]: _, ...rest } = wrong.value;
        wrong.value = rest;
    };
    return (
        <Page
            title={multiSession ? base.value.draft.name : t('multi.new')}
            back={BACK}
            class="record"
            actions={
                <>
                    {multiSession && (
                        <button
                            type="button"
                            aria-label={t('delete')}
                            onClick={() => {
                                asked.value = { is: 'delete' };
                            }}
                        >
                            <Icon name="trash" />
                        </button>
                    )}
                    <button
                        type="button"
                        class="primary"
                        disabled={busy.value || (multiSession !== null && !isChanged)}
                        onClick={() => void save()}
                    >
                        {t('save')}
                    </button>
                </>
            }
        >
            <form
                class="multi-form record-form"
                noValidate
                onSubmit={event => {
                    event.preventDefault();
                    void save();
                }}
            >
                <Problem text={failed.value} />
                <Fields
                    draft={draft.value}
                    choices={choices}
                    of={multiSession?.id ?? null}
                    wrong={wrong.value}
                    onSet={set}
                />
                <button type="submit" class="heard" tabIndex={-1} aria-hidden="true" />
                {multiSession && <NowPanel multiSession={multiSession} />}
            </form>
            <Questions
                asked={asked}
                multiSession={multiSession}
                base={base}
                draft={draft}
                onSend={send}
                onDeleted={async () => {
                    release();
                    tell(t('deleted', { name: base.value.draft.name }));
                    await go(BACK);
                }}
                onClose={close}
            />
        </Page>
    );
}

interface QuestionsProps {
    asked: Signal<Asked | null>;
    multiSession: MultiSession | null;
    base: Signal<{ draft: MultiSessionDraft; version: number }>;
    draft: Signal<MultiSessionDraft>;
    onSend(): Promise<void>;
    onDeleted(): Promise<void>;
    onClose(): void;
}

function Questions({ asked, multiSession, base, draft, onSend, onDeleted, onClose }: QuestionsProps) {
    const question = asked.value;
    if (!question || !multiSession) return null;
    if (question.is === 'conflict') {
        const { theirs } = question;
        const now = draftOf(theirs);
        const take = (taken: MultiSessionDraft) => {
            base.value = { draft: now, version: theirs.version };
            draft.value = taken;
            onClose();
        };
        return (
            <Conflict
                kind={DESCRIPTION}
                base={{ ...base.value.draft }}
                theirs={{ ...now, id: theirs.id, version: theirs.version } as unknown as Row}
                mine={{ ...draft.value }}
                onTheirs={() => take(now)}
                onMine={() => {
                    const both = mineOver({ ...base.value.draft }, { ...now }, { ...draft.value });
                    take(both as unknown as MultiSessionDraft);
                    void onSend();
                }}
                onClose={onClose}
            />
        );
    }
    if (question.is === 'delete') {
        return (
            <Confirm
                title={t('delete.title', { name: multiSession.name })}
                go={t('delete')}
                isDangerous
                onGo={async () => {
                    await deleteMultiSession(multiSession.id, base.value.version);
                    await onDeleted();
                }}
                onClose={onClose}
            >
                <p>
                    {t('multi.delete', { poses: multiSession.poses.length, open: multiSession.open_orders })}
                </p>
            </Confirm>
        );
    }
    const { active } = draft.value;
    return (
        <Confirm
            title={t(active ? 'multi.activate' : 'multi.deactivate', { name: multiSession.name })}
            go={t(active ? 'multi.activate_go' : 'multi.deactivate_go')}
            isDangerous={!active}
            onGo={onSend}
            onClose={onClose}
        >
            <EffectText effect={question.effect} />
        </Confirm>
    );
}

function EffectText({ effect: { text, tills_online, open_orders, sessions_open } }: { effect: Effect }) {
    return (
        <>
            <p>{text}</p>
            <dl class="sums">
                <div>
                    <dt>{t('multi.tills_online')}</dt>
                    <dd>{tills_online}</dd>
                </div>
                <div>
                    <dt>{t('multi.open_orders')}</dt>
                    <dd>{open_orders}</dd>
                </div>
                <div>
                    <dt>{t('multi.sessions_open')}</dt>
                    <dd>{sessions_open}</dd>
                </div>
            </dl>
        </>
    );
}

/** What of a multi-session is typed, and how its fields are described where somebody else changed them. */
import type { MultiSession, MultiSessionDraft, PosChoice } from '../api/types';
import type { Kind } from '../records/kind';

export const NEW: MultiSessionDraft = {
    name: '',
    active: true,
    offline_edits: 'lock',
    drafts: 'carry_on',
    sync_server: '',
    fiscal_position_ids: [],
    poses: [],
};

export const OFFLINE_EDITS = ['lock', 'merge'] as const;
export const DRAFTS = ['carry_on', 'mark_unpaid'] as const;

/** For the dialog that says what somebody else changed. */
export const DESCRIPTION: Pick<Kind, 'sections' | 'resource'> = {
    resource: 'points-of-sale',
    sections: [
        {
            name: 'main',
            fields: [
                { name: 'name', type: 'text' },
                { name: 'active', type: 'switch' },
                { name: 'offline_edits', type: 'choice', options: OFFLINE_EDITS },
                { name: 'drafts', type: 'choice', options: DRAFTS },
                { name: 'fiscal_position_ids', type: 'references', of: 'fiscal-positions' },
                { name: 'poses', type: 'references', of: 'points-of-sale' },
            ],
        },
    ],
};

export function draftOf(multiSession: MultiSession): MultiSessionDraft {
    const { name, active, offline_edits, drafts, sync_server, fiscal_position_ids, poses } = multiSession;
    return {
        ...{ name, sync_server: sync_server ?? '' },
        active: active ?? NEW.active,
        offline_edits: offline_edits ?? NEW.offline_edits,
        drafts: drafts ?? NEW.drafts,
        fiscal_position_ids: [...(fiscal_position_ids ?? [])],
        poses: poses.map(({ id }) => id).sort((a, b) => a - b),
    };
}

/** What a POS says of itself where POSes are chosen. */
export interface PosRow {
    id: number;
    name: string;
    isChosen: boolean;
    /** Why it cannot be chosen now, or taken out; empty: it can. */
    reasons: string[];
    /** The multi-session that it leaves when it is chosen. */
    from: string | null;
}

/** Every POS, those of this multi-session first. One that cannot be moved now keeps its place, with the reason. */
export function posRows(
    choices: readonly PosChoice[],
    chosen: readonly number[],
    of: number | null,
): PosRow[] {
    const rows = choices.map(({ id, name, multi_session, reasons }) => ({
        ...{ id, name, reasons, isChosen: chosen.includes(id) },
        from: multi_session && multi_session.id !== of ? multi_session.name : null,
    }));
    const isHere = ({ id }: PosRow) =>
        choices.some(each => each.id === id && of !== null && each.multi_session?.id === of);
    return rows.sort((a, b) => Number(isHere(b)) - Number(isHere(a)) || a.name.localeCompare(b.name));
}

/** What an import would do, put into the order in which people look: what is wrong first. */
import type { ImportLine, ImportPreview } from '../api/types';

/** Lines that are shown of one kind; the counts are of all. */
export const LINES_MAX = 500;

export const ACTIONS = ['error', 'create', 'update', 'same'] as const;
export type Action = (typeof ACTIONS)[number];

export interface Group {
    action: Action;
    count: number;
    lines: ImportLine[];
}

/** The lines by what becomes of them; kinds that have none are left out. */
export function groupsOf(preview: ImportPreview): Group[] {
    const counts: Record<Action, number> = {
        error: preview.errors,
        create: preview.creates,
        update: preview.updates,
        same: preview.same,
    };
    return ACTIONS.filter(action => counts[action] > 0).map(action => ({
        action,
        count: counts[action],
        lines: preview.lines.filter(line => line.action === action).slice(0, LINES_MAX),
    }));
}

/** Whether it can be written: something would change, and nothing is wrong. */
export function canCommit({ errors, creates, updates }: ImportPreview): boolean {
    return errors === 0 && creates + updates > 0;
}

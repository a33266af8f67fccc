import { describe, expect, it } from 'vitest';
import type { ImportLine, ImportPreview } from '../src/api/types';
import { canCommit, groupsOf, LINES_MAX } from '../src/records/import_preview';

const line = (number: number, action: ImportLine['action']): ImportLine => ({
    ...{ line: number, action, id: null, name: `Line ${number}` },
    ...{ changes: [], problems: action === 'error' ? ['it is wrong'] : [] },
});

function preview(...lines: ImportLine[]): ImportPreview {
    const count = (action: string) => lines.filter(each => each.action === action).length;
    return {
        ...{ lines, written: false, change: 7, creates: count('create'), updates: count('update') },
        ...{ same: count('same'), errors: count('error') },
    };
}

describe('what an import would do', () => {
    it('has what is wrong first, and leaves out what there is none of', () => {
        const groups = groupsOf(
            preview(line(2, 'same'), line(3, 'create'), line(4, 'error'), line(5, 'create')),
        );
        expect(groups.map(({ action, count }) => [action, count])).toEqual([
            ['error', 1],
            ['create', 2],
            ['same', 1],
        ]);
        expect(groups[1]?.lines.map(each => each.line)).toEqual([3, 5]);
    });

    it('counts all lines and shows no more than there is room for', () => {
        const many = Array.from({ length: LINES_MAX + 5 }, (_, at) => line(at + 2, 'create'));
        const [group] = groupsOf(preview(...many));
        expect([group?.count, group?.lines.length]).toEqual([LINES_MAX + 5, LINES_MAX]);
    });

    it.each([
        ['something new', preview(line(2, 'create')), true],
        ['a change', preview(line(2, 'update'), line(3, 'same')), true],
        ['nothing new', preview(line(2, 'same')), false],
        ['a line that is wrong', preview(line(2, 'create'), line(3, 'error')), false],
        ['an empty file', preview(), false],
    ])('is written for %s: %s', (_, given, expected) => expect(canCommit(given)).toBe(expected));
});

/** Runs the cases of `vectors/` that concern a till: effects applied (W7), diff (M13), bill (C3). */
import { describe, expect, it } from 'vitest';
import type { Fields, Mark, MergeRule, Operation } from '../../src/client/types.js';
import { billDifferences, billDigest, billText } from '../../src/rules/bill.js';
import { diff } from '../../src/rules/diff.js';
import { canonical } from '../../src/rules/json.js';
import { apply, type Content } from '../../src/rules/operation.js';
import type { View } from '../../src/wire/protocol.js';
import { vectors } from './vectors.js';

const MARK: Mark = { user: { id: 2, name: 'Ada' }, pos: { id: 1, name: 'Bar' } };

function content(view: View): Content {
    return {
        fields: view.fields,
        lines: view.lines.map(({ uid, fields }) => ({ uid, fields, added: MARK, edited: null })),
    };
}
function view(content: Content): View {
    return { fields: content.fields, lines: content.lines.map(({ uid, fields }) => ({ uid, fields })) };
}

interface ApplyCase {
    name: string;
    order: View;
    author: string;
    effects?: Operation[];
    result?: View & { removed?: string[] };
}
describe('apply.json', () => {
    const file = vectors<{ authors: Record<string, Mark>; cases: ApplyCase[] }>('apply');
    const cases = file.cases.filter(each => each.result);
    it('has cases', () => expect(cases.length).toBeGreaterThan(50));
    it.each(cases)('$name', ({ order, author, effects, result }) => {
        const mark = file.authors[author] as Mark;
        const { removed: _, ...expected } = result as View & { removed?: string[] };
        expect(canonical(view(apply(content(order), effects ?? [], mark)))).toBe(canonical(expected));
    });
});

interface DiffCase {
    name: string;
    from: View;
    to: View;
    merge: { order?: Record<string, MergeRule>; line?: Record<string, MergeRule> };
    operations: Operation[];
    after?: View;
}
describe('diff.json', () => {
    it.each(vectors<{ cases: DiffCase[] }>('diff').cases)('$name', ({
        from,
        to,
        merge,
        operations,
        after,
    }) => {
        const found = diff(from, to, (of, field) => merge[of]?.[field] ?? 'set');
        expect(canonical(found)).toBe(canonical(operations));
        expect(canonical(view(apply(content(from), found, MARK)))).toBe(canonical(after ?? to));
    });
});

interface BillCase {
    name: string;
    view: View;
    canonical: string;
    digest: string;
    seen?: View;
    differences?: { line: string | null; seen: Fields | null; now: Fields | null }[];
}
describe('bill.json', () => {
    it.each(vectors<{ cases: BillCase[] }>('bill').cases)('$name', each => {
        expect(billText(each.view)).toBe(each.canonical);
        expect(billDigest(each.view)).toBe(each.digest);
        if (each.seen) expect(billDifferences(each.seen, each.view)).toEqual(each.differences);
    });
});

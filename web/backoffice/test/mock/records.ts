/** The mock's records: made, changed, deleted, imported, as the contract says. */
import type { Row } from '../../src/api/types';
import { nameOf, type Tables } from './shop';

/** An answer that is a refusal. */
export class Refused {
    constructor(
        readonly status: number,
        readonly code: string,
        readonly text: string,
        readonly more: Record<string, unknown> = {},
    ) {}
}

const RESERVED = new Set(['q', 'sort', 'offset', 'limit', 'database', 'commit']);
const NEEDED: Record<string, string[]> = {
    products: ['display_name', 'lst_price'],
    taxes: ['name', 'amount'],
    tables: ['name', 'floor_id'],
    'payment-methods': ['journal_id'],
};
/** Which kind a field refers to. */
const REFERS: Record<string, string> = {
    taxes_id: 'taxes',
    uom_id: 'units',
    pos_categ_id: 'pos-categories',
    categ_id: 'product-categories',
    floor_id: 'floors',
    parent_id: 'pos-categories',
    pricelist_id: 'pricelists',
    fiscal_position_ids: 'fiscal-positions',
    tip_product_id: 'products',
};

export class Records {
    change = 1;
    constructor(readonly tables: Tables) {}

    rows(kind: string): Row[] {
        const found = this.tables[kind];
        if (!found) throw new Refused(404, 'not_found', `There is no ${kind}.`);
        return found;
    }

    list(kind: string, query: URLSearchParams) {
        const q = (query.get('q') ?? '').toLowerCase();
        const where = [...query].filter(([name]) => !RESERVED.has(name));
        const found = this.rows(kind).filter(
            row =>
                (!q ||
                    JSON.stringify(Object.values({ ...row, image: '' }))
                        .toLowerCase()
                        .includes(q)) &&
                where.every(
                    ([name, value]) =>
                        String(row[name] || '') === value || [row[name]].flat().map(String).includes(value),
                ),
        );
        const sort = query.get('sort') ?? 'name';
        const turn = sort.startsWith('-') ? -1 : 1;
        found.sort((a, b) => turn * (sort.endsWith('id') ? a.id - b.id : nameOf(a).localeCompare(nameOf(b))));
        const offset = Number(query.get('offset') ?? 0);
        return { items: found.slice(offset, offset + Number(query.get('limit') ?? 50)), total: found.length };
    }

    read(kind: string, id: number): Row {
        const found = this.rows(kind).find(row => row.id === id);
        if (!found) throw new Refused(404, 'not_found', 'This record was deleted.');
        return found;
    }

    create(kind: string, fields: Record<string, unknown>): Row {
        this.check(kind, fields);
        const all = this.rows(kind);
        const made: Row = { ...fields, id: Math.max(0, ...all.map(({ id }) => id)) + 1, version: 1 };
        all.push(made);
        this.change++;
        return made;
    }

    update(kind: string, id: number, tag: string, fields: Record<string, unknown>): Row {
        const row = this.read(kind, id);
        if (tag !== `"${row.version}"`) throw new Refused(412, '', '', row);
        this.check(kind, fields);
        Object.assign(row, fields, { id, version: row.version + 1 });
        this.change++;
        return row;
    }

    remove(kind: string, id: number, tag: string): void {
        const row = this.read(kind, id);
        if (tag !== `"${row.version}"`) throw new Refused(412, '', '', row);
        const { uses, total } = this.uses(kind, id);
        if (total > 0)
            throw new Refused(
                409,
                'in_use',
                `${nameOf(row)} is used by ${total} other records. Take it out there first.`,
                {
                    uses,
                    total,
                },
            );
        const all = this.rows(kind);
        all.splice(all.indexOf(row), 1);
        this.change++;
    }

    uses(kind: string, id: number) {
        const uses = Object.entries(this.tables).flatMap(([other, rows]) =>
            rows.flatMap(row =>
                Object.entries(REFERS)
                    .filter(([field, of]) => of === kind && [row[field]].flat().includes(id))
                    .map(([field]) => ({ kind: other, id: row.id, name: nameOf(row), field })),
            ),
        );
        return { uses: uses.slice(0, 20), total: uses.length };
    }

    csv(kind: string): string {
        const rows = this.rows(kind);
        const fields = ['id', ...new Set(rows.flatMap(row => Object.keys(row)))].filter(
            (name, at, all) => name !== 'version' && name !== 'image' && all.indexOf(name) === at,
        );
        const cell = (value: unknown) =>
            `"${String(typeof value === 'object' ? JSON.stringify(value) : (value ?? '')).replaceAll('"', '""')}"`;
        return [fields.join(','), ...rows.map(row => fields.map(name => cell(row[name])).join(','))].join(
            '\n',
        );
    }

    /** Reads plain lines, which is what the page's own tests and screenshots need. */
    import(kind: string, csv: string, commit: string | null) {
        const [head = '', ...body] = csv.trim().split(/\r?\n/);
        const fields = head.split(',').map(name => name.replaceAll('"', '').trim());
        const name = kind === 'products' ? 'display_name' : 'name';
        const lines = body.map((text, at) => {
            const values = text.split(',').map(value => value.replaceAll('"', '').trim());
            const given = Object.fromEntries(fields.map((field, index) => [field, values[index] ?? '']));
            const row = given.id ? this.rows(kind).find(({ id }) => id === Number(given.id)) : undefined;
            const problems: string[] = [];
            if (!given[name] && !row) problems.push(`"${name}" is empty: give it a value.`);
            if (given.lst_price && Number.isNaN(Number(given.lst_price)))
                problems.push(`"lst_price" must be a number such as 2.50; it is "${given.lst_price}".`);
            const changes = fields
                .filter(field => field !== 'id' && String(row?.[field] ?? '') !== given[field])
                .map(field => ({ field, from: row?.[field] ?? null, to: given[field] }));
            const action =
                problems.length > 0 ? 'error' : !row ? 'create' : changes.length > 0 ? 'update' : 'same';
            return {
                line: at + 2,
                action,
                id: row?.id ?? null,
                name: given[name] || nameOf(row),
                changes,
                problems,
                given,
            };
        });
        const count = (action: string) => lines.filter(line => line.action === action).length;
        if (commit !== null) {
            if (Number(commit) !== this.change)
                throw new Refused(
                    409,
                    'changed',
                    'The catalogue was changed since this preview. Look at it again.',
                );
            for (const { action, id, given } of lines) {
                const price = given.lst_price ? { lst_price: Number(given.lst_price) } : {};
                const { id: _, ...rest } = given;
                if (action === 'create') this.create(kind, { ...rest, ...price });
                else if (action === 'update' && id) Object.assign(this.read(kind, id), rest, price);
            }
        }
        return {
            lines: lines.map(({ given: _, ...line }) => line),
            creates: count('create'),
            updates: count('update'),
            same: count('same'),
            errors: count('error'),
            change: this.change,
        };
    }

    private check(kind: string, fields: Record<string, unknown>): void {
        for (const field of NEEDED[kind] ?? ['name']) {
            const value = fields[field];
            if (value === '' || value === undefined || value === null || value === false)
                throw new Refused(400, 'field', 'Give it a value.', { field });
        }
    }
}

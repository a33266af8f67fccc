/** The back office's API in memory, as the contract says. For development and for tests; no part of what is built. */
import type {
    Beginning,
    Counted,
    ListedSession,
    MultiSession,
    MultiSessionDraft,
    Named,
} from '../../src/api/types';
import { chance, Orders } from './orders';
import { Records, Refused } from './records';
import { reports } from './reports';
import { cafe, nameOf, nothing } from './shop';

export interface MockRequest {
    method: string;
    path: string;
    query: URLSearchParams;
    header(name: string): string;
    body: string;
}

export interface MockAnswer {
    status: number;
    headers: Record<string, string>;
    text: string;
}

interface OpenSession extends ListedSession {
    opening: Record<string, string>;
    counted: Record<string, string> | null;
    moves: { ms: number; user: Named; amount: string; reason: string }[];
}

type Body = <T>() => T;

const PINS: Record<number, string> = { 1: '1111', 2: '2222' };
const HOUR = 3_600_000;
/** How often a till of the café does something by itself. */
const WORK_MS = 6_000;

export class Mock {
    readonly records: Records;
    readonly orders: Orders;
    sessions: OpenSession[] = [];
    private readonly multi = new Map<number, Omit<MultiSession, 'poses' | 'online' | 'open_orders'>>();
    private readonly ears = new Set<(text: string) => void>();
    private readonly random = chance(7);

    constructor({ empty = false, work = false } = {}) {
        this.records = new Records(empty ? nothing() : cafe());
        this.orders = new Orders(this.records.tables, this.random);
        const now = Date.now();
        if (empty) return;
        const shared = { active: true, offline_edits: 'lock' as const, drafts: 'carry_on' as const };
        this.multi.set(1, {
            ...{ id: 1, version: 1, name: 'The house', ...shared, sync_server: '', fiscal_position_ids: [1] },
            ...{ run: 3, last_number: 84 },
        });
        this.orders.fill(now);
        for (let back = 3; back >= 1; back--)
            this.session(1, now - back * 24 * HOUR, now - (back * 24 - 9) * HOUR);
        for (const pos of [1, 2, 3]) this.session(pos, now - 4 * HOUR, null);
        this.session(4, now - 30 * HOUR, now - 22 * HOUR);
        if (!work) return;
        setInterval(() => {
            this.orders.make(
                Date.now(),
                this.random() < 0.7 ? 'draft' : 'paid',
                this.random() < 0.2 ? { removal: 'Beer' } : {},
            );
            for (const tell of this.ears) tell(JSON.stringify({ multi_session: 1, seq: this.orders.seq }));
        }, WORK_MS).unref();
    }

    listen(ear: (text: string) => void): () => void {
        this.ears.add(ear);
        return () => this.ears.delete(ear);
    }

    handle(request: MockRequest): MockAnswer {
        try {
            const value = this.route(request);
            if (typeof value === 'string')
                return { status: 200, headers: { 'content-type': 'text/csv' }, text: value };
            const status =
                value === undefined
                    ? 204
                    : request.method === 'POST' && !request.path.endsWith('/import')
                      ? 201
                      : 200;
            const text = value === undefined ? '' : JSON.stringify(value);
            return { status, headers: { 'content-type': 'application/json' }, text };
        } catch (error) {
            if (!(error instanceof Refused)) throw error;
            const { status, code, text, more } = error;
            const { field, ...rest } = more;
            const body = status === 412 ? more : { error: { code, text, field }, ...rest };
            return { status, headers: { 'content-type': 'application/json' }, text: JSON.stringify(body) };
        }
    }

    private route({ method, path, query, header, body }: MockRequest): unknown {
        const pin = /^\/api\/people\/(\d+)\/pin$/.exec(path);
        if (pin) {
            if ((JSON.parse(body) as { pin: string }).pin !== PINS[Number(pin[1])])
                throw new Refused(403, 'wrong_pin', 'This PIN is wrong.');
            return {};
        }
        const [kind = '', first = '', second = '', third = ''] = path
            .replace('/api/admin/', '')
            .split('/')
            .map(decodeURIComponent);
        const json: Body = <T>() => JSON.parse(body || '{}') as T;
        switch (kind) {
            case 'setup':
                return method === 'POST' ? this.begin(json()) : this.setup();
            case 'multi-sessions':
                return this.multiSessions(method, first, second, query, header('if-match'), json);
            case 'orders':
                return first ? this.order(method, second, third, json) : this.orders.page(query);
            case 'sessions':
                return this.sessionRoute(method, first, second, query, json);
            case 'live':
                return reports.live(this.records.tables, this.orders, [...this.multi.values()]);
            case 'reports':
                return first === 'sales.csv'
                    ? 'id,name,total\n1,Bar,12.50'
                    : reports.sales(this.records.tables, this.orders, query);
        }
        if (kind === 'points-of-sale' && second === 'session') return this.open(Number(first), json());
        if (kind === 'people' && second === 'pin') {
            const { pin: digits } = json<{ pin: string | null }>();
            Object.assign(this.records.read(kind, Number(first)), {
                has_pin: digits !== null,
                pin_digits: digits?.length,
            });
            return undefined;
        }
        if (kind.endsWith('.csv')) return this.records.csv(kind.slice(0, -4));
        const tag = header('if-match');
        if (kind === 'live' && first) throw new Refused(404, 'not_found', 'Not here.');
        if (first === 'import') return this.records.import(kind, body, query.get('commit'));
        if (second === 'uses') return this.records.uses(kind, Number(first));
        if (!first)
            return method === 'POST' ? this.records.create(kind, json()) : this.records.list(kind, query);
        if (method === 'PUT') return this.records.update(kind, Number(first), tag, json());
        if (method === 'DELETE') return this.records.remove(kind, Number(first), tag);
        return this.records.read(kind, Number(first));
    }

    private setup() {
        const { tables } = this.records;
        const count = (kind: string) => tables[kind]?.length ?? 0;
        return {
            is_empty: count('companies') === 0,
            company: tables.companies?.[0] ?? null,
            currency: tables.currencies?.[0] ?? null,
            counts: {
                points_of_sale: count('points-of-sale'),
                multi_sessions: this.multi.size,
                products: count('products'),
                people: count('people'),
                payment_methods: count('payment-methods'),
            },
        };
    }

    private begin({ name, currency, taxes, person }: Beginning) {
        this.records.create('companies', { name, tax_calculation_rounding_method: 'round_per_line' });
        this.records.create('currencies', { ...currency });
        for (const tax of taxes) this.records.create('taxes', { ...tax, amount_type: 'percent' });
        this.records.create('payment-methods', { journal_id: [1, 'Cash'], type: 'cash' });
        this.records.create('payment-methods', { journal_id: [2, 'Card'], type: 'bank' });
        this.records.create('units', { name: 'Piece', rounding: 1 });
        const { pin, ...rest } = person;
        this.records.create('people', { ...rest, role: 'admin', has_pin: Boolean(pin) });
        return {};
    }

    private poses() {
        return this.records.rows('points-of-sale');
    }

    private openAt(pos: number): OpenSession | undefined {
        return this.sessions.find(each => each.pos.id === pos && !each.closed_ms);
    }

    private seen(id: number): MultiSession {
        const found = this.multi.get(id);
        if (!found) throw new Refused(404, 'not_found', 'This multi-session was deleted.');
        const poses = this.poses()
            .filter(({ multi_session }) => multi_session === id)
            .map(row => {
                const open = this.openAt(row.id);
                const session = open
                    ? { id: open.id, user: open.opened_by, opened_ms: open.opened_ms }
                    : null;
                return { id: row.id, name: nameOf(row), session, online: open ? 1 : 0 };
            });
        const open_orders = this.orders.all.filter(
            ({ listed }) => listed.multi_session.id === id && listed.state === 'draft',
        ).length;
        const online = poses
            .filter(each => each.online)
            .map(({ id, name, session }) => ({
                pos: { id, name },
                user: session?.user ?? { id: 0, name: '' },
            }));
        return { ...found, poses, open_orders, online };
    }

    private multiSessions(
        method: string,
        first: string,
        second: string,
        query: URLSearchParams,
        tag: string,
        json: Body,
    ): unknown {
        if (first === 'choices') {
            return {
                poses: this.poses().map(row => {
                    const open = this.openAt(row.id);
                    const multi = this.multi.get(Number(row.multi_session));
                    const reasons = open
                        ? [`The session that ${open.opened_by.name} opened is open. Close it first.`]
                        : [];
                    return {
                        id: row.id,
                        name: nameOf(row),
                        multi_session: multi ? { id: multi.id, name: multi.name } : null,
                        reasons,
                    };
                }),
            };
        }
        if (!first && method === 'GET') return { items: [...this.multi.keys()].map(id => this.seen(id)) };
        const id = first ? Number(first) : Math.max(0, ...this.multi.keys()) + 1;
        if (second === 'effect') {
            const seen = this.seen(id);
            const sessions_open = seen.poses.filter(({ session }) => session).length;
            return {
                tills_online: seen.online.length,
                open_orders: seen.open_orders,
                sessions_open,
                text:
                    query.get('active') === 'false'
                        ? `${seen.online.length} tills that are open now will work alone from this moment: each keeps the ${seen.open_orders} open orders as they are, and sees no more of the others'.`
                        : 'Its tills will share their orders again.',
            };
        }
        if (method === 'GET') return this.seen(id);
        if (first && tag !== `"${this.seen(id).version}"`)
            throw new Refused(412, '', '', { ...this.seen(id) });
        if (method === 'DELETE') {
            if (this.seen(id).poses.length > 0)
                throw new Refused(
                    409,
                    'in_use',
                    'Points of sale are in it: Bar, Counter, Terrace. Take them out first.',
                );
            this.multi.delete(id);
            return undefined;
        }
        const { poses, ...fields } = json<MultiSessionDraft>();
        if (!fields.name) throw new Refused(400, 'field', 'Give it a name.', { field: 'name' });
        const before = this.multi.get(id);
        const blank = { run: 1, last_number: 0 };
        this.multi.set(id, {
            ...blank,
            ...before,
            ...fields,
            id,
            version: (before?.version ?? 0) + 1,
        });
        for (const row of this.poses()) {
            if (poses.includes(row.id)) row.multi_session = id;
            else if (row.multi_session === id) row.multi_session = null;
        }
        return this.seen(id);
    }

    private order(method: string, uid: string, third: string, json: Body): unknown {
        const found = this.orders.all.find(({ listed }) => listed.uid === uid);
        if (!found) throw new Refused(404, 'not_found', 'There is no such order.');
        const { listed, history, ...rest } = found;
        const ann = { user: { id: 1, name: 'Ann' }, pos: { id: 0, name: 'Back office' } };
        if (third === 'history') return { entries: history, more: false };
        if (third === 'restore' && method === 'POST') {
            listed.state = 'draft';
            this.orders.tell(found, Date.now(), ann, 'restored', 'restored the order');
            return { number: listed.number, run: listed.run };
        }
        if (third === 'resolve') {
            for (const each of found.attention)
                each.settled = { by: ann.user, ms: Date.now(), note: json<{ note: string }>().note };
            listed.marks = listed.marks.filter(mark => mark !== 'attention');
            return undefined;
        }
        return {
            order: listed,
            ...rest,
            total: listed.total,
            tax: (Number(listed.total) / 11).toFixed(2),
            change: '0.00',
        };
    }

    private session(pos: number, opened_ms: number, closed_ms: number | null): OpenSession {
        const multi = pos === 4 ? { id: 1_000_000_004, name: 'Stall' } : { id: 1, name: 'The house' };
        const ann = { id: 1, name: 'Ann' };
        const made: OpenSession = {
            ...{
                id: this.sessions.length + 1,
                pos: { id: pos, name: nameOf(this.records.read('points-of-sale', pos)) },
                multi_session: multi,
            },
            ...{
                run: 3,
                opened_ms,
                opened_by: ann,
                closed_ms,
                closed_by: closed_ms ? ann : null,
                orders: 0,
                total: '0.00',
            },
            ...{
                difference: closed_ms ? (pos === 1 ? '-0.50' : '0.00') : null,
                opening: { 1: '150.00' },
                counted: closed_ms ? { 1: '409.10' } : null,
            },
            moves: closed_ms
                ? []
                : [{ ms: opened_ms + HOUR, user: ann, amount: '-50.00', reason: 'to the bank' }],
        };
        this.sessions.push(made);
        return made;
    }

    private open(pos: number, { opening }: { opening: Counted }) {
        if (this.openAt(pos)) throw new Refused(409, 'session', 'A session is open there already.');
        const made = this.session(pos, Date.now(), null);
        made.moves = [];
        made.opening = opening.cash;
        return made;
    }

    private sold({ pos, opened_ms, closed_ms }: OpenSession) {
        return this.orders.all.filter(
            ({ listed }) =>
                listed.state === 'paid' &&
                listed.pos.id === pos.id &&
                listed.time_ms >= opened_ms &&
                listed.time_ms <= (closed_ms ?? Date.now()),
        );
    }

    private sessionRoute(
        method: string,
        first: string,
        second: string,
        query: URLSearchParams,
        json: Body,
    ): unknown {
        const listed = (session: OpenSession): ListedSession => {
            const sold = this.sold(session);
            const { opening: _, counted: __, moves: ___, ...rest } = session;
            return {
                ...rest,
                orders: sold.length,
                total: sold.reduce((sum, { listed: { total } }) => sum + Number(total), 0).toFixed(2),
            };
        };
        if (!first) {
            const open = query.get('open');
            const items = this.sessions
                .filter(
                    ({ closed_ms, pos }) =>
                        (open === null || !closed_ms === (open === 'true')) &&
                        (!query.get('pos') || pos.id === Number(query.get('pos'))),
                )
                .toReversed()
                .map(listed);
            return { items, next: null };
        }
        const session = this.sessions.find(({ id }) => id === Number(first));
        if (!session) throw new Refused(404, 'not_found', 'There is no such session.');
        const report = reports.session(
            session,
            listed(session),
            this.sold(session),
            this.orders,
            this.sessions,
        );
        if (second === 'close') {
            const { closing } = json<{ closing: Counted }>();
            Object.assign(session, {
                closed_ms: Date.now(),
                closed_by: session.opened_by,
                counted: closing.cash,
            });
            session.difference = (Number(closing.cash[1] ?? 0) - Number(report.cash[0]?.expected)).toFixed(2);
            return {};
        }
        if (second === 'cash') {
            const { amount, reason } = json<{ amount: string; reason: string }>();
            session.moves.push({ ms: Date.now(), user: session.opened_by, amount, reason });
            return {};
        }
        if (method !== 'GET') throw new Refused(405, 'method', 'Not this way.');
        return report;
    }
}

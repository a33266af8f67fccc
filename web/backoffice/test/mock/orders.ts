/** The café's orders: some dozens of last night and today, with who did what. */
import type {
    Attention,
    HistoryEntry,
    ListedOrder,
    Mark,
    Named,
    OrderLine,
    OrderMark,
    OrderPayment,
    OrderState,
} from '../../src/api/types';
import type { Tables } from './shop';

export interface MockOrder {
    listed: ListedOrder;
    lines: OrderLine[];
    removed: OrderLine[];
    payments: OrderPayment[];
    history: HistoryEntry[];
    attention: Attention[];
    refund_of: string | null;
    follow_ups: string[];
    origin: { uid: string; reason: string } | null;
}

/** What a line comes to. */
export const worth = ({ qty, price_unit }: OrderLine): number => Number(qty) * Number(price_unit);

/** Repeatable chance: a linear congruence. */
export function chance(seed: number): () => number {
    let state = seed;
    return () => {
        state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
        return state / 2_147_483_648;
    };
}

const HOUR = 3_600_000;
const PEOPLE: Named[] = [
    { id: 1, name: 'Ann' },
    { id: 2, name: 'Bob' },
    { id: 3, name: 'Cleo' },
];
const POSES: Named[] = [
    { id: 1, name: 'Bar' },
    { id: 2, name: 'Counter' },
    { id: 3, name: 'Terrace' },
    { id: 4, name: 'Stall' },
];

export class Orders {
    readonly all: MockOrder[] = [];
    seq = 0;
    private number = 0;
    private receipt = 0;

    constructor(
        private readonly tables: Tables,
        private readonly random: () => number,
    ) {}

    /** Fills last night and today until now. */
    fill(now: number): void {
        const today = new Date(now).setHours(0, 0, 0, 0);
        const night = today - 4 * HOUR;
        for (let at = 0; at < 34; at++) this.make(night - (34 - at) * 6 * 60_000, 'paid');
        const beers = this.make(night - 20 * 60_000, 'paid', { table: '5', removal: 'Beer', pos: 2 });
        beers.listed.customer = null;
        const begin = Math.min(now - 3 * HOUR, today + 8 * HOUR);
        const count = 42;
        for (let at = 0; at < count; at++) {
            const ms = begin + ((now - 10 * 60_000 - begin) * at) / count;
            this.make(ms, at % 13 === 5 ? 'deleted' : 'paid', at % 9 === 4 ? { removal: 'Croissant' } : {});
        }
        this.make(now - 3 * HOUR, 'unpaid', { table: '2' });
        const refund = this.make(now - 60 * 60_000, 'paid', {});
        refund.listed.marks.push('refund');
        refund.refund_of = this.all[5]?.listed.uid ?? null;
        refund.listed.total = '-4.50';
        const second = this.make(now - 50 * 60_000, 'paid', {});
        second.listed.marks.push('attention', 'late');
        second.attention.push({
            ms: second.listed.time_ms,
            text: `This order was paid twice: at Terrace by Cleo with Cash ${second.listed.total}, offline, and before that at Bar by Ann. Give the guest one of the payments back, then settle it here.`,
            settled: null,
        });
        for (let at = 0; at < 6; at++)
            this.make(now - (at * 7 + 2) * 60_000, 'draft', at < 4 ? { table: String(at + 2) } : {});
    }

    /** A new order, as a till just began it. */
    make(
        ms: number,
        state: OrderState,
        {
            table = null,
            removal = null,
            pos = null,
        }: { table?: string | null; removal?: string | null; pos?: number | null } = {},
    ): MockOrder {
        const random = () => this.random();
        const at = POSES[pos ? pos - 1 : Math.floor(random() * 4)] as Named;
        const user = PEOPLE[Math.floor(random() * 3)] as Named;
        const by: Mark = { user, pos: at };
        const multiSession = at.id === 4 ? { id: 2, name: 'Stall' } : { id: 1, name: 'The house' };
        this.number++;
        const uid = `${String(at.id).padStart(5, '0')}-001-${String(this.number).padStart(4, '0')}`;
        const order: MockOrder = {
            listed: {
                multi_session: multiSession,
                uid,
                number: this.number,
                run: 3,
                state,
                time_ms: ms,
                begun: by,
                pos: at,
                user,
                customer: random() < 0.15 ? { id: 1, name: 'Nora' } : null,
                table,
                total: '0.00',
                lines: 0,
                receipt: state === 'paid' ? ++this.receipt : null,
                marks: [],
                removed: null,
            },
            lines: [],
            removed: [],
            payments: [],
            history: [],
            attention: [],
            refund_of: null,
            follow_ups: [],
            origin: null,
        };
        this.tell(
            order,
            ms - 12 * 60_000,
            by,
            'created',
            table ? `began the order at table ${table}` : 'began the order',
        );
        const products = this.tables.products ?? [];
        const count = 1 + Math.floor(random() * 4);
        for (let line = 0; line < count; line++) {
            const product = products[Math.floor(random() * 23)];
            if (product)
                this.add(order, product.id, 1 + Math.floor(random() * 2), by, ms - (11 - line) * 60_000);
        }
        if (removal) {
            const product = products.find(({ display_name }) => display_name === removal);
            const bob: Mark = { user: PEOPLE[1] as Named, pos: POSES[0] as Named };
            if (product) {
                this.add(order, product.id, 2, by, ms - 6 * 60_000);
                this.remove(order, bob, ms - 4 * 60_000);
            }
        }
        if (random() < 0.3 && order.lines[0]) {
            const editor: Mark = { user: PEOPLE[2] as Named, pos: POSES[2] as Named };
            order.lines[0].edited = editor;
            order.lines[0].qty = String(Number(order.lines[0].qty) + 1);
            this.tell(
                order,
                ms - 5 * 60_000,
                editor,
                'changed',
                `set ${order.lines[0].product?.name} to ${order.lines[0].qty}`,
            );
        }
        this.addUp(order);
        if (state === 'paid') {
            const method = random() < 0.5 ? 'Cash' : 'Card';
            order.payments.push({
                id: uid,
                methods: [{ name: method, amount: order.listed.total }],
                paid: true,
            });
            this.tell(
                order,
                ms,
                by,
                'paid',
                `took ${order.listed.total} € by ${method} and closed the order`,
                [`Receipt ${this.receipt}`],
            );
        } else if (state === 'deleted') this.tell(order, ms, by, 'deleted', 'deleted the order');
        else if (state === 'unpaid') this.tell(order, ms, by, 'unpaid', 'the run ended: marked as unpaid');
        this.all.push(order);
        return order;
    }

    private add(order: MockOrder, id: number, qty: number, by: Mark, ms: number): void {
        const product = this.tables.products?.find(each => each.id === id);
        const price = Number(product?.lst_price ?? 1);
        const name = String(product?.display_name);
        order.lines.push({
            uid: `${order.listed.uid}-${order.lines.length + 1}`,
            product: { id, name },
            qty: String(qty),
            price_unit: String(price),
            discount: '0',
            note: null,
            added: by,
            edited: null,
        });
        this.tell(order, ms, by, 'added', `added ${qty} × ${name}`);
    }

    private remove(order: MockOrder, by: Mark, ms: number): void {
        const line = order.lines.pop();
        if (!line) return;
        order.removed.push(line);
        order.listed.marks.push('removals');
        order.listed.removed = `${line.qty} ${line.product?.name}, by ${by.user.name}`;
        this.tell(order, ms, by, 'removed', `removed ${line.qty} × ${line.product?.name}`);
    }

    private addUp(order: MockOrder): void {
        order.listed.total = order.lines.reduce((sum, line) => sum + worth(line), 0).toFixed(2);
        order.listed.lines = order.lines.length;
    }

    tell(
        order: MockOrder,
        ms: number,
        by: Mark,
        kind: HistoryEntry['kind'],
        text: string,
        more: string[] = [],
    ): void {
        order.history.push({
            seq: ++this.seq,
            time_ms: ms,
            device_time_ms: ms - 40,
            ...by,
            device: `Tablet ${by.pos.name}`,
            text,
            kind,
            details: [text, ...more].map(each => ({ kind, text: each })),
        });
    }

    /** A page of what matches, open orders first. */
    page(query: URLSearchParams) {
        const get = (name: string) => query.get(name) ?? '';
        const is = (name: string, id: number | undefined) => !get(name) || Number(get(name)) === id;
        const q = get('q').toLowerCase();
        const found = this.all.filter(({ listed, lines, removed }) => {
            const text = `${listed.number} ${listed.customer?.name ?? ''} ${listed.table ?? ''} ${lines.map(({ product }) => product?.name)} ${removed.map(({ product }) => product?.name)} ${listed.user.name}`;
            return (
                (!get('state') || listed.state === get('state')) &&
                is('pos', listed.pos.id) &&
                is('user', listed.user.id) &&
                is('multi_session', listed.multi_session.id) &&
                is('customer', listed.customer?.id) &&
                (!get('product') ||
                    [...lines, ...removed].some(({ product }) => product?.id === Number(get('product')))) &&
                is('number', listed.number) &&
                (!get('mark') || listed.marks.includes(get('mark') as OrderMark)) &&
                (!get('from_ms') || listed.time_ms >= Number(get('from_ms'))) &&
                (!get('to_ms') || listed.time_ms < Number(get('to_ms'))) &&
                (!q || text.toLowerCase().includes(q))
            );
        });
        const sort = get('sort') || '-time';
        const open = ({ listed }: MockOrder) => (listed.state === 'draft' ? 0 : 1);
        const size = ({ listed }: MockOrder) =>
            sort.endsWith('total') ? Number(listed.total) : listed.time_ms;
        found.sort((a, b) => {
            if (sort === '-time' && open(a) !== open(b)) return open(a) - open(b);
            return sort.startsWith('-') ? size(b) - size(a) : size(a) - size(b);
        });
        const from = Number(get('after') || 0);
        const limit = Number(get('limit') || 50);
        return {
            items: found.slice(from, from + limit).map(({ listed }) => listed),
            next: from + limit < found.length ? String(from + limit) : null,
            reached_ms: null,
        };
    }
}

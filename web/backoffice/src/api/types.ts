/** What the back office's API answers: amounts of money are decimal text, times are milliseconds since 1970. */

export interface Named {
    id: number;
    name: string;
}

/** Who did something, and at which POS. */
export interface Mark {
    user: Named;
    pos: Named;
}

/** A record of the catalogue or of the settings. Fields that this version does not know are kept as they came. */
export interface Row {
    id: number;
    version: number;
    [field: string]: unknown;
}

/** What is sent to make or change a record. */
export type Draft = Record<string, unknown>;

export interface Listing<T> {
    items: T[];
    total: number;
}

/** What refers to a record. */
export interface Uses {
    uses: { kind: string; id: number; name: string; field: string }[];
    total: number;
}

export interface ImportLine {
    line: number;
    action: 'create' | 'update' | 'same' | 'error';
    id: number | null;
    name: string;
    changes: { field: string; from: unknown; to: unknown }[];
    problems: string[];
}

/** What an import would do; nothing is written until it is committed with this `change`. */
export interface ImportPreview {
    lines: ImportLine[];
    creates: number;
    updates: number;
    same: number;
    errors: number;
    change: number;
}

export interface Currency {
    name: string;
    symbol: string;
    position: 'before' | 'after';
    rounding: number;
}

export interface Setup {
    is_empty: boolean;
    company: (Draft & { name: string }) | null;
    currency: Currency | null;
    counts: {
        points_of_sale: number;
        multi_sessions: number;
        products: number;
        people: number;
        payment_methods: number;
    };
}

export interface Beginning {
    name: string;
    currency: Currency;
    taxes: { name: string; amount: number; price_include: boolean }[];
    person: { name: string; pin?: string };
}

export interface Person {
    id: number;
    name: string;
    role?: string;
    has_pin?: boolean;
    pin_digits?: number;
}

export type OfflineEdits = 'lock' | 'merge';
export type Drafts = 'carry_on' | 'mark_unpaid';

/** What of a multi-session is chosen by people. */
export interface MultiSessionDraft {
    name: string;
    active: boolean;
    offline_edits: OfflineEdits;
    drafts: Drafts;
    /** Empty: this server. */
    sync_server: string;
    fiscal_position_ids: number[];
    poses: number[];
}

export interface MultiSession extends Omit<MultiSessionDraft, 'poses'> {
    id: number;
    version: number;
    poses: {
        id: number;
        name: string;
        session: { id: number; user: Named; opened_ms: number } | null;
        online: number;
    }[];
    run: number;
    last_number: number;
    open_orders: number;
    online: { pos: string | Named; user: string | Named; since_ms: number }[];
}

/** A POS that may be chosen for a multi-session; with reasons, it cannot be chosen now. */
export interface PosChoice {
    id: number;
    name: string;
    multi_session: Named | null;
    reasons: string[];
}

export interface Effect {
    tills_online: number;
    open_orders: number;
    sessions_open: number;
    text: string;
}

export type OrderState = 'draft' | 'paid' | 'deleted' | 'unpaid';
export type OrderMark = 'removals' | 'attention' | 'refund' | 'late';

export interface ListedOrder {
    multi_session: Named;
    uid: string;
    number: number;
    run: number;
    state: OrderState;
    time_ms: number;
    pos: Named;
    user: Named;
    customer: Named | null;
    table: string | null;
    total: string;
    lines: number;
    receipt: number | null;
    marks: OrderMark[];
    removed: string | null;
}

export interface OrderPage {
    items: ListedOrder[];
    next: string | null;
    /** How far back it was looked, when the search ended before it found a full page. */
    reached_ms: number | null;
}

export interface OrderLine {
    uid: string;
    product: Named;
    qty: number | string;
    price_unit: number | string;
    discount: number | string;
    total: string;
    note: string | null;
    added: Mark;
    edited: Mark | null;
}

export interface RemovedLine extends OrderLine {
    by: Mark;
    time_ms: number;
}

export interface Attention {
    kind: string;
    text: string;
    settled: { by: Named; ms: number; note: string } | null;
}

export interface OrderPayment {
    method: string;
    amount: string;
    time_ms: number;
    by: Mark;
    paid: boolean;
}

export interface FullOrder {
    order: ListedOrder;
    lines: OrderLine[];
    removed: RemovedLine[];
    payments: OrderPayment[];
    total: string;
    tax: string;
    change: string;
    origin: { uid: string; reason: string } | null;
    follow_ups: string[];
    refund_of: string | null;
    attention: Attention[];
}

export interface HistoryEntry {
    seq: number;
    time_ms: number;
    device_time_ms: number | null;
    user: Named;
    pos: Named;
    device: string | null;
    text: string;
    kind: string;
    details: { text: string }[];
}

export interface ListedSession {
    id: number;
    pos: Named;
    multi_session: Named | null;
    run: number;
    opened_ms: number;
    opened_by: Named;
    closed_ms: number | null;
    closed_by: Named | null;
    orders: number;
    total: string;
    difference: string | null;
}

export interface CashCount {
    method: Named;
    opening: string;
    taken: string;
    moves: string;
    expected: string;
    counted: string | null;
    difference: string | null;
}

export interface SessionReport {
    session: ListedSession;
    /** `x` while it is open, `z` once it is closed. */
    kind: 'x' | 'z';
    sold: {
        orders: number;
        refunds: number;
        late: number;
        rounding: string;
        total: string;
        tax: string;
        change: string;
        methods: { journal: number; name: string; payments: number; amount: string }[];
    };
    cash: CashCount[];
    moves: { ms: number; user: Named; amount: string; reason: string }[];
    taxes: { id: number; name: string; base: string; amount: string }[];
    opening_note: string | null;
    closing_note: string | null;
    drafts: { uid: string; number: number; lines: number; added: Mark }[];
    devices: { pos: string; user: Named; ms: number; here: boolean; unsent: number }[];
    ends_run: boolean;
}

/** What was counted: decimal text by the id of the payment method. */
export interface Counted {
    cash: Record<string, string>;
    note?: string;
}

export interface LiveTill {
    till: number | string;
    device: string;
    pos: Named;
    user: Named;
    online: boolean;
    since_ms: number;
    app: string | null;
    icon: 'green' | 'orange' | 'red';
    unsent: number;
    oldest_unsent_ms: number | null;
    delay_ms: number | null;
    order: string | null;
}

export interface Live {
    now_ms: number;
    multi_sessions: {
        id: number;
        name: string;
        active: boolean;
        run: number;
        open_orders: number;
        /** Each of the last 60 minutes, oldest first. */
        updates: number[];
        tills: LiveTill[];
    }[];
}

export interface SalesRow {
    /** Of an hour: when it began, ms since 1970. */
    id: number | string | null;
    name: string;
    orders: number;
    qty: number | string;
    net: string;
    tax: string;
    total: string;
}

export const SALES_TABLES = [
    'by_pos',
    'by_cashier',
    'by_category',
    'by_product',
    'by_tax',
    'by_method',
    'by_hour',
] as const;
export type SalesTable = (typeof SALES_TABLES)[number];

export interface Sales extends Record<SalesTable, SalesRow[]> {
    totals: { orders: number; refunds: number; total: string; net: string; tax: string };
}

/**
 * What the back office's API answers. Generated from its document (`npm run api`); here are the names that the back
 * office calls things by. Amounts of money are decimal text, times are milliseconds since 1970.
 */
import type { components } from './schema';

type Schemas = components['schemas'];

export type Named = Schemas['Named'];

/** Who did something, and at which POS. */
export type Mark = Schemas['By'];

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
export type Uses = Schemas['Uses'];

export type ImportLine = Schemas['PreviewLine'];

/** What an import would do; nothing is written until it is committed with this `change`. */
export type ImportPreview = Schemas['Preview'];

/** The document leaves records of the setup open: they are as the catalogue has them. */
export interface Currency {
    name: string;
    symbol?: string | false | null;
    position?: 'before' | 'after' | string | false | null;
    rounding?: number | null;
}

export type Setup = Omit<Schemas['Setup'], 'company' | 'currency'> & {
    company?: (Draft & { name: string }) | null;
    currency?: Currency | null;
};

export interface Beginning {
    name: string;
    currency: Currency;
    taxes: { name: string; amount: number; price_include: boolean }[];
    person: Schemas['First'];
}

export type Person = Schemas['Person'] & {
    id: number;
    has_pin?: boolean;
    pin_digits?: number;
};

export type OfflineEdits = Schemas['Policy'];
export type Drafts = Schemas['AtTheEnd'];

/** What of a multi-session is chosen by people. */
export type MultiSessionDraft = Required<Schemas['Saved']>;
export type MultiSession = Schemas['MultiSession'];

/** A POS that may be chosen for a multi-session; with reasons, it can neither be chosen now nor taken out. */
export type PosChoice = Schemas['Choice'];
export type Effect = Schemas['Effect'];

export type OrderState = Schemas['OrderStateName'];
export type OrderMark = Schemas['MarkName'];
export type ListedOrder = Schemas['Listed'];
export type OrderPage = Schemas['OrderPage'];
export type OrderLine = Schemas['LineShown'];
export type Attention = Schemas['MatterShown'];
export type OrderPayment = Schemas['PaymentShown'];
export type FullOrder = Schemas['WholeOrder'];
export type HistoryEntry = Schemas['Happened'];

export type ListedSession = Schemas['SessionShown'];
export type SessionPage = Schemas['SessionPage'];
export type CashCount = Schemas['Drawer'];
export type Counted = Schemas['Counted'];

/** What was sold. The document leaves it open, since a closed session keeps what was noted then. */
export interface Sold {
    orders: number;
    refunds: number;
    late: number;
    rounding: string;
    total: string;
    tax: string;
    change: string;
    methods: { journal: number; name: string; payments: number; amount: string }[];
    /** Empty where they are not told apart. */
    taxes: { id: number; name: string; base: string; amount: string }[];
}
export type SessionReport = Omit<Schemas['Report'], 'sold'> & { sold: Sold };

/** A version of the server may know the colour of a till's sync icon too. */
export type LiveTill = Schemas['TillShown'] & { icon?: 'green' | 'orange' | 'red' | null };
export type LiveRoom = Omit<Schemas['RoomShown'], 'tills'> & { tills: LiveTill[] };
export type Live = Omit<Schemas['Live'], 'multi_sessions'> & { multi_sessions: LiveRoom[] };

export type SalesRow = Schemas['Row'];
export type SalesTable = Schemas['TableName'];
export type Sales = Schemas['Sales'];
export const SALES_TABLES = [
    'by_pos',
    'by_cashier',
    'by_category',
    'by_product',
    'by_tax',
    'by_method',
    'by_hour',
] as const satisfies readonly SalesTable[];

/** A POS on its own has a multi-session of one, whose id is this and the POS's: no settings belong to it. */
const ALONE = 1_000_000_000;

export function isAlone({ id }: Named): boolean {
    return id > ALONE;
}

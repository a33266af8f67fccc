/** The session of a POS: opened with what was counted, looked at, closed with what was counted (rule 21). */
import type { Mark, User } from '@tillsync/sdk';
import { request } from '../request';

/** What was counted and noted; amounts are decimal text, by the id of the payment method. */
export interface Counted {
    cash?: Record<string, string>;
    note?: string;
    [more: string]: unknown;
}

/** Cash that went into a drawer (above zero), or out of it. */
export interface CashMove {
    ms: number;
    user: User;
    method: number;
    amount: number;
    reason: string;
}

export interface OpenSession {
    id: number;
    user: User;
    opened_ms: number;
    opening?: Counted;
    /** Cash that went in or out for no order. */
    moves?: CashMove[];
}

export interface ClosedSession {
    id: number;
    user: User;
    closed_ms: number;
    closing?: Counted;
}

/** What was sold, by method. Amounts are decimal text. */
export interface Sold {
    orders: number;
    refunds: number;
    /** What a device brought that was silent when the session before was closed. */
    late: number;
    /** What rounding to the coins that there are brought, or took. */
    rounding: string;
    total: string;
    tax: string;
    change: string;
    methods: { journal: number; name: string; payments: number; amount: string }[];
}

export interface SessionReport {
    session: OpenSession | null;
    last: ClosedSession | null;
    sold: Sold;
    drafts: { uid: string; number: number; lines: number; added: Mark; edited: Mark | null }[];
    devices: { pos: string; user: User; ms: number; here: boolean; unsent: number }[];
    ends_run: boolean;
    run: number;
}

const path = (pos: number) => `/api/poses/${pos}/session`;

export const lookAtSession = (pos: number): Promise<SessionReport> => request(path(pos));

export const openSession = (pos: number, user: User, opening: Counted): Promise<OpenSession> =>
    request(path(pos), { method: 'POST', body: { user: { id: user.id, name: user.name }, opening } });

/** @param moved its amount is decimal text: above zero goes in, below zero comes out */
export const moveCash = (
    pos: number,
    user: User,
    session: number,
    moved: { method: number; amount: string; reason: string },
): Promise<OpenSession> =>
    request(`${path(pos)}/cash`, {
        method: 'POST',
        body: { user: { id: user.id, name: user.name }, session, ...moved },
    });

export const closeSession = (
    pos: number,
    user: User,
    session: number,
    drafts: 'carry_on' | 'mark_unpaid',
    closing: Counted,
): Promise<{ last: ClosedSession | null; run: number }> =>
    request(`${path(pos)}/close`, {
        method: 'POST',
        body: { user: { id: user.id, name: user.name }, session, drafts, closing },
    });

/** What the Register asks the server besides the orders. */
import type { Config, Shop } from '@tillsync/sdk';

export { tillData } from './catalogue';
export { poses } from './poses';
export { ApiError } from './request';

export interface Person {
    id: number;
    name: string;
    /** Whether they prove by a PIN that it is them. */
    has_pin?: boolean;
    /** Digits of it. */
    pin_digits?: number;
    role?: string;
    /** What their badge says. */
    barcode?: string;
}

/** A point of sale, and what is going on there. */
export interface PosState {
    id: number;
    name: string;
    multi_session: { id: number; name: string } | null;
    session: { id: number; user: Person; opened_ms: number } | null;
    open_orders: number;
}

/** What a till loads before it sells. */
export interface TillData {
    change: number;
    database: string;
    multi_session: number;
    config: Config;
    users: Person[];
    shop: Shop;
}

/**
 * What a till keeps durably, and the contract of whatever keeps it.
 *
 * A storage belongs to one device at one POS of one database. Inside it everything belongs to a *server id* (rule
 * 22): an address that starts to serve another database finds nothing of the former one, and the former one's
 * unsent work waits for its server.
 */
import type { ReplicaData } from '../rules/replica.js';
import type { Action, Answer, WireOrder } from '../wire/protocol.js';
import type { Fields, Operation, Refusal, User } from './types.js';

/** The version of what is written; older ones are read for good (rule 17). */
export const STORED_VERSION = 1;

/** Who this till is at one server, and its counters. */
export interface StoredTill {
    version: number;
    server: string;
    epoch: number;
    session: number | null;
    login: number | null;
    /** The till's name as the server gave it. */
    till: string | null;
    /** Whether the POS session was open when the server was last heard. */
    session_open: boolean;
    /** The last order counter used, by `SESSION-LOGIN` (N1). */
    orders: Record<string, number>;
    /** The last line counter used. */
    lines: number;
    /** Every command up to this number has its answer in this storage (W8). */
    answered: number;
}

/** What a command is about, for its follow-up. */
export type Kind = 'edit' | 'move' | 'pay' | 'close' | 'settle' | 'delete' | 'aside';

/** A command: in the outbox until it has its answer, then in the journal for a while (W11, W17). */
export interface StoredCommand {
    version: number;
    number: number;
    id: string;
    kind: Kind;
    user: User;
    device_time_ms: number;
    actions: Action[];
    answer: { accepted: Answer } | { refused: Refusal } | null;
    answered_ms: number | null;
    /** A closing whose connection went away before its answer: to be settled if it is refused (O1). */
    cut: boolean;
    /** The payment that a closing is for. */
    payment?: { id: string; fields: Fields };
    /** It had been acknowledged before the server lost it (W17). */
    reoffered: boolean;
    /** How often it was offered again since. */
    retries: number;
}

/** What was typed and could not be taken, until it is rescued or discarded (rule 12). */
export interface StoredRefused {
    version: number;
    id: string;
    uid: string | null;
    refusal: Refusal;
    order: WireOrder | null;
    operations: Operation[];
    /** Fields of the lines that the operations are about, as the user saw them. */
    lines: Record<string, Fields>;
    /** The order's own fields as the user saw them. */
    fields: Fields;
    /**
     * The payment whose payer saw it: it was refused while the payment was under way. If that is booked, this is on
     * the paid order and nobody has to decide; if not, it is given back then.
     */
    payment?: string;
    /** It waits to be offered again (W17): its actions, and how often it was. */
    again?: { kind: Kind; actions: Action[]; user: User; retries: number };
}

/** Everything of one server. */
export interface Stored {
    till: StoredTill;
    /** By number. */
    commands: StoredCommand[];
    refused: StoredRefused[];
    replica: ReplicaData | null;
}

/** What waits for a server that the till is not at now. */
export interface Elsewhere {
    server: string;
    /** By number, without an answer. */
    commands: StoredCommand[];
}

/** What changed: written together or not at all. */
export interface Changes {
    till?: StoredTill;
    commands: Map<number, StoredCommand | null>;
    refused: Map<string, StoredRefused | null>;
    replica?: ReplicaData;
}

/** There is no room. What was written before is safe. */
export class StorageFullError extends Error {
    override name = 'StorageFullError';
    constructor() {
        super('The storage of this device is full: free some space.');
    }
}

/**
 * Durable storage of one device.
 *
 * Every engine passes one suite: `test/client/storage.test.ts`.
 */
export interface Storage {
    /** The device's name (W3): made at random once, never changed. */
    readonly device: string;
    /** Whether what is written survives the page. */
    readonly durable: boolean;
    /** The server that this storage was last used with; null for none. */
    lastServer(): Promise<string | null>;
    /** What waits without an answer for other servers than this one. */
    elsewhere(server: string): Promise<Elsewhere[]>;
    /** All that is kept for a server; null for nothing. */
    load(server: string): Promise<Stored | null>;
    /**
     * Writes for a server, in one transaction; it is durable when this resolves, and the server is the last one.
     *
     * @throws StorageFullError when there is no room; then nothing of it is written
     */
    write(server: string, changes: Changes): Promise<void>;
    close(): Promise<void>;
}

/** A till that has nothing yet. */
export function newTill(server: string): StoredTill {
    return {
        version: STORED_VERSION,
        server,
        epoch: 0,
        session: null,
        login: null,
        till: null,
        session_open: false,
        orders: {},
        lines: 0,
        answered: 0,
    };
}

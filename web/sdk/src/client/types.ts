/** What the engine shows and takes: the border between the client's engine and the models that stand on it. */

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [member: string]: Json };
/** An object's members, as orders and lines carry them. */
export type Fields = { [field: string]: Json };

export interface User {
    id: number;
    name: string;
}
export interface Pos {
    id: number;
    name: string;
}
/** Somebody at a POS: what "added by" and "edited by" show. */
export interface Mark {
    user: User;
    pos: Pos;
}

/** PROTOCOL.md, Merge (M). `added` stands only in effects (W7). */
export type Operation =
    | { op: 'set'; line?: string; field: string; key?: string; value?: Json }
    | { op: 'increment'; line?: string; field: string; by: number }
    | { op: 'unite'; line?: string; field: string; values: Json[] }
    | { op: 'add_line'; line: string; fields: Fields; added?: Mark }
    | { op: 'remove_line'; line: string; seen: number };

export type MergeRule = 'set' | 'increment' | 'tap' | 'map' | 'union';

/** A line as the screen shows it: confirmed + pending. */
export interface LineView {
    readonly uid: string;
    readonly fields: Fields;
    readonly added: Mark;
    readonly edited: Mark | null;
}

export interface Payment {
    id: string;
    till: string;
    fields: Fields;
}

/** An order as the screen shows it: confirmed + pending. Immutable: a change makes a new one; what did not change keeps its identity (lines too). */
export interface OrderView {
    readonly uid: string;
    /** The order number; null until the server has registered it: tills show `New`. */
    readonly number: number | null;
    readonly run: number;
    /** The confirmed revision; 0 before it is registered. */
    readonly revision: number;
    readonly fields: Fields;
    readonly lines: readonly LineView[];
    readonly added: Mark;
    readonly edited: Mark | null;
    readonly payments: readonly Payment[];
    readonly origin: { order: string; reason: string } | null;
    readonly carriedFrom: { run: number; number: number } | null;
    readonly late: boolean;
    /** Commands about it that the server has not answered. */
    readonly unsent: number;
    /** Why it cannot be changed now; null when it can. */
    readonly locked: Locked | null;
}
/** `offline`: the server knows the order and the policy is `lock`. `paying`: its closing is under way. */
export type Locked = 'offline' | 'paying';

/** One thing that happened to what the screen shows. */
export interface OrderChange {
    uid: string;
    kind: 'added' | 'changed' | 'removed' | 'renamed';
    /** Whose doing: this till's own act, the server's word on it, or another till's. */
    by: 'me' | 'server' | 'others';
    /** For `removed`: why. For `renamed`: the former uid (rule N4). */
    why?: 'paid' | 'deleted' | 'unpaid' | 'gone';
    former?: string;
    before?: OrderView;
    after?: OrderView;
}

/** What the merge did to this till's own command, to be told in a quiet sentence. */
export interface Merged {
    uid: string;
    with: Mark[];
    notices: Notice[];
}
export type Notice =
    | { notice: 'line_kept'; line: string; by: Mark }
    | { notice: 'part_kept'; line: string; qty: number }
    | { notice: 'line_restored'; line: string }
    | { notice: 'line_gone'; line: string };

/** A command that was refused. What the user typed with it is kept until it is rescued or discarded (rule 12). */
export interface Refused {
    id: string;
    uid: string | null;
    refusal: Refusal;
    order: OrderView | null;
    operations: Operation[];
}
/** An order that this till closed as paid, as it was on its screen. */
export interface ClosedHere {
    readonly uid: string;
    /** Null until the server has answered. */
    readonly number: number | null;
    readonly receipt: number | null;
    /** When, by this device's clock: milliseconds since 1970. */
    readonly ms: number;
    readonly user: User;
    readonly fields: Fields;
    readonly lines: readonly { uid: string; fields: Fields }[];
    readonly payments: readonly Payment[];
    /** The server has not heard of it, or has not answered. */
    readonly waits: boolean;
}
export type Refusal = { reason: string; [member: string]: Json | undefined };

/** Connection state, rules 14, 29, 30. */
export interface ConnectionState {
    /** Sync icon: red = no connection; orange = the server answers, the stream has not confirmed yet; green = live. */
    sync: 'red' | 'orange' | 'green';
    /** It is being checked: the icon rotates. */
    checking: boolean;
    /** `No connection to the server`, or what the server or the storage said; null when all is well. */
    message: string | null;
    transport: 'websocket' | 'long polling' | null;
    /** Paid orders that wait to be sent: the Wi-Fi icon is red while there are some. */
    paidWaiting: number;
    /** Orders with something unsent, and all commands without an answer. */
    ordersWaiting: number;
    commandsWaiting: number;
    /** When this was last heard from the server, ms since 1970; null if never. */
    heardMs: number | null;
    /**
     * What waits on this device for another server than this one: an address that serves another database now, or a
     * server that was set up anew. It is sent when that server is back, and is part of {@link Engine.exportUnsent}.
     */
    elsewhere: { commands: number; paid: number };
    /** Durable storage: `ok`, `full` (what is typed now is on the screen and in memory only), `lost` (no durable storage here). */
    storage: 'ok' | 'full' | 'lost';
}

/** Somebody who has an order open. */
export interface Present {
    till: string;
    user: User;
    pos: Pos;
    order: string | null;
    unsent: number;
}

export type Outcome =
    | {
          accepted: true;
          uid: string | null;
          number: number | null;
          /** Other orders that it made or changed. */
          also?: string[];
      }
    | {
          accepted: false;
          refusal: Refusal;
          order: OrderView | null;
          /** The order had been closed elsewhere, and money was taken here: it is booked as this order (rule O4). */
          booked?: string;
      };

export interface EngineEvents {
    /** Several changes that belong together: one act, one message, one snapshot. */
    orders: (changes: OrderChange[]) => void;
    connection: (state: ConnectionState) => void;
    presence: (present: readonly Present[]) => void;
    merged: (merged: Merged) => void;
    refused: (refused: Refused) => void;
    /** The run, `active`, the policy, the login, or whether the session is open changed. */
    session: () => void;
    /** The shop's records have changed: products, prices, people (W18). What they are now is the shop's to say. */
    records: (change: number) => void;
    /** The server took what this till closed as paid, and gave its receipt a number (N7). */
    receipt: (uid: string, receipt: number) => void;
}

/** The client's engine: confirmed + pending, the outbox, the connection. */
export interface Engine {
    readonly till: { name: string; session: number; login: number } | null;
    readonly run: number;
    readonly active: boolean;
    /** Whether the POS session that this till logged in to is open still, as far as it was told. */
    readonly sessionOpen: boolean;
    readonly offlineEdits: 'lock' | 'merge';
    readonly connection: ConnectionState;
    readonly present: readonly Present[];
    user: User;
    readonly pos: Pos;

    /** All drafts that this till shows, by number, those without a number last. */
    orders(): readonly OrderView[];
    order(uid: string): OrderView | undefined;

    /** Begins an order on this till: a uid of its own, durable from its first operation on. Nothing is sent before that. Throws when there is no login yet. */
    newOrder(): string;
    /** A uid for a new line of the order: `<order uid>-<k>` with k of the device's own, never used twice. */
    lineUid(order: string): string;

    /** What the user did. Shown at once (synchronously), kept durably, sent. Throws `Refusal`-like `Locked` errors when the order cannot be changed now. */
    record(uid: string, operations: Operation[]): Promise<Outcome>;
    /** Moves quantities (M12). */
    move(
        from: string,
        to: { order: string } | { newOrder: Fields },
        items: { line: string; qty: number; into: string }[],
        emptied?: 'keep' | 'delete',
    ): Promise<Outcome>;
    /** Records a payment that was taken (C1). */
    pay(uid: string, fields: Fields): Promise<Outcome>;
    /** Closes the order as paid: compare-and-set on the bill when there is a connection (C2), `settle` when there is none or it goes away before the answer (O1). */
    close(uid: string): Promise<Outcome>;
    delete(uid: string): Promise<Outcome>;
    /** Makes a new order of what was typed into one that was closed meanwhile (rule 12); its uid. */
    rescue(refusedId: string): string;
    discard(refusedId: string): void;
    readonly refused: readonly Refused[];
    /** Which order is on the screen: told to the others. */
    showing(order: string | null): void;

    /** What this till closed as paid within a week, the last first: also without a connection. */
    closedHere(): readonly ClosedHere[];
    /** Everything unsent, as text that can be saved to a file. */
    exportUnsent(): Promise<string>;
    /** A click on the icon: checks at once. */
    check(): Promise<void>;
    on<E extends keyof EngineEvents>(event: E, heard: EngineEvents[E]): () => void;
    /** Resolves when everything so far is in durable storage; false when it is known not to get there: it is in memory only. */
    kept(): Promise<boolean>;
    /** Resolves when every command so far has its answer. Rejects once the till was closed. */
    settled(): Promise<void>;
    /** Test and demo: pulls the network / puts it back. */
    setNetwork(up: boolean): void;
    shutdown(): Promise<void>;
}

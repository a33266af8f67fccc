/**
 * Every message between a till and the Sync Server: the wire of PROTOCOL.md (W1 to W17), protocol version 1.
 *
 * What a till says is `TillMessage`, what the server says `ServerMessage`. {@link readServerMessage} checks what
 * comes in before anything else sees it.
 */
import type { Fields, Json, Mark, Notice, Operation, Payment, Pos, Refusal, User } from '../client/types.js';

/** The version of the wire that this package speaks (W1). */
export const PROTOCOL = 1;
/** Bytes that a message from a till may have (W1). */
export const MESSAGE_BYTES_MAX = 2 * 1024 * 1024;
/** Commands that may wait for their answers on one connection (W8). */
export const COMMANDS_UNANSWERED_MAX = 64;
/** Messages that one request may carry (W15). */
export const SEND_MESSAGES_MAX = 64;

/** How edits of orders that the server knows are treated without a connection (rule O, offline edits). */
export type OfflineEdits = 'lock' | 'merge';

/** A line as the replica holds it (W5). */
export interface WireLine {
    readonly uid: string;
    readonly fields: Fields;
    readonly added: Mark;
    readonly edited: Mark | null;
}
export interface Origin {
    order: string;
    reason: string;
}
export interface FormerNumber {
    run: number;
    number: number;
}
/** An order as the replica holds it (W5). */
export interface WireOrder {
    readonly uid: string;
    readonly sequence_number: number;
    readonly run_ID: number;
    readonly revision_ID: number;
    readonly state: 'draft' | 'paid' | 'deleted' | 'unpaid';
    readonly fields: Fields;
    readonly lines: readonly WireLine[];
    readonly added: Mark;
    readonly edited: Mark | null;
    readonly payments: readonly Payment[];
    readonly origin: Origin | null;
    readonly carried_from: FormerNumber | null;
    readonly late: boolean;
}

/** What somebody shows of an order: what a bill is made of (C3). */
export interface View {
    fields: Fields;
    lines: { uid: string; fields: Fields }[];
}

/** One change of an event (W6). Kinds that this version does not know do nothing. */
export type Change =
    | {
          change: 'registered';
          order: string;
          creation?: string;
          number: number;
          run: number;
          revision: number;
          fields: Fields;
          lines: { uid: string; fields: Fields; added?: Mark | null }[];
          origin?: Origin | null;
          late?: boolean;
      }
    | {
          change: 'updated';
          order: string;
          revision: number;
          operations: Operation[];
          touched?: (string | null)[];
      }
    | { change: 'payment_taken'; order: string; payment: Payment }
    | { change: 'paid'; order: string; revision: number; receipt?: number }
    | { change: 'deleted' | 'unpaid'; order: string; revision: number }
    | { change: 'renumbered'; order: string; revision: number; run: number; number: number }
    | { change: 'run_began'; run: number }
    | { change: 'activated'; active: boolean }
    | { change: 'offline_edits'; offline_edits: OfflineEdits }
    | { change: 'session_closed'; pos: number }
    | { change: 'kept_aside'; order: string; operations: Operation[] }
    | {
          change: 'follow_up' | 'attention' | 'pos_joined' | 'pos_left' | 'session_opened' | 'logged_in';
      };

/** What a till asks (W8). `creation` says which order is meant while its till has no answer to its `create` (N4). */
export type Action =
    | {
          action: 'create';
          order: string;
          creation: string;
          run: number;
          fields: Fields;
          lines: { uid: string; fields: Fields }[];
          origin?: Origin;
      }
    | { action: 'update'; order: string; creation?: string; base: number; operations: Operation[] }
    | { action: 'keep_aside'; order: string; creation?: string; operations: Operation[] }
    | {
          action: 'move';
          from: string;
          creation?: string;
          to:
              | { kind: 'order'; order: string; creation?: string }
              | { kind: 'new'; order: string; creation: string; fields: Fields };
          items: { line: string; qty: number; into: string }[];
          emptied?: 'keep' | 'delete';
      }
    | { action: 'pay'; order: string; creation?: string; payment: Payment }
    | {
          action: 'close';
          order: string;
          creation?: string;
          base: number;
          seen: View;
          payments?: string[];
      }
    | {
          action: 'settle';
          order: string;
          creation?: string;
          run: number;
          paid: View;
          payment: Payment;
          payments?: string[];
      }
    | { action: 'delete'; order: string; creation?: string; base: number; payments_seen?: string[] };

/** What an accepted command came to (A). */
export interface Answer {
    order?: string;
    number?: number;
    revision?: number;
    /** The number of its receipt, once it is paid (N7). */
    receipt?: number;
    merged_with?: Mark[];
    notices?: Notice[];
    also?: string[];
}

/* ------------------------------------------------------------------------------------------ from the till */

/** The first word on a connection (W3). */
export interface Hello {
    type: 'hello';
    protocol: number;
    app: string;
    database: string;
    multi_session: number;
    pos: Pos;
    user: User;
    device: string;
    session?: number;
    login?: number;
    open_session?: boolean;
    server?: string;
    epoch?: number;
    run?: number;
    seq?: number;
    /** When the event at `seq` was taken: in another history another one stands there (W3). */
    seq_ms?: number;
}
/** Something done at the till (W8). */
export interface Command {
    type: 'command';
    number: number;
    id: string;
    answered: number;
    user: User;
    device_time_ms: number;
    actions: Action[];
}
/** Whoever gets a ping answers with a pong (W14). */
export interface Ping {
    type: 'ping';
    at: number;
}
export interface TillPong {
    type: 'pong';
    at: number;
}
/** Which order is on the screen (W16). */
export interface TillPresence {
    type: 'presence';
    order: string | null;
    unsent: number;
    /** How old the oldest of these is; left out where there is none. */
    oldest_ms?: number;
    /** How long the last command took from being sent to being answered; left out where none was. */
    delay_ms?: number;
}
export type TillMessage = Hello | Command | Ping | TillPong | TillPresence;

/* ------------------------------------------------------------------------------------------ from the server */

/** One entry of the log (W6). */
export interface EventMessage {
    type: 'event';
    seq: number;
    time_ms: number;
    till: string;
    number?: number | null;
    user: User;
    pos: Pos;
    changes: Change[];
    brings?: WireOrder[];
}
/** Who is there (W16). */
export interface PresenceMessage {
    type: 'presence';
    till: string;
    user: User;
    pos: Pos;
    order: string | null;
    unsent: number;
}
/** The answer to `hello` (W4): the replica as a tail or as a snapshot. */
export interface Welcome {
    type: 'welcome';
    protocol: number;
    server: string;
    epoch: number;
    time_ms: number;
    database: string;
    multi_session: number;
    active: boolean;
    offline_edits: OfflineEdits;
    till?: string | null;
    session?: number | null;
    login?: number | null;
    session_open?: boolean;
    last_command: number;
    run: number;
    seq: number;
    seq_ms?: number;
    tail?: EventMessage[];
    snapshot?: { orders: WireOrder[] };
    present: Omit<PresenceMessage, 'type'>[];
}
/** Answers to a command (W9). */
export interface Accepted {
    type: 'accepted';
    number: number;
    seq: number;
    answer: Answer;
}
export interface RefusedMessage {
    type: 'refused';
    number: number;
    seq?: number;
    refusal: Refusal;
    order: WireOrder | null;
}
export type ErrorCode = 'protocol' | 'bad_message' | 'access' | 'too_slow' | 'replaced' | 'stopping' | 'busy';
/** Why the server does not go on (W13). */
export interface ErrorMessage {
    type: 'error';
    code: ErrorCode;
    text: string;
    protocols?: number[];
}
/** The server's pong says how far its log is (W14). */
export interface ServerPong {
    type: 'pong';
    at: number;
    seq?: number;
}
export interface Gone {
    type: 'gone';
    till: string;
}
/** The shop's records have changed (W18). */
export interface RecordsMessage {
    type: 'records';
    change: number;
}
export type ServerMessage =
    | Welcome
    | EventMessage
    | Accepted
    | RefusedMessage
    | ErrorMessage
    | Ping
    | ServerPong
    | PresenceMessage
    | Gone
    | RecordsMessage;

export type { Fields, Json, Mark, Notice, Operation, Payment, Pos, Refusal, User };

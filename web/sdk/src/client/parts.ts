/** What an engine is made of, and what it says of itself. */
import { type Hello, PROTOCOL } from '../wire/protocol.js';
import type { Shelf } from './shelf.js';
import type { Storage } from './storage.js';
import type { Timing } from './timing.js';
import type { Opener } from './transport.js';
import type { Pos, User } from './types.js';

/** What an engine is made of. */
export interface EngineParts {
    app: string;
    database: string;
    multiSession: number;
    pos: Pos;
    user: User;
    /** Opens the POS session in the user's name if there is none (W3). */
    openSession: boolean;
    storage: Storage;
    openers: { websocket: Opener; polling: Opener };
    timing: Timing;
    /** Called when the engine has shut down: releases what it was opened with. */
    released?: () => void;
}

/** The till's first word on a connection (W3). */
export function helloOf(parts: EngineParts, user: User, shelf: Shelf): Hello {
    const { app, database, multiSession, pos, storage, openSession } = parts;
    const { till, replica, hasReplica, server } = shelf;
    const { session, login, epoch } = till;
    return {
        type: 'hello',
        protocol: PROTOCOL,
        app,
        database,
        multi_session: multiSession,
        pos,
        user,
        device: storage.device,
        ...(session !== null && login !== null ? { session, login } : {}),
        ...(openSession ? { open_session: true } : {}),
        ...(hasReplica && server !== '' ? { server, epoch, run: replica.run, seq: replica.seq } : {}),
        ...(hasReplica && server !== '' && replica.seqMs > 0 ? { seq_ms: replica.seqMs } : {}),
    };
}

/** Everything that is unsent or was refused, as text for a file (rule 17): with it nothing depends on this device. */
export function unsentText(parts: EngineParts, shelf: Shelf): string {
    const unsent = {
        tillsync: 'unsent work',
        version: 1,
        exported_ms: Date.now(),
        server: shelf.server,
        database: parts.database,
        multi_session: parts.multiSession,
        pos: parts.pos,
        device: parts.storage.device,
        till: shelf.till.till,
        commands: shelf.outbox.waiting.map(entry => entry.command),
        refused: shelf.refusals.stored(),
        // What waits for other servers.
        elsewhere: shelf.elsewhere,
    };
    return JSON.stringify(unsent, null, 2);
}

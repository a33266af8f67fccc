/** Reads what the server says, and says clearly what is wrong with it. */
import type { ServerMessage } from './protocol.js';

/** The other side speaks otherwise than PROTOCOL.md (W) says. */
export class ProtocolError extends Error {
    override name = 'ProtocolError';
}

type Kind = 'number' | 'string' | 'boolean' | 'array' | 'object';

/** The members without which a message cannot be used, and what each must be. */
const NEEDED: Record<ServerMessage['type'], Record<string, Kind>> = {
    welcome: {
        protocol: 'number',
        server: 'string',
        epoch: 'number',
        active: 'boolean',
        offline_edits: 'string',
        last_command: 'number',
        run: 'number',
        seq: 'number',
        present: 'array',
    },
    event: { seq: 'number', till: 'string', user: 'object', pos: 'object', changes: 'array' },
    accepted: { number: 'number', answer: 'object' },
    refused: { number: 'number', refusal: 'object' },
    error: { code: 'string', text: 'string' },
    ping: { at: 'number' },
    pong: { at: 'number' },
    presence: { till: 'string', user: 'object', pos: 'object', unsent: 'number' },
    gone: { till: 'string' },
    records: { change: 'number' },
};

/**
 * Reads one message (W1).
 *
 * @param text the text of one frame, or a message of a long poll that was parsed already
 * @throws ProtocolError when it is no JSON object, of a type that this version does not know, or lacks a member
 */
export function readServerMessage(text: unknown): ServerMessage {
    const message = typeof text === 'string' ? parse(text) : text;
    if (kindOf(message) !== 'object') {
        throw new ProtocolError(
            'The server sent something that is no JSON object. Is the address a Sync Server?',
        );
    }
    const members = message as Record<string, unknown>;
    const type = members.type;
    if (typeof type !== 'string' || !Object.hasOwn(NEEDED, type)) {
        throw new ProtocolError(
            `The server sent a message of type ${JSON.stringify(type)}, which this till does not know. Update the till.`,
        );
    }
    check(type, members, NEEDED[type as ServerMessage['type']]);
    if (type === 'welcome') checkReplica(members);
    // Checked above, as far as this package relies on it.
    return members as unknown as ServerMessage;
}

function checkReplica(welcome: Record<string, unknown>): void {
    if (Array.isArray(welcome.tail)) {
        for (const event of welcome.tail) {
            if (kindOf(event) !== 'object')
                throw new ProtocolError("The server's tail holds what is no event.");
            check('event', event as Record<string, unknown>, NEEDED.event);
        }
        return;
    }
    const snapshot = welcome.snapshot as { orders?: unknown } | null | undefined;
    if (!Array.isArray(snapshot?.orders)) {
        throw new ProtocolError("The server's welcome has neither a tail nor a snapshot. Update the server.");
    }
}

function check(type: string, members: Record<string, unknown>, needed: Record<string, Kind>): void {
    for (const [member, kind] of Object.entries(needed)) {
        if (kindOf(members[member]) !== kind) {
            throw new ProtocolError(
                `The server's "${type}" needs a member "${member}" of kind ${kind}. Update the server or the till.`,
            );
        }
    }
}

function parse(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        throw new ProtocolError('The server sent a text that is no JSON. Is the address a Sync Server?');
    }
}

function kindOf(value: unknown): string {
    if (Array.isArray(value)) return 'array';
    if (value === null) return 'null';
    return typeof value;
}

/** A way for messages to the server and back: a WebSocket, or long polling. */
import type { Hello, TillMessage } from '../wire/protocol.js';

/** What a transport reports. After `closed` it reports nothing more. */
export interface Heard {
    /** The way is open; the hello goes out right after this. */
    opened(): void;
    /** One message: the text of a frame, or a message of a poll, parsed. */
    message(message: unknown): void;
    /** It is over, or never came about. */
    closed(): void;
}

export interface Transport {
    readonly kind: 'websocket' | 'long polling';
    send(message: TillMessage): void;
    /** Ends it; nothing is reported any more. */
    close(): void;
}

/** Opens a transport; `hello` is asked for when it can be said. */
export type Opener = (hello: () => Hello, heard: Heard) => Transport;

/** A Sync Server's addresses. */
export interface Address {
    /** `ws://HOST/sync/KEY` (W2). */
    webSocket: string;
    /** `http://HOST/sync/KEY`: long polling adds `/open` and so on (W15). */
    http: string;
}

/**
 * Reads the address of a Sync Server, as people write it.
 *
 * @param url `http`, `https`, `ws` or `wss`; without a path, `/sync` is meant
 * @throws TypeError when it is no such address
 */
export function addressOf(url: string): Address {
    let parsed: URL;
    try {
        parsed = new URL(url);
    } catch {
        throw new TypeError(
            `"${url}" is no address. Give the Sync Server's, such as https://sync.example/sync/KEY.`,
        );
    }
    const secure = { 'http:': false, 'ws:': false, 'https:': true, 'wss:': true }[parsed.protocol];
    if (secure === undefined) {
        throw new TypeError(
            `"${url}" does not begin with http, https, ws or wss. Give the Sync Server's address.`,
        );
    }
    const path = parsed.pathname.replace(/\/+$/, '') || '/sync';
    const rest = `${parsed.host}${path}`;
    return {
        webSocket: `${secure ? 'wss' : 'ws'}://${rest}`,
        http: `${secure ? 'https' : 'http'}://${rest}`,
    };
}

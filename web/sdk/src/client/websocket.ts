/** Messages over a WebSocket: one text frame each (W1). */

import { spell } from '../wire/spell.js';
import type { Opener, Transport } from './transport.js';

/** As much of a WebSocket as is used: the browser's, or that of the package `ws`. */
export interface WebSocketLike {
    onopen: ((event: never) => void) | null;
    onmessage: ((event: never) => void) | null;
    onclose: ((event: never) => void) | null;
    onerror: ((event: never) => void) | null;
    send(text: string): void;
    close(): void;
}
export type WebSocketClass = new (url: string) => WebSocketLike;

/** The WebSocket of this place; Node before 22 has none of its own. */
export async function findWebSocket(): Promise<WebSocketClass> {
    if (typeof globalThis.WebSocket === 'function') return globalThis.WebSocket as unknown as WebSocketClass;
    const { WebSocket } = await import('ws');
    return WebSocket as unknown as WebSocketClass;
}

export function openWebSocket(url: string, Socket: WebSocketClass): Opener {
    return (hello, heard): Transport => {
        const socket = new Socket(url);
        let isOver = false;
        const end = () => {
            if (isOver) return;
            isOver = true;
            heard.closed();
        };
        socket.onopen = () => {
            if (isOver) return;
            heard.opened();
            socket.send(spell(hello()));
        };
        socket.onmessage = (event: { data: unknown }) => {
            if (!isOver) heard.message(event.data);
        };
        socket.onclose = end;
        // A failed opening is reported as an error, then as closed; some implementations leave out the second.
        socket.onerror = end;
        return {
            kind: 'websocket',
            send(message) {
                if (!isOver) socket.send(spell(message));
            },
            close() {
                isOver = true;
                socket.close();
            },
        };
    };
}

/** A client of nobody's library: says what a test wants, well-formed or not, and shows what comes back. */
import { WebSocket } from 'ws';
import type { ServerMessage } from '../../src/wire/protocol.js';
import { WAIT_MS_MAX, within } from './waits.js';

export class Raw {
    /** All that came and was not taken yet. */
    readonly heard: ServerMessage[] = [];
    private isOver = false;
    private waiting: (() => void) | null = null;

    private constructor(private readonly socket: WebSocket) {
        socket.on('message', data => {
            this.heard.push(JSON.parse(String(data)));
            this.waiting?.();
        });
        socket.on('close', () => {
            this.isOver = true;
            this.waiting?.();
        });
        // What goes wrong ends in `close`.
        socket.on('error', () => {});
    }

    /** @param origin the page that opens it, as a browser says; programs say none */
    static async open(url: string, origin?: string): Promise<Raw> {
        const socket = new WebSocket(`${url.replace('http', 'ws')}/sync`, { origin });
        const opened = new Promise<void>((resolve, reject) => {
            socket.once('open', resolve);
            socket.once('error', reject);
        });
        // Listens at once: what the server says first may come together with the opening.
        const raw = new Raw(socket);
        await within(WAIT_MS_MAX, 'a WebSocket to open', opened);
        return raw;
    }

    /** Says a message, or a text or bytes as they are. */
    say(message: object | string | Buffer): void {
        const isAsItIs = typeof message === 'string' || Buffer.isBuffer(message);
        this.socket.send(isAsItIs ? message : JSON.stringify(message));
    }

    /** The next message, or null once the server has ended the connection. */
    async next(): Promise<ServerMessage | null> {
        if (this.heard.length === 0 && !this.isOver) {
            const something = new Promise<void>(resolve => {
                this.waiting = resolve;
            });
            await within(WAIT_MS_MAX, 'the server to say something', something);
            this.waiting = null;
        }
        return this.heard.shift() ?? null;
    }

    /** All that comes until the server ends the connection. */
    async rest(): Promise<ServerMessage[]> {
        const all: ServerMessage[] = [];
        for (;;) {
            const message = await this.next();
            if (!message) return all;
            all.push(message);
        }
    }

    close(): void {
        this.socket.terminate();
    }
}

export const HELLO = {
    type: 'hello',
    protocol: 1,
    app: 'raw 1',
    database: 'main',
    multi_session: 1,
    pos: { id: 9, name: 'Raw' },
    user: { id: 9, name: 'Eve' },
    device: 'dev-raw',
    open_session: true,
};

/** An in-memory network between engines and the fake server: sockets, HTTP, and what goes wrong with them. */
import type { Fetch } from '../../src/client/long_polling.js';
import type { WebSocketClass, WebSocketLike } from '../../src/client/websocket.js';
import type { ServerMessage, TillMessage } from '../../src/wire/protocol.js';
import { Connection, type FakeServer } from './fake_server.js';

/** One till's way to the server. */
export class Network {
    /** Whether anything goes through at all. */
    isUp = true;
    /** Whether WebSockets do. `stalled`: they open, and nothing comes through. */
    webSockets: 'work' | 'fail' | 'stalled' = 'work';
    /** Everything is swallowed, in both directions, and nobody is told: a cable that hangs loose. */
    isSilent = false;
    opened = { websocket: 0, polling: 0 };
    private readonly live = new Set<() => void>();

    constructor(readonly server: FakeServer) {}

    /** Ends what is open, as a router that restarts does. */
    cut(): void {
        for (const end of [...this.live]) end();
    }

    get WebSocket(): WebSocketClass {
        const network = this;
        return class implements WebSocketLike {
            onopen: ((event: never) => void) | null = null;
            onmessage: ((event: never) => void) | null = null;
            onclose: ((event: never) => void) | null = null;
            onerror: ((event: never) => void) | null = null;
            private connection: Connection | null = null;
            private readonly end = () => {
                if (!network.live.delete(this.end)) return;
                if (this.connection) network.server.left(this.connection);
                queueMicrotask(() => this.onclose?.({} as never));
            };
            constructor(readonly url: string) {
                network.opened.websocket += 1;
                network.live.add(this.end);
                queueMicrotask(() => {
                    if (!network.isUp || network.webSockets === 'fail') this.end();
                    else if (network.isSilent || network.webSockets === 'stalled') return;
                    else {
                        this.connection = new Connection(
                            'websocket',
                            message => this.deliver(message),
                            // What was said before goes out first.
                            () => queueMicrotask(this.end),
                        );
                        this.onopen?.({} as never);
                    }
                });
            }
            private deliver(message: ServerMessage) {
                const data = JSON.stringify(message);
                queueMicrotask(() => {
                    if (!network.isSilent && network.live.has(this.end)) this.onmessage?.({ data } as never);
                });
            }
            send(text: string) {
                const message = JSON.parse(text) as TillMessage;
                queueMicrotask(() => {
                    if (!network.isSilent && this.connection)
                        network.server.receive(this.connection, message);
                });
            }
            close() {
                this.end();
            }
        };
    }

    /** Long polling (W15). */
    get fetch(): Fetch {
        const connections = new Map<
            string,
            { connection: Connection; waiting: ServerMessage[]; wake: () => void }
        >();
        const answer = (body: unknown) => ({ json: async () => body }) as Response;
        return async (input, init) => {
            const path = new URL(String(input)).pathname.split('/').slice(1);
            const body = JSON.parse(String(init?.body)) as TillMessage & { messages: TillMessage[] };
            const { signal } = init ?? {};
            const aborted = new Promise<never>((_, reject) =>
                signal?.addEventListener('abort', () => reject(new Error('aborted')), { once: true }),
            );
            aborted.catch(() => {});
            if (!this.isUp) throw new TypeError('no network');
            if (this.isSilent) return aborted;
            const [kind, id = ''] = path
                .slice(path.indexOf('sync') + 1)
                .slice(-2)
                .includes('open')
                ? ['open']
                : path.slice(-2);
            if (kind === 'open') {
                this.opened.polling += 1;
                const name = `c${this.opened.polling}`;
                const waiting: ServerMessage[] = [];
                const held = { waiting, wake: () => {}, connection: null as unknown as Connection };
                held.connection = new Connection(
                    'long polling',
                    message => {
                        waiting.push(message);
                        held.wake();
                    },
                    () => held.wake(),
                );
                connections.set(name, held);
                this.live.add(() => this.server.left(held.connection));
                this.server.receive(held.connection, body);
                return answer({ connection: name, messages: waiting.splice(0) });
            }
            const held = connections.get(id);
            if (!held || (held.connection.isOver && held.waiting.length === 0)) {
                return answer({ messages: [{ type: 'error', code: 'busy', text: 'unknown connection' }] });
            }
            if (kind === 'send') {
                for (const message of body.messages) this.server.receive(held.connection, message);
                return answer({});
            }
            if (held.waiting.length === 0) {
                const news = new Promise<void>(resolve => {
                    held.wake = resolve;
                    setTimeout(resolve, 25_000);
                });
                await Promise.race([news, aborted]);
            }
            return answer({ messages: held.waiting.splice(0) });
        };
    }
}

/** A bad network between a till and the Sync Server: a TCP proxy that a test tells what goes wrong. */
import { createServer, type Server, type Socket, connect as tcpConnect } from 'node:net';
import { Lane } from './lane.js';
import { within } from './waits.js';

/** The way from the till to the server, or back. */
export type Direction = 'up' | 'down';

interface Pair {
    till: Socket;
    server: Socket;
    up: Lane;
    down: Lane;
    isStranded: boolean;
}

const UPGRADE = /\r\nupgrade: *websocket/i;

/** One till's way to the server. Nothing is wrong with it until a method says so. */
export class TcpProxy {
    port = 0;
    /** Connections that came, by what they were. */
    readonly seen = { webSockets: 0, all: 0 };
    private listener: Server;
    private readonly pairs = new Set<Pair>();
    private readonly stalled: Record<Direction, boolean> = { up: false, down: false };
    private bytesPerSecond = Number.POSITIVE_INFINITY;
    private delayMs = 0;
    private isWebSocketBlocked = false;

    private constructor(private readonly target: { readonly port: number }) {
        this.listener = this.listening();
    }

    /** @param target whose port is asked for at each connection */
    static async start(target: { readonly port: number }): Promise<TcpProxy> {
        const proxy = new TcpProxy(target);
        await proxy.listen();
        return proxy;
    }

    get url(): string {
        return `http://127.0.0.1:${this.port}`;
    }

    /** Resets every connection (RST), as a router does that restarts. New ones come through. */
    cut(): void {
        for (const pair of [...this.pairs]) this.reset(pair);
    }

    /** Takes what is sent and delivers nothing, and nobody is told: a cable that hangs loose. */
    stall(direction: Direction | 'both' = 'both'): void {
        if (direction !== 'down') this.stalled.up = true;
        if (direction !== 'up') this.stalled.down = true;
        this.apply();
    }

    /** Stalls the connections that are there now; new ones come through. Until {@link flow}. */
    strand(): void {
        for (const pair of this.pairs) pair.isStranded = true;
        this.apply();
    }

    /** Ends all stalls, limits and delays. */
    flow(): void {
        this.stalled.up = false;
        this.stalled.down = false;
        this.bytesPerSecond = Number.POSITIVE_INFINITY;
        this.delayMs = 0;
        for (const pair of this.pairs) pair.isStranded = false;
        this.apply();
    }

    /** Lets so much through in each direction. */
    limit(bytesPerSecond: number): void {
        this.bytesPerSecond = bytesPerSecond;
        this.apply();
    }

    /** Delivers everything so much later. */
    delay(ms: number): void {
        this.delayMs = ms;
        this.apply();
    }

    /** Resets each connection in the middle of what it next delivers in this direction: half of it arrives. */
    resetInFrame(direction: Direction): void {
        for (const pair of this.pairs) pair[direction].breakNext(() => this.reset(pair));
    }

    /** Refuses new connections. Those that are open stay. */
    refuse(): void {
        // It is closed for new ones at once; the callback would wait for those that are open.
        if (this.listener.listening) this.listener.close();
    }

    /** Takes new connections again, on the same port. */
    async accept(): Promise<void> {
        if (this.listener.listening) return;
        this.listener = this.listening();
        await this.listen();
    }

    /** Answers WebSockets with 400 and closes them, as some routers do; plain HTTP comes through. */
    blockWebSockets(isBlocked: boolean): void {
        this.isWebSocketBlocked = isBlocked;
    }

    stop(): void {
        this.listener.close();
        this.cut();
    }

    private listening(): Server {
        return createServer(till => this.connected(till));
    }

    private async listen(): Promise<void> {
        const listening = new Promise<void>((resolve, reject) => {
            this.listener.once('error', reject);
            this.listener.listen(this.port, '127.0.0.1', resolve);
        });
        await within(5_000, 'the proxy to listen', listening);
        const address = this.listener.address();
        if (typeof address === 'object' && address) this.port = address.port;
    }

    private connected(till: Socket): void {
        this.seen.all += 1;
        const server = tcpConnect(this.target.port, '127.0.0.1');
        for (const socket of [till, server]) socket.setNoDelay(true);
        // Before the lane hears it, so that nothing of a blocked WebSocket reaches the server.
        till.once('data', (data: Buffer) => {
            if (!UPGRADE.test(data.toString('latin1'))) return;
            this.seen.webSockets += 1;
            if (this.isWebSocketBlocked) this.block(pair);
        });
        const pair: Pair = {
            till,
            server,
            up: new Lane(till, server),
            down: new Lane(server, till),
            isStranded: false,
        };
        this.pairs.add(pair);
        for (const socket of [till, server]) {
            socket.on('error', () => this.reset(pair));
            socket.on('close', hadError => {
                if (hadError) this.reset(pair);
                else if (till.destroyed && server.destroyed) this.pairs.delete(pair);
            });
        }
        this.tune(pair);
    }

    private block(pair: Pair): void {
        this.pairs.delete(pair);
        pair.up.stop();
        pair.down.stop();
        pair.server.destroy();
        pair.till.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    }

    private apply(): void {
        for (const pair of this.pairs) this.tune(pair);
    }

    private tune(pair: Pair): void {
        for (const direction of ['up', 'down'] as const) {
            pair[direction].tune(
                pair.isStranded || this.stalled[direction],
                this.bytesPerSecond,
                this.delayMs,
            );
        }
    }

    private reset(pair: Pair): void {
        if (!this.pairs.delete(pair)) return;
        pair.up.stop();
        pair.down.stop();
        for (const socket of [pair.till, pair.server]) {
            if (socket.connecting) socket.destroy();
            else socket.resetAndDestroy();
        }
    }
}

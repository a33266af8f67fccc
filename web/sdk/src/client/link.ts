/**
 * The connection to the server: opens it, notices when it is gone, opens it again. Reconnection lives only here.
 *
 * It knows transports, pings and waits, but nothing of orders: what the server says goes to {@link LinkOwner}.
 */
import type { ErrorMessage, Hello, ServerMessage, TillMessage, Welcome } from '../wire/protocol.js';
import { ProtocolError, readServerMessage } from '../wire/read.js';
import { Heartbeat } from './heartbeat.js';
import type { Timing } from './timing.js';
import type { Opener, Transport } from './transport.js';

/** What `ConnectionState.message` is while there is no connection: for apps that say it in another language. */
export const NO_CONNECTION: string = 'No connection to the server';
/** Hellos that are reckoned with to be still under way. */
const STRAY_HELLOS_MAX = 8;

/** What the link serves. */
export interface LinkOwner {
    hello(): Hello;
    /** The server's welcome; from now on {@link Link.send} works. */
    welcome(message: Welcome): void;
    /** Every further message but pongs and pings. */
    heard(message: ServerMessage): void;
    /** The last seq of the replica: the stream is confirmed once it has reached a pong's (W14). */
    seq(): number;
    /** Another has connected as this till (W13). */
    replaced(): void;
    /** A connection that had been welcomed is gone. */
    lost(): void;
    /** Something that {@link Link} shows changed. */
    changed(): void;
}

/** `down`: nothing; `opening`: being tried; `open`: the hello is out; `welcomed`; `live`: the stream is confirmed. */
export type Phase = 'down' | 'opening' | 'open' | 'welcomed' | 'live';
type Timer = ReturnType<typeof setTimeout> | undefined;

export class Link {
    phase: Phase = 'down';
    /** What is wrong, for people; null if nothing is known to be. */
    message: string | null = null;
    heardMs: number | null = null;
    private transport: Transport | null = null;
    private isNetworkUp = true;
    private isStopped = true;
    private tries = 0;
    private socketFailures = 0;
    private lastTried: Transport['kind'] | null = null;
    private candidate: Transport | null = null;
    private confirmSeq: number | null = null;
    /**
     * Connections that were given up after their hello had gone out and before its welcome came. The hello may still
     * arrive, after that of the next connection: then it is no copy of this till that replaces it (W13).
     */
    private strayHellos = 0;
    private retryTimer: Timer;
    private openTimer: Timer;
    private climbTimer: Timer;
    private checks: (() => void)[] = [];
    private readonly heartbeat: Heartbeat;

    constructor(
        private readonly openers: { websocket: Opener; polling: Opener },
        private readonly timing: Timing,
        private readonly owner: LinkOwner,
    ) {
        this.heartbeat = new Heartbeat(timing, {
            sendPing: at => this.send({ type: 'ping', at }),
            silent: () => this.fail(),
            stalled: () => this.reconnect(),
            changed: () => owner.changed(),
        });
    }

    get kind(): Transport['kind'] | null {
        return this.isUp ? (this.transport?.kind ?? null) : null;
    }
    /** Whether the server has said welcome on this connection. */
    get isUp(): boolean {
        return this.phase === 'welcomed' || this.phase === 'live';
    }
    /** Whether it is being found out how things are: the icon rotates. */
    get isChecking(): boolean {
        return this.phase === 'opening' || this.phase === 'open' || this.heartbeat.isChecking;
    }

    start(): void {
        this.isStopped = false;
        this.connect();
    }
    stop(): void {
        this.isStopped = true;
        clearTimeout(this.retryTimer);
        this.drop();
        this.settleChecks();
    }

    /** Test and demo: pulls the network. */
    setNetwork(up: boolean): void {
        this.isNetworkUp = up;
        if (up) this.connectNow();
        else this.fail();
    }

    /** The browser says that its network has gone, come or changed: finds out soon what that means here. */
    doubt(): void {
        if (this.isUp) this.heartbeat.ping(this.timing.pingAfterCommandMs);
        else this.connectNow();
    }

    /** Tries at once. */
    connectNow(): void {
        if (this.phase !== 'down' || this.isStopped) return;
        this.tries = 0;
        this.connect();
    }

    /** Ends this connection and opens a new one at once: the replica has a hole, or the till another login. */
    reconnect(): void {
        if (this.isStopped) return;
        this.drop();
        this.retry(0);
    }

    send(message: TillMessage): void {
        if (this.isUp) this.transport?.send(message);
    }

    /** Says whether answers are being waited for: silence is then noticed sooner (rule 14). */
    awaiting(isAwaiting: boolean, isProgress: boolean): void {
        if (this.isUp) this.heartbeat.awaiting(isAwaiting, isProgress);
    }

    /** The stream has come so far: maybe it is confirmed by that. */
    advanced(): void {
        if (this.phase !== 'welcomed' || this.confirmSeq === null || this.owner.seq() < this.confirmSeq)
            return;
        this.tries = 0;
        this.become('live');
    }

    /** Finds out at once how things are; resolves when it is known. */
    check(): Promise<void> {
        if (this.isStopped || !this.isNetworkUp) return Promise.resolve();
        const known = new Promise<void>(resolve => this.checks.push(resolve));
        if (this.isUp) this.heartbeat.ping(this.timing.pingMs);
        else this.connectNow();
        return known;
    }

    private connect(): void {
        clearTimeout(this.retryTimer);
        if (this.isStopped || !this.isNetworkUp || this.transport) return;
        const isPollingDue =
            this.socketFailures >= this.timing.webSocketFailuresMax && this.lastTried === 'websocket';
        this.lastTried = isPollingDue ? 'long polling' : 'websocket';
        this.become('opening');
        const opener = isPollingDue ? this.openers.polling : this.openers.websocket;
        this.transport = this.open(opener, () => this.become('open'));
        this.openTimer = setTimeout(() => this.fail(), this.timing.openMs);
    }

    /** Opens a transport that reports to this link as long as it is the one in use. */
    private open(
        opener: Opener,
        opened: (transport: Transport) => void,
        closed?: () => void,
    ): Transport | null {
        let mine: Transport | null = null;
        let isOpen = false;
        const isMine = () => mine !== null && (mine === this.transport || mine === this.candidate);
        const whenMine = (act: () => void) => {
            // An opener may report before it has returned: what it reports is then looked at afterwards.
            if (mine) isMine() && act();
            else queueMicrotask(() => isMine() && act());
        };
        try {
            mine = opener(() => this.owner.hello(), {
                opened: () =>
                    whenMine(() => {
                        isOpen = true;
                        opened(mine as Transport);
                        clearTimeout(this.openTimer);
                        this.openTimer = setTimeout(() => this.fail(), this.timing.welcomeMs);
                    }),
                message: message => whenMine(() => this.read(message)),
                closed: () => whenMine(() => (!isOpen && closed ? closed() : this.fail())),
            });
        } catch {
            queueMicrotask(() => (closed ? closed() : this.fail()));
        }
        return mine;
    }

    private read(raw: unknown): void {
        let message: ServerMessage;
        try {
            message = readServerMessage(raw);
        } catch (error) {
            if (!(error instanceof ProtocolError)) throw error;
            this.fail(error.message, this.timing.protocolRetryMs);
            return;
        }
        this.heardMs = Date.now();
        this.heartbeat.heard(message.type !== 'presence' && message.type !== 'gone');
        switch (message.type) {
            case 'welcome':
                this.welcome(message);
                break;
            case 'error':
                this.refused(message);
                break;
            case 'ping':
                this.send({ type: 'pong', at: message.at });
                break;
            case 'pong':
                this.pong(message.seq ?? 0);
                break;
            default:
                if (this.isUp) this.owner.heard(message);
        }
    }

    private welcome(message: Welcome): void {
        if (this.phase !== 'open') return;
        clearTimeout(this.openTimer);
        if (this.transport?.kind === 'websocket') this.socketFailures = 0;
        else this.climbLater();
        this.message = null;
        this.confirmSeq = null;
        this.become('welcomed');
        this.owner.welcome(message);
        // The pong comes down the stream: with it the stream is known to work.
        if (this.isUp) this.heartbeat.ping(this.timing.pingMs);
        this.settleChecks();
    }

    private pong(seq: number): void {
        // What the pong reckons with came down the same stream before it. If it did not, there is a hole.
        if (this.confirmSeq !== null && this.owner.seq() < this.confirmSeq) {
            this.reconnect();
            return;
        }
        this.confirmSeq = seq;
        if (this.owner.seq() < seq) this.heartbeat.ping(this.timing.pingMs);
        this.advanced();
        // Who asked wants to see what the server has: not before it is here.
        if (this.owner.seq() >= seq) this.settleChecks();
    }

    private refused(error: ErrorMessage): void {
        const { timing } = this;
        switch (error.code) {
            case 'too_slow':
                this.fail(null, 0);
                break;
            case 'replaced':
                if (this.strayHellos > 0) {
                    this.strayHellos -= 1;
                    this.fail(null, 0);
                    break;
                }
                this.fail(error.text, timing.busyRetryMs);
                this.owner.replaced();
                break;
            case 'stopping':
                this.fail(error.text, timing.stoppingRetryMs);
                break;
            case 'busy':
                this.fail(error.text, timing.busyRetryMs);
                break;
            case 'access':
                this.fail(error.text, timing.accessRetryMs);
                break;
            case 'protocol':
            case 'bad_message':
                this.fail(error.text, timing.protocolRetryMs);
                break;
        }
    }

    /** Long polling works; maybe a WebSocket does by now. */
    private climbLater(): void {
        clearTimeout(this.climbTimer);
        this.climbTimer = setTimeout(() => {
            if (!this.isUp || this.transport?.kind !== 'long polling') return;
            const giveUp = () => {
                this.candidate?.close();
                this.candidate = null;
                this.climbLater();
            };
            const timer = setTimeout(giveUp, this.timing.openMs);
            const opened = (transport: Transport) => {
                clearTimeout(timer);
                this.drop(transport);
                this.lastTried = 'websocket';
                this.become('open');
            };
            this.candidate = this.open(this.openers.websocket, opened, () => {
                clearTimeout(timer);
                giveUp();
            });
        }, this.timing.climbMs);
    }

    /** The connection is gone, or did not come about. */
    private fail(message: string | null = NO_CONNECTION, waitMs?: number): void {
        const { phase } = this;
        if (phase === 'down' && !this.transport) {
            this.message ??= message;
            return;
        }
        if (!this.isUp && this.lastTried === 'websocket') this.socketFailures += 1;
        this.message = message;
        this.drop();
        if (!this.isStopped && this.isNetworkUp) this.retry(waitMs ?? this.backoff());
        this.settleChecks();
    }

    private backoff(): number {
        const { backoffMs, backoffMaxMs } = this.timing;
        const full = Math.min(backoffMs * 2 ** Math.min(this.tries, 20), backoffMaxMs);
        this.tries += 1;
        return full / 2 + (Math.random() * full) / 2;
    }

    private retry(waitMs: number): void {
        clearTimeout(this.retryTimer);
        this.retryTimer = setTimeout(() => this.connect(), waitMs);
    }

    /** Ends the transport in use; another that is open already may take its place. */
    private drop(next: Transport | null = null): void {
        clearTimeout(this.openTimer);
        clearTimeout(this.climbTimer);
        this.heartbeat.stop();
        const { transport, candidate, isUp } = this;
        // Long polling says hello with its first request, a WebSocket once it is open.
        const isHelloOut =
            this.phase === 'open' || (this.phase === 'opening' && transport?.kind === 'long polling');
        if (isHelloOut) this.strayHellos = Math.min(this.strayHellos + 1, STRAY_HELLOS_MAX);
        this.transport = next;
        this.candidate = null;
        if (candidate !== next) candidate?.close();
        transport?.close();
        this.phase = 'down';
        if (isUp) this.owner.lost();
        this.owner.changed();
    }

    private become(phase: Phase): void {
        if (this.phase === phase) return;
        this.phase = phase;
        this.owner.changed();
    }

    private settleChecks(): void {
        for (const settle of this.checks.splice(0)) settle();
    }
}

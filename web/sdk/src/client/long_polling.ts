/** Messages by HTTP, for networks that let no WebSocket through (W15). */
import { MESSAGE_BYTES_MAX, SEND_MESSAGES_MAX, type TillMessage } from '../wire/protocol.js';
import { spell } from '../wire/spell.js';
import type { Heard, Opener, Transport } from './transport.js';

export type Fetch = typeof fetch;

/** Messages that may wait for the request before them. */
const WAITING_MAX = 1_000;
const EMPTY_BATCH_BYTES = '{"messages":[]}'.length;
const UTF8 = new TextEncoder();

export function openLongPolling(
    url: string,
    fetcher: Fetch,
    timing: { openMs: number; pollMs: number },
): Opener {
    return (hello, heard) => new Polling(url, fetcher, timing, hello(), heard);
}

/** One connection: a request that sends and a request that polls, one of each at a time. */
class Polling implements Transport {
    readonly kind = 'long polling';
    private connection: string | null = null;
    private outgoing: TillMessage[] = [];
    private isSending = false;
    private isOver = false;
    private readonly abort = new AbortController();

    constructor(
        private readonly url: string,
        private readonly fetcher: Fetch,
        private readonly timing: { openMs: number; pollMs: number },
        hello: TillMessage,
        private readonly heard: Heard,
    ) {
        void this.open(hello);
    }

    send(message: TillMessage): void {
        if (this.isOver) return;
        this.outgoing.push(message);
        if (this.outgoing.length > WAITING_MAX) this.end();
        else void this.flush();
    }

    close(): void {
        this.isOver = true;
        this.abort.abort();
    }

    private async open(hello: TillMessage): Promise<void> {
        const answer = await this.post('open', spell(hello), this.timing.openMs);
        if (!answer) return;
        if (typeof answer.connection === 'string') this.connection = answer.connection;
        this.heard.opened();
        this.deliver(answer);
        // A server that refuses the hello says so in a message, and gives no connection.
        if (this.connection === null) this.end();
        else {
            void this.flush();
            void this.poll();
        }
    }

    private async poll(): Promise<void> {
        while (!this.isOver) {
            const answer = await this.post(`poll/${this.connection}`, '{}', this.timing.pollMs);
            if (!answer) return;
            this.deliver(answer);
        }
    }

    private async flush(): Promise<void> {
        if (this.isSending || this.connection === null) return;
        this.isSending = true;
        while (this.outgoing.length > 0 && !this.isOver) {
            const answer = await this.post(`send/${this.connection}`, this.nextBatch(), this.timing.openMs);
            if (!answer) return;
            this.deliver(answer);
        }
        this.isSending = false;
    }

    /** As much of what waits as one request may carry: {@link SEND_MESSAGES_MAX}, and {@link MESSAGE_BYTES_MAX} in all. */
    private nextBatch(): string {
        const texts: string[] = [];
        let bytes = EMPTY_BATCH_BYTES;
        for (const message of this.outgoing.slice(0, SEND_MESSAGES_MAX)) {
            const text = spell(message);
            bytes += UTF8.encode(text).length + 1;
            if (texts.length > 0 && bytes > MESSAGE_BYTES_MAX) break;
            texts.push(text);
        }
        this.outgoing.splice(0, texts.length);
        return `{"messages":[${texts.join(',')}]}`;
    }

    /** Posts JSON. Whatever goes wrong ends the connection: the till opens a new one and goes on from its seq. */
    private async post(
        path: string,
        body: string,
        timeoutMs: number,
    ): Promise<Record<string, unknown> | null> {
        const signal = AbortSignal.any([this.abort.signal, timeout(timeoutMs)]);
        try {
            const response = await this.fetcher(`${this.url}/${path}`, {
                method: 'POST',
                headers: { 'content-type': 'application/json' },
                body,
                signal,
            });
            const answer: unknown = await response.json();
            if (typeof answer !== 'object' || answer === null)
                throw new TypeError('the answer is no JSON object');
            return this.isOver ? null : (answer as Record<string, unknown>);
        } catch {
            this.end();
            return null;
        }
    }

    private deliver(answer: Record<string, unknown>): void {
        // A single `error` message may come in place of a list (W15).
        const messages = Array.isArray(answer.messages) ? answer.messages : 'type' in answer ? [answer] : [];
        for (const message of messages) if (!this.isOver) this.heard.message(message);
    }

    private end(): void {
        if (this.isOver) return;
        this.close();
        this.heard.closed();
    }
}

/** `AbortSignal.timeout` by a timer that tests can move. */
function timeout(ms: number): AbortSignal {
    const abort = new AbortController();
    const timer: unknown = setTimeout(() => abort.abort(), ms);
    // In Node a timer that nobody waits for must not keep a bot alive.
    (timer as { unref?: () => void }).unref?.();
    return abort.signal;
}

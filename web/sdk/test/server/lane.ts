/** One direction of one connection through the proxy. */
import type { Socket } from 'node:net';

/** Bytes that a lane takes and holds back before it stops reading: what a router's buffer would. */
const HELD_BYTES_MAX = 64 * 1024;
/** How much is written at once where the rate is limited. */
const SLICE_MS = 20;

interface Held {
    data: Buffer;
    dueMs: number;
}

export class Lane {
    private held: Held[] = [];
    private heldBytes = 0;
    private isStalled = false;
    private bytesPerSecond = Number.POSITIVE_INFINITY;
    private delayMs = 0;
    private isEnded = false;
    private isStopped = false;
    private isDraining = false;
    private broken: (() => void) | null = null;
    private timer: ReturnType<typeof setTimeout> | undefined;

    constructor(
        private readonly from: Socket,
        private readonly to: Socket,
    ) {
        from.on('data', (data: Buffer) => this.take(data));
        from.on('end', () => {
            this.isEnded = true;
            this.pump();
        });
        to.on('drain', () => {
            this.isDraining = false;
            this.pump();
        });
    }

    tune(isStalled: boolean, bytesPerSecond: number, delayMs: number): void {
        Object.assign(this, { isStalled, bytesPerSecond, delayMs });
        this.pump();
    }

    /** Delivers half of what comes next, then calls `broken`. */
    breakNext(broken: () => void): void {
        this.broken = broken;
        this.pump();
    }

    stop(): void {
        this.isStopped = true;
        clearTimeout(this.timer);
        this.held = [];
    }

    private take(data: Buffer): void {
        if (this.isStopped) return;
        this.held.push({ data, dueMs: Date.now() + this.delayMs });
        this.heldBytes += data.length;
        if (this.heldBytes >= HELD_BYTES_MAX) this.from.pause();
        this.pump();
    }

    private pump(): void {
        if (this.timer !== undefined || this.isDraining) return;
        while (!this.isStopped && !this.isStalled && !this.isDraining) {
            const [next] = this.held;
            if (!next) {
                if (this.isEnded && !this.to.writableEnded) this.to.end();
                return;
            }
            const waitMs = next.dueMs - Date.now();
            if (waitMs > 0) {
                this.later(waitMs);
                return;
            }
            if (this.broken) {
                const { broken } = this;
                this.broken = null;
                this.to.write(next.data.subarray(0, next.data.length >> 1), broken);
                this.held = [];
                this.isStopped = true;
                return;
            }
            this.deliver(next);
        }
    }

    private deliver(next: Held): void {
        const sliceBytes = Math.max(1, Math.floor((this.bytesPerSecond * SLICE_MS) / 1000));
        const data = next.data.subarray(0, sliceBytes);
        next.data = next.data.subarray(data.length);
        if (next.data.length === 0) this.held.shift();
        this.heldBytes -= data.length;
        if (this.heldBytes < HELD_BYTES_MAX) this.from.resume();
        if (!this.to.write(data)) this.isDraining = true;
        if (Number.isFinite(this.bytesPerSecond)) this.later(SLICE_MS);
    }

    private later(ms: number): void {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => {
            this.timer = undefined;
            this.pump();
        }, ms);
    }
}

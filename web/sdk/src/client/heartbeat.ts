/** Whether the other side is still there: pings, and how long their answers may take (rules 14 and 30, W14). */
import type { Timing } from './timing.js';

type Timer = ReturnType<typeof setTimeout> | undefined;

/** What the heartbeat asks for. */
export interface HeartbeatOwner {
    sendPing(at: number): void;
    /** No answer came: the connection is gone. */
    silent(): void;
    /** Pings are answered and commands are not. */
    stalled(): void;
    /** {@link Heartbeat.isChecking} changed. */
    changed(): void;
}

/** One connection's; {@link Heartbeat.stop} makes it ready for the next. */
export class Heartbeat {
    private pinged = 0;
    private silenceTimer: Timer;
    private pongTimer: Timer;
    private pongDeadlineMs = 0;
    private answerTimer: Timer;
    private awaitingSinceMs: number | null = null;

    constructor(
        private readonly timing: Timing,
        private readonly owner: HeartbeatOwner,
    ) {}

    /** Whether a ping has no answer yet. */
    get isChecking(): boolean {
        return this.pongTimer !== undefined;
    }

    /** Asks for a sign of life within so long; the shortest wait that was asked for counts. */
    ping(waitMs: number): void {
        this.pinged += 1;
        this.owner.sendPing(this.pinged);
        const deadlineMs = Date.now() + waitMs;
        if (this.pongTimer !== undefined && this.pongDeadlineMs <= deadlineMs) return;
        clearTimeout(this.pongTimer);
        this.pongDeadlineMs = deadlineMs;
        this.pongTimer = setTimeout(() => this.owner.silent(), waitMs);
        this.owner.changed();
    }

    /**
     * Something came: the connection works. What says nothing of the log leaves the silence as it is, so that a
     * hole shows within a minute wherever people only walk about on their screens.
     */
    heard(isOfLog: boolean): void {
        if (isOfLog) {
            clearTimeout(this.silenceTimer);
            this.silenceTimer = setTimeout(() => this.ping(this.timing.pingMs), this.timing.silenceMs);
        }
        if (this.pongTimer === undefined) return;
        clearTimeout(this.pongTimer);
        this.pongTimer = undefined;
        this.owner.changed();
    }

    /** Says whether answers are being waited for: silence is then noticed sooner (rule 14). */
    awaiting(isAwaiting: boolean, isProgress: boolean): void {
        if (!isAwaiting || isProgress) {
            clearTimeout(this.answerTimer);
            this.answerTimer = undefined;
            this.awaitingSinceMs = null;
        }
        if (!isAwaiting || this.answerTimer !== undefined) return;
        const sinceMs = this.awaitingSinceMs ?? Date.now();
        this.awaitingSinceMs = sinceMs;
        this.answerTimer = setTimeout(() => {
            this.answerTimer = undefined;
            // A server that answers pings and no commands has lost them, or something on the way has.
            if (Date.now() - sinceMs >= this.timing.commandStalledMs) this.owner.stalled();
            else {
                this.ping(this.timing.pingAfterCommandMs);
                this.awaiting(true, false);
            }
        }, this.timing.commandUnansweredMs);
    }

    stop(): void {
        for (const timer of [this.silenceTimer, this.pongTimer, this.answerTimer]) clearTimeout(timer);
        this.pongTimer = undefined;
        this.answerTimer = undefined;
        this.awaitingSinceMs = null;
    }
}

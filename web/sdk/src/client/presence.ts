/** Who is there, and what this till tells the others of itself (W16). */
import type { PresenceMessage, TillPresence } from '../wire/protocol.js';
import type { Present } from './types.js';

/** What a till says of what it has not sent. */
export type Waits = Pick<TillPresence, 'unsent' | 'oldest_ms' | 'delay_ms'>;

export class Presence {
    private readonly others = new Map<string, Present>();
    private list: readonly Present[] | null = null;
    private order: string | null = null;
    private told: TillPresence | null = null;
    private timer: ReturnType<typeof setTimeout> | undefined;

    /**
     * @param say sends it, if there is a connection
     * @param waits commands without an answer, how old the oldest is, and how long the last answer took
     * @param isKnown whether the server knows the order: another is nobody's business yet
     */
    constructor(
        private readonly delayMs: number,
        private readonly say: (presence: TillPresence) => void,
        private readonly waits: () => Waits,
        private readonly isKnown: (order: string) => boolean,
    ) {}

    all(): readonly Present[] {
        this.list ??= [...this.others.values()];
        return this.list;
    }

    replace(present: Omit<PresenceMessage, 'type'>[]): void {
        this.others.clear();
        for (const each of present) this.put(each);
        this.list = null;
    }
    put({ till, user, pos, order, unsent }: Omit<PresenceMessage, 'type'>): void {
        this.others.set(till, { till, user, pos, order, unsent });
        this.list = null;
    }
    drop(till: string): void {
        this.others.delete(till);
        this.list = null;
    }

    show(order: string | null): void {
        this.order = order;
        this.changed();
    }

    /** A new connection knows nothing of this till yet. */
    connected(): void {
        this.told = null;
        this.changed();
    }

    /** Something may have changed: it is told a moment later, if it is still so. */
    changed(): void {
        this.timer ??= setTimeout(() => {
            this.timer = undefined;
            this.tell();
        }, this.delayMs);
    }

    stop(): void {
        clearTimeout(this.timer);
    }

    private tell(): void {
        const order = this.order !== null && this.isKnown(this.order) ? this.order : null;
        const { unsent, ...more } = this.waits();
        if (
            this.told
                ? this.told.order === order && this.told.unsent === unsent
                : order === null && unsent === 0
        )
            return;
        this.told = { type: 'presence', order, unsent, ...more };
        this.say(this.told);
    }
}

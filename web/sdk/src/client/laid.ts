/** What pending commands made of an order, kept so that one more of them costs no more than that one. */
import type { Action } from '../wire/protocol.js';
import type { Entry } from './outbox.js';
import type { OrderView } from './types.js';

/** An order that no pending command ties to another: what is confirmed of it, and the commands that lie over that. */
export interface Single {
    base: OrderView | undefined;
    run: number;
    entries: readonly Entry[];
}

interface Before {
    view: OrderView | undefined;
    /** What all of them but the last made of it. */
    beforeLast: OrderView | undefined;
    done: number;
}

interface Known {
    base: OrderView | undefined;
    run: number;
    /** What was laid over it, in order: a command that is not sent yet may become another. */
    laid: readonly (readonly Action[])[];
    /** What all but the last made of it: the last may still grow. */
    beforeLast: OrderView | undefined;
    view: OrderView;
}

export class Laid {
    private readonly orders = new Map<string, Known>();

    /** What the first `done` of the commands made of the order; the rest has to be laid over that. */
    before(uid: string, { base, run, entries }: Single): Before {
        const known = this.orders.get(uid);
        if (known && known.base === base && known.run === run) {
            const { laid, beforeLast, view } = known;
            const differs = laid.findIndex((actions, at) => actions !== entries[at]?.command.actions);
            if (differs === -1) return { view, beforeLast, done: laid.length };
            if (differs === laid.length - 1) return { view: beforeLast, beforeLast, done: differs };
        }
        return { view: base, beforeLast: base, done: 0 };
    }

    /** Notes what they made of it. How a closing looks depends on more than the command (it may be cut off). */
    note(
        uid: string,
        { base, run, entries }: Single,
        beforeLast: OrderView | undefined,
        view: OrderView,
    ): void {
        const isPlain = (entry: Entry) => entry.command.actions.every(({ action }) => action !== 'close');
        const laid = entries.map(entry => entry.command.actions);
        if (laid.length > 0 && entries.every(isPlain))
            this.orders.set(uid, { base, run, laid, beforeLast, view });
        else this.orders.delete(uid);
    }

    forget(uid: string): void {
        this.orders.delete(uid);
    }
}

/** What one message of the server came to, gathered for the screen: told once, when all of it is done. */
import type { Touched } from '../rules/replica.js';
import type { Shelf } from './shelf.js';
import type { Renamed } from './shown.js';
import type { OrderChange } from './types.js';

export class Round {
    /** Orders to be recomputed. */
    readonly uids = new Set<string>();
    /** Those among them that changed by this till's own commands. */
    readonly own = new Set<string>();
    /** Why orders left the replica. */
    readonly whys: Touched = new Map();
    readonly renamed: Renamed[] = [];

    constructor(private readonly shelf: Shelf) {}

    /** The server has named the till's own order (N4). */
    name(creation: string, uid: string): void {
        const former = this.shelf.names.settle(creation, uid);
        if (former === null) return;
        for (const each of [former, uid]) {
            this.uids.add(each);
            this.own.add(each);
        }
        if (former !== uid) this.renamed.push({ former, uid });
    }

    /** What changed on the screen by all this; `by` where one doer stands for all of it. */
    changes(by?: OrderChange['by']): OrderChange[] {
        const doer = (uid: string) => by ?? (this.own.has(uid) ? 'server' : 'others');
        return this.shelf.shown.refresh(this.uids, doer, this.whys, this.renamed);
    }
}

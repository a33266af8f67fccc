/** Chance that repeats: the same seed makes the same choices. */

/** Mulberry32: small, and good enough to choose by. */
export class Chance {
    constructor(private state: number) {}

    /** From 0 up to 1. */
    next(): number {
        this.state = (this.state + 0x6d2b79f5) | 0;
        let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    }

    /** A whole number below `max`. */
    below(max: number): number {
        return Math.floor(this.next() * max);
    }

    pick<T>(all: readonly T[]): T | undefined {
        return all[this.below(all.length)];
    }

    /** One of the names, each as often as its weight says. */
    weighted<N extends string>(weights: Record<N, number>): N {
        const names = Object.keys(weights) as N[];
        let at = this.next() * names.reduce((sum, name) => sum + weights[name], 0);
        for (const name of names) {
            at -= weights[name];
            if (at < 0) return name;
        }
        return names[0] as N;
    }

    /** A source of its own, so that what others draw meanwhile does not change what this one gives. */
    split(): Chance {
        return new Chance(Math.floor(this.next() * 2 ** 32));
    }
}

/** Waiting for the thing itself, for a bounded time. */
import type { Engine } from '../../src/client/types.js';

/** How long anything may take that a test waits for, where it says nothing else. */
export const WAIT_MS_MAX = 10_000;

/** The promise, or an error that says what was waited for. */
export async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`waited ${ms} ms for ${what}`)), ms);
    });
    try {
        return await Promise.race([promise, late]);
    } finally {
        clearTimeout(timer);
    }
}

/** Resolves once something is so at a till: asked again whenever the till tells of anything. */
export async function when(
    engine: Engine,
    what: string,
    isSo: () => boolean,
    ms = WAIT_MS_MAX,
): Promise<void> {
    if (isSo()) return;
    const stops: (() => void)[] = [];
    const so = new Promise<void>(resolve => {
        for (const event of ['orders', 'connection', 'presence', 'merged', 'refused', 'session'] as const) {
            stops.push(engine.on(event, () => isSo() && resolve()));
        }
    });
    try {
        const { connection, pos } = engine;
        await within(ms, `${what} at ${pos.name} (was: ${JSON.stringify(connection)})`, so);
    } finally {
        for (const stop of stops) stop();
    }
}

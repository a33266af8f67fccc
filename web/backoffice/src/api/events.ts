/** Server-sent events, read with `fetch`: `EventSource` sends no key and no name. */
import { addressOf, headersOf } from './request';

const RETRY_MS_MIN = 1_000;
const RETRY_MS_MAX = 15_000;

/** Calls back for each event, and once more after every gap, since something may have been missed. */
export function listen(path: string, told: () => void): () => void {
    const ending = new AbortController();
    void follow(path, told, ending.signal);
    return () => ending.abort();
}

async function follow(path: string, told: () => void, signal: AbortSignal): Promise<void> {
    let waitMs = RETRY_MS_MIN;
    for (let isFirst = true; !signal.aborted; isFirst = false) {
        try {
            const response = await fetch(addressOf(path), {
                headers: { ...headersOf(), accept: 'text/event-stream' },
                cache: 'no-store',
                signal,
            });
            if (response.ok && response.body) {
                waitMs = RETRY_MS_MIN;
                if (!isFirst) told();
                await read(response.body, told);
            }
        } catch {
            // It is tried again below.
        }
        if (!signal.aborted) await pause(waitMs, signal);
        waitMs = Math.min(waitMs * 2, RETRY_MS_MAX);
    }
}

async function read(body: ReadableStream<Uint8Array>, told: () => void): Promise<void> {
    const reader = body
        .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
        .getReader();
    let rest = '';
    for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        const lines = (rest + value).split(/\r\n|\n|\r/);
        rest = lines.pop() ?? '';
        if (lines.some(line => line.startsWith('data:'))) told();
    }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
        const timer = setTimeout(resolve, ms);
        signal.addEventListener('abort', () => {
            clearTimeout(timer);
            resolve();
        });
    });
}

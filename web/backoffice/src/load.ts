/** What a screen shows of the server: what was loaded stays on it until the next has come. */
import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { ApiError, textOf } from './api/request';

export interface Loaded<T> {
    /** Null until the first has come. */
    data: Signal<T | null>;
    wrong: Signal<string>;
    /** The record is not there: another answer than a failure. */
    isMissing: Signal<boolean>;
    isLoading: Signal<boolean>;
    again(): Promise<void>;
}

/** Answers that are kept for whoever comes back to a list: it is there at once, and then as it is now. */
const kept = new Map<string, unknown>();
const KEPT_MAX = 20;

function keep(name: string, came: unknown): void {
    kept.delete(name);
    kept.set(name, came);
    const [oldest] = kept.keys();
    if (kept.size > KEPT_MAX && oldest !== undefined) kept.delete(oldest);
}

/**
 * @param key what it is that is loaded: another key loads anew
 * @param list the name of a list whose answers are kept; forms are not, since they begin with what is so now
 */
export function useLoaded<T>(
    key: string,
    load: (signal: AbortSignal) => Promise<T>,
    list?: string,
): Loaded<T> {
    const data = useSignal<T | null>(list ? ((kept.get(`${list} ${key}`) as T | undefined) ?? null) : null);
    const wrong = useSignal('');
    const isMissing = useSignal(false);
    const isLoading = useSignal(true);
    const going = useRef<AbortController | null>(null);
    const latest = useRef(load);
    latest.current = load;
    const again = async () => {
        going.current?.abort();
        const mine = new AbortController();
        going.current = mine;
        isLoading.value = true;
        try {
            const came = await latest.current(mine.signal);
            if (mine.signal.aborted) return;
            if (list) keep(`${list} ${key}`, came);
            data.value = came;
            wrong.value = '';
            isMissing.value = false;
        } catch (error) {
            if (mine.signal.aborted) return;
            wrong.value = textOf(error);
            isMissing.value = error instanceof ApiError && error.status === 404;
        }
        isLoading.value = false;
    };
    useEffect(() => {
        void again();
        return () => going.current?.abort();
    }, [key]);
    return { data, wrong, isMissing, isLoading, again };
}

/** Does something again and again while the page is seen, and at once when it is seen again. */
export function useEvery(ms: number, work: () => Promise<void>): void {
    const latest = useRef(work);
    latest.current = work;
    useEffect(() => {
        let timer: ReturnType<typeof setTimeout> | undefined;
        let isOver = false;
        let isBusy = false;
        const turn = async () => {
            clearTimeout(timer);
            if (isOver || isBusy || document.hidden) return;
            isBusy = true;
            await latest.current().catch(() => {});
            isBusy = false;
            if (!isOver) timer = setTimeout(turn, ms);
        };
        const seen = () => void turn();
        timer = setTimeout(turn, ms);
        document.addEventListener('visibilitychange', seen);
        return () => {
            isOver = true;
            clearTimeout(timer);
            document.removeEventListener('visibilitychange', seen);
        };
    }, [ms]);
}

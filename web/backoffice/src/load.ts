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

/** @param key what it is that is loaded: another key loads anew */
export function useLoaded<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
    const data = useSignal<T | null>(null);
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

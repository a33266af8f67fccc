/** Short news of what was done: said once, and gone by itself. */
import { signal } from '@preact/signals';

/** How long it stays: long enough to be read twice. */
const TOAST_MS = 5_000;

const news = signal('');
let timer: ReturnType<typeof setTimeout> | undefined;

export function tell(text: string): void {
    news.value = text;
    clearTimeout(timer);
    timer = setTimeout(() => {
        news.value = '';
    }, TOAST_MS);
}

export function Toast() {
    return (
        <p class="toast" role="status" hidden={!news.value}>
            {news.value}
        </p>
    );
}

/** The list of orders while it is on the screen: pages below, news above, and nothing moves under a finger. */
import { type Signal, signal } from '@preact/signals';
import { type Query, textOf } from '../api/request';
import type { ListedOrder, OrderPage } from '../api/types';

/** Rows of one page. */
export const PAGE_ROWS = 50;
/** Rows that a list holds at most: whoever wants more filters. */
const ROWS_MAX = 5_000;

export const keyOf = ({ multi_session, uid }: ListedOrder): string => `${multi_session.id}/${uid}`;

type Ask = (query: Query, signal?: AbortSignal) => Promise<OrderPage>;

export class OrderList {
    readonly rows: Signal<ListedOrder[] | null> = signal(null);
    /** Where the next page begins; null when there is none. */
    readonly next: Signal<string | null> = signal(null);
    /** How far back it was looked when the search ended before its page was full. */
    readonly reachedMs: Signal<number | null> = signal(null);
    readonly wrong = signal('');
    readonly isLoading = signal(false);
    /** New orders that wait above, until somebody asks for them. */
    readonly waiting: Signal<ListedOrder[]> = signal([]);
    private going: AbortController | null = null;
    private query: Query = {};
    private key: string | null = null;
    /** Something changed while a page was on its way. */
    private isStale = false;

    constructor(private readonly ask: Ask) {}

    /** Shows what these filters find; what they found before is kept on the screen until that has come. */
    async show(query: Query, key: string): Promise<void> {
        const isSame = key === this.key;
        this.query = query;
        this.key = key;
        if (isSame && this.rows.value) return this.refresh(false);
        this.waiting.value = [];
        const page = await this.load(null);
        if (!page) return;
        this.rows.value = page.items;
        this.take(page);
    }

    /** The next page, below. */
    async more(): Promise<void> {
        const { rows, next } = this;
        if (!next.value || this.isLoading.value || (rows.value?.length ?? 0) >= ROWS_MAX) return;
        const page = await this.load(next.value);
        if (!page) return;
        const known = new Set((rows.value ?? []).map(keyOf));
        rows.value = [...(rows.value ?? []), ...page.items.filter(row => !known.has(keyOf(row)))];
        this.take(page);
    }

    /**
     * Something changed in the shop: rows that are shown say how they are now, where they are.
     *
     * @param mayMove nobody is in the middle of the list: new rows come in at their places, and what no longer belongs
     * to it goes
     */
    async refresh(mayMove: boolean): Promise<void> {
        if (this.isLoading.value) {
            this.isStale = true;
            return;
        }
        const page = await this.load(null);
        if (!page) return;
        const before = this.rows.value ?? [];
        const isOnePage = before.length <= PAGE_ROWS;
        if (mayMove && isOnePage) {
            this.rows.value = page.items;
            this.waiting.value = [];
            this.take(page);
            return;
        }
        const now = new Map(page.items.map(row => [keyOf(row), row]));
        const shown = new Set(before.map(keyOf));
        this.rows.value = before.map(row => now.get(keyOf(row)) ?? row);
        this.waiting.value = page.items.filter(row => !shown.has(keyOf(row)));
        if (mayMove) this.showWaiting();
    }

    /** What waits above comes in. */
    showWaiting(): void {
        if (this.waiting.value.length === 0) return;
        this.rows.value = [...this.waiting.value, ...(this.rows.value ?? [])];
        this.waiting.value = [];
    }

    private take({ next, reached_ms }: OrderPage): void {
        this.next.value = next ?? null;
        this.reachedMs.value = reached_ms ?? null;
    }

    private async load(after: string | null): Promise<OrderPage | null> {
        this.going?.abort();
        const mine = new AbortController();
        this.going = mine;
        this.isLoading.value = true;
        try {
            const page = await this.ask({ ...this.query, after, limit: PAGE_ROWS }, mine.signal);
            if (mine.signal.aborted) return null;
            this.wrong.value = '';
            this.isLoading.value = false;
            if (this.isStale) {
                this.isStale = false;
                queueMicrotask(() => void this.refresh(false));
            }
            return page;
        } catch (error) {
            if (mine.signal.aborted) return null;
            this.wrong.value = textOf(error);
            this.isLoading.value = false;
            return null;
        }
    }
}

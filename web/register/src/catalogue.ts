/**
 * The shop's records at a till: from the server where it answers in time, else as they were kept, and brought up to
 * date while the till is at work.
 */
import { type Signal, signal } from '@preact/signals';
import type { Engine } from '@tillsync/sdk';
import type { TillData } from './api';
import { KeptShop } from './kept';
import { type Answer, ask, isNoAnswer } from './request';

/** How long somebody who opens a page waits for the server before what is kept is shown. */
export const PATIENCE_MS = 1_500;
/** How often the server is asked whether anything is new. */
export const EVERY_MS = 60_000;
/** All tills are told at once that something is new: they do not ask all at once. */
export const SPREAD_MS = 2_000;
/** What that grows to while there is no answer. */
export const EVERY_MS_MAX = 10 * EVERY_MS;

let opening: Promise<KeptShop | null> | null = null;

/** What this device keeps; null where the browser keeps nothing. */
export function keptShop(): Promise<KeptShop | null> {
    opening ??= KeptShop.open().catch(() => null);
    return opening;
}

/** The server's answer, or what is kept where that does not come in time or not at all. */
export async function soonest<T>(answer: Promise<T>, kept: T | null): Promise<T> {
    if (kept === null) return await answer;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<T>(resolve => {
        timer = setTimeout(resolve, PATIENCE_MS, kept);
    });
    const answered = answer.catch(error => {
        if (isNoAnswer(error)) return kept;
        throw error;
    });
    return await Promise.race([answered, late]).finally(() => clearTimeout(timer));
}

/**
 * Whether a tag says of which server it is. One that is only a number does not: after the connection was lost, another
 * server, or this one from a backup, may have the address, and may have counted up to the same number.
 */
const isOfOneServer = (tag: string | null) => tag !== null && !/^(W\/)?"\d*"$/.test(tag);

/** One POS's catalogue, as this page has it. */
export class Catalogue {
    /** What came since the till was opened; null for nothing. */
    readonly fresh: Signal<TillData | null> = signal(null);
    /** The last answer; before that what was kept. */
    private last: Answer | null = null;
    /** What the page was given. */
    private shown: string | null = null;
    private parsed: { text: string; data: TillData } | null = null;
    private asking: Promise<string> | null = null;
    private timer: ReturnType<typeof setTimeout> | undefined;
    private everyMs = EVERY_MS;
    /** Whether the connection was lost since the last answer. */
    private isStale = true;
    private isStopped = false;

    constructor(
        private readonly pos: number,
        private readonly kept: Promise<KeptShop | null> = keptShop(),
        private readonly asks: typeof ask = ask,
    ) {}

    /**
     * What the till begins with. What comes later is told by {@link Catalogue.fresh}.
     *
     * @throws ApiError when the server says no, or does not answer and nothing is kept
     */
    async open(): Promise<TillData> {
        const shop = await this.kept;
        const kept = (await shop?.catalogue(this.pos).catch(() => null)) ?? null;
        if (kept) {
            this.last = { text: kept.text, tag: isOfOneServer(kept.tag) ? kept.tag : null };
            shop?.use(kept, Date.now()).catch(() => {});
        }
        try {
            this.shown = await soonest(this.look(), kept?.text ?? null);
        } catch (error) {
            this.stop();
            throw error;
        }
        return this.read(this.shown);
    }

    /** Asks now, unless it is being asked; and again after a while. */
    async refresh(): Promise<void> {
        // What is wrong is nobody's concern: the till has a catalogue, and the connection has its own sign.
        await this.look().catch(() => {});
    }

    /**
     * Asks as soon as the till's connection is back after it was lost, and soon after the server says that something is new.
     *
     * @returns what ends that
     */
    follow(engine: Pick<Engine, 'on' | 'connection'>): () => void {
        let wasUp = false;
        let soon: ReturnType<typeof setTimeout> | undefined;
        const ends = [
            engine.on('connection', ({ sync }) => {
                if (sync === 'red' && wasUp) this.lost();
                else if (sync === 'green' && this.isStale) void this.refresh();
                wasUp = sync !== 'red';
            }),
            engine.on('records', () => {
                soon ??= setTimeout(() => {
                    soon = undefined;
                    void this.refresh();
                }, Math.random() * SPREAD_MS);
            }),
        ];
        return () => {
            clearTimeout(soon);
            for (const end of ends) end();
        };
    }

    stop(): void {
        this.isStopped = true;
        clearTimeout(this.timer);
    }

    private look(): Promise<string> {
        clearTimeout(this.timer);
        this.asking ??= this.lookNow().finally(() => {
            this.asking = null;
            if (!this.isStopped) this.timer = setTimeout(() => void this.refresh(), this.everyMs);
        });
        return this.asking;
    }

    private async lookNow(): Promise<string> {
        let answer: Answer | null;
        try {
            answer = await this.asks(`/api/poses/${this.pos}`, this.last?.tag);
        } catch (error) {
            if (isNoAnswer(error)) this.lost();
            this.everyMs = Math.min(this.everyMs * 2, EVERY_MS_MAX);
            throw error;
        }
        this.isStale = false;
        this.everyMs = EVERY_MS;
        if (answer) {
            const isNew = answer.text !== this.last?.text;
            this.last = answer;
            // Nobody waits for the disk.
            if (isNew || isOfOneServer(answer.tag)) void this.keep(answer);
        }
        const text = this.last?.text ?? '';
        if (this.shown !== null && this.shown !== text && !this.isStopped) {
            this.shown = text;
            this.fresh.value = this.read(text);
        }
        return text;
    }

    private async keep({ text, tag }: Answer): Promise<void> {
        const { database } = this.read(text);
        const now = Date.now();
        const shop = await this.kept;
        // Where there is no room: the till works, and cannot be opened without a connection.
        await shop?.keepCatalogue({ database, pos: this.pos, text, tag, asOfMs: now }, now).catch(() => {});
    }

    /** A large one takes a while: each is read once. */
    private read(text: string): TillData {
        if (this.parsed?.text !== text) this.parsed = { text, data: JSON.parse(text) };
        return this.parsed.data;
    }

    private lost(): void {
        this.isStale = true;
        if (this.last && !isOfOneServer(this.last.tag)) this.last.tag = null;
    }
}

/** The catalogue of the till in this page. */
let current: Catalogue | null = null;

/**
 * What a POS works with: from the server, or as it was kept on this device.
 *
 * @throws ApiError when the server says no, or does not answer and nothing is kept
 */
export function tillData(pos: number): Promise<TillData> {
    current?.stop();
    const catalogue = new Catalogue(pos);
    current = catalogue;
    globalThis.addEventListener?.('online', () => {
        if (current === catalogue) void catalogue.refresh();
    });
    return catalogue.open();
}

const whenIdle = (work: () => void) =>
    typeof requestIdleCallback === 'function'
        ? requestIdleCallback(work, { timeout: EVERY_MS })
        : setTimeout(work);

/** Asks for what is new now: somebody named a record that this till has not heard of. */
export function lookForNews(): void {
    void current?.refresh();
}

/** Lets an open till have what is new: at once where it has come already, and whenever it comes. */
export function followCatalogue(engine: Engine, taken: (data: TillData) => void): () => void {
    const catalogue = current;
    if (!catalogue) return () => {};
    const ends = [
        catalogue.follow(engine),
        catalogue.fresh.subscribe(data => {
            // A large one takes some frames: not those that a tap waits for.
            if (data) whenIdle(() => taken(data));
        }),
    ];
    return () => {
        for (const end of ends) end();
    };
}

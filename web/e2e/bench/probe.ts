/** What runs inside of a page: it sees what a person would see, and when. */
import type { CDPSession, Page } from 'playwright-core';

/** How many times slower than the machine the browser's main thread is made. */
export const SLOWER = 4;

/** What became of one thing that somebody did. */
export interface Seen {
    /** From the event to the end of the frame that shows what became of it, in ms: the wait for the frame is in it. */
    paintedMs: number;
    /** What the main thread worked for that in ms: the event with all that follows from it, and the frame. */
    workMs: number;
    /** What changed in the page, each place once: `button.line: class`. */
    changes: string[];
}

/** What is waited for. */
export interface Awaited {
    /** The event that begins it; `message` is one from the server. */
    event: 'click' | 'keydown' | 'input' | 'message';
    /** Something in there has to change. */
    within: string;
}

interface Probe {
    arm(awaited: Awaited): void;
    seen(): Promise<Seen>;
    /** When the last message came from the server; ms of `performance.now`. */
    messageAt: number;
}

/** Makes the page's main thread slower. */
export async function slow(page: Page): Promise<CDPSession> {
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
    await session.send('Performance.enable');
    return session;
}

/** Puts the probe into a page before anything else of the page runs. */
export async function addProbe(page: Page): Promise<void> {
    await page.addInitScript(probe);
}

/** Begins to look: what is done next is measured. */
export async function arm(page: Page, awaited: Awaited): Promise<void> {
    await page.evaluate(awaited => (window as unknown as { probe: Probe }).probe.arm(awaited), awaited);
}

/** What was seen, once it is painted and nothing changes any more. */
export async function seen(page: Page): Promise<Seen> {
    return await page.evaluate(() => (window as unknown as { probe: Probe }).probe.seen());
}

function probe(): void {
    /** The answer of the server belongs to what was done: this long nothing changes any more. */
    const QUIET_MS = 150;
    /** What has not changed by then does not change. */
    const CHANGE_MS_MAX = 10_000;
    /** Places of which a page tells. */
    const CHANGES_MAX = 2_000;
    let seen: Promise<Seen> = Promise.reject(new Error('nothing is looked for'));
    seen.catch(() => {});
    const page: Probe = { messageAt: 0, arm, seen: () => seen };
    (window as unknown as { probe: Probe }).probe = page;

    // The first listener of each connection: what the till does with a message comes after it.
    window.WebSocket = class extends WebSocket {
        constructor(url: string | URL, protocols?: string | string[]) {
            super(url, protocols);
            this.addEventListener('message', () => {
                page.messageAt = performance.now();
            });
        }
    };

    function arm({ event, within }: Awaited): void {
        let beganMs = 0;
        const began = () => {
            beganMs = performance.now();
        };
        if (event !== 'message') addEventListener(event, began, { capture: true, once: true });
        const places = new Set<string>();
        seen = new Promise((resolve, reject) => {
            setTimeout(() => reject(new Error(`nothing changed within ${within}`)), CHANGE_MS_MAX);
            let times: { paintedMs: number; workMs: number } | null = null;
            let isPainting = false;
            let quiet: ReturnType<typeof setTimeout> | undefined;
            const observer = new MutationObserver(records => {
                const changedMs = performance.now();
                if (event === 'message') beganMs = page.messageAt;
                for (const record of records) note(record, places);
                const isIt = records.some(({ target }) => elementOf(target)?.closest(within));
                if (isIt && !isPainting) {
                    isPainting = true;
                    afterFrame(changedMs);
                }
                again();
            });
            const again = () => {
                clearTimeout(quiet);
                quiet = setTimeout(end, QUIET_MS);
            };
            const afterFrame = (changedMs: number) => {
                requestAnimationFrame(() => {
                    const frameMs = performance.now();
                    const { port1, port2 } = new MessageChannel();
                    port1.onmessage = () => {
                        const endMs = performance.now();
                        times = {
                            paintedMs: endMs - beganMs,
                            workMs: changedMs - beganMs + (endMs - frameMs),
                        };
                        again();
                    };
                    port2.postMessage(null);
                });
            };
            const end = () => {
                if (!times) return again();
                observer.disconnect();
                resolve({ ...times, changes: [...places] });
            };
            observer.observe(document.body, {
                subtree: true,
                childList: true,
                attributes: true,
                characterData: true,
            });
        });
        seen.catch(() => {});
    }

    function elementOf(node: Node): Element | null {
        return node instanceof Element ? node : node.parentElement;
    }

    /** Where it is, by what people call it: the part of the screen, then the element. */
    function note(
        { type, target, attributeName, addedNodes, removedNodes }: MutationRecord,
        into: Set<string>,
    ) {
        const name = (element: Element | null) =>
            element
                ? element.localName + [...element.classList].map(one => `.${one}`).join('')
                : 'something that is gone';
        const element = elementOf(target);
        const what =
            type === 'childList'
                ? [...addedNodes, ...removedNodes]
                      .map(node => (node instanceof Element ? name(node) : 'text'))
                      .join(' ')
                : (attributeName ?? 'text');
        const part = element?.closest('.line, .tab, .total, .product');
        if (into.size >= CHANGES_MAX) return;
        const id = part
            ? [...(part.parentElement?.parentElement?.children ?? [])].indexOf(part.parentElement as Element)
            : -1;
        into.add(`${part && part !== element ? `${name(part)}#${id} ` : ''}${name(element)}: ${what}`);
    }
}

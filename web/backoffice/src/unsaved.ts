/** What was typed and not saved: leaving it asks first. */
import { type Signal, signal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';

const unsaved = new Set<object>();

/** A question on the screen: whether what was typed may be left. Null while nothing is asked. */
export const leaving: Signal<{ answer(may: boolean): void } | null> = signal(null);

export function isUnsaved(): boolean {
    return unsaved.size > 0;
}

/** Whether the screen may go: at once when all is saved, else what the person says. */
export async function mayLeave(): Promise<boolean> {
    if (!isUnsaved()) return true;
    leaving.value?.answer(false);
    const may = await new Promise<boolean>(resolve => {
        leaving.value = { answer: resolve };
    });
    leaving.value = null;
    if (may) unsaved.clear();
    return may;
}

/** Says that something is unsaved; what is returned says that it no longer is. */
export function hold(): () => void {
    const held = {};
    unsaved.add(held);
    return () => {
        unsaved.delete(held);
    };
}

/** A form that holds its screen while it is changed. What is returned lets go at once: what was typed is saved, or gone. */
export function useUnsaved(isChanged: boolean): () => void {
    const held = useRef<(() => void) | null>(null);
    // At once: Back may follow the last key.
    useLayoutEffect(() => {
        if (!isChanged) return;
        const drop = hold();
        held.current = drop;
        return drop;
    }, [isChanged]);
    return () => held.current?.();
}

/** Nothing is unsaved from now on. */
export function release(): void {
    unsaved.clear();
}

/** The browser asks too, when its tab is closed or loaded anew. */
export function askBeforeUnload(): void {
    addEventListener('beforeunload', event => {
        if (isUnsaved()) event.preventDefault();
    });
}

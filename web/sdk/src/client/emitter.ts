/** Listeners by event. One that throws is reported and stops nobody else. */
export class Emitter<Events extends { [E in keyof Events]: (...heard: never[]) => void }> {
    private readonly listeners = new Map<keyof Events, Set<Events[keyof Events]>>();

    /** @returns takes the listener away again */
    on<E extends keyof Events>(event: E, listener: Events[E]): () => void {
        const set = this.listeners.get(event) ?? new Set();
        this.listeners.set(event, set);
        set.add(listener);
        return () => void set.delete(listener);
    }

    emit<E extends keyof Events>(event: E, ...what: Parameters<Events[E]>): void {
        for (const listener of [...(this.listeners.get(event) ?? [])]) {
            try {
                (listener as unknown as (...heard: unknown[]) => void)(...what);
            } catch (error) {
                // Sync goes on; whoever watches for uncaught errors hears of it.
                queueMicrotask(() => {
                    throw error;
                });
            }
        }
    }

    clear(): void {
        this.listeners.clear();
    }
}

/** The connection as the icons and the message line show it (rules 14, 29, 30). */
import type { Link, Phase } from './link.js';
import type { Shelf } from './shelf.js';
import type { ConnectionState } from './types.js';

const STORAGE_FULL =
    'The storage of this device is full. What was typed before is safe on it; what is typed now is on the screen and is sent, but is lost if the page is closed before that. Free some space.';
const STORAGE_LOST =
    'This device cannot keep anything at the moment. What is typed is on the screen and is sent, but is lost if the page is closed before that.';

const SYNC: Record<Phase, ConnectionState['sync']> = {
    down: 'red',
    opening: 'red',
    open: 'orange',
    welcomed: 'orange',
    live: 'green',
};

export function connectionState(link: Link, { outbox, keeper }: Shelf): ConnectionState {
    const storage = keeper.state;
    const said = link.isUp ? null : link.message;
    const kept = storage === 'full' ? STORAGE_FULL : storage === 'lost' ? STORAGE_LOST : null;
    return {
        sync: SYNC[link.phase],
        checking: link.isChecking,
        message: said ?? kept,
        transport: link.kind,
        paidWaiting: outbox.paidWaiting,
        ordersWaiting: outbox.ordersWaiting,
        commandsWaiting: outbox.waiting.length,
        heardMs: link.heardMs,
        storage,
    };
}

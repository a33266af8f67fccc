/** The connection as the icons and the message line show it (rules 14, 29, 30). */
import type { Link, Phase } from './link.js';
import { booksPayment } from './outbox.js';
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

export function connectionState(link: Link, { outbox, keeper, elsewhere }: Shelf): ConnectionState {
    const storage = keeper.state;
    const said = link.isUp ? null : link.message;
    const kept = storage === 'full' ? STORAGE_FULL : storage === 'lost' ? STORAGE_LOST : null;
    const left = elsewhere.flatMap(({ commands }) => commands);
    const commands = left.length;
    const paid = left.filter(booksPayment).length;
    return {
        sync: SYNC[link.phase],
        checking: link.isChecking,
        message: said ?? kept ?? waiting(commands, paid),
        transport: link.kind,
        paidWaiting: outbox.paidWaiting + paid,
        ordersWaiting: outbox.ordersWaiting,
        commandsWaiting: outbox.waiting.length,
        heardMs: link.heardMs,
        elsewhere: { commands, paid },
        storage,
    };
}

function waiting(commands: number, paid: number): string | null {
    if (commands === 0) return null;
    const some = commands === 1 ? 'One change waits' : `${commands} changes wait`;
    const money = paid === 0 ? '' : paid === 1 ? ', a payment among them,' : `, ${paid} payments among them,`;
    return `This is another server than before. ${some}${money} on this device for the former one: save them to a file before this device is cleared.`;
}

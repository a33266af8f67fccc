import type { Order } from '@tillsync/sdk';
import { label, type Till } from '../till';

const SYNC = {
    red: 'No connection',
    orange: 'The server answers; orders are being brought up to date',
    green: 'Live',
};

/** The order tabs, who is at the till, and the two icons of the connection. */
export function StatusBar({ till }: { till: Till }) {
    till.tick.value;
    const { pos } = till;
    const { sync, checking, message, paidWaiting, ordersWaiting } = till.connection.value;
    return (
        <header class="bar">
            <a class="home" href="/" aria-label="All points of sale">
                ☰
            </a>
            <div class="tabs" role="tablist" aria-label="Orders">
                {pos.get_order_list().map(order => (
                    <Tab key={order.cid} till={till} order={order} />
                ))}
                <button
                    type="button"
                    class="add"
                    aria-label="New order"
                    onClick={() => till.act(() => pos.add_new_order())}
                >
                    +
                </button>
            </div>
            <span class="cashier">{pos.get_cashier().name}</span>
            {ordersWaiting > 0 && <span class="waiting">{ordersWaiting} to send</span>}
            {paidWaiting > 0 && (
                <span class="wifi" title="Paid orders wait on this device to be sent" role="status">
                    ⚠ {paidWaiting}
                </span>
            )}
            <button
                type="button"
                class={`sync ${sync} ${checking ? 'checking' : ''}`}
                title={SYNC[sync]}
                aria-label={`${SYNC[sync]}. Tap to check.`}
                onClick={() => void pos.engine.check()}
            >
                ⟳
            </button>
            {/* Over the screen and not in it: nothing moves under a finger when a sentence comes or goes. */}
            <div class="notices">
                {message && (
                    <p class="message" role="status">
                        {message}
                    </p>
                )}
                {till.told.value.map(({ id, text }) => (
                    <p key={id} class="told" role="status">
                        {text}{' '}
                        <button type="button" aria-label="Take away" onClick={() => till.takeAway(id)}>
                            ×
                        </button>
                    </p>
                ))}
            </div>
        </header>
    );
}

function Tab({ till, order }: { till: Till; order: Order }) {
    const { pos } = till;
    const others = pos.engine.present.filter(({ order: open }) => open === order.uid);
    return (
        <button
            type="button"
            role="tab"
            aria-selected={pos.get_order() === order}
            class="tab"
            onClick={() => pos.set_order(order)}
        >
            <strong>{order.sequence_number || 'New'}</strong>
            <span>{pos.format_currency(order.get_total_with_tax())}</span>
            {others.length > 0 && (
                <span
                    class="present"
                    title={`${label(order)} is open at ${others.map(({ user, pos }) => `${user.name} (${pos.name})`).join(', ')}`}
                >
                    {others.map(({ user }) => user.name).join(', ')}
                </span>
            )}
        </button>
    );
}

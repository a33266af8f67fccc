/** An order in a list: what it is, whose, what happened to it, what it comes to. */
import { Icon } from '@tillsync/look';
import type { ListedOrder, OrderMark } from '../api/types';
import { money, t, when } from '../i18n';
import { href } from '../route';

export function addressOfOrder({ multi_session, uid }: ListedOrder): string {
    return `/orders/${multi_session.id}/${encodeURIComponent(uid)}`;
}

/** Marks that have no sentence of their own in the row. */
const SAID: readonly OrderMark[] = ['attention', 'refund', 'late'];

export function OrderRow({ order }: { order: ListedOrder }) {
    const { table, pos, user, customer, removed } = order;
    const place = table ? t('orders.at_table', { table, pos: pos.name }) : pos.name;
    return (
        <a class={`order-row ${order.state}`} href={href(addressOfOrder(order))}>
            <strong class="number">{order.number}</strong>
            <span class="what">
                <span class="place">
                    {place}
                    <span class="soft"> · {user.name}</span>
                    {customer && <span class="soft"> · {customer.name}</span>}
                </span>
                {removed && (
                    <span class="removed">
                        <Icon name="trash" />
                        {t('orders.removed', { what: removed })}
                    </span>
                )}
            </span>
            <span class="when">
                <time>{when(order.time_ms)}</time>
                <span class="marks">
                    {SAID.filter(mark => order.marks.includes(mark)).map(mark => (
                        <span key={mark} class={`mark-${mark}`}>
                            {t(`mark.${mark}`)}
                        </span>
                    ))}
                </span>
            </span>
            <span class="sum">
                <span class="amount">{money(order.total)}</span>
                <span class={`state ${order.state}`}>{t(`state.${order.state}`)}</span>
            </span>
        </a>
    );
}

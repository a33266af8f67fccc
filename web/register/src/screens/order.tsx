import { signal } from '@preact/signals';
import { OrderLines } from '../parts/lines';
import { Numpad } from '../parts/numpad';
import { Products } from '../parts/products';
import { StatusBar } from '../parts/status';
import type { Till } from '../till';
import { screen } from './till';

/** On a phone, which half is shown. */
const half = signal<'order' | 'products'>('products');

export function OrderScreen({ till }: { till: Till }) {
    // Whatever the models tell paints this anew.
    till.tick.value;
    const { pos } = till;
    const order = pos.get_order();
    const count = order?.get_orderlines().length ?? 0;
    // Asked of the engine: `is_editable` would tell it as a fault.
    const locked = (order && pos.engine.order(order.uid)?.locked) ?? null;
    return (
        <div class={`till show-${half.value}`}>
            <StatusBar till={till} />
            <section class="order" aria-label="Order">
                {order ? (
                    <OrderLines till={till} order={order} />
                ) : (
                    <p class="empty">The till waits for its login.</p>
                )}
                <div class="total">
                    <span>Total</span>
                    <strong data-total>{order ? pos.format_currency(order.get_total_with_tax()) : ''}</strong>
                    <small>{order ? `taxes ${pos.format_currency(order.get_total_tax())}` : ''}</small>
                </div>
                {locked !== null && (
                    <p class="locked" role="status">
                        {locked === 'offline'
                            ? 'This order is on the server, and there is no connection to it: begin a new one meanwhile.'
                            : 'This order is being paid.'}
                    </p>
                )}
                <Numpad till={till} />
                <button
                    type="button"
                    class="pay"
                    disabled={count === 0 || locked !== null}
                    onClick={() => {
                        screen.value = 'payment';
                    }}
                >
                    Payment
                </button>
            </section>
            <Products till={till} />
            <nav class="halves" aria-label="What is shown">
                <button
                    type="button"
                    aria-pressed={half.value === 'products'}
                    onClick={() => {
                        half.value = 'products';
                    }}
                >
                    Products
                </button>
                <button
                    type="button"
                    aria-pressed={half.value === 'order'}
                    onClick={() => {
                        half.value = 'order';
                    }}
                >
                    Order {order ? pos.format_currency(order.get_total_with_tax()) : ''}
                </button>
            </nav>
        </div>
    );
}

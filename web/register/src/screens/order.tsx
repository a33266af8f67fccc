import { signal } from '@preact/signals';
import { label, money, t } from '../i18n';
import { OrderLines } from '../parts/lines';
import { Numpad } from '../parts/numpad';
import { OrderActions } from '../parts/order_actions';
import { Products } from '../parts/products';
import { StatusBar } from '../parts/status';
import { screen } from '../screen';
import { takenOf } from '../taken';
import type { Till } from '../till';

/** On a phone, which half is shown. */
const half = signal<'order' | 'products'>('products');

export function OrderScreen({ till }: { till: Till }) {
    // Whatever the models tell paints this anew.
    till.tick.value;
    const { pos } = till;
    const order = pos.get_order();
    const count = order?.get_orderlines().length ?? 0;
    const total = order ? money(order.get_total_with_tax()) : '';
    // Asked of the engine: `is_editable` would tell it as a fault.
    const view = order ? pos.engine.order(order.uid) : undefined;
    const locked = view?.locked ?? null;
    // It stays until its receipt was seen.
    const isPaid = order?.finalized === true;
    const taken = order ? takenOf(order) : 0;
    const note = order?.get_note?.() ?? '';
    return (
        <div class={`till show-${half.value}`}>
            <StatusBar till={till} />
            <main>
                <section class="order" aria-label={t('order.region')}>
                    {order && <h1 class="heard">{label(order)}</h1>}
                    {order && <OrderActions till={till} order={order} />}
                    {note !== '' && <p class="order-note">{note}</p>}
                    {view?.origin?.reason.startsWith('added_') && (
                        <p class="order-note">{t('order.follow_up', { order: view.origin.order })}</p>
                    )}
                    {view?.carriedFrom && (
                        <p class="order-note">{t('order.carried', { number: view.carriedFrom.number })}</p>
                    )}
                    {order ? (
                        <OrderLines till={till} order={order} isShown={half.value === 'order'} />
                    ) : (
                        <p class="empty">{t('order.waits_for_login')}</p>
                    )}
                    {locked !== null && (
                        <p class="locked" role="status">
                            {t(`order.locked_${locked}`)}
                        </p>
                    )}
                    <div class="total">
                        <small>
                            {order && count > 0
                                ? t('order.taxes', { amount: money(order.get_total_tax()) })
                                : ''}
                            {taken !== 0 && <b>{t('order.taken', { amount: money(taken) })}</b>}
                        </small>
                        <span>{t('total')}</span>
                        <strong data-total>{total}</strong>
                    </div>
                    <Numpad till={till} locked={locked !== null || isPaid} />
                    <button
                        type="button"
                        class="pay"
                        disabled={count === 0 || locked !== null}
                        onClick={() => {
                            screen.value = isPaid ? 'receipt' : 'payment';
                        }}
                    >
                        {isPaid ? t('order.receipt') : t('order.pay')}
                    </button>
                </section>
                <Products till={till} />
                <nav class="halves" aria-label={t('halves.label')}>
                    <button
                        type="button"
                        aria-pressed={half.value === 'products'}
                        onClick={() => {
                            half.value = 'products';
                        }}
                    >
                        {t('halves.products')}
                    </button>
                    <button
                        type="button"
                        aria-pressed={half.value === 'order'}
                        onClick={() => {
                            half.value = 'order';
                        }}
                    >
                        {t('halves.order', { amount: total })}
                    </button>
                </nav>
            </main>
        </div>
    );
}

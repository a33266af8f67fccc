/** Orders that are paid or deleted: found, looked at, printed again, given back. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { dateTime, money, t } from '../i18n';
import { OrderHistory } from '../parts/history_list';
import { Icon } from '../parts/icon';
import { RefundDialog } from '../parts/refund';
import { Search } from '../parts/search';
import { Slip } from '../parts/slip';
import { orderOf } from '../past';
import {
    type ClosedOrder,
    closedMs,
    closedOrder,
    closedOrders,
    type ListedOrder,
    type Place,
} from '../server/orders';
import type { Till } from '../till';

/** How long typing rests before the list is asked for. */
const TYPING_MS = 250;

export function PastScreen({ till, onBack }: { till: Till; onBack(): void }) {
    const query = useSignal('');
    const list = useSignal<ListedOrder[] | null>(null);
    const next = useSignal<Place | null>(null);
    const chosen = useSignal<ClosedOrder | null>(null);
    const wrong = useSignal('');
    const pos = till.pos.config.id;
    const told = (error: unknown) => {
        wrong.value = error instanceof Error ? error.message : String(error);
    };
    useEffect(() => {
        let isOver = false;
        const timer = setTimeout(
            async () => {
                try {
                    const page = await closedOrders(pos, { q: query.value.trim() });
                    if (isOver) return;
                    [list.value, next.value, wrong.value] = [page.orders, page.next, ''];
                } catch (error) {
                    if (!isOver) told(error);
                }
            },
            query.value ? TYPING_MS : 0,
        );
        return () => {
            isOver = true;
            clearTimeout(timer);
        };
    }, [query.value]);
    const more = async () => {
        try {
            const page = await closedOrders(pos, { q: query.value.trim(), after: next.value });
            list.value = [...(list.value ?? []), ...page.orders];
            next.value = page.next;
        } catch (error) {
            told(error);
        }
    };
    const choose = async (uid: string) => {
        try {
            chosen.value = await closedOrder(pos, uid);
        } catch (error) {
            told(error);
        }
    };
    return (
        <div class={`past ${chosen.value ? 'has-chosen' : ''}`}>
            <header class="bar">
                <button type="button" class="home" aria-label={t('back')} onClick={onBack}>
                    <Icon name="back" />
                </button>
                <h1>{t('past.title')}</h1>
                <Search
                    label={t('past.search')}
                    value={query.value}
                    onInput={text => {
                        query.value = text;
                    }}
                />
            </header>
            <main>
                <section class="found" aria-label={t('past.title')}>
                    {wrong.value && (
                        <p class="wrong" role="alert">
                            {wrong.value}
                        </p>
                    )}
                    {list.value === null && !wrong.value && <p class="hint">{t('loading')}</p>}
                    {list.value?.length === 0 && <p class="empty">{t('nothing_found')}</p>}
                    <ul>
                        {list.value?.map(order => (
                            <li key={order.uid}>
                                <button
                                    type="button"
                                    aria-pressed={chosen.value?.order.uid === order.uid}
                                    onClick={() => void choose(order.uid)}
                                >
                                    <strong>{order.number}</strong>
                                    <span class="when">{dateTime(closedMs(order.closing))}</span>
                                    <span class="who">
                                        {t('who', {
                                            name: order.closing.by.user.name,
                                            pos: order.closing.by.pos.name,
                                        })}
                                    </span>
                                    <span class={`state ${order.state}`}>
                                        {order.state === 'paid'
                                            ? order.refund_of
                                                ? t('past.refund')
                                                : order.methods.map(({ name }) => name).join(', ')
                                            : t('past.deleted')}
                                        {order.origin?.reason === 'paid_twice' && (
                                            <mark>{t('past.paid_twice')}</mark>
                                        )}
                                    </span>
                                    <span class="amount">
                                        {order.state === 'paid' ? money(order.total) : ''}
                                    </span>
                                </button>
                            </li>
                        ))}
                    </ul>
                    {next.value && (
                        <button type="button" onClick={() => void more()}>
                            {t('past.more')}
                        </button>
                    )}
                </section>
                {chosen.value && (
                    <Chosen
                        key={chosen.value.order.uid}
                        till={till}
                        chosen={chosen.value}
                        onClose={() => {
                            chosen.value = null;
                        }}
                        onRefund={onBack}
                    />
                )}
            </main>
        </div>
    );
}

interface ChosenProps {
    till: Till;
    chosen: ClosedOrder;
    onClose(): void;
    onRefund(): void;
}

function Chosen({ till, chosen, onClose, onRefund }: ChosenProps) {
    const shows = useSignal<'refund' | 'history' | null>(null);
    const order = orderOf(till.pos, chosen);
    const { closing } = chosen;
    const close = () => {
        shows.value = null;
    };
    return (
        <section class="chosen" aria-label={t('order.number', { number: chosen.order.sequence_number })}>
            <div class="actions">
                <button type="button" class="only-phone" onClick={onClose}>
                    <Icon name="back" /> {t('back')}
                </button>
                {chosen.order.state === 'paid' && (
                    <>
                        <button type="button" onClick={() => print()}>
                            <Icon name="print" /> {t('print')}
                        </button>
                        <button
                            type="button"
                            onClick={() => {
                                shows.value = 'refund';
                            }}
                        >
                            <Icon name="refund" /> {t('refund')}
                        </button>
                    </>
                )}
                <button
                    type="button"
                    onClick={() => {
                        shows.value = 'history';
                    }}
                >
                    <Icon name="history" /> {t('history.title')}
                </button>
            </div>
            {chosen.order.state === 'deleted' && <p class="hint">{t('past.was_deleted')}</p>}
            {chosen.order.origin?.reason === 'paid_twice' && <p class="wrong">{t('past.paid_twice_hint')}</p>}
            <Slip
                order={order}
                paidMs={closing ? closedMs(closing) : 0}
                cashier={closing?.by.user.name ?? ''}
                receipt={closing?.receipt ?? null}
                isCopy
            />
            {shows.value === 'history' && <OrderHistory till={till} uid={chosen.order.uid} onClose={close} />}
            {shows.value === 'refund' && (
                <RefundDialog till={till} chosen={chosen} order={order} onClose={close} onDone={onRefund} />
            )}
        </section>
    );
}

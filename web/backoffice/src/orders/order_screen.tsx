/** One order: what is on it, what was taken off it, what was paid, and everything that happened to it. */

import { type Signal, useSignal } from '@preact/signals';
import { Icon } from '@tillsync/look';
import { useEffect } from 'preact/hooks';
import { onOrderChange, orderHistory, readOrder } from '../api/orders';
import { type FullOrder, type HistoryEntry, isAlone, type Mark, type OrderLine } from '../api/types';
import { dateTime, money, qty, t, when } from '../i18n';
import { useLoaded } from '../load';
import { decimal } from '../money';
import { Page, Problem, Waiting } from '../parts/page';
import { href } from '../route';
import { keepScroll } from '../scroll';
import { Restore, Settle } from './asks';
import { History } from './history';
import { type Removal, removalsOf, totalOf } from './lines';

const who = ({ user, pos }: Mark): string => t('who', { name: user.name, pos: pos.name });

export function OrderScreen({ multiSession, uid }: { multiSession: number; uid: string }) {
    const key = `${multiSession}/${uid}`;
    const order = useLoaded(key, signal => readOrder(multiSession, uid, signal));
    const history = useLoaded(key, signal => orderHistory(multiSession, uid, signal));
    const asks = useSignal<'restore' | 'settle' | null>(null);
    keepScroll(key);
    const again = async () => {
        await Promise.all([order.again(), history.again()]);
    };
    useEffect(() => onOrderChange(() => void again()), [key]);
    const found = order.data.value;
    const removals = removalsOf(found?.removed ?? [], history.data.value ?? []);
    const close = () => {
        asks.value = null;
    };
    const title = found ? t('order.title', { number: found.order.number }) : t('order.of', { uid });
    return (
        <Page
            title={title}
            back="/orders"
            class="order"
            actions={found && <Actions order={found} asks={asks} />}
        >
            <Problem text={order.wrong.value} onAgain={() => void again()} />
            {!found && !order.wrong.value && <Waiting />}
            {found && (
                <div class="order-parts">
                    <div class="order-now">
                        <Facts order={found} />
                        <Matters order={found} onSettle={() => (asks.value = 'settle')} />
                        {removals.length > 0 && <Removed removals={removals} />}
                        <Lines order={found} />
                        <Payments order={found} />
                    </div>
                    <HistoryPanel
                        entries={history.data.value}
                        wrong={history.wrong.value}
                        again={history.again}
                    />
                </div>
            )}
            {found && asks.value === 'restore' && <Restore order={found} onDone={again} onClose={close} />}
            {found && asks.value === 'settle' && <Settle order={found} onDone={again} onClose={close} />}
        </Page>
    );
}

interface Asks {
    order: FullOrder;
    asks: Signal<'restore' | 'settle' | null>;
}

function Actions({ order: { order, attention }, asks }: Asks) {
    const canRestore = order.state === 'unpaid' || order.state === 'deleted';
    const isOpen = attention.some(({ settled }) => !settled);
    return (
        <>
            {canRestore && (
                <button type="button" onClick={() => (asks.value = 'restore')}>
                    <Icon name="undo" />
                    {t('order.restore')}
                </button>
            )}
            {isOpen && (
                <button type="button" class="primary" onClick={() => (asks.value = 'settle')}>
                    <Icon name="check" />
                    {t('order.settle')}
                </button>
            )}
        </>
    );
}

function Facts({ order: { order, total, origin, refund_of, follow_ups, note } }: { order: FullOrder }) {
    const other = (uid: string) => (
        <a href={href(`/orders/${order.multi_session.id}/${encodeURIComponent(uid)}`)}>{uid}</a>
    );
    return (
        <section class="panel facts">
            <p class="big">
                <span class="amount">{money(total)}</span>
                <span class={`state ${order.state}`}>{t(`state.${order.state}`)}</span>
            </p>
            <dl>
                <Fact name={t('order.begun_by')}>{who(order.begun)}</Fact>
                <Fact name={t(`order.by_${order.state}`)}>{who({ user: order.user, pos: order.pos })}</Fact>
                <Fact name={t('order.time')}>{dateTime(order.time_ms)}</Fact>
                {order.table && <Fact name={t('order.table')}>{order.table}</Fact>}
                {order.customer && <Fact name={t('order.customer')}>{order.customer.name}</Fact>}
                {Boolean(order.receipt) && <Fact name={t('order.receipt')}>{order.receipt}</Fact>}
                {!isAlone(order.multi_session) && (
                    <Fact name={t('order.multi_session')}>
                        {t('order.run', { name: order.multi_session.name, run: order.run })}
                    </Fact>
                )}
                {refund_of && <Fact name={t('order.refund_of')}>{other(refund_of)}</Fact>}
                {origin && (
                    <Fact name={t('order.origin')}>
                        {other(origin.uid)} {origin.reason}
                    </Fact>
                )}
                {follow_ups.length > 0 && (
                    <Fact name={t('order.follow_ups')}>{follow_ups.map(uid => other(uid))}</Fact>
                )}
                {note && <Fact name={t('order.note')}>{note}</Fact>}
                <Fact name={t('order.uid')}>{order.uid}</Fact>
            </dl>
        </section>
    );
}

function Fact({ name, children }: { name: string; children: preact.ComponentChildren }) {
    return (
        <div>
            <dt>{name}</dt>
            <dd>{children}</dd>
        </div>
    );
}

/** What waits for a manager, and what was said of it. */
function Matters({ order: { attention }, onSettle }: { order: FullOrder; onSettle(): void }) {
    return (
        <>
            {attention.map(({ text, settled }, at) => (
                <section key={at} class={`panel matter ${settled ? 'settled' : ''}`}>
                    <Icon name={settled ? 'check' : 'warning'} />
                    <div>
                        <p>{text}</p>
                        {settled ? (
                            <p class="hint">
                                {t('order.settled_by', { name: settled.by.name, when: dateTime(settled.ms) })}
                                {settled.note && `: ${settled.note}`}
                            </p>
                        ) : (
                            <button type="button" onClick={onSettle}>
                                {t('order.settle')}
                            </button>
                        )}
                    </div>
                </section>
            ))}
        </>
    );
}

function Removed({ removals }: { removals: readonly Removal[] }) {
    return (
        <section class="panel removed-lines">
            <h2>{t('order.removed')}</h2>
            <ul>
                {removals.map(({ line, text, by, ms }, at) => (
                    <li key={at}>
                        {line ? <del>{sayLine(line)}</del> : <strong>{text}</strong>}
                        {line && (
                            <span class="amount">
                                <del>{money(totalOf(line))}</del>
                            </span>
                        )}
                        {by && ms !== null && (
                            <span class="by">
                                {t(line ? 'order.removed_by' : 'order.by', { who: who(by), when: when(ms) })}
                            </span>
                        )}
                        {line && <span class="hint">{t('order.added_by', { who: who(line.added) })}</span>}
                    </li>
                ))}
            </ul>
        </section>
    );
}

const sayLine = ({ qty: amount, product }: OrderLine): string =>
    t('order.line', { qty: qty(amount), product: product?.name ?? '?' });

function Lines({ order: { lines, total, tax } }: { order: FullOrder }) {
    return (
        <section class="panel">
            <h2>{t('order.lines')}</h2>
            {lines.length === 0 && <p class="hint">{t('order.no_lines')}</p>}
            <ul class="order-lines">
                {lines.map(line => (
                    <Line key={line.uid} line={line} />
                ))}
            </ul>
            <p class="total">
                <span>{t('order.total')}</span>
                <strong class="amount">{money(total)}</strong>
                {tax != null && (
                    <>
                        <span class="hint">{t('order.tax')}</span>
                        <span class="hint amount">{money(tax)}</span>
                    </>
                )}
            </p>
        </section>
    );
}

function Line({ line }: { line: OrderLine }) {
    return (
        <li>
            <span class="name">{sayLine(line)}</span>
            <span class="amount">{money(totalOf(line))}</span>
            <span class="hint">
                {t('order.each', { price: money(line.price_unit) })}
                {!decimal(line.discount).isZero() &&
                    ` · ${t('order.discount', { percent: qty(line.discount) })}`}
                {line.note && ` · ${line.note}`}
            </span>
            <span class="hint">
                {t('order.added_by', { who: who(line.added) })}
                {line.edited && t('order.edited_by', { who: who(line.edited) })}
            </span>
        </li>
    );
}

function Payments({ order: { payments, change } }: { order: FullOrder }) {
    if (payments.length === 0) return null;
    return (
        <section class="panel">
            <h2>{t('order.payments')}</h2>
            <ul class="order-lines">
                {payments.flatMap(({ id, methods, paid }) =>
                    methods.map(({ name, amount }, at) => (
                        <li key={`${id}${at}`}>
                            <span class="name">{name}</span>
                            <span class="amount">{money(amount)}</span>
                            {!paid && <span class="hint">{t('order.not_closed')}</span>}
                        </li>
                    )),
                )}
                {change != null && !decimal(change).isZero() && (
                    <li>
                        <span class="name">{t('order.change')}</span>
                        <span class="amount">{money(decimal(change).neg())}</span>
                    </li>
                )}
            </ul>
        </section>
    );
}

interface HistoryProps {
    entries: HistoryEntry[] | null;
    wrong: string;
    again(): Promise<void>;
}

function HistoryPanel({ entries, wrong, again }: HistoryProps) {
    return (
        <section class="panel order-history">
            <h2>{t('history.title')}</h2>
            <Problem text={wrong} onAgain={() => void again()} />
            {!entries && !wrong && <Waiting />}
            {entries && <History entries={entries} />}
        </section>
    );
}

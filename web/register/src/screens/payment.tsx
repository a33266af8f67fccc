import { signal, useSignal } from '@preact/signals';
import { Icon } from '@tillsync/look';
import { type Cashregister, decimal, decimalsOf, type Order, type Refusal } from '@tillsync/sdk';
import { useEffect } from 'preact/hooks';
import { typedAmount } from '../counting';
import { label, money, t } from '../i18n';
import { Differences } from '../parts/differences';
import { type Key, keyed, keyOf, moneyOfSize } from '../parts/keyed';
import { how } from '../parts/lines';
import { listen, scannedAtPayment } from '../parts/scanner';
import { StatusBar } from '../parts/status';
import { isTypedElsewhere } from '../parts/typing';
import { refusalText } from '../refusal';
import { isNoAnswer } from '../request';
import { screen } from '../screen';
import { closedOrder } from '../server/orders';
import type { Till } from '../till';

const KEYS: Key[] = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '.', '0', '⌫'];

const busy = signal(false);
/** What was typed for the selected payment. */
const text = signal('');
/** What another changed while the money was taken. */
const changed = signal<Refusal | null>(null);

async function validate(till: Till): Promise<void> {
    const order = till.pos.get_order();
    if (!order || busy.value || !order.is_paid()) return;
    if (isSlip(order)) {
        till.tell(t('payment.too_much', { change: money(order.get_change()) }));
        return;
    }
    busy.value = true;
    try {
        if (await isGivenTwice(till, order)) {
            till.tell(t('refund.too_much'));
            busy.value = false;
            return;
        }
        const outcome = await till.pos.push_order(order);
        if (outcome.accepted) screen.value = 'receipt';
        else if (outcome.refusal.reason === 'bill_changed') changed.value = outcome.refusal;
        else {
            // Money that is booked elsewhere has a sentence of its own.
            if (outcome.booked === undefined) till.tell(refusalText(outcome.refusal, label(order)));
            screen.value = 'order';
        }
    } catch (error) {
        till.tell(error instanceof Error ? error.message : String(error));
    }
    busy.value = false;
}

/** So many times the bill is what nobody hands over: somebody slipped. */
const SLIP_TIMES = 1_000;
/** A bill that is smaller is taken for one of this amount. */
const SLIP_BILL_MIN = 10;

function isSlip(order: Order): boolean {
    return order.get_change() > SLIP_TIMES * Math.max(order.get_total_with_tax(), SLIP_BILL_MIN);
}

/** Whether more of a past order would be given back than was sold, since another till refunds it as well. */
async function isGivenTwice(till: Till, order: Order): Promise<boolean> {
    if (!order.refund_of) return false;
    try {
        const { order: sold, refunded } = await closedOrder(till.pos.config.id, order.refund_of);
        return sold.lines.some(({ uid, fields }) =>
            decimal(refunded[uid] ?? 0).greaterThan(Number(fields.qty ?? 0)),
        );
    } catch (error) {
        // Without a connection nobody can say.
        if (isNoAnswer(error)) return false;
        throw error;
    }
}

export function PaymentScreen({ till }: { till: Till }) {
    till.tick.value;
    const { pos } = till;
    const order = pos.get_order();
    // What was typed or asked is about this order at this time.
    useEffect(
        () => () => {
            [text.value, changed.value] = ['', null];
        },
        [order?.cid],
    );
    useEffect(
        () =>
            listen(
                name => {
                    const key = keyOf(name);
                    if (key && key !== '±') press(till, key);
                },
                code => scannedAtPayment(till, code),
            ),
        [till],
    );
    useEffect(() => {
        const down = (event: KeyboardEvent) => {
            if (event.defaultPrevented || isTypedElsewhere(event)) return;
            if (event.key === 'Enter' && !(event.target instanceof HTMLButtonElement)) void validate(till);
            else if (event.key === 'Escape') screen.value = 'order';
            else return;
            event.preventDefault();
        };
        addEventListener('keydown', down);
        return () => removeEventListener('keydown', down);
    }, [till]);
    if (!order) return null;
    const selected = order.selected_paymentline;
    const due = order.get_due();
    const isRefund = order.get_total_with_tax() < 0;
    const back = () => {
        screen.value = 'order';
    };
    return (
        <div class="payment">
            <StatusBar till={till} />
            <main>
                <header>
                    <button type="button" class="back" onClick={back}>
                        <Icon name="back" /> {t('back')}
                    </button>
                    <h1>{label(order)}</h1>
                    <strong class="total">{money(order.get_total_with_tax())}</strong>
                </header>
                <Bill till={till} order={order} />
                <section class="methods" aria-label={t('payment.methods')}>
                    {pos.cashregisters.map(method => (
                        <button
                            type="button"
                            key={method.id}
                            onClick={event => {
                                // Enter on the button that was tapped last means what Enter means everywhere here.
                                const isAgain = event.detail === 0 && selected?.cashregister === method;
                                if (isAgain && order.is_paid()) void validate(till);
                                else addPayment(till, order, method);
                            }}
                        >
                            <Icon name={method.type === 'cash' ? 'cash' : 'card'} /> {method.journal_id[1]}
                        </button>
                    ))}
                    <Tip till={till} order={order} />
                </section>
                <section class="taking">
                    <ul class="payments">
                        {order.get_paymentlines().map(line => (
                            <li key={line.cid} aria-current={line === selected}>
                                <button
                                    type="button"
                                    onClick={() => {
                                        text.value = '';
                                        order.select_paymentline(line);
                                        till.paint();
                                    }}
                                >
                                    {line.name} <strong>{money(line.get_amount())}</strong>
                                </button>
                                {!line.recorded && (
                                    <button
                                        type="button"
                                        aria-label={t('payment.take_away', { method: line.name })}
                                        onClick={() => till.act(() => order.remove_paymentline(line))}
                                    >
                                        <Icon name="close" />
                                    </button>
                                )}
                            </li>
                        ))}
                    </ul>
                    <p class={`due ${due > 0 ? 'open' : ''}`} role="status">
                        {order.get_change() > 0 && !isRefund ? (
                            <>
                                {t('payment.change')} <strong>{money(order.get_change())}</strong>
                            </>
                        ) : (
                            <>
                                {isRefund ? t('payment.give_back') : t('payment.due')}{' '}
                                <strong>{money(isRefund ? decimal(due).abs() : Math.max(due, 0))}</strong>
                            </>
                        )}
                    </p>
                    {order.get_rounding_applied() !== 0 && (
                        <p class="hint">
                            {t('slip.rounding')} {money(order.get_rounding_applied())}
                        </p>
                    )}
                    {selected?.is_cash() && !isRefund && <QuickAmounts till={till} order={order} />}
                    <fieldset class="keys" aria-label={t('payment.amount')}>
                        {KEYS.map(key => (
                            <button
                                type="button"
                                key={key}
                                disabled={!selected || selected.recorded}
                                aria-label={key === '⌫' ? t('numpad.backspace') : key}
                                onClick={() => press(till, key)}
                            >
                                {key === '⌫' ? <Icon name="backspace" /> : key}
                            </button>
                        ))}
                    </fieldset>
                    <button
                        type="button"
                        class="pay"
                        disabled={!order.is_paid() || busy.value || (isRefund && due < 0)}
                        onClick={() => void validate(till)}
                    >
                        {busy.value ? t('payment.waiting') : t('payment.validate')}
                    </button>
                </section>
            </main>
            {changed.value && (
                <Differences
                    order={order}
                    refusal={changed.value}
                    onLook={() => {
                        changed.value = null;
                        back();
                    }}
                    onPay={() => {
                        changed.value = null;
                    }}
                />
            )}
        </div>
    );
}

/** So much is due by this method; where nothing is, its payment is the one that is typed at. */
function addPayment(till: Till, order: Order, method: Cashregister): void {
    text.value = '';
    const mine = order.get_paymentlines().find(line => line.cashregister === method && !line.recorded);
    if (mine && order.is_paid()) {
        order.select_paymentline(mine);
        till.paint();
        return;
    }
    till.act(() => {
        const line = order.add_paymentline(method);
        const left = order.get_due(line);
        line.set_amount(order.get_total_with_tax() < 0 ? Math.min(left, 0) : Math.max(left, 0));
        order.select_paymentline(line);
    });
}

/** What is paid for, to be read out. */
function Bill({ till, order }: { till: Till; order: Order }) {
    till.tick.value;
    return (
        <ul class="bill">
            {order.get_orderlines().map(line => (
                <li key={line.uid}>
                    <span class="what">{line.get_product().display_name}</span>
                    <span class="price">{money(line.get_display_price())}</span>
                    <span class="how">{how(line)}</span>
                </li>
            ))}
        </ul>
    );
}

function press(till: Till, key: Key): void {
    const { pos } = till;
    const line = pos.get_order()?.selected_paymentline;
    if (!line || line.recorded) return;
    text.value = keyed(text.value, key, moneyOfSize(decimalsOf(pos.currency.rounding)));
    const isBack = (pos.get_order()?.get_total_with_tax() ?? 0) < 0;
    till.act(() => line.set_amount(isBack ? `-${text.value}` : text.value));
}

/** The notes that people are likely to give for an amount: the next ones of each kind. */
export function quickAmounts(due: number): number[] {
    const notes = [5, 10, 20, 50, 100, 200];
    const amounts = notes.map(note => Math.ceil(due / note) * note);
    return [...new Set(amounts)].filter(amount => amount > due).slice(0, 4);
}

function QuickAmounts({ till, order }: { till: Till; order: Order }) {
    till.tick.value;
    const line = order.selected_paymentline;
    if (!line || line.recorded) return null;
    const due = order.get_due(line);
    const give = (amount: number) => () => {
        text.value = '';
        till.act(() => line.set_amount(amount));
    };
    return (
        <fieldset class="quick" aria-label={t('payment.quick')}>
            <button type="button" onClick={give(due)}>
                {t('payment.exact')}
            </button>
            {quickAmounts(due).map(amount => (
                <button type="button" key={amount} onClick={give(amount)}>
                    {money(amount)}
                </button>
            ))}
        </fieldset>
    );
}

/** A tip is a line of the product that the POS has for it: it is on the bill, and in the reports. */
function Tip({ till, order }: { till: Till; order: Order }) {
    till.tick.value;
    const isOpen = useSignal(false);
    /** A tip that is typed. */
    const other = useSignal('');
    const { pos } = till;
    const product = pos.db.get_product_by_id(Number(pos.config.tip_product_id ?? 0));
    if (!product || order.get_total_with_tax() <= 0) return null;
    const change = order.get_change();
    const add = (amount: number) => () => {
        till.act(() => order.add_product(product, { price: amount, merge: false }));
        isOpen.value = false;
        other.value = '';
    };
    const total = decimal(order.get_total_with_tax());
    const part = (percent: number) => pos.roundPrice(total.times(percent).div(100));
    return (
        <>
            <button
                type="button"
                aria-expanded={isOpen.value}
                onClick={() => {
                    isOpen.value = !isOpen.value;
                }}
            >
                <Icon name="plus" /> {t('payment.tip')}
            </button>
            {isOpen.value && (
                <fieldset class="tips" aria-label={t('payment.tip_ask')}>
                    {change > 0 && (
                        <button type="button" class="keep" onClick={add(change)}>
                            {t('payment.tip_of_change')} ({money(change)})
                        </button>
                    )}
                    {[5, 10, 15].map(percent => (
                        <button type="button" key={percent} onClick={add(part(percent))}>
                            <span>
                                <bdi>{percent} %</bdi> · {money(part(percent))}
                            </span>
                        </button>
                    ))}
                    <form
                        class="other"
                        onSubmit={event => {
                            event.preventDefault();
                            const amount = typedAmount(other.value, decimalsOf(pos.currency.rounding));
                            if (amount?.greaterThan(0)) add(amount.toNumber())();
                            else if (other.value)
                                till.tell(t('counting.not_an_amount', { text: other.value }));
                        }}
                    >
                        <input
                            type="text"
                            inputMode="decimal"
                            maxLength={9}
                            aria-label={t('payment.tip_other')}
                            placeholder={t('payment.tip_other')}
                            value={other.value}
                            onInput={event => {
                                other.value = event.currentTarget.value;
                            }}
                        />
                        <button type="submit" aria-label={t('payment.tip')}>
                            <Icon name="check" />
                        </button>
                    </form>
                </fieldset>
            )}
        </>
    );
}

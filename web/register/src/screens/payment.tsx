import { signal } from '@preact/signals';
import { type Key, keyed } from '../parts/keyed';
import { StatusBar } from '../parts/status';
import { label, type Till } from '../till';
import { screen } from './till';

const KEYS: Key[] = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '.', '0', '⌫'];

const busy = signal(false);
/** What was typed for the selected payment. */
const text = signal('');

async function validate(till: Till): Promise<void> {
    const order = till.pos.get_order();
    if (!order || busy.value) return;
    busy.value = true;
    try {
        const outcome = await till.pos.push_order(order);
        if (outcome.accepted) screen.value = 'receipt';
        else if (outcome.refusal.reason === 'bill_changed') {
            till.tell(`${label(order)} has just changed: look at it, and take the payment again.`);
            screen.value = 'order';
        } else screen.value = 'order';
    } catch (error) {
        till.tell(error instanceof Error ? error.message : String(error));
    }
    busy.value = false;
}

export function PaymentScreen({ till }: { till: Till }) {
    till.tick.value;
    const { pos } = till;
    const order = pos.get_order();
    if (!order) return null;
    const selected = order.selected_paymentline;
    const press = (key: Key) => {
        if (!selected) return;
        text.value = keyed(text.value, key);
        till.act(() => selected.set_amount(text.value));
    };
    return (
        <div class="payment">
            <StatusBar till={till} />
            <section>
                <h1>
                    {label(order)} <strong>{pos.format_currency(order.get_total_with_tax())}</strong>
                </h1>
                <div class="methods">
                    {pos.cashregisters.map(method => (
                        <button
                            type="button"
                            key={method.id}
                            onClick={() =>
                                till.act(() => {
                                    text.value = '';
                                    const line = order.add_paymentline(method);
                                    line.set_amount(Math.max(order.get_due(line), 0));
                                    order.select_paymentline(line);
                                })
                            }
                        >
                            {method.journal_id[1]}
                        </button>
                    ))}
                </div>
                <ul class="payments">
                    {order.get_paymentlines().map(line => (
                        <li key={line.cid} aria-current={line === selected}>
                            <button
                                type="button"
                                onClick={() => {
                                    text.value = '';
                                    order.select_paymentline(line);
                                    till.tick.value += 1;
                                }}
                            >
                                {line.name} <strong>{pos.format_currency(line.get_amount())}</strong>
                            </button>
                            {!line.recorded && (
                                <button
                                    type="button"
                                    aria-label={`Take ${line.name} away`}
                                    onClick={() => till.act(() => order.remove_paymentline(line))}
                                >
                                    ×
                                </button>
                            )}
                        </li>
                    ))}
                </ul>
                <p class="due">
                    {order.get_change() > 0 ? (
                        <>
                            Change <strong>{pos.format_currency(order.get_change())}</strong>
                        </>
                    ) : (
                        <>
                            To pay <strong>{pos.format_currency(Math.max(order.get_due(), 0))}</strong>
                        </>
                    )}
                </p>
                <fieldset class="keys" aria-label="Amount">
                    {KEYS.map(key => (
                        <button type="button" key={key} disabled={!selected} onClick={() => press(key)}>
                            {key}
                        </button>
                    ))}
                </fieldset>
                <div class="ends">
                    <button
                        type="button"
                        onClick={() => {
                            screen.value = 'order';
                        }}
                    >
                        Back
                    </button>
                    <button
                        type="button"
                        class="pay"
                        disabled={!order.is_paid() || busy.value}
                        onClick={() => void validate(till)}
                    >
                        {busy.value ? 'Waiting for the server …' : 'Validate'}
                    </button>
                </div>
            </section>
        </div>
    );
}

/** Lines go to another order: the bill is split, or a party moves to another table. */
import { useSignal } from '@preact/signals';
import { decimal, type Order, type Orderline } from '@tillsync/sdk';
import { label, money, t } from '../i18n';
import { move } from '../moving';
import type { Till } from '../till';
import { Dialog } from './dialog';
import { Ends } from './ends';

export function Split({ till, order, onClose }: { till: Till; order: Order; onClose(): void }) {
    till.tick.value;
    /** How much of each line goes. */
    const taken = useSignal<Record<string, number>>({});
    const target = useSignal('');
    const wrong = useSignal('');
    const busy = useSignal(false);
    const lines = order.get_orderlines();
    const others = till.pos
        .get_order_list()
        .filter(other => other !== order && till.pos.engine.order(other.uid)?.locked === null);
    /** Somebody else may have taken some of it away meanwhile. */
    const partOf = (line: Orderline) => {
        const [part, all] = [taken.value[line.uid] ?? 0, line.get_quantity()];
        if (Math.sign(part) !== Math.sign(all)) return 0;
        return Math.abs(part) > Math.abs(all) ? all : part;
    };
    const goes = lines.filter(line => partOf(line) !== 0);
    const amount = goes.reduce((sum, line) => {
        const part = decimal(partOf(line)).div(decimal(line.get_quantity()));
        return sum.plus(decimal(line.get_price_with_tax()).times(part));
    }, decimal(0));
    const take = (uid: string, quantity: number) => {
        wrong.value = '';
        taken.value = { ...taken.value, [uid]: quantity };
    };
    const go = async () => {
        if (busy.value || goes.length === 0) return;
        busy.value = true;
        const items = goes.map(line => ({ line: line.uid, qty: partOf(line) }));
        try {
            await move(till, order, target.value || null, items);
            onClose();
        } catch (error) {
            wrong.value = error instanceof Error ? error.message : String(error);
        }
        busy.value = false;
    };
    return (
        <Dialog title={t('split.title', { order: label(order) })} onClose={onClose} class="split">
            <ul>
                {lines.map(line => {
                    const all = line.get_quantity();
                    const part = partOf(line);
                    const step = all < 0 ? -1 : 1;
                    const next = Math.abs(part + step) > Math.abs(all) ? all : part + step;
                    return (
                        <li key={line.uid} class={part === 0 ? '' : 'goes'}>
                            <span class="what">
                                {line.get_product().display_name}
                                {line.get_note() && <small>{line.get_note()}</small>}
                            </span>
                            <span class="hint">{t('split.of', { part, all })}</span>
                            <button
                                type="button"
                                class="step"
                                aria-label={t('split.less', { product: line.get_product().display_name })}
                                disabled={part === 0}
                                onClick={() => take(line.uid, Math.abs(part) < 1 ? 0 : part - step)}
                            >
                                −
                            </button>
                            <button
                                type="button"
                                class="step"
                                aria-label={t('split.more', { product: line.get_product().display_name })}
                                disabled={part === all}
                                onClick={() => take(line.uid, next)}
                            >
                                +
                            </button>
                            <button type="button" onClick={() => take(line.uid, part === all ? 0 : all)}>
                                {t('split.all')}
                            </button>
                        </li>
                    );
                })}
            </ul>
            <label class="field">
                <span>{t('split.to')}</span>
                <select
                    value={target.value}
                    onChange={event => {
                        target.value = event.currentTarget.value;
                    }}
                >
                    <option value="">{t('split.new_order')}</option>
                    {others.map(other => (
                        <option key={other.uid} value={other.uid}>
                            {label(other)} · {money(other.get_total_with_tax())}
                        </option>
                    ))}
                </select>
            </label>
            <Ends
                wrong={wrong.value}
                onBack={onClose}
                go={t('split.go', { amount: money(amount) })}
                disabled={goes.length === 0 || busy.value}
                onGo={() => void go()}
            />
        </Dialog>
    );
}

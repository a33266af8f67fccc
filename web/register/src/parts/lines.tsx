import type { Order, Orderline } from '@tillsync/sdk';
import { useEffect, useRef } from 'preact/hooks';
import { money, t } from '../i18n';
import { type Till, who } from '../till';

interface OrderLinesProps {
    till: Till;
    order: Order;
    /** A phone shows the order or the products. */
    isShown: boolean;
}

/** The lines of the order on the screen: what, how much, by whom. */
export function OrderLines({ till, order, isShown }: OrderLinesProps) {
    till.tick.value;
    const lines = order.get_orderlines();
    const selected = order.get_selected_orderline()?.uid;
    const list = useRef<HTMLOListElement>(null);
    // The line that the person at the till works at is in sight; others' lines never scroll the list.
    useEffect(() => {
        list.current?.querySelector('[aria-pressed="true"]')?.scrollIntoView({ block: 'nearest' });
    }, [selected, lines.length > 0, isShown]);
    if (lines.length === 0) return <p class="empty">{t('order.empty')}</p>;
    const glowing = till.glowing.value;
    return (
        <ol class="lines" ref={list}>
            {lines.map(line => (
                <li key={line.uid}>
                    <button
                        type="button"
                        class={`line ${glowing.has(line.uid) ? 'glows' : ''}`}
                        aria-pressed={line.is_selected()}
                        onClick={() => {
                            order.select_orderline(line);
                            till.tick.value += 1;
                        }}
                    >
                        <span class="what">{line.get_product().display_name}</span>
                        <span class="price">{money(line.get_display_price())}</span>
                        <span class="below">
                            <span class="how">{how(line)}</span>
                            <span class="who">{marks(till, line)}</span>
                        </span>
                        {noteOf(line) && <span class="note">{noteOf(line)}</span>}
                    </button>
                </li>
            ))}
        </ol>
    );
}

/** How much of it, at which price; the discount beside it is not yet taken off that. */
export function how(line: Orderline): string {
    const text = t('line.how', {
        quantity: line.get_quantity_str_with_unit(),
        price: money(line.get_unit_price()),
    });
    const discount = line.get_discount();
    return discount > 0 ? `${text} · ${t('line.discount', { percent: discount })}` : text;
}

function noteOf(line: Orderline): string {
    return line.get_note?.() ?? '';
}

/** Who added it, and who edited it last if that was at another POS; empty while the POS works alone. */
function marks(till: Till, line: Orderline): string {
    const { created, changed } = line.ms_info;
    if (!created || !till.pos.engine.active) return '';
    const added = who(created.user.name, created.pos.name);
    if (!changed || changed.pos.id === created.pos.id) return t('line.added', { who: added });
    return t('line.edited', { who: added, other: who(changed.user.name, changed.pos.name) });
}

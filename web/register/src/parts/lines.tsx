import type { Order, Orderline } from '@tillsync/sdk';
import type { Till } from '../till';

/** The lines of the order on the screen: what, how much, by whom. */
export function OrderLines({ till, order }: { till: Till; order: Order }) {
    const lines = order.get_orderlines();
    if (lines.length === 0) return <p class="empty">Tap a product to begin.</p>;
    return (
        <ol class="lines">
            {lines.map(line => (
                <li key={line.uid}>
                    <button
                        type="button"
                        class="line"
                        aria-pressed={line.is_selected()}
                        onClick={() => {
                            order.select_orderline(line);
                            till.tick.value += 1;
                        }}
                    >
                        <span class="what">{line.get_product().display_name}</span>
                        <span class="price">{till.pos.format_currency(line.get_display_price())}</span>
                        <span class="how">{how(till, line)}</span>
                        <span class="who">{line.get_ms_text()}</span>
                    </button>
                </li>
            ))}
        </ol>
    );
}

function how(till: Till, line: Orderline): string {
    const price = till.pos.format_currency(line.get_unit_display_price());
    const discount = line.get_discount() ? `, ${line.get_discount_str()} % off` : '';
    return `${line.get_quantity_str_with_unit()} at ${price}${discount}`;
}

import { label, type Till } from '../till';
import { screen } from './till';

export function ReceiptScreen({ till }: { till: Till }) {
    till.tick.value;
    const { pos } = till;
    const order = pos.get_order();
    if (!order) return null;
    const next = async () => {
        await order.finalize();
        screen.value = 'order';
    };
    return (
        <div class="receipt">
            <article class="slip">
                <h1>{pos.company.name}</h1>
                <p>
                    {label(order)} · {pos.config.name} · {pos.get_cashier().name}
                </p>
                <table>
                    <tbody>
                        {order.get_orderlines().map(line => (
                            <tr key={line.uid}>
                                <td>
                                    {line.get_product().display_name}
                                    <small>{line.get_quantity_str_with_unit()}</small>
                                </td>
                                <td>{pos.format_currency(line.get_display_price())}</td>
                            </tr>
                        ))}
                    </tbody>
                    <tfoot>
                        <tr>
                            <td>Total</td>
                            <td>{pos.format_currency(order.get_total_with_tax())}</td>
                        </tr>
                        {order.get_tax_details().map(({ tax, amount }) => (
                            <tr key={tax.id}>
                                <td>{tax.name}</td>
                                <td>{pos.format_currency(amount)}</td>
                            </tr>
                        ))}
                        {order.get_paymentlines().map(line => (
                            <tr key={line.cid}>
                                <td>{line.name}</td>
                                <td>{pos.format_currency(line.get_amount())}</td>
                            </tr>
                        ))}
                        <tr>
                            <td>Change</td>
                            <td>{pos.format_currency(order.get_change())}</td>
                        </tr>
                    </tfoot>
                </table>
                <p class="uid">{order.uid}</p>
            </article>
            <div class="ends">
                <button type="button" onClick={() => print()}>
                    Print
                </button>
                <button type="button" class="pay" onClick={() => void next()}>
                    Next order
                </button>
            </div>
        </div>
    );
}

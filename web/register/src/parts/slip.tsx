/** A receipt, as it is shown and printed. */
import type { Order } from '@tillsync/sdk';
import { dateTime, money, t } from '../i18n';

export interface SlipProps {
    order: Order;
    /** When it was paid, in milliseconds since 1970. */
    paidMs: number;
    /** Who took the money, and where. */
    cashier: string;
    place: string;
    /** Without a connection there is none yet: then the uid names the receipt. */
    receipt: number | null;
    /** It was printed before. */
    isCopy?: boolean;
}

/** Text of an option that an owner wrote; none where there is none. */
function option(value: unknown): string {
    return typeof value === 'string' ? value : '';
}

export function Slip({ order, paidMs, cashier, place, receipt, isCopy = false }: SlipProps) {
    const { pos } = order;
    const { company, config } = pos;
    const client = order.get_client();
    const address = [option(company.street), [option(company.zip), option(company.city)].join(' ').trim()];
    const change = order.get_change();
    const rounding = order.get_rounding_applied();
    const isRefund = order.get_total_with_tax() < 0;
    return (
        <article class="slip">
            <h1>{company.name}</h1>
            {address.filter(Boolean).map(line => (
                <p key={line}>{line}</p>
            ))}
            {option(company.phone) && <p>{option(company.phone)}</p>}
            {option(company.vat) && <p>{t('slip.vat', { number: option(company.vat) })}</p>}
            {option(config.receipt_header) && <p class="said">{option(config.receipt_header)}</p>}
            <p class="what">
                {[
                    isRefund && t('slip.refund'),
                    isCopy && t('slip.copy'),
                    // Without a connection it has neither number yet: the uid below names it.
                    order.sequence_number && t('order.number', { number: order.sequence_number }),
                    receipt !== null && t('slip.receipt', { number: receipt }),
                ]
                    .filter(Boolean)
                    .join(' · ')}
            </p>
            <p>
                {dateTime(paidMs)} · {cashier} · {place}
            </p>
            {client && <p>{client.name}</p>}
            <table>
                <tbody>
                    {order.get_orderlines().map(line => (
                        <tr key={line.uid}>
                            <td>
                                {line.get_product().display_name}
                                <small>
                                    {t('line.how', {
                                        quantity: line.get_quantity_str_with_unit(),
                                        price: money(line.get_unit_price()),
                                    })}
                                    {line.get_discount() > 0 &&
                                        ` · ${t('line.discount', { percent: line.get_discount() })}`}
                                </small>
                            </td>
                            <td>{money(line.get_display_price())}</td>
                        </tr>
                    ))}
                </tbody>
                <tfoot>
                    <tr class="sum">
                        <td>{t('total')}</td>
                        <td>{money(order.get_total_with_tax())}</td>
                    </tr>
                    {rounding !== 0 && (
                        <tr>
                            <td>{t('slip.rounding')}</td>
                            <td>{money(rounding)}</td>
                        </tr>
                    )}
                    {order.get_tax_details().map(({ tax, amount }) => (
                        <tr key={tax.id}>
                            <td>{tax.name}</td>
                            <td>{money(amount)}</td>
                        </tr>
                    ))}
                    {order.get_paymentlines().map(line => (
                        <tr key={line.cid}>
                            <td>{line.name}</td>
                            <td>{money(line.get_amount())}</td>
                        </tr>
                    ))}
                    {change !== 0 && (
                        <tr>
                            <td>{t('payment.change')}</td>
                            <td>{money(change)}</td>
                        </tr>
                    )}
                </tfoot>
            </table>
            {option(config.receipt_footer) && <p class="said">{option(config.receipt_footer)}</p>}
            <p class="uid">{order.uid}</p>
        </article>
    );
}

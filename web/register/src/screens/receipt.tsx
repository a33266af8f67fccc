import { Icon } from '@tillsync/look';
import { money, t } from '../i18n';
import { Slip } from '../parts/slip';
import { screen } from '../screen';
import type { Till } from '../till';

/** When an order was paid here: what its receipt says. */
const paidAt = new Map<string, number>();

export function ReceiptScreen({ till }: { till: Till }) {
    till.tick.value;
    const { pos } = till;
    const order = pos.get_order();
    if (!order) return null;
    const paidMs = paidAt.get(order.cid) ?? Date.now();
    paidAt.set(order.cid, paidMs);
    const next = async () => {
        paidAt.delete(order.cid);
        await order.finalize();
        till.newOrder();
        screen.value = 'order';
    };
    const change = order.get_change();
    const client = order.get_client();
    const address = typeof client?.email === 'string' ? client.email : '';
    return (
        <main class="receipt">
            <section class="done">
                <p class="paid">
                    <Icon name="check" />{' '}
                    {order.get_total_with_tax() < 0 ? t('receipt.given_back') : t('receipt.taken')}
                </p>
                {change > 0 && (
                    <p class="change">
                        {t('payment.change')} <strong>{money(change)}</strong>
                    </p>
                )}
                {order.receipt_number === null && till.connection.value.sync === 'red' && (
                    <p class="hint">{t('receipt.kept')}</p>
                )}
                <div class="buttons">
                    <button type="button" onClick={() => print()}>
                        <Icon name="print" /> {t('print')}
                    </button>
                    <a class="button" href={mail(address, order)}>
                        <Icon name="mail" /> {t('receipt.mail')}
                    </a>
                </div>
                <button type="button" class="pay" onClick={() => void next()}>
                    {t('receipt.next')}
                </button>
            </section>
            <Slip
                order={order}
                paidMs={paidMs}
                cashier={pos.get_cashier().name}
                place={pos.config.name}
                receipt={order.receipt_number}
            />
        </main>
    );
}

/** The receipt as a letter, in the device's own program for mail. */
function mail(address: string, order: NonNullable<ReturnType<Till['pos']['get_order']>>): string {
    const { company } = order.pos;
    const lines = order.get_orderlines().map(line =>
        t('slip.text_line', {
            quantity: line.get_quantity_str_with_unit(),
            product: line.get_product().display_name,
            amount: money(line.get_display_price()),
        }),
    );
    const number =
        order.receipt_number === null ? order.uid : t('slip.receipt', { number: order.receipt_number });
    const text = [
        company.name,
        number,
        '',
        ...lines,
        '',
        `${t('total')}: ${money(order.get_total_with_tax())}`,
        order.uid,
    ];
    // The signs that isolate amounts on a screen are noise in a letter.
    const body = text.join('\n').replace(/[\u2066\u2069]/g, '');
    const subject = `${company.name}: ${number}`;
    return `mailto:${encodeURIComponent(address)}?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(body)}`;
}

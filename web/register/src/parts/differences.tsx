/** The bill is not what was shown: what changed, by whom, and the question again (rule 11). */
import type { Fields, Json, Mark, Order, Refusal } from '@tillsync/sdk';
import { money, t } from '../i18n';
import { Dialog } from './dialog';

interface Difference {
    line: string | null;
    seen: Fields | null;
    now: Fields | null;
}

interface DifferencesProps {
    order: Order;
    refusal: Refusal;
    onLook(): void;
    onPay(): void;
}

export function Differences({ order, refusal, onLook, onPay }: DifferencesProps) {
    const differences = (refusal.differences ?? []) as unknown as Difference[];
    const by = (Array.isArray(refusal.by) ? refusal.by : []) as unknown as Mark[];
    const names = [...new Set(by.map(({ user, pos }) => t('who', { name: user.name, pos: pos.name })))];
    return (
        <Dialog title={t('bill.title')} onClose={onLook} class="differences">
            <p>{t('bill.changed', { names: names.join(', '), count: names.length })}</p>
            <table>
                <thead>
                    <tr>
                        <th>{t('bill.what')}</th>
                        <th>{t('bill.before')}</th>
                        <th>{t('bill.now')}</th>
                    </tr>
                </thead>
                <tbody>
                    {differences.map(({ line, seen, now }) => (
                        <tr key={line ?? ''}>
                            <th scope="row">{nameOf(order, seen ?? now, line)}</th>
                            <td>{described(seen)}</td>
                            <td>{described(now)}</td>
                        </tr>
                    ))}
                </tbody>
            </table>
            <p class="due">
                {t('bill.total')} <strong>{money(order.get_total_with_tax())}</strong>
            </p>
            <div class="ends">
                <button type="button" onClick={onLook}>
                    {t('bill.look')}
                </button>
                <button type="button" class="pay" onClick={onPay}>
                    {t('bill.pay')}
                </button>
            </div>
        </Dialog>
    );
}

function nameOf(order: Order, fields: Fields | null, line: string | null): string {
    if (line === null) return t('bill.order_itself');
    const id = Number(fields?.product_id ?? 0);
    return order.pos.db.get_product_by_id(id)?.display_name ?? t('product.unknown', { id });
}

function described(fields: Fields | null): string {
    if (fields === null) return t('bill.none');
    const { qty, price_unit, discount } = fields;
    if (qty === undefined) return t('bill.rules');
    const price = money(number(price_unit));
    const text = t('line.how', { quantity: String(number(qty)), price });
    return number(discount) ? `${text} · ${t('line.discount', { percent: number(discount) })}` : text;
}

function number(value: Json | undefined): number {
    return Number(value ?? 0) || 0;
}

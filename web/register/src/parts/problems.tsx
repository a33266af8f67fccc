/** What was typed into an order that was closed meanwhile: nothing typed is lost (rule 12). */
import type { Refused } from '@tillsync/sdk';
import { t } from '../i18n';
import type { Till } from '../till';
import { Dialog } from './dialog';

export function Problems({ till, onClose }: { till: Till; onClose(): void }) {
    till.tick.value;
    const { pos } = till;
    const { refused } = pos.engine;
    const rescue = ({ id }: Refused) => {
        till.act(() => {
            const order = pos.order_by_uid(pos.engine.rescue(id));
            if (order) pos.set_order(order);
        });
        if (pos.engine.refused.length === 0) onClose();
    };
    const discard = ({ id }: Refused) => {
        pos.engine.discard(id);
        till.tick.value += 1;
        if (pos.engine.refused.length === 0) onClose();
    };
    return (
        <Dialog title={t('problems.title')} onClose={onClose} class="problems">
            <ul>
                {refused.map(each => (
                    <li key={each.id}>
                        <p>
                            <strong>
                                {each.order?.number
                                    ? t('order.number', { number: each.order.number })
                                    : t('order.new')}
                            </strong>{' '}
                            {t('problems.why', { reason: each.refusal.reason })}
                        </p>
                        <ul>
                            {each.operations.map((operation, at) => (
                                <li key={at}>{described(till, each, operation)}</li>
                            ))}
                        </ul>
                        <div class="ends">
                            <button type="button" onClick={() => discard(each)}>
                                {t('problems.discard')}
                            </button>
                            <button type="button" class="pay" onClick={() => rescue(each)}>
                                {t('problems.rescue')}
                            </button>
                        </div>
                    </li>
                ))}
            </ul>
            {refused.length === 0 && <p class="empty">{t('problems.none')}</p>}
        </Dialog>
    );
}

function described(till: Till, refused: Refused, operation: Refused['operations'][number]): string {
    const fields =
        operation.op === 'add_line'
            ? operation.fields
            : refused.order?.lines.find(({ uid }) => uid === operation.line)?.fields;
    const id = Number(fields?.product_id ?? 0);
    const product = till.pos.db.get_product_by_id(id)?.display_name ?? '';
    switch (operation.op) {
        case 'add_line':
            return t('history.added', { qty: Number(operation.fields.qty ?? 0), product });
        case 'increment':
            return t('history.more', { qty: operation.by, product, after: '' });
        case 'remove_line':
            return t('history.removed', { qty: operation.seen, product });
        default:
            return t('history.field', { product, field: operation.field });
    }
}

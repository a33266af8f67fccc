/** What happened to an order, told for people. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { historyOf, type Names, type Step } from '../history';
import { dateTime, money, t } from '../i18n';
import { orderHistory } from '../server/orders';
import type { Till } from '../till';
import { Dialog } from './dialog';

export function OrderHistory({ till, uid, onClose }: { till: Till; uid: string; onClose(): void }) {
    const steps = useSignal<Step[] | null>(null);
    const wrong = useSignal('');
    useEffect(() => {
        void (async () => {
            try {
                const entries = await orderHistory(till.pos.config.id, uid);
                steps.value = historyOf(entries, namesOf(till)).toReversed();
            } catch (error) {
                wrong.value = error instanceof Error ? error.message : String(error);
            }
        })();
    }, [uid]);
    return (
        <Dialog title={t('history.title')} onClose={onClose} class="history">
            {wrong.value && <p class="wrong">{wrong.value}</p>}
            {steps.value === null && !wrong.value && <p class="hint">{t('loading')}</p>}
            <ol>
                {steps.value
                    ?.filter(({ told }) => told.length > 0)
                    .map(({ seq, timeMs, doneMs, by, told }) => (
                        <li key={seq}>
                            <p class="by">
                                <strong>{t('who', { name: by.user.name, pos: by.pos.name })}</strong>
                                <time>{dateTime(timeMs)}</time>
                            </p>
                            {doneMs !== null && (
                                <p class="hint">{t('history.done_before', { when: dateTime(doneMs) })}</p>
                            )}
                            <ul>
                                {told.map(({ what, values }, at) => (
                                    <li key={at}>{t(`history.${what}`, values)}</li>
                                ))}
                            </ul>
                        </li>
                    ))}
            </ol>
        </Dialog>
    );
}

function namesOf({ pos }: Till): Names {
    const nameOf = (found: { name: string } | undefined, id: number) => found?.name ?? `${id}`;
    return {
        product: id => pos.db.get_product_by_id(id)?.display_name ?? t('product.unknown', { id }),
        partner: id => nameOf(pos.db.get_partner_by_id(id), id),
        fiscalPosition: id =>
            nameOf(
                pos.fiscal_positions.find(each => each.id === id),
                id,
            ),
        pricelist: id =>
            nameOf(
                pos.pricelists.find(each => each.id === id),
                id,
            ),
        money,
    };
}

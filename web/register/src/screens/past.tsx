/** Orders that are paid or deleted: found, looked at, printed again, given back. */
import { useSignal } from '@preact/signals';
import { Icon } from '@tillsync/look';
import { useEffect } from 'preact/hooks';
import { t } from '../i18n';
import { PastList } from '../parts/past_list';
import { PastOrderView } from '../parts/past_order';
import { Search } from '../parts/search';
import { closedHere, keptOrder, type PastOrder, type PastRow, rowOf, servedOrder } from '../past';
import { isNoAnswer } from '../request';
import { closedOrder, closedOrders, type Place } from '../server/orders';
import type { Till } from '../till';

/** How long typing rests before the list is asked for. */
const TYPING_MS = 250;

export function PastScreen({ till, onBack }: { till: Till; onBack(): void }) {
    const query = useSignal('');
    const list = useSignal<PastRow[] | null>(null);
    const next = useSignal<Place | null>(null);
    const chosen = useSignal<PastOrder | null>(null);
    const wrong = useSignal('');
    /** The server does not answer: what this device closed itself is shown. */
    const isAlone = useSignal(false);
    const { pos } = till;
    const told = (error: unknown) => {
        wrong.value = error instanceof Error ? error.message : String(error);
    };
    const look = async (after: Place | null, isOver: () => boolean) => {
        const q = query.value.trim();
        try {
            const page = await closedOrders(pos.config.id, { q, after });
            if (isOver()) return;
            const rows = page.orders.map(rowOf);
            list.value = after ? [...(list.value ?? []), ...rows] : rows;
            [next.value, wrong.value, isAlone.value] = [page.next, '', false];
        } catch (error) {
            if (isOver()) return;
            if (!isNoAnswer(error)) return told(error);
            [list.value, next.value, wrong.value, isAlone.value] = [closedHere(pos, q), null, '', true];
        }
    };
    useEffect(() => {
        let isOver = false;
        const timer = setTimeout(() => void look(null, () => isOver), query.value ? TYPING_MS : 0);
        return () => {
            isOver = true;
            clearTimeout(timer);
        };
    }, [query.value]);
    const choose = async (uid: string) => {
        try {
            chosen.value = servedOrder(pos, await closedOrder(pos.config.id, uid));
        } catch (error) {
            const kept = isNoAnswer(error) ? keptOrder(pos, uid) : null;
            if (kept) chosen.value = kept;
            else told(error);
        }
    };
    return (
        <div class={`past ${chosen.value ? 'has-chosen' : ''}`}>
            <header class="bar">
                <button type="button" class="home" aria-label={t('back')} onClick={onBack}>
                    <Icon name="back" />
                </button>
                <h1>{t('past.title')}</h1>
                <Search
                    label={t('past.search')}
                    value={query.value}
                    onInput={text => {
                        query.value = text;
                    }}
                />
            </header>
            <main>
                <section class="found" aria-label={t('past.title')}>
                    {wrong.value && (
                        <p class="wrong" role="alert">
                            {wrong.value}
                        </p>
                    )}
                    {isAlone.value && <p class="hint">{t('past.alone')}</p>}
                    {list.value === null && !wrong.value && <p class="hint">{t('loading')}</p>}
                    {list.value?.length === 0 && <p class="empty">{t('nothing_found')}</p>}
                    <PastList
                        rows={list.value ?? []}
                        chosen={chosen.value?.order.uid ?? null}
                        onChoose={uid => void choose(uid)}
                    />
                    {next.value && (
                        <button type="button" onClick={() => void look(next.value, () => false)}>
                            {t('past.more')}
                        </button>
                    )}
                </section>
                {chosen.value && (
                    <PastOrderView
                        key={chosen.value.order.uid}
                        till={till}
                        past={chosen.value}
                        onClose={() => {
                            chosen.value = null;
                        }}
                        onRefund={onBack}
                    />
                )}
            </main>
        </div>
    );
}

/** Point of Sale > Orders: all orders of the shop, as they happen. */

import { useComputed } from '@preact/signals';
import { Icon } from '@tillsync/look';
import { useEffect, useRef } from 'preact/hooks';
import { listOrders, onOrderChange } from '../api/orders';
import { dateTime, t } from '../i18n';
import { useAll } from '../names';
import { ChoiceChip, DateChip, Search, ToggleChip } from '../parts/chips';
import { Empty, Page, Problem, Waiting } from '../parts/page';
import { Pick } from '../parts/picker';
import { place, replace } from '../router';
import { keepScroll } from '../scroll';
import {
    addressOfFilters,
    type FilterName,
    type Filters,
    filtersOf,
    isFiltered,
    queryOf,
    SORTS,
    STATES,
} from './filters';
import { keyOf, OrderList } from './order_list';
import { OrderRow } from './row';

/** Kept while other screens are shown: coming back finds the list as it was. */
const list = new OrderList(listOrders);

/** A burst of changes is one look. */
const GATHER_MS = 400;
/** Further down than this, somebody reads. */
const TOP_PX = 60;
/** So far from the end the next page is asked for. */
const AHEAD_PX = 600;

export function OrdersScreen() {
    const filters = filtersOf(place.value.query);
    const key = addressOfFilters(filters);
    useEffect(() => {
        void list.show(queryOf(filters, Date.now()), key);
    }, [key]);
    useEffect(follow, []);
    keepScroll('orders');
    const rows = list.rows.value;
    return (
        <Page title={t('menu.orders')} class="orders">
            <FilterBar filters={filters} />
            <Problem
                text={list.wrong.value}
                onAgain={() => void list.show(queryOf(filters, Date.now()), key)}
            />
            <News />
            {!rows && !list.wrong.value && <Waiting lines={9} />}
            {rows?.length === 0 && <Nothing filters={filters} />}
            <ul class={`order-rows ${list.isLoading.value ? 'loading' : ''}`}>
                {rows?.map(order => (
                    <li key={keyOf(order)}>
                        <OrderRow order={order} />
                    </li>
                ))}
            </ul>
            <More />
        </Page>
    );
}

/** Looks again whenever the shop says that something changed. */
function follow(): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
        timer = undefined;
        void list.refresh(scrollY < TOP_PX && !document.activeElement?.closest('.order-rows'));
    };
    const stop = onOrderChange(() => {
        timer ??= setTimeout(look, GATHER_MS);
    });
    return () => {
        stop();
        clearTimeout(timer);
    };
}

/** New orders wait here while somebody is further down. */
function News() {
    const count = useComputed(() => list.waiting.value.length).value;
    return (
        <div class="news" role="status">
            {count > 0 && (
                <button
                    type="button"
                    onClick={() => {
                        list.showWaiting();
                        scrollTo({ top: 0 });
                    }}
                >
                    {t('orders.news', { count })}
                </button>
            )}
        </div>
    );
}

/** The end of what is shown: the next page comes before somebody is there. */
function More() {
    const end = useRef<HTMLDivElement>(null);
    const { next, reachedMs, isLoading } = list;
    useEffect(() => {
        if (!end.current) return;
        const watch = new IntersectionObserver(
            ([entry]) => {
                if (entry?.isIntersecting) void list.more();
            },
            { rootMargin: `${AHEAD_PX}px` },
        );
        watch.observe(end.current);
        return () => watch.disconnect();
    }, [next.value]);
    return (
        <div ref={end} class="more">
            {next.value && (
                <button type="button" disabled={isLoading.value} onClick={() => void list.more()}>
                    {reachedMs.value
                        ? t('orders.look_further', { when: dateTime(reachedMs.value) })
                        : t('more')}
                </button>
            )}
        </div>
    );
}

function Nothing({ filters }: { filters: Filters }) {
    const isSome = isFiltered(filters);
    return (
        <Empty text={isSome ? t('orders.none_found') : t('orders.none')}>
            {isSome && (
                <button type="button" onClick={() => replace('/orders')}>
                    {t('filters.clear')}
                </button>
            )}
        </Empty>
    );
}

function FilterBar({ filters }: { filters: Filters }) {
    const poses = useAll('points-of-sale');
    const people = useAll('people');
    const set = (name: FilterName, value: string) => replace(addressOfFilters({ ...filters, [name]: value }));
    const toggle = (mark: string) => set('mark', filters.mark === mark ? '' : mark);
    const id = (name: FilterName) => (filters[name] ? Number(filters[name]) : null);
    const named = (rows: typeof poses) =>
        (rows ?? []).map(row => ({ value: String(row.id), label: String(row.name) }));
    return (
        <search class="filters">
            <Search label={t('orders.search')} value={filters.q} onSearch={text => set('q', text)} />
            <div class="chips">
                <ToggleChip
                    label={t('mark.removals')}
                    icon="trash"
                    on={filters.mark === 'removals'}
                    onToggle={() => toggle('removals')}
                />
                <ToggleChip
                    label={t('mark.attention')}
                    icon="warning"
                    on={filters.mark === 'attention'}
                    onToggle={() => toggle('attention')}
                />
                <DateChip value={filters.date} onChoose={value => set('date', value)} />
                <ChoiceChip
                    label={t('filter.state')}
                    value={filters.state}
                    options={STATES.map(value => ({ value, label: t(`state.${value}`) }))}
                    onChoose={value => set('state', value)}
                />
                <ChoiceChip
                    label={t('filter.pos')}
                    value={filters.pos}
                    options={named(poses)}
                    onChoose={value => set('pos', value)}
                />
                <ChoiceChip
                    label={t('filter.cashier')}
                    value={filters.user}
                    options={named(people)}
                    onChoose={value => set('user', value)}
                />
                <Pick
                    isChip
                    kind="customers"
                    label={t('filter.customer')}
                    none={t('filter.any')}
                    value={id('customer')}
                    onPick={chosen => set('customer', chosen === null ? '' : String(chosen))}
                />
                <Pick
                    isChip
                    kind="products"
                    label={t('filter.product')}
                    none={t('filter.any')}
                    value={id('product')}
                    onPick={chosen => set('product', chosen === null ? '' : String(chosen))}
                />
                <input
                    class={`chip number ${filters.number ? 'on' : ''}`}
                    type="text"
                    inputMode="numeric"
                    placeholder={t('filter.number')}
                    aria-label={t('filter.number')}
                    value={filters.number}
                    onChange={event => set('number', event.currentTarget.value.replace(/\D/g, ''))}
                />
                <ToggleChip
                    label={t('mark.refund')}
                    on={filters.mark === 'refund'}
                    onToggle={() => toggle('refund')}
                />
                <ToggleChip
                    label={t('mark.late')}
                    on={filters.mark === 'late'}
                    onToggle={() => toggle('late')}
                />
                <ChoiceChip
                    label={t('sort.title')}
                    value={filters.sort}
                    options={SORTS.map(value => ({ value, label: t(`sort.${value}`) }))}
                    onChoose={value => set('sort', value)}
                />
                {isFiltered(filters) && (
                    <button type="button" class="chip clear" onClick={() => replace('/orders')}>
                        <Icon name="close" />
                        {t('filters.clear')}
                    </button>
                )}
            </div>
        </search>
    );
}

/** Reporting > Sales: what was sold, by whom, of what, when. */

import { Icon } from '@tillsync/look';
import type { ComponentChildren } from 'preact';
import { salesCsv, salesReport } from '../api/reports';
import { textOf } from '../api/request';
import { SALES_TABLES, type Sales, type SalesRow, type SalesTable } from '../api/types';
import { dayBegin, spanOf } from '../days';
import { clock, day, money, qty, shortDay, t } from '../i18n';
import { useLoaded } from '../load';
import { useAll } from '../names';
import { type Bar, Columns, Lying } from '../parts/chart';
import { ChoiceChip, DateChip } from '../parts/chips';
import { download } from '../parts/download';
import { Empty, Page, Problem, Waiting } from '../parts/page';
import { tell } from '../parts/toast';
import { place, replace, withQuery } from '../router';
import { daysOfSales, hoursOf } from './hours';

/** Bars of one chart; the table below has all. */
const BARS_MAX = 10;
/** Hours that are drawn one by one; of longer spans there are days. */
const HOURS_MAX = 26;

export function SalesScreen() {
    const { query } = place.value;
    const date = query.get('date') || 'today';
    const pos = query.get('pos') ?? '';
    const table = SALES_TABLES.find(each => each === query.get('table')) ?? 'by_product';
    const poses = useAll('points-of-sale');
    const asked = () => {
        const { from, to } = spanOf(date, Date.now());
        return { from_ms: from ?? 0, to_ms: to ?? dayBegin(Date.now(), 1), pos };
    };
    const loaded = useLoaded(`${date} ${pos}`, signal => salesReport(asked(), signal));
    const to = (changes: Record<string, string | null>) => replace(withQuery(place.value, changes));
    const sales = loaded.data.value;
    const name = `sales-${date.replace('..', '-to-')}`;
    const saveCsv = async () => {
        try {
            download(`${name}-${table}.csv`, await salesCsv(table, asked()), 'text/csv');
        } catch (error) {
            tell(textOf(error));
        }
    };
    return (
        <Page
            title={t('menu.sales')}
            class="sales"
            actions={
                sales && (
                    <>
                        <button type="button" onClick={() => print()}>
                            <Icon name="print" />
                            {t('print')}
                        </button>
                        <button
                            type="button"
                            onClick={() =>
                                download(`${name}.json`, JSON.stringify(sales, null, 2), 'application/json')
                            }
                        >
                            <Icon name="download" />
                            JSON
                        </button>
                    </>
                )
            }
        >
            <search class="filters">
                <div class="chips">
                    <DateChip hasAll={false} value={date} onChoose={value => to({ date: value })} />
                    <ChoiceChip
                        label={t('filter.pos')}
                        value={pos}
                        options={(poses ?? []).map(row => ({
                            value: String(row.id),
                            label: String(row.name),
                        }))}
                        onChoose={value => to({ pos: value })}
                    />
                </div>
            </search>
            <Problem text={loaded.wrong.value} onAgain={() => void loaded.again()} />
            {!sales && !loaded.wrong.value && <Waiting />}
            {sales?.totals.orders === 0 && sales.totals.refunds === 0 && <Empty text={t('sales.none')} />}
            {sales && (sales.totals.orders > 0 || sales.totals.refunds > 0) && (
                <>
                    <Totals sales={sales} />
                    <Charts sales={sales} />
                    <TablePanel
                        sales={sales}
                        table={table}
                        onTable={value => to({ table: value })}
                        onCsv={() => void saveCsv()}
                    />
                </>
            )}
        </Page>
    );
}

function Totals({ sales: { totals } }: { sales: Sales }) {
    const sums: [string, string | number][] = [
        [t('sales.total'), money(totals.total)],
        [t('sales.net'), money(totals.net)],
        [t('sales.tax'), money(totals.tax)],
        [t('sold.orders'), totals.orders],
        [t('sold.refunds'), totals.refunds],
    ];
    return (
        <dl class="sums">
            {sums.map(([name, value]) => (
                <div key={name}>
                    <dt>{name}</dt>
                    <dd class="amount">{value}</dd>
                </div>
            ))}
        </dl>
    );
}

function barsOf(rows: readonly SalesRow[]): Bar[] {
    return rows.slice(0, BARS_MAX).map(({ id, name, total }) => ({
        key: `${id}`,
        label: name || '–',
        value: total,
        text: money(total),
    }));
}

/** By the hour, or by the day where hours would be too many. */
function timesOf(sales: Sales): Bar[] {
    const hours = hoursOf(sales);
    if (hours.length <= HOURS_MAX)
        return hours.map(({ id, total }) => ({
            ...{ key: `${id}`, value: total, text: money(total) },
            label: clock(id),
        }));
    return daysOfSales(sales).map(({ ms, total }) => ({
        ...{ key: `${ms}`, value: total, text: money(total) },
        label: shortDay(ms),
    }));
}

function Charts({ sales }: { sales: Sales }) {
    const bars = timesOf(sales);
    const isByHour = hoursOf(sales).length <= HOURS_MAX;
    const title = t(isByHour ? 'table.by_hour' : 'sales.by_day');
    return (
        <>
            {bars.length > 1 && (
                <section class="panel">
                    <h2>{title}</h2>
                    <Columns bars={bars} label={title} />
                </section>
            )}
            <div class="charts">
                {(['by_pos', 'by_method', 'by_category', 'by_product'] as const).map(name => (
                    <section key={name} class="panel">
                        <h2>{t(`table.${name}`)}</h2>
                        <Lying bars={barsOf(sales[name])} empty={<p class="hint">–</p>} />
                    </section>
                ))}
            </div>
        </>
    );
}

const COLUMNS = ['orders', 'qty', 'net', 'tax', 'total'] as const;

const CELLS: Record<(typeof COLUMNS)[number], (row: SalesRow) => ComponentChildren> = {
    orders: row => row.orders,
    qty: row => qty(row.qty),
    net: row => money(row.net),
    tax: row => money(row.tax),
    total: row => <strong>{money(row.total)}</strong>,
};

interface TableProps {
    sales: Sales;
    table: SalesTable;
    onTable(table: SalesTable): void;
    onCsv(): void;
}

function TablePanel({ sales, table, onTable, onCsv }: TableProps) {
    const rows = sales[table];
    // A way to pay has no quantity and no tax.
    const columns = table === 'by_method' ? (['orders', 'total'] as const) : COLUMNS;
    const nameOf = ({ id, name }: SalesRow) =>
        table === 'by_hour' ? `${day(Number(id))}, ${clock(Number(id))}` : name || '–';
    return (
        <section class="panel sales-table">
            <header>
                <div class="chips">
                    {SALES_TABLES.map(each => (
                        <button
                            key={each}
                            type="button"
                            class="chip"
                            aria-pressed={each === table}
                            onClick={() => onTable(each)}
                        >
                            {t(`table.${each}`)}
                        </button>
                    ))}
                </div>
                <button type="button" onClick={onCsv}>
                    <Icon name="download" />
                    CSV
                </button>
            </header>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways has to be reached by keys */}
            <section class="scrolls" tabIndex={0} aria-label={t(`table.${table}`)}>
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">{t(`table.${table}`)}</th>
                            {columns.map(name => (
                                <th key={name} scope="col" class="end">
                                    {t(`column.${name}`)}
                                </th>
                            ))}
                        </tr>
                    </thead>
                    <tbody>
                        {rows.map(row => (
                            <tr key={`${row.id}`}>
                                <th scope="row">{nameOf(row)}</th>
                                {columns.map(name => (
                                    <td key={name} class="end">
                                        {CELLS[name](row)}
                                    </td>
                                ))}
                            </tr>
                        ))}
                    </tbody>
                </table>
            </section>
        </section>
    );
}

/** The parts of a session's report. */
import type { ComponentChildren } from 'preact';
import type { SessionReport } from '../api/types';
import { money, t, when } from '../i18n';
import { decimal } from '../money';
import { href } from '../route';

interface PartProps {
    report: SessionReport;
}

function Part({ title, children }: { title: string; children: ComponentChildren }) {
    return (
        <section class="panel">
            <h2>{title}</h2>
            {children}
        </section>
    );
}

export function Sold({ report: { sold } }: PartProps) {
    const sums: [string, string | number, boolean][] = [
        [t('sold.orders'), sold.orders, true],
        [t('sold.total'), money(sold.total), true],
        [t('sold.tax'), money(sold.tax), true],
        [t('sold.refunds'), sold.refunds, sold.refunds > 0],
        [t('sold.late'), sold.late, sold.late > 0],
        [t('sold.rounding'), money(sold.rounding), !decimal(sold.rounding).isZero()],
        [t('sold.change'), money(sold.change), !decimal(sold.change).isZero()],
    ];
    return (
        <dl class="sums">
            {sums
                .filter(([, , isShown]) => isShown)
                .map(([name, value]) => (
                    <div key={name}>
                        <dt>{name}</dt>
                        <dd class="amount">{value}</dd>
                    </div>
                ))}
        </dl>
    );
}

/** What each way to pay brought, less the change that was given: what is in the drawer, or comes to the bank. */
export function Methods({ report: { sold, cash } }: PartProps) {
    const used = cash.filter(({ taken }) => !decimal(taken).isZero());
    if (used.length === 0) return null;
    const countOf = (name: string) => sold.methods.find(each => each.name === name)?.payments ?? 0;
    return (
        <Part title={t('report.methods')}>
            <table class="table plain">
                <tbody>
                    {used.map(({ method, taken }) => (
                        <tr key={method.id}>
                            <th scope="row">{method.name}</th>
                            <td class="soft">{t('report.payments', { count: countOf(method.name) })}</td>
                            <td class="end">{money(taken)}</td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </Part>
    );
}

export function CashTable({ report: { cash } }: PartProps) {
    return (
        <>
            {cash
                .filter(({ is_cash }) => is_cash)
                .map(({ method, opening, taken, moves, expected, counted, difference }) => {
                    const rows: [string, string | null | undefined][] = [
                        [t('report.opening'), opening],
                        [t('report.taken'), taken],
                        [t('report.moves'), moves],
                        [t('report.expected'), expected],
                        [t('report.counted'), counted],
                        [t('report.difference'), difference],
                    ];
                    return (
                        <Part key={method.id} title={t('report.drawer', { method: method.name })}>
                            <table class="table plain">
                                <tbody>
                                    {rows.map(
                                        ([name, amount]) =>
                                            typeof amount === 'string' && (
                                                <tr key={name}>
                                                    <th scope="row">{name}</th>
                                                    <td
                                                        class={`end ${amount === difference && !decimal(amount).isZero() && name === t('report.difference') ? 'off-by' : ''}`}
                                                    >
                                                        {money(amount)}
                                                    </td>
                                                </tr>
                                            ),
                                    )}
                                </tbody>
                            </table>
                        </Part>
                    );
                })}
        </>
    );
}

export function Moves({ report: { moves } }: PartProps) {
    if (moves.length === 0) return null;
    return (
        <Part title={t('cash.title')}>
            <table class="table plain">
                <tbody>
                    {moves.map(({ ms, user, amount, reason }) => (
                        <tr key={`${ms}${amount}`}>
                            <th scope="row">
                                {reason || '–'}
                                <span class="hint">
                                    {user.name}, {when(ms)}
                                </span>
                            </th>
                            <td class="end">{money(amount)}</td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </Part>
    );
}

export function Taxes({ report }: PartProps) {
    const { taxes } = report.sold;
    if (taxes.length === 0) return null;
    return (
        <Part title={t('menu.taxes')}>
            <table class="table plain">
                <thead>
                    <tr>
                        <th scope="col">{t('report.tax')}</th>
                        <th scope="col" class="end">
                            {t('report.base')}
                        </th>
                        <th scope="col" class="end">
                            {t('report.amount')}
                        </th>
                    </tr>
                </thead>
                <tbody>
                    {taxes.map(({ id, name, base, amount }) => (
                        <tr key={id}>
                            <th scope="row">{name}</th>
                            <td class="end">{money(base)}</td>
                            <td class="end">{money(amount)}</td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </Part>
    );
}

export function Drafts({ report: { drafts, session } }: PartProps) {
    if (drafts.length === 0) return null;
    return (
        <Part title={t('report.drafts', { count: drafts.length })}>
            <ul class="links">
                {drafts.map(({ uid, number, lines, added }) => (
                    <li key={uid}>
                        <a href={href(`/orders/${session.multi_session.id}/${encodeURIComponent(uid)}`)}>
                            <strong>{number}</strong>
                            <span class="hint">
                                {t('report.begun_by', {
                                    who: t('who', { name: added.user.name, pos: added.pos.name }),
                                })}
                                {' · '}
                                {t('report.lines', { count: lines })}
                            </span>
                        </a>
                    </li>
                ))}
            </ul>
        </Part>
    );
}

export function Devices({ report: { silent } }: PartProps) {
    if (silent.length === 0) return null;
    return (
        <Part title={t('report.silent')}>
            <ul class="plain-list">
                {silent.map(({ pos, user, here, unsent }, at) => (
                    <li key={at}>
                        {here
                            ? t('report.sends_still', { name: user.name, pos, count: unsent })
                            : t('report.away', { name: user.name, pos })}
                    </li>
                ))}
            </ul>
            <p class="hint">{t('report.silent_hint')}</p>
        </Part>
    );
}

/** A session is closed: what was sold, what is counted, what becomes of open orders (rule 21). */
import { signal, useSignal } from '@preact/signals';
import { type Decimal, decimal, decimalsOf } from '@tillsync/sdk';
import { useEffect } from 'preact/hooks';
import {
    closingOf,
    differenceOf,
    type Expected,
    expectedOf,
    type SessionEnd,
    typedAmount,
} from '../counting';
import { dateTime, money, t } from '../i18n';
import { Ends } from '../parts/ends';
import { Field } from '../parts/field';
import { closeSession, lookAtSession, type SessionReport } from '../server/sessions';
import type { Till } from '../till';

/** The session that was closed here: its report stays on the screen until somebody goes on. */
export const closed = signal<SessionEnd | null>(null);

export function ClosingScreen({ till, onBack }: { till: Till; onBack(): void }) {
    const report = useSignal<SessionReport | null>(null);
    const wrong = useSignal('');
    const load = async () => {
        try {
            report.value = await lookAtSession(till.pos.config.id);
            wrong.value = '';
        } catch (error) {
            wrong.value = error instanceof Error ? error.message : String(error);
        }
    };
    useEffect(() => {
        void load();
    }, []);
    return (
        <main class="counting wide">
            <h1>{t('closing.title', { pos: till.pos.config.name })}</h1>
            {wrong.value && (
                <p class="wrong" role="alert">
                    {wrong.value}{' '}
                    <button type="button" onClick={() => void load()}>
                        {t('again')}
                    </button>
                </p>
            )}
            {report.value?.session === null && <p class="wrong">{t('closing.closed_already')}</p>}
            {report.value?.session ? (
                <Counting till={till} report={report.value} onBack={onBack} />
            ) : (
                <div class="ends">
                    <button type="button" onClick={onBack}>
                        {t('back')}
                    </button>
                </div>
            )}
        </main>
    );
}

function Counting({ till, report, onBack }: { till: Till; report: SessionReport; onBack(): void }) {
    const { pos } = till;
    const { opening, moves } = report.session ?? {};
    const expected = expectedOf(pos.cashregisters, opening, report.sold, moves);
    const typed = useSignal<Record<string, string>>({});
    const note = useSignal('');
    const usual = pos.config.drafts === 'mark_unpaid' ? 'mark_unpaid' : 'carry_on';
    const drafts = useSignal<'carry_on' | 'mark_unpaid'>(usual);
    const wrong = useSignal('');
    const busy = useSignal(false);
    const decimals = decimalsOf(pos.currency.rounding);
    const counted = new Map<number, Decimal>();
    for (const { method, isCash } of expected) {
        const amount = typedAmount(typed.value[method.id] ?? '', decimals);
        if (isCash && amount) counted.set(method.id, amount);
    }
    const { ordersWaiting } = till.connection.value;
    const close = async () => {
        if (busy.value || !report.session) return;
        const missing = expected.find(({ method, isCash }) => isCash && !counted.has(method.id));
        if (missing) {
            const text = typed.value[missing.method.id] ?? '';
            wrong.value = text.trim()
                ? t('counting.not_an_amount', { text })
                : t('closing.count_first', { method: missing.method.journal_id[1] });
            return;
        }
        busy.value = true;
        try {
            const end: SessionEnd = { report, expected, counted, note: note.value };
            const closing = closingOf(end, decimals);
            await closeSession(pos.config.id, pos.get_cashier(), report.session.id, drafts.value, closing);
            closed.value = end;
        } catch (error) {
            wrong.value = error instanceof Error ? error.message : String(error);
        }
        busy.value = false;
    };
    return (
        <form
            onSubmit={event => {
                event.preventDefault();
                void close();
            }}
        >
            <p class="hint">
                {t('closing.opened', {
                    name: report.session?.user.name ?? '',
                    when: dateTime(report.session?.opened_ms ?? 0),
                })}
            </p>
            <Sold report={report} />
            <div class="counted">
                <table class="methods-count">
                    <thead>
                        <tr>
                            <th>{t('closing.method')}</th>
                            <th>{t('closing.expected')}</th>
                            <th>{t('closing.counted')}</th>
                            <th>{t('closing.difference')}</th>
                        </tr>
                    </thead>
                    <tbody>
                        {expected.map(each => (
                            <MethodRow
                                key={each.method.id}
                                each={each}
                                counted={counted}
                                text={typed.value[each.method.id] ?? ''}
                                onText={text => {
                                    wrong.value = '';
                                    typed.value = { ...typed.value, [each.method.id]: text };
                                }}
                            />
                        ))}
                    </tbody>
                </table>
            </div>
            <Drafts
                till={till}
                report={report}
                choice={drafts.value}
                onChoice={choice => {
                    drafts.value = choice;
                }}
            />
            <Devices report={report} />
            {pos.engine.refused.length > 0 && (
                <p class="wrong">{t('bar.problems', { count: pos.engine.refused.length })}</p>
            )}
            {ordersWaiting > 0 && <p class="wrong">{t('closing.unsent_here', { count: ordersWaiting })}</p>}
            <Field
                label={t('counting.note')}
                value={note.value}
                maxLength={1000}
                onInput={text => {
                    note.value = text;
                }}
            />
            <Ends wrong={wrong.value} onBack={onBack} go={t('closing.close')} disabled={busy.value} />
        </form>
    );
}

function Sold({ report: { sold } }: { report: SessionReport }) {
    return (
        <dl class="sold">
            <div>
                <dt>{t('closing.orders')}</dt>
                <dd>{sold.orders}</dd>
            </div>
            <div>
                <dt>{t('closing.refunds')}</dt>
                <dd>{sold.refunds}</dd>
            </div>
            {sold.late > 0 && (
                <div>
                    <dt>{t('closing.late')}</dt>
                    <dd>{sold.late}</dd>
                </div>
            )}
            <div>
                <dt>{t('closing.total')}</dt>
                <dd>{money(sold.total)}</dd>
            </div>
            <div>
                <dt>{t('closing.tax')}</dt>
                <dd>{money(sold.tax)}</dd>
            </div>
            {!decimal(sold.rounding).isZero() && (
                <div>
                    <dt>{t('slip.rounding')}</dt>
                    <dd>{money(sold.rounding)}</dd>
                </div>
            )}
        </dl>
    );
}

interface MethodRowProps {
    each: Expected;
    counted: ReadonlyMap<number, Decimal>;
    text: string;
    onText(text: string): void;
}

function MethodRow({ each, counted, text, onText }: MethodRowProps) {
    const { method, isCash, expected, opening, moved, payments } = each;
    const difference = differenceOf(each, counted);
    const name = method.journal_id[1];
    return (
        <tr>
            <th scope="row">
                {name}
                <small>
                    {isCash
                        ? t('closing.with_opening', { count: payments, opening: money(opening) })
                        : t('closing.payments', { count: payments })}
                    {!moved.isZero() && `, ${t('closing.moved', { amount: money(moved) })}`}
                </small>
            </th>
            <td>{money(expected)}</td>
            <td>
                {isCash ? (
                    <input
                        type="text"
                        inputMode="decimal"
                        aria-label={t('closing.counted_of', { method: name })}
                        value={text}
                        onInput={event => onText(event.currentTarget.value)}
                    />
                ) : (
                    money(expected)
                )}
            </td>
            <td class={difference.isZero() ? '' : difference.isNegative() ? 'short' : 'over'}>
                {counted.has(method.id) || !isCash ? money(difference) : '–'}
            </td>
        </tr>
    );
}

interface DraftsProps {
    till: Till;
    report: SessionReport;
    choice: 'carry_on' | 'mark_unpaid';
    onChoice(choice: 'carry_on' | 'mark_unpaid'): void;
}

function Drafts({ till, report, choice, onChoice }: DraftsProps) {
    const { drafts, ends_run } = report;
    if (drafts.length === 0) return null;
    return (
        <fieldset class="drafts">
            <legend>{t('closing.drafts', { count: drafts.length })}</legend>
            <ul>
                {drafts.map(({ uid, number, lines, added }) => {
                    const order = till.pos.order_by_uid(uid);
                    return (
                        <li key={uid}>
                            <strong>{number}</strong>
                            <span>
                                {t('closing.draft_of', { name: added.user.name, pos: added.pos.name })}
                            </span>
                            <span>
                                {order
                                    ? money(order.get_total_with_tax())
                                    : t('closing.lines', { count: lines })}
                            </span>
                        </li>
                    );
                })}
            </ul>
            {ends_run ? (
                (['carry_on', 'mark_unpaid'] as const).map(each => (
                    <label key={each}>
                        <input
                            type="radio"
                            name="drafts"
                            checked={choice === each}
                            onChange={() => onChoice(each)}
                        />
                        {t(`closing.${each}`)}
                    </label>
                ))
            ) : (
                <p class="hint">{t('closing.drafts_stay')}</p>
            )}
        </fieldset>
    );
}

function Devices({ report }: { report: SessionReport }) {
    const silent = report.devices.filter(({ here, unsent }) => !here || unsent > 0);
    if (silent.length === 0) return null;
    return (
        <section class="silent">
            <h2>{t('closing.silent')}</h2>
            <ul>
                {silent.map(({ pos, user, ms, here, unsent }) => (
                    <li key={`${pos}${user.id}${ms}`}>
                        {here
                            ? t('closing.sends_still', { name: user.name, pos, count: unsent })
                            : t('closing.away', { name: user.name, pos, when: dateTime(ms) })}
                    </li>
                ))}
            </ul>
            <p class="hint">{t('closing.silent_hint')}</p>
        </section>
    );
}

/** What was closed, to be looked at and printed. */
export function ClosedScreen({ end, onDone }: { end: SessionEnd; onDone(): void }) {
    const { report, expected, counted } = end;
    return (
        <main class="counting">
            <article class="slip">
                <h1>{t('closed.title')}</h1>
                <p>
                    {t('closing.opened', {
                        name: report.session?.user.name ?? '',
                        when: dateTime(report.session?.opened_ms ?? 0),
                    })}
                </p>
                <p>{t('closed.now', { when: dateTime(Date.now()) })}</p>
                <Sold report={report} />
                <table>
                    <tbody>
                        {expected.map(each => (
                            <tr key={each.method.id}>
                                <td>
                                    {each.method.journal_id[1]}
                                    {!differenceOf(each, counted).isZero() && (
                                        <small>
                                            {t('closed.difference', {
                                                amount: money(differenceOf(each, counted)),
                                            })}
                                        </small>
                                    )}
                                </td>
                                <td>{money(counted.get(each.method.id) ?? each.expected ?? decimal(0))}</td>
                            </tr>
                        ))}
                    </tbody>
                </table>
                {end.note.trim() && <p>{end.note}</p>}
            </article>
            <div class="ends">
                <button type="button" onClick={() => print()}>
                    {t('print')}
                </button>
                <button type="button" class="pay" onClick={onDone}>
                    {t('closed.done')}
                </button>
            </div>
        </main>
    );
}

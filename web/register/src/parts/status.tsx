import { signal } from '@preact/signals';
import { Icon } from '@tillsync/look';
import { NO_CONNECTION, type Order } from '@tillsync/sdk';
import { memo } from 'preact/compat';
import { useEffect, useRef } from 'preact/hooks';
import { money, t } from '../i18n';
import { screen } from '../screen';
import { type Till, who } from '../till';
import { Badge, Cashiers } from './cashiers';
import { Connection } from './connection';
import { Menu, showsMenu } from './menu';
import { Problems } from './problems';

/** What is shown over the screen. */
const shows = signal<'cashiers' | 'connection' | 'problems' | null>(null);
/** Grows each half minute: orders get older. */
const now = signal(Date.now());
setInterval(() => {
    now.value = Date.now();
}, 30_000);

/** The order tabs, who is at the till, and the two icons of the connection. */
export function StatusBar({ till }: { till: Till }) {
    till.tick.value;
    const { pos } = till;
    const { sync, checking, paidWaiting, ordersWaiting, message } = till.connection.value;
    const refused = pos.engine.refused.length;
    const state = t(`sync.${sync}`);
    const close = () => {
        shows.value = null;
    };
    const show = (what: typeof shows.value) => () => {
        shows.value = what;
    };
    return (
        <header class="bar">
            <button
                type="button"
                class="home"
                aria-label={t('bar.menu')}
                onClick={() => {
                    showsMenu.value = true;
                }}
            >
                <Icon name="menu" />
            </button>
            <button
                type="button"
                class="add"
                aria-label={t('order.add')}
                onClick={() => {
                    till.newOrder();
                    screen.value = 'order';
                }}
            >
                <Icon name="plus" />
            </button>
            <div class="tabs" role="tablist" aria-label={t('order.tabs')}>
                {pos.get_order_list().map(order => (
                    <Tab key={order.cid} {...propsOf(till, order)} />
                ))}
            </div>
            {message && (
                <p class="message" role="status">
                    {message === NO_CONNECTION ? t('offline') : message}
                </p>
            )}
            {refused > 0 && (
                <button
                    type="button"
                    class="refused"
                    aria-label={t('bar.problems', { count: refused })}
                    onClick={show('problems')}
                >
                    <Icon name="warning" /> {refused}
                </button>
            )}
            {paidWaiting > 0 && (
                <button
                    type="button"
                    class="wifi"
                    aria-label={t('bar.paid_waiting', { count: paidWaiting })}
                    onClick={show('connection')}
                >
                    <Icon name="no_wifi" /> {paidWaiting}
                </button>
            )}
            {till.isBehind.value && <span class="waiting">{t('bar.waiting', { count: ordersWaiting })}</span>}
            <button
                type="button"
                class={`sync ${sync} ${checking ? 'checking' : ''}`}
                aria-label={t('sync.check', { state })}
                onClick={() => {
                    void pos.engine.check();
                    shows.value = 'connection';
                }}
            >
                <Icon name="sync" />
            </button>
            <button
                type="button"
                class="cashier"
                aria-label={t('bar.cashier', { name: pos.get_cashier().name })}
                onClick={show('cashiers')}
            >
                <Icon name="user" /> <span>{pos.get_cashier().name}</span>
            </button>
            <Notices till={till} />
            {showsMenu.value && (
                <Menu
                    till={till}
                    onClose={() => {
                        showsMenu.value = false;
                    }}
                />
            )}
            <Badge till={till} />
            {shows.value === 'cashiers' && <Cashiers till={till} onClose={close} />}
            {shows.value === 'connection' && <Connection till={till} onClose={close} />}
            {shows.value === 'problems' && <Problems till={till} onClose={close} />}
        </header>
    );
}

/** Over the screen and not in it: nothing moves under a finger when a sentence comes or goes. */
function Notices({ till }: { till: Till }) {
    return (
        <div class="notices">
            {till.told.value.map(({ id, text }) => (
                // biome-ignore lint/a11y/useKeyWithClickEvents: its button is for keyboards; a finger may tap anywhere.
                <p key={id} class="told" role="status" onClick={() => till.takeAway(id)}>
                    {text}{' '}
                    <button type="button" aria-label={t('bar.take_away')}>
                        <Icon name="close" />
                    </button>
                </p>
            ))}
        </div>
    );
}

/** An order and all that its tab shows. */
interface TabProps {
    till: Till;
    order: Order;
    number: number | null;
    amount: number;
    begunAt: string;
    isSelected: boolean;
    isHereOnly: boolean;
    /** Who has it open elsewhere, and their initials. */
    names: string;
    initials: string;
}

function propsOf(till: Till, order: Order): TabProps {
    const { pos } = till;
    const others = pos.engine.present.filter(({ order: open }) => open === order.uid);
    const view = pos.engine.order(order.uid);
    return {
        till,
        order,
        number: order.sequence_number,
        amount: order.get_total_with_tax(),
        begunAt: view?.added.pos.name ?? pos.config.name,
        isSelected: pos.get_order() === order,
        isHereOnly:
            till.isBehind.value && ((view?.unsent ?? 0) > 0 || (view === undefined && !order.is_empty())),
        names: others.map(({ user, pos }) => who(user.name, pos.name)).join(', '),
        initials: others.map(({ user }) => [...user.name][0]).join(''),
    };
}

/** Fifty of them: only those that show something else are painted. */
const Tab = memo((props: TabProps) => {
    const { till, order, number, amount, begunAt, isSelected, isHereOnly, names, initials } = props;
    const tab = useRef<HTMLButtonElement>(null);
    // The tab of the order on the screen is in sight; others' orders never scroll the tabs.
    useEffect(() => {
        if (isSelected) tab.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    }, [isSelected]);
    return (
        <button
            ref={tab}
            type="button"
            role="tab"
            aria-selected={isSelected}
            class={`tab ${isHereOnly ? 'here' : ''}`}
            onClick={() => {
                till.pos.set_order(order);
                screen.value = 'order';
            }}
        >
            <span class="top">
                <strong>{number || t('order.new')}</strong>
                <span class="amount">{money(amount)}</span>
            </span>
            <span class="below">
                <span>{begunAt}</span>
                <span>{age(order)}</span>
                {isHereOnly && (
                    <span class="unsent" role="img" aria-label={t('order.here')}>
                        <Icon name="device" />
                    </span>
                )}
                {names && (
                    <span class="present" role="img" aria-label={t('order.open_at', { names })}>
                        {initials}
                    </span>
                )}
            </span>
        </button>
    );
});

function age(order: Order): string {
    // The models write it as Odoo does: in UTC, without saying so.
    const begun = Date.parse(`${order.creation_date.replace(' ', 'T')}Z`);
    const minutes = Math.floor((now.value - begun) / 60_000);
    if (!(minutes >= 1)) return Number.isNaN(begun) ? '' : t('age.now');
    return minutes < 60 ? t('age.minutes', { minutes }) : t('age.hours', { hours: Math.floor(minutes / 60) });
}

/** What else can be done to the order on the screen. */
import { signal, useSignal } from '@preact/signals';
import { Icon } from '@tillsync/look';
import type { Order } from '@tillsync/sdk';
import { useEffect } from 'preact/hooks';
import { label, money, t } from '../i18n';
import { takenOf } from '../taken';
import type { Till } from '../till';
import { Customers } from './customers';
import { Dialog } from './dialog';
import { Ends } from './ends';
import { OrderHistory } from './history_list';
import { Split } from './split';

type Shown = 'customer' | 'note' | 'order_note' | 'split' | 'history' | 'more' | 'delete';
const shows = signal<Shown | null>(null);

export function OrderActions({ till, order }: { till: Till; order: Order }) {
    till.tick.value;
    const locked = (till.pos.engine.order(order.uid)?.locked ?? null) !== null;
    const line = order.get_selected_orderline();
    const client = order.get_client();
    const close = () => {
        shows.value = null;
    };
    // What was asked about an order that is gone is not asked about the next one.
    useEffect(() => close, [order.cid]);
    const show = (what: Shown) => () => {
        shows.value = what;
    };
    return (
        <div class="actions" role="toolbar" aria-label={t('order.actions')}>
            <button type="button" class="customer" disabled={locked} onClick={show('customer')}>
                <Icon name="user" /> <span>{client ? client.name : t('customer')}</span>
            </button>
            <button type="button" disabled={locked || !line} onClick={show('note')}>
                <Icon name="note" /> <span>{t('note')}</span>
            </button>
            <button
                type="button"
                disabled={locked || !order.can_undo()}
                aria-label={t('menu.undo')}
                onClick={() => till.undo(order)}
            >
                <Icon name="undo" />
            </button>
            <button type="button" aria-label={t('menu.more')} onClick={show('more')}>
                <Icon name="more" />
            </button>
            {shows.value === 'customer' && <Customers till={till} order={order} onClose={close} />}
            {shows.value === 'note' && line && (
                <Note
                    title={line.get_product().display_name}
                    text={line.get_note()}
                    onText={text => till.act(() => line.set_note(text))}
                    onClose={close}
                />
            )}
            {shows.value === 'order_note' && (
                <Note
                    title={t('order.note')}
                    text={order.get_note()}
                    onText={text => till.act(() => order.set_note(text))}
                    onClose={close}
                />
            )}
            {shows.value === 'split' && <Split till={till} order={order} onClose={close} />}
            {shows.value === 'history' && <OrderHistory till={till} uid={order.uid} onClose={close} />}
            {shows.value === 'delete' && <Delete till={till} order={order} onClose={close} />}
            {shows.value === 'more' && (
                <More till={till} order={order} locked={locked} onShow={show} onClose={close} />
            )}
        </div>
    );
}

interface MoreProps {
    till: Till;
    order: Order;
    locked: boolean;
    onShow(what: Shown): () => void;
    onClose(): void;
}

function More({ till, order, locked, onShow, onClose }: MoreProps) {
    till.tick.value;
    const { pos } = till;
    const isKnown = order.sequence_number !== null;
    const pricelists = pos.pricelists.length > 1 ? pos.pricelists : [];
    const view = pos.engine.order(order.uid);
    const isHere = view === undefined || view.unsent > 0;
    return (
        <Dialog title={label(order)} onClose={onClose} class="menu">
            {!order.is_empty() && (
                <p class="hint">
                    <Icon name={isHere ? 'device' : 'check'} /> {isHere ? t('order.here') : t('order.there')}
                </p>
            )}
            <ul>
                <li>
                    <button type="button" disabled={locked} onClick={onShow('order_note')}>
                        <Icon name="note" /> {t('order.note')}
                    </button>
                </li>
                <li>
                    <button
                        type="button"
                        disabled={locked || order.is_empty() || !isKnown}
                        onClick={onShow('split')}
                    >
                        <Icon name="split" /> {t('split')}
                    </button>
                </li>
                <li>
                    <button type="button" disabled={!isKnown} onClick={onShow('history')}>
                        <Icon name="history" /> {t('history.title')}
                    </button>
                </li>
                <li>
                    <button type="button" disabled={locked} onClick={onShow('delete')}>
                        <Icon name="trash" /> {t('order.delete')}
                    </button>
                </li>
            </ul>
            {pos.fiscal_positions.length > 0 && (
                <label class="field">
                    <span>{t('fiscal_position')}</span>
                    <select
                        disabled={locked}
                        value={order.fiscal_position?.id ?? 0}
                        onChange={event => {
                            const id = Number(event.currentTarget.value);
                            const position = pos.fiscal_positions.find(each => each.id === id);
                            till.act(() => order.set_fiscal_position(position));
                        }}
                    >
                        <option value={0}>{t('fiscal_position.default')}</option>
                        {pos.fiscal_positions.map(({ id, name }) => (
                            <option key={id} value={id}>
                                {name}
                            </option>
                        ))}
                    </select>
                </label>
            )}
            {pricelists.length > 0 && (
                <label class="field">
                    <span>{t('pricelist')}</span>
                    <select
                        disabled={locked}
                        value={order.pricelist?.id ?? 0}
                        onChange={event => {
                            const id = Number(event.currentTarget.value);
                            till.act(() => order.set_pricelist(pricelists.find(each => each.id === id)));
                        }}
                    >
                        {pricelists.map(({ id, name }) => (
                            <option key={id} value={id}>
                                {name}
                            </option>
                        ))}
                    </select>
                </label>
            )}
        </Dialog>
    );
}

interface NoteProps {
    title: string;
    text: string;
    onText(text: string): void;
    onClose(): void;
}

/** Characters of a note. */
const NOTE_MAX = 500;

function Note({ title, text, onText, onClose }: NoteProps) {
    const typed = useSignal(text);
    return (
        <Dialog title={title} onClose={onClose} class="noting">
            <form
                onSubmit={event => {
                    event.preventDefault();
                    onText(typed.value.trim());
                    onClose();
                }}
            >
                <textarea
                    autofocus
                    rows={3}
                    maxLength={NOTE_MAX}
                    aria-label={t('note.title')}
                    value={typed.value}
                    onInput={event => {
                        typed.value = event.currentTarget.value;
                    }}
                />
                <p class="hint">{t('note.hint')}</p>
                <Ends onBack={onClose} go={t('save')} />
            </form>
        </Dialog>
    );
}

function Delete({ till, order, onClose }: { till: Till; order: Order; onClose(): void }) {
    const count = order.get_orderlines().length;
    const amount = money(order.get_total_with_tax());
    const taken = takenOf(order);
    if (taken !== 0)
        return (
            <Dialog title={t('order.delete')} onClose={onClose}>
                <p>{t('order.delete_taken', { order: label(order), amount: money(taken) })}</p>
                <div class="ends">
                    <button type="button" onClick={onClose}>
                        {t('back')}
                    </button>
                </div>
            </Dialog>
        );
    return (
        <Dialog title={t('order.delete')} onClose={onClose}>
            <p>{t('order.delete_ask', { order: label(order) })}</p>
            {count > 0 && <p class="hint">{t('order.delete_hint', { count, amount })}</p>}
            <div class="ends">
                <button type="button" onClick={onClose}>
                    {t('back')}
                </button>
                <button
                    type="button"
                    class="danger"
                    onClick={() => {
                        void till.delete(order);
                        onClose();
                    }}
                >
                    {t('order.delete')}
                </button>
            </div>
        </Dialog>
    );
}

import type { Order, Orderline } from '@tillsync/sdk';
import { memo } from 'preact/compat';
import { useEffect, useRef } from 'preact/hooks';
import { money, t } from '../i18n';
import { type Till, who } from '../till';
import { isTypedElsewhere } from './typing';

interface OrderLinesProps {
    till: Till;
    order: Order;
    /** A phone shows the order or the products. */
    isShown: boolean;
}

/** The lines of the order on the screen: what, how much, by whom. */
export function OrderLines({ till, order, isShown }: OrderLinesProps) {
    till.tick.value;
    const lines = order.get_orderlines();
    const selected = order.get_selected_orderline()?.uid;
    const list = useRef<HTMLOListElement>(null);
    // The line that the person at the till works at is in sight; others' lines never scroll the list.
    useEffect(
        () => bringIntoSight(list.current?.querySelector('[aria-pressed="true"]')),
        [selected, lines.length > 0, isShown],
    );
    useEffect(() => walkByKeys(order, () => till.paint()), [order]);
    if (lines.length === 0) return <p class="empty">{t('order.empty')}</p>;
    const glowing = till.glowing.value;
    const isShared = till.pos.engine.active;
    return (
        <ol class="lines" ref={list}>
            {lines.map(line => (
                <Line
                    key={line.uid}
                    till={till}
                    order={order}
                    line={line}
                    name={line.get_product().display_name}
                    quantity={line.get_quantity_str_with_unit()}
                    unitPrice={line.get_unit_price()}
                    discount={line.get_discount()}
                    price={line.get_display_price()}
                    note={line.get_note?.() ?? ''}
                    marks={isShared ? line.ms_info : null}
                    isSelected={line.is_selected()}
                    glows={glowing.has(line.uid)}
                />
            ))}
        </ol>
    );
}

/**
 * The arrows of a keyboard walk through the lines.
 *
 * @returns what ends that
 */
function walkByKeys(order: Order, onWalk: () => void): () => void {
    const down = (event: KeyboardEvent) => {
        const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
        if (step === undefined || isTypedElsewhere(event)) return;
        event.preventDefault();
        const lines = order.get_orderlines();
        const at = lines.findIndex(line => line.is_selected());
        const next = lines[at < 0 ? (step > 0 ? 0 : lines.length - 1) : at + step];
        if (!next) return;
        order.select_orderline(next);
        onWalk();
    };
    addEventListener('keydown', down);
    return () => removeEventListener('keydown', down);
}

/** How often a line is scrolled to: lines that come into sight on the way may turn out higher than was thought. */
const SCROLLS_MAX = 3;
/** As good as all of it: a line that begins between two pixels is never seen whole. */
const WHOLE = 0.97;

/**
 * Scrolls until the line is in sight. Whether it is there already is asked of the browser when it has laid the page
 * out anyway.
 *
 * @returns what ends that
 */
function bringIntoSight(line: Element | null | undefined): (() => void) | undefined {
    if (!line) return undefined;
    let scrolls = 0;
    const observer = new IntersectionObserver(
        entries => {
            const isInSight = (entries.at(-1)?.intersectionRatio ?? 1) >= WHOLE;
            if (!isInSight) line.scrollIntoView({ block: 'nearest' });
            scrolls += 1;
            if (isInSight || scrolls === SCROLLS_MAX) observer.disconnect();
        },
        { threshold: [0, 0.25, 0.5, 0.75, WHOLE] },
    );
    observer.observe(line);
    return () => observer.disconnect();
}

/** A line and all that it shows. */
interface LineProps {
    till: Till;
    order: Order;
    line: Orderline;
    name: string;
    quantity: string;
    unitPrice: number;
    discount: number;
    price: number;
    note: string;
    /** Null while the POS works alone. */
    marks: Orderline['ms_info'] | null;
    isSelected: boolean;
    glows: boolean;
}

/** A hundred of them: only those that show something else are painted, and only for those is a text made. */
const Line = memo((props: LineProps) => {
    const { till, order, line, name, price, note, marks, isSelected, glows } = props;
    return (
        <li>
            <button
                type="button"
                class={`line ${glows ? 'glows' : ''}`}
                aria-pressed={isSelected}
                onClick={() => {
                    order.select_orderline(line);
                    till.tick.value += 1;
                }}
            >
                <span class="what">{name}</span>
                <span class="price">{money(price)}</span>
                <span class="below">
                    <span class="how">{told(props)}</span>
                    <span class="who">{whose(marks)}</span>
                </span>
                {note !== '' && <span class="note">{note}</span>}
            </button>
        </li>
    );
});

/** How much of it, at which price; the discount beside it is not yet taken off that. */
export function how(line: Orderline): string {
    return told({
        quantity: line.get_quantity_str_with_unit(),
        unitPrice: line.get_unit_price(),
        discount: line.get_discount(),
    });
}

function told({
    quantity,
    unitPrice,
    discount,
}: Pick<LineProps, 'quantity' | 'unitPrice' | 'discount'>): string {
    const text = t('line.how', { quantity, price: money(unitPrice) });
    return discount > 0 ? `${text} · ${t('line.discount', { percent: discount })}` : text;
}

/** Who added it, and who edited it last if that was at another POS. */
function whose(marks: LineProps['marks']): string {
    if (!marks?.created) return '';
    const { created, changed } = marks;
    const added = who(created.user.name, created.pos.name);
    if (!changed || changed.pos.id === created.pos.id) return t('line.added', { who: added });
    return t('line.edited', { who: added, other: who(changed.user.name, changed.pos.name) });
}

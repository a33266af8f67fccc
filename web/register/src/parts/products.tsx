import { signal, useSignal } from '@preact/signals';
import type { Order, Product } from '@tillsync/sdk';
import { memo } from 'preact/compat';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { money, t } from '../i18n';
import type { Till } from '../till';
import { scanned } from './scanner';
import { Search } from './search';

/** Products that are shown at a time; a search narrows what is more. */
const SHOWN_MAX = 120;

/** Those of them that a till's screen has room for: they are painted first, more once there is time. */
const SCREENFUL = 30;
/** Those that are there once there was time; the rest comes with the first touch that scrolls. */
const AT_REST = 72;
/** More are there by then, however busy the till is. */
const REST_MS_MAX = 300;

/** A number that nobody types for a name. */
const CODE = /^\d{6,}$/;

const category = signal(0);
const query = signal('');

/** How often prices are looked up anew though nothing was done: a pricelist may hold for some hours only. */
const PRICES_MS = 60_000;

export function Products({ till }: { till: Till }) {
    till.tick.value;
    const { db } = till.pos;
    const age = Math.floor(Date.now() / PRICES_MS);
    const order = till.pos.get_order();
    // Another order: what was looked for was for the one before.
    useEffect(() => {
        query.value = '';
    }, [order?.cid]);
    return (
        <Shelf
            till={till}
            db={db}
            shop={till.data.shop}
            pricelist={order?.pricelist}
            position={order?.fiscal_position}
            age={age}
        />
    );
}

interface ShelfProps {
    till: Till;
    db: Till['pos']['db'];
    shop: Till['data']['shop'];
    /** Of the order on the screen: prices are what is paid there. */
    pricelist: Order['pricelist'];
    position: Order['fiscal_position'];
    age: number;
}

/** Most of what is done at a till changes nothing of the shop: ten thousand products are not gone through for that. */
const Shelf = memo(({ till, db, shop }: ShelfProps) => {
    const wanted = query.value.trim();
    const all = wanted
        ? db.search_product_in_category(category.value, wanted)
        : db.get_product_by_category(category.value);
    // The tip has its own place, at the payment.
    const found = all.filter(({ id }) => id !== till.pos.config.tip_product_id);
    const shown = found.slice(0, SHOWN_MAX);
    const { grid, count } = useGrid(`${category.value} ${wanted}`);
    const painted = shown.slice(0, count);
    const categories = shop.pos_categories ?? [];
    return (
        <section class="products" aria-label={t('products.region')}>
            <div class="find">
                <fieldset class="categories" aria-label={t('products.categories')}>
                    {[{ id: 0, name: t('products.all') }, ...categories].map(({ id, name }) => (
                        <button
                            type="button"
                            key={id}
                            class={id ? `hue-${id % 8}` : ''}
                            aria-pressed={category.value === id}
                            onClick={() => {
                                category.value = id;
                            }}
                        >
                            {name}
                        </button>
                    ))}
                </fieldset>
                <Search
                    label={t('products.search')}
                    value={query.value}
                    onInput={text => {
                        query.value = text;
                    }}
                    onKeyDown={event => {
                        if (event.key === 'Escape') {
                            query.value = '';
                            (event.currentTarget as HTMLElement | null)?.blur();
                        }
                        if (event.key !== 'Enter' || !wanted) return;
                        const [first] = shown;
                        // A scanner types here too, once the field has the focus.
                        if (CODE.test(wanted)) scanned(till, wanted);
                        else if (first) till.act(() => till.pos.get_order()?.add_product(first));
                        else return;
                        query.value = '';
                    }}
                />
            </div>
            <div class="grid" {...grid}>
                {painted.map((product, at) => (
                    <Card
                        key={product.id}
                        till={till}
                        product={product}
                        price={money(priceOf(till, product))}
                        isFar={at >= SCREENFUL}
                    />
                ))}
                {shown.length === 0 && <p class="empty">{t('nothing_found')}</p>}
            </div>
            {found.length > SHOWN_MAX && (
                <p class="more">{t('products.more', { shown: SHOWN_MAX, found: found.length })}</p>
            )}
        </section>
    );
});

/**
 * The grid that a list of products is in, and how many of them can be painted now: each that is there costs a little with
 * every tap. A list that has just come is seen from its top.
 */
function useGrid(list: string) {
    const ref = useRef<HTMLDivElement>(null);
    const isScrolled = useRef(false);
    const stage = useSignal({ list: '', count: SCREENFUL });
    useLayoutEffect(() => {
        // Asked of the grid, its place would lay the page out.
        if (isScrolled.current && ref.current) ref.current.scrollTop = 0;
    }, [list]);
    useEffect(
        () =>
            whenIdle(() => {
                stage.value = { list, count: AT_REST };
            }),
        [list],
    );
    const onScroll = () => {
        isScrolled.current = (ref.current?.scrollTop ?? 0) > 0;
        if (isScrolled.current && stage.value.list === list && stage.value.count < SHOWN_MAX)
            stage.value = { list, count: SHOWN_MAX };
    };
    return { grid: { ref, onScroll }, count: stage.value.list === list ? stage.value.count : SCREENFUL };
}

/** @returns what calls it off */
function whenIdle(work: () => void): () => void {
    if (typeof requestIdleCallback !== 'function') {
        const timer = setTimeout(work);
        return () => clearTimeout(timer);
    }
    const asked = requestIdleCallback(work, { timeout: REST_MS_MAX });
    return () => cancelIdleCallback(asked);
}

function priceOf({ pos }: Till, product: Product): number {
    const order = pos.get_order();
    return order ? order.get_product_price(product) : product.get_price(pos.default_pricelist, 1);
}

interface CardProps {
    till: Till;
    product: Product;
    price: string;
    /** It is not on the screen before somebody scrolls. */
    isFar: boolean;
}

/** A hundred of them: only those that changed are painted. */
const Card = memo(({ till, product, price, isFar }: CardProps) => {
    const image = pictureOf(product);
    return (
        <button
            type="button"
            class={`product hue-${categoryOf(product) % 8} ${isFar ? 'far' : ''}`}
            onClick={() => till.act(() => till.pos.get_order()?.add_product(product))}
        >
            {image ? (
                <img class="picture" src={image} alt="" loading="lazy" decoding="async" draggable={false} />
            ) : (
                <span class="picture initials" aria-hidden="true">
                    {initials(product.display_name)}
                </span>
            )}
            <span class="name">{product.display_name}</span>
            <span class="price">{price}</span>
        </button>
    );
});

/** Pictures are this server's, or inside of the record; a page of another server learns nothing of the shop. */
function pictureOf({ image }: Product): string | null {
    const isOurs = typeof image === 'string' && (image.startsWith('data:image/') || /^\/[^/]/.test(image));
    return isOurs ? (image as string) : null;
}

function categoryOf(product: Product): number {
    const { pos_categ_id } = product;
    if (Array.isArray(pos_categ_id)) return pos_categ_id[0];
    return typeof pos_categ_id === 'number' ? pos_categ_id : product.id;
}

function initials(name: string): string {
    const words = name.split(/\s+/).filter(word => /^\p{L}/u.test(word));
    return words
        .slice(0, 2)
        .map(word => [...word][0]?.toUpperCase() ?? '')
        .join('');
}

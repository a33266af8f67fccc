import { signal } from '@preact/signals';
import type { Product } from '@tillsync/sdk';
import type { Till } from '../till';

/** Products that are shown at a time; a search narrows what is more. */
const SHOWN_MAX = 120;

const category = signal(0);
const query = signal('');

export function Products({ till }: { till: Till }) {
    const { db } = till.pos;
    const found = query.value.trim()
        ? db.search_product_in_category(category.value, query.value.trim())
        : db.get_product_by_category(category.value);
    const shown = found.slice(0, SHOWN_MAX);
    const categories = till.data.shop.pos_categories ?? [];
    return (
        <section class="products" aria-label="Products">
            <div class="find">
                <fieldset class="categories" aria-label="Categories">
                    {[{ id: 0, name: 'All' }, ...categories].map(({ id, name }) => (
                        <button
                            type="button"
                            key={id}
                            aria-pressed={category.value === id}
                            onClick={() => {
                                category.value = id;
                            }}
                        >
                            {name}
                        </button>
                    ))}
                </fieldset>
                <input
                    type="search"
                    placeholder="Search"
                    aria-label="Search products"
                    value={query.value}
                    onInput={event => {
                        query.value = event.currentTarget.value;
                    }}
                />
            </div>
            <div class="grid">
                {shown.map(product => (
                    <Card key={product.id} till={till} product={product} />
                ))}
                {shown.length === 0 && <p class="empty">Nothing is found.</p>}
            </div>
            {found.length > SHOWN_MAX && (
                <p class="more">
                    {SHOWN_MAX} of {found.length} are shown: search for the others.
                </p>
            )}
        </section>
    );
}

function Card({ till, product }: { till: Till; product: Product }) {
    const price = product.get_price(till.pos.default_pricelist, 1);
    return (
        <button
            type="button"
            class={`product hue-${product.id % 8}`}
            onClick={() => till.act(() => till.pos.get_order()?.add_product(product))}
        >
            <span class="initials" aria-hidden="true">
                {initials(product.display_name)}
            </span>
            <span class="name">{product.display_name}</span>
            <span class="price">{till.pos.format_currency(price)}</span>
        </button>
    );
}

function initials(name: string): string {
    const words = name.split(/\s+/).filter(word => /^\p{L}/u.test(word));
    return words
        .slice(0, 2)
        .map(word => [...word][0]?.toUpperCase() ?? '')
        .join('');
}

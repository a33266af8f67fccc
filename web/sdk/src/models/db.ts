/** The records that a till looks up: products, customers, categories. Odoo's `PosDB`, in memory. */

import type { Partner } from './partner.js';
import type { Product } from './product.js';
import { SEARCH_RESULTS_MAX, type Searchable, search, searchable } from './search.js';
import { type Category, idOf } from './shop.js';

export { SEARCH_RESULTS_MAX };
/** Categories in categories go no deeper. */
export const CATEGORY_DEPTH_MAX = 50;

/** What was found last: a screen that is painted again asks for the same. */
interface Found<T> {
    category: number;
    query: string;
    records: readonly T[];
}

export class PosDB {
    /** The category above all others. */
    readonly root_category_id = 0;
    private readonly products = new Map<number, Searchable<Product>>();
    private readonly barcodes = new Map<string, Product>();
    private readonly partners = new Map<number, Searchable<Partner>>();
    private readonly partnerBarcodes = new Map<string, Partner>();
    private readonly categories = new Map<number, Category>();
    private readonly productCategories = new Map<number, Category>();
    // Made when they are asked for, and anew after something was added.
    private byCategory: Map<number, Searchable<Product>[]> | null = null;
    private sortedPartners: readonly Partner[] | null = null;
    private foundProducts: Found<Product> | null = null;
    private foundPartners: Found<Partner> | null = null;

    /** Adds categories of the till's list (`pos.category`). */
    add_categories(categories: readonly Category[]): void {
        for (const category of categories) this.categories.set(category.id, category);
        this.productsChanged();
    }

    /** Adds the categories that pricelists look at (`product.category`). */
    add_product_categories(categories: readonly Category[]): void {
        for (const category of categories) this.productCategories.set(category.id, category);
    }

    /**
     * Adds products, or replaces those with the same ids. A product whose name, code, barcode or category is changed
     * afterwards has to be added again, to be found by it.
     */
    add_products(products: readonly Product[]): void {
        for (const product of products) {
            const { id, display_name, default_code, barcode } = product;
            forget(this.barcodes, this.products.get(id)?.record);
            this.products.set(id, searchable(product, display_name, [default_code, barcode]));
            if (barcode) this.barcodes.set(barcode, product);
        }
        this.productsChanged();
    }

    /** Adds customers, or replaces those with the same ids. */
    add_partners(partners: readonly Partner[]): void {
        for (const partner of partners) {
            const { id, name, email, phone, mobile, barcode, ref } = partner;
            forget(this.partnerBarcodes, this.partners.get(id)?.record);
            this.partners.set(id, searchable(partner, name, [ref, barcode], [email, phone, mobile]));
            if (typeof barcode === 'string') this.partnerBarcodes.set(barcode, partner);
        }
        this.sortedPartners = null;
        this.foundPartners = null;
    }

    get_product_by_id(id: number): Product | undefined {
        return this.products.get(id)?.record;
    }

    get_product_by_barcode(barcode: string): Product | undefined {
        return this.barcodes.get(barcode);
    }

    /** The products of a category and of those below it; of all categories for the root. */
    get_product_by_category(category_id: number): Product[] {
        return this.inCategory(category_id).map(({ record }) => record);
    }

    /**
     * The products of a category (of all for the root) that have every word of the query in their name, code or barcode,
     * best first, as {@link search} says. All of the category for a query without a word.
     */
    search_product_in_category(category_id: number, query: string): Product[] {
        const last = this.foundProducts;
        if (last?.category === category_id && last.query === query) return [...last.records];
        const records = search(this.inCategory(category_id), query);
        this.foundProducts = { category: category_id, query, records };
        return [...records];
    }

    get_partner_by_id(id: number): Partner | undefined {
        return this.partners.get(id)?.record;
    }

    get_partner_by_barcode(barcode: string): Partner | undefined {
        return this.partnerBarcodes.get(barcode);
    }

    get_partners_sorted(max_count = SEARCH_RESULTS_MAX): Partner[] {
        this.sortedPartners ??= sorted([...this.partners.values()].map(({ record }) => record));
        return this.sortedPartners.slice(0, max_count);
    }

    /** The customers that have every word of the query in name, mail, phone, barcode or reference, best first. */
    search_partner(query: string): Partner[] {
        const last = this.foundPartners;
        if (last?.query === query) return [...last.records];
        const records = search(this.partners.values(), query);
        this.foundPartners = { category: this.root_category_id, query, records };
        return [...records];
    }

    get_category_by_id(id: number): Category | undefined {
        return this.categories.get(id);
    }

    get_category_childs_ids(id: number): number[] {
        return [...this.categories.values()]
            .filter(category => (idOf(category.parent_id) ?? this.root_category_id) === id)
            .map(category => category.id);
    }

    /** A category of the till's list and all above it, itself first. */
    get_category_path_ids(id: number): number[] {
        return pathOf(id, this.categories);
    }

    /** A category that pricelists look at and all above it, itself first. */
    get_product_category_path_ids(id: number): number[] {
        return pathOf(id, this.productCategories);
    }

    private productsChanged(): void {
        this.byCategory = null;
        this.foundProducts = null;
    }

    private inCategory(id: number): readonly Searchable<Product>[] {
        this.byCategory ??= this.sortedIn();
        return this.byCategory.get(id) ?? [];
    }

    /** Each category's products, those of the categories below it among them, as they came. */
    private sortedIn(): Map<number, Searchable<Product>[]> {
        const all = [...this.products.values()];
        const lists = new Map([[this.root_category_id as number, all]]);
        const above = new Map<number, number[]>();
        for (const product of all) {
            const own = idOf(product.record.pos_categ_id);
            if (own === null) continue;
            let path = above.get(own);
            if (!path) {
                path = [...new Set(this.get_category_path_ids(own))].filter(
                    id => id !== this.root_category_id,
                );
                above.set(own, path);
            }
            for (const id of path) {
                const list = lists.get(id);
                if (list) list.push(product);
                else lists.set(id, [product]);
            }
        }
        return lists;
    }
}

/** Takes a replaced record's barcode away, unless that is another record's by now. */
function forget<T extends object>(barcodes: Map<string, T>, former: T | undefined): void {
    const { barcode } = (former ?? {}) as { barcode?: unknown };
    if (typeof barcode === 'string' && barcodes.get(barcode) === former) barcodes.delete(barcode);
}

function sorted(partners: Partner[]): Partner[] {
    // One collator for all: a comparison is many times faster than with `localeCompare`.
    const { compare } = new Intl.Collator();
    return partners.sort((a, b) => compare(a.name, b.name));
}

function pathOf(id: number, categories: ReadonlyMap<number, Category>): number[] {
    const path: number[] = [];
    let at: number | null = id;
    while (at !== null && path.length < CATEGORY_DEPTH_MAX) {
        path.push(at);
        at = idOf(categories.get(at)?.parent_id);
    }
    return path;
}

/** The records that a till looks up: products, customers, categories. Odoo's `PosDB`, in memory. */

import type { Partner } from './partner.js';
import type { Product } from './product.js';
import { type Category, idOf } from './shop.js';

/** A search lists at most this many records, as Odoo's does. */
export const SEARCH_RESULTS_MAX = 100;
/** Categories in categories go no deeper. */
export const CATEGORY_DEPTH_MAX = 50;

export class PosDB {
    /** The category above all others. */
    readonly root_category_id = 0;
    private readonly products = new Map<number, Product>();
    private readonly barcodes = new Map<string, Product>();
    private readonly partners = new Map<number, Partner>();
    private readonly partnerBarcodes = new Map<string, Partner>();
    private readonly categories = new Map<number, Category>();
    private readonly productCategories = new Map<number, Category>();

    /** Adds categories of the till's list (`pos.category`). */
    add_categories(categories: readonly Category[]): void {
        for (const category of categories) this.categories.set(category.id, category);
    }

    /** Adds the categories that pricelists look at (`product.category`). */
    add_product_categories(categories: readonly Category[]): void {
        for (const category of categories) this.productCategories.set(category.id, category);
    }

    /** Adds products, or replaces those with the same ids. */
    add_products(products: readonly Product[]): void {
        for (const product of products) {
            const former = this.products.get(product.id);
            if (former?.barcode) this.barcodes.delete(former.barcode);
            this.products.set(product.id, product);
            if (product.barcode) this.barcodes.set(product.barcode, product);
        }
    }

    /** Adds customers, or replaces those with the same ids. */
    add_partners(partners: readonly Partner[]): void {
        for (const partner of partners) {
            this.partners.set(partner.id, partner);
            if (typeof partner.barcode === 'string') this.partnerBarcodes.set(partner.barcode, partner);
        }
    }

    get_product_by_id(id: number): Product | undefined {
        return this.products.get(id);
    }

    get_product_by_barcode(barcode: string): Product | undefined {
        return this.barcodes.get(barcode);
    }

    /** The products of a category and of those below it; of all categories for the root. */
    get_product_by_category(category_id: number): Product[] {
        const products = [...this.products.values()];
        if (category_id === this.root_category_id) return products;
        return products.filter(product => {
            const own = idOf(product.pos_categ_id);
            return own !== null && this.get_category_path_ids(own).includes(category_id);
        });
    }

    /** The products whose name, code or barcode contains the query, whatever its case. */
    search_product_in_category(category_id: number, query: string): Product[] {
        const wanted = query.trim().toLowerCase();
        return this.get_product_by_category(category_id)
            .filter(product =>
                contains([product.display_name, product.default_code, product.barcode], wanted),
            )
            .slice(0, SEARCH_RESULTS_MAX);
    }

    get_partner_by_id(id: number): Partner | undefined {
        return this.partners.get(id);
    }

    get_partner_by_barcode(barcode: string): Partner | undefined {
        return this.partnerBarcodes.get(barcode);
    }

    get_partners_sorted(max_count = SEARCH_RESULTS_MAX): Partner[] {
        return [...this.partners.values()].sort((a, b) => a.name.localeCompare(b.name)).slice(0, max_count);
    }

    search_partner(query: string): Partner[] {
        const wanted = query.trim().toLowerCase();
        return [...this.partners.values()]
            .filter(({ name, email, phone, mobile, barcode, ref }) =>
                contains([name, email, phone, mobile, barcode, ref], wanted),
            )
            .slice(0, SEARCH_RESULTS_MAX);
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

function contains(texts: unknown[], wanted: string): boolean {
    return texts.some(text => typeof text === 'string' && text.toLowerCase().includes(wanted));
}

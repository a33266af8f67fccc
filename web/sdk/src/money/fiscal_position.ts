/** Fiscal positions: which taxes stand in for a product's own, say for a customer abroad. */

import type { Decimal } from './decimal.js';
import { computeTaxes, flatten, type Tax } from './tax.js';

/** One replacement. Several of one source give several taxes; none as the destination takes the tax away. */
export interface TaxMapping {
    tax_src_id: number;
    tax_dest_id: number | false;
}

/** Odoo's `account.fiscal.position`. */
export interface FiscalPosition {
    id: number;
    name: string;
    tax_ids: readonly TaxMapping[];
}

/**
 * The taxes that hold under a fiscal position, each once. A tax without a mapping stays, one with mappings is replaced
 * by all their destinations; mappings are not applied to what came out of a mapping.
 *
 * The rule is that of Odoo's `account.fiscal.position.map_tax`.
 *
 * @param known finds a tax by its id; a destination that is not known is left out.
 */
export function mapTaxes(
    taxes: readonly Tax[],
    position: FiscalPosition | null | undefined,
    known: (id: number) => Tax | undefined,
): Tax[] {
    const mapped = new Map<number, Tax>();
    for (const tax of taxes) {
        for (const replacement of replacements(tax, position, known)) mapped.set(replacement.id, replacement);
    }
    return [...mapped.values()];
}

/**
 * A price of the catalogue under a fiscal position: without those of its taxes that are replaced, and with those that
 * replace them where these are in the price as well. What the shop keeps stays the same.
 *
 * Odoo does so in its later versions; in 12 the new taxes are taken out of what was left.
 *
 * @param taxes those of the product, which the price may contain
 * @returns not rounded
 */
export function priceUnder(
    position: FiscalPosition | null | undefined,
    price: Decimal,
    taxes: readonly Tax[],
    known: (id: number) => Tax | undefined,
): Decimal {
    const [own, holding] = [flatten(taxes), flatten(mapTaxes(taxes, position, known))];
    const included = (these: readonly Tax[], others: readonly Tax[]) =>
        these.filter(tax => tax.price_include && others.every(({ id }) => id !== tax.id));
    const [replaced, arriving] = [included(own, holding), included(holding, own)];
    if (replaced.length === 0) return price;
    const exact = (amount: Decimal) => amount;
    const kept = computeTaxes(replaced, price, 1, exact).total_excluded;
    const onTop = arriving.map(tax => ({ ...tax, price_include: false }));
    return computeTaxes(onTop, kept, 1, exact).total_included;
}

function replacements(
    tax: Tax,
    position: FiscalPosition | null | undefined,
    known: (id: number) => Tax | undefined,
): Tax[] {
    const mappings = position?.tax_ids.filter(mapping => mapping.tax_src_id === tax.id) ?? [];
    if (mappings.length === 0) return [tax];
    return mappings
        .map(mapping => (mapping.tax_dest_id === false ? undefined : known(mapping.tax_dest_id)))
        .filter(found => found !== undefined);
}

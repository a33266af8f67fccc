/** Opens a till: an engine, and the models on it. */

import type { Engine } from './client/types.js';
import { type EngineOptions, openEngine } from './connect.js';
import { models } from './models/models.js';
import type { PosModel } from './models/pos_model.js';
import type { Config, Shop } from './models/shop.js';

/** How a till is opened: the engine's options, the shop's records, the options of the POS. */
export interface ConnectOptions extends EngineOptions {
    /** Products, taxes, customers … What is left out is empty; the currency then has two decimals and no name. */
    shop?: Partial<Shop>;
    /** The options of the POS; those left out have Odoo's defaults. */
    config?: Partial<Config>;
}

/**
 * Opens a till. Load extensions first: they extend `models`, and what stands there now is what the till is made of.
 *
 * Resolves as soon as the till can work, as {@link openEngine} says; `pos.get_order()` is null until it has a login.
 * Several tills in one page are fine; each has an engine and models of its own.
 */
export async function connect(options: ConnectOptions): Promise<PosModel> {
    const { shop, config, ...engineOptions } = options;
    const engine = await openEngine(engineOptions);
    try {
        return till(engine, shop, config);
    } catch (error) {
        // An extension that is wrong: nothing goes on in the background.
        await engine.shutdown();
        throw error;
    }
}

/** The models on an engine that is open. */
export function till(engine: Engine, shop: Partial<Shop> = {}, config: Partial<Config> = {}): PosModel {
    const { id, name } = engine.pos;
    return new models.PosModel(
        {},
        { engine, shop: { ...NAMELESS, ...shop }, config: { id, name, ...config } },
    );
}

const NAMELESS: Shop = {
    currency: { id: 0, name: '', symbol: '', position: 'after', rounding: 0.01 },
    company: { id: 0, name: '', tax_calculation_rounding_method: 'round_per_line' },
};

/** The customer of an order. */

import { Backbone, modelClass } from './backbone.js';
import type { PartnerData } from './shop.js';

class PartnerMembers extends Backbone.Model {
    declare id: number;
    declare name: string;

    override initialize(_attributes: object, data: PartnerData): void {
        Object.assign(this, data);
    }
}

/** A customer (`res.partner`); its fields are properties, as in Odoo: `client.name`. */
export type Partner = PartnerMembers & PartnerData;
export const Partner = modelClass<Partner>(PartnerMembers);

import { expect, test } from 'vitest';
import { models } from '../../src/models/models.js';
import { COFFEE, restoreModels, twoTills } from './shop.js';

restoreModels();

test('an extension of the old kind, in TypeScript', () => {
    const _super_order = models.Order.prototype;
    models.Order = models.Order.extend({
        note: '',
        apply_ms_data(data: { note?: string }) {
            this.note = data.note ?? '';
        },
        export_as_JSON() {
            return { ..._super_order.export_as_JSON.call(this), note: this.note };
        },
        add_product(product: Parameters<typeof _super_order.add_product>[0]) {
            _super_order.add_product.call(this, product, { merge: false });
        },
    });
    class Loud extends models.Orderline {
        override get_quantity_str(): string {
            return `${super.get_quantity_str()}!`;
        }
    }
    models.Orderline = Loud as unknown as typeof models.Orderline;
    const { ann } = twoTills();
    ann.order.add_product(ann.product(COFFEE));
    ann.order.add_product(ann.product(COFFEE));
    expect(ann.order.get_orderlines().map(line => line.get_quantity_str())).toEqual(['1!', '1!']);
});

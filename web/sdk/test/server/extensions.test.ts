/** Data that the server does not know: synced and kept as it came, over a crash of the server too. */
import { readFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import type { Json } from '../../src/client/types.js';
import { models } from '../../src/models/models.js';
import type { Order } from '../../src/models/order.js';
import type { PosModel } from '../../src/models/pos_model.js';
import { till } from '../../src/till.js';
import { COFFEE as PRODUCT, restoreModels, SHOP } from '../models/shop.js';
import { arrival, isGreen, level, Stage, typeOrder } from './stage.js';
import { when } from './waits.js';

const stage = new Stage();
restoreModels();

/** A value may have 32 levels (PROTOCOL.md, Bounds). */
const DEEP = Array.from({ length: 16 }).reduce<Json>(inner => ({ inner: [inner] }), 'bottom');
const SHAPES: { [name: string]: Json } = {
    nothing: null,
    no: false,
    zero: 0,
    tenth: 0.1,
    negative: -12.75,
    large: 9007199254740991,
    tiny: 1e-7,
    huge: 1.5e300,
    empty: '',
    text: 'caf\u00e9 \u{1F600} "quoted" \\ \n\t\u0001 \u2028 </script>',
    list: [],
    object: {},
    mixed: [1, 'two', [3, { four: null }], false],
    'a name with spaces.and.dots': { '': 1, é: 2, constructor: 3, toString: 4 },
    deep: DEEP,
    long: 'x'.repeat(50_000),
    'many members': Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`k${at}`, at])),
};

it('fields of any JSON shape, on orders and lines, survive kill -9, and are the same for a till that starts anew', async () => {
    const [ada, bob] = await stage.pair();
    const { order, line } = typeOrder(ada);
    for (const [field, value] of Object.entries(SHAPES)) {
        void ada.engine.record(order, [
            { op: 'set', field, value },
            { op: 'set', line, field, value },
        ]);
    }
    await arrival(bob, order);
    await level([ada, bob]);
    await stage.server.restart();
    for (const each of [ada, bob]) await isGreen(each);
    const fresh = await stage.open({ pos: 3 });
    await level([ada, bob, fresh]);
    for (const { engine } of [bob, fresh]) {
        expect(engine.order(order)?.fields).toEqual(SHAPES);
        expect(engine.order(order)?.lines[0]?.fields).toEqual({
            product_id: 42,
            qty: 1,
            price_unit: 2.5,
            ...SHAPES,
        });
    }
});

const seed = readFileSync(new URL('../models/seeds/order-note.txt', import.meta.url), 'utf8');
type Noted = Order & { note?: string; old_note?: string; custom_notes?: Json };
const noted = (pos: PosModel): Noted => {
    const order = pos.get_order();
    if (!order) throw new Error('no order on the screen');
    return order as Noted;
};

it('the order note of the seeds, as it is, arrives at the other till, after kill -9 too', async () => {
    new Function('models', seed)(models);
    const [ada, bob] = await stage.pair();
    const [here, there] = [ada, bob].map(({ engine }) => till(engine, SHOP)) as [PosModel, PosModel];
    const faults: unknown[] = [];
    for (const pos of [here, there]) pos.on('error', fault => faults.push(fault));
    const coffee = here.db.get_product_by_id(PRODUCT);
    if (!coffee) throw new Error('no coffee');
    const order = noted(here);
    order.add_product(coffee);
    order.note = 'window seat';
    order.custom_notes = [{ id: 1, name: 'quick' }];
    order.trigger('new_updates_to_send');
    await arrival(bob, order.uid);
    await level([ada, bob]);
    await when(bob.engine, 'the note', () => noted(there).note === 'window seat');
    expect(noted(there).custom_notes).toEqual([{ id: 1, name: 'quick' }]);

    await stage.server.restart();
    for (const each of [ada, bob]) await isGreen(each);
    noted(there).note = 'by the door';
    noted(there).trigger('new_updates_to_send');
    await bob.engine.settled();
    await level([ada, bob]);
    expect(order.note).toBe('by the door');
    const fresh = await stage.open({ pos: 3 });
    await arrival(fresh, order.uid);
    expect(noted(till(fresh.engine, SHOP)).note).toBe('by the door');
    expect(faults).toEqual([]);
});

it('half an emoji, in a value, a name or a user, stops no till', async () => {
    const [ada, bob] = await stage.pair();
    const half = '🎂🎂'.slice(0, 3);
    const { order } = typeOrder(ada);
    ada.engine.user = { id: 2, name: half };
    await ada.engine.record(order, [{ op: 'set', field: half, value: { [half]: half } }]);
    await arrival(bob, order);
    await level([ada, bob]);
    expect(bob.engine.order(order)?.fields).toMatchObject({ '🎂\uFFFD': { '🎂\uFFFD': '🎂\uFFFD' } });
});

afterEach(() => stage.ledger.check());

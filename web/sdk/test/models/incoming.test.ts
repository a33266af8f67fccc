import { describe, expect, test, vi } from 'vitest';
import { models } from '../../src/models/models.js';
import { LocalShop } from './local_engine.js';
import { ANN, BOB, CAKE, COFFEE, restoreModels, same, till, twoTills } from './shop.js';

restoreModels();

const lines = (order: ReturnType<typeof same>) =>
    order.get_orderlines().map(line => `${line.get_quantity()} ${line.get_product().display_name}`);

describe('two people, one order', () => {
    test('two taps of one coffee at once make two', () => {
        const { ann, bob, shop } = twoTills();
        ann.order.add_product(ann.product(COFFEE));
        const there = same(bob, ann.order);
        shop.meanwhile(() => {
            ann.order.add_product(ann.product(COFFEE));
            there.add_product(bob.product(COFFEE));
        });
        expect([lines(ann.order), lines(there)]).toEqual([['3 Coffee'], ['3 Coffee']]);
        expect(ann.order.export_as_JSON().amount_total).toBe(there.export_as_JSON().amount_total);
    });

    test('different fields never undo each other; lines stand in the order in which they were accepted', () => {
        const { ann, bob, shop } = twoTills();
        ann.order.add_product(ann.product(COFFEE));
        const there = same(bob, ann.order);
        shop.meanwhile(() => {
            there.add_product(bob.product(CAKE));
            there.get_orderlines()[0]?.set_discount(10);
            ann.order.add_product(ann.product(COFFEE), { merge: false, quantity: 4 });
            ann.order.get_orderlines()[0]?.set_quantity(2);
            ann.order.set_client(ann.pos.db.get_partner_by_id(26));
        });
        for (const order of [ann.order, there]) {
            expect(lines(order)).toEqual(['2 Coffee', '1 Cake', '4 Coffee']);
            expect(order.get_orderlines()[0]?.get_discount()).toBe(10);
            expect(order.get_client_name()).toBe('Zoe');
        }
    });

    test('a removal against a tap keeps what was added', () => {
        const { ann, bob, shop } = twoTills();
        ann.order.add_product(ann.product(COFFEE), { quantity: 2 });
        const there = same(bob, ann.order);
        shop.meanwhile(() => {
            there.add_product(bob.product(COFFEE));
            const [line] = ann.order.get_orderlines();
            if (line) ann.order.remove_orderline(line);
        });
        expect([lines(ann.order), lines(there)]).toEqual([['1 Coffee'], ['1 Coffee']]);
    });

    test('who added and who edited, from the first sight on (rule 13)', () => {
        const { ann, bob } = twoTills();
        ann.order.add_product(ann.product(COFFEE));
        const there = same(bob, ann.order);
        const text = (order: typeof there) => order.get_orderlines()[0]?.get_ms_text();
        expect([text(ann.order), text(there)]).toEqual(Array(2).fill('added by Ann (Bar)'));
        ann.order.get_orderlines()[0]?.set_quantity(5);
        expect(text(there)).toBe('added by Ann (Bar)');
        there.get_orderlines()[0]?.set_quantity(6);
        expect([text(ann.order), text(there)]).toEqual(
            Array(2).fill('added by Ann (Bar), edited by Bob (Counter)'),
        );
        bob.engine.active = false;
        expect(text(there)).toBe('');
    });

    test('in an inactive multi-session a till shows what was begun at its POS, and nothing else (rule 20)', () => {
        const { ann, bob } = twoTills();
        ann.order.add_product(ann.product(COFFEE));
        const theirs = ann.order;
        const own = bob.pos.add_new_order();
        own.add_product(bob.product(CAKE));
        const uids = () => bob.pos.get_order_list().map(order => order.uid);
        expect(uids()).toEqual([theirs.uid, own.uid]);
        bob.engine.activate(false);
        expect(uids()).toEqual([own.uid]);
        theirs.add_product(ann.product(CAKE));
        expect(uids()).toEqual([own.uid]);
        bob.engine.activate(true);
        expect(new Set(uids())).toEqual(new Set([theirs.uid, own.uid]));
        expect(lines(same(bob, theirs))).toEqual(['1 Coffee', '1 Cake']);
    });

    test('the number comes with registering; before, tills show none', () => {
        const { ann, bob, shop } = twoTills();
        shop.meanwhile(() => {
            ann.order.add_product(ann.product(COFFEE));
            expect(ann.order.sequence_number).toBeNull();
        });
        expect(ann.order.sequence_number).toBe(1);
        expect(same(bob, ann.order).sequence_number).toBe(1);
        expect(ann.order.name).toBe('Order 00001-001-0001');
    });

    test('a renamed order goes on under its new uid, for its extensions too (rule N4)', () => {
        const { ann, bob } = twoTills();
        ann.order.add_product(ann.product(COFFEE));
        const [order, former] = [ann.order, ann.order.uid];
        for (const { engine } of [ann, bob]) if (engine.order(former)) renameAt(engine, former);
        expect(order.uid).toBe('00001-900-0001');
        expect(ann.engine.shown).toBe('00001-900-0001');
        order.add_product(ann.product(CAKE));
        expect(lines(same(bob, order))).toEqual(['1 Coffee', '1 Cake']);
    });
});

/** The first engine renames at the shop; the others only hear of it. */
function renameAt(engine: ReturnType<typeof till>['engine'], former: string): void {
    const uid = former.replace('-001-', '-900-');
    if (shopOf(engine).orders.has(former)) engine.rename(former, uid);
    else engine.renamed(former, uid);
}
const shopOf = (engine: object) => (engine as { shop: LocalShop }).shop;

describe('the person at the till is not disturbed (rule 25)', () => {
    test('selected order and line stay when orders arrive, change and go', () => {
        const { ann, bob } = twoTills();
        ann.order.add_product(ann.product(COFFEE));
        const mine = ann.order;
        const selected = mine.get_selected_orderline();
        const there = same(bob, mine);
        bob.pos.set_order(there);
        there.add_product(bob.product(CAKE));
        bob.pos.add_new_order();
        bob.order.add_product(bob.product(CAKE));
        expect(ann.order).toBe(mine);
        expect(mine.get_selected_orderline()).toBe(selected);
        bob.pos.delete_current_order();
        expect(ann.order).toBe(mine);
        expect(ann.pos.get_order_list()).toEqual([mine]);
    });

    test('a selected line that another removes leaves nothing selected', () => {
        const { ann, bob } = twoTills();
        ann.order.add_product(ann.product(CAKE));
        ann.order.add_product(ann.product(COFFEE));
        const there = same(bob, ann.order);
        there.get_last_orderline()?.set_quantity('remove');
        expect(ann.order.get_selected_orderline()).toBeUndefined();
        expect(there.get_selected_orderline()?.get_product().display_name).toBe('Cake');
    });

    test('replace_empty_order (on): the first, still empty order gives way', () => {
        const { ann, bob } = twoTills();
        const empty = bob.order;
        ann.order.add_product(ann.product(COFFEE));
        expect(bob.pos.get_order_list().map(order => order.uid)).toEqual([ann.order.uid]);
        expect(bob.order).not.toBe(empty);
        expect(bob.engine.shown).toBe(ann.order.uid);
    });

    test('replace_empty_order off: it stays, and stays on the screen', () => {
        const { ann, bob } = twoTills({ replace_empty_order: false });
        const empty = bob.order;
        ann.order.add_product(ann.product(COFFEE));
        expect(bob.order).toBe(empty);
        expect(bob.pos.get_order_list()).toHaveLength(2);
    });

    test('deactivate_empty_order: the screen goes to the arriving order, the empty one stays', () => {
        const { ann, bob } = twoTills({ replace_empty_order: false, deactivate_empty_order: true });
        ann.order.add_product(ann.product(COFFEE));
        expect(bob.order.uid).toBe(ann.order.uid);
        expect(bob.pos.get_order_list()).toHaveLength(2);
    });

    test('an order that was begun never gives way', () => {
        const { ann, bob } = twoTills({ deactivate_empty_order: true });
        bob.order.set_client(bob.pos.db.get_partner_by_id(27));
        const begun = bob.order;
        ann.order.add_product(ann.product(COFFEE));
        expect(bob.order).toBe(begun);
    });

    test("accept_incoming_orders off: other users' orders are not shown, whoever is at the till", () => {
        const shop = new LocalShop();
        const ann = till(shop, ANN);
        const bob = till(shop, BOB, { id: 2, name: 'Counter' }, { accept_incoming_orders: false });
        ann.order.add_product(ann.product(COFFEE));
        expect(bob.pos.order_by_uid(ann.order.uid)).toBeUndefined();
        bob.pos.set_cashier(ANN);
        expect(lines(same(bob, ann.order))).toEqual(['1 Coffee']);
        expect(bob.engine.user).toEqual(ANN);
        bob.pos.set_cashier(BOB);
        expect(bob.pos.order_by_uid(ann.order.uid)).toBeUndefined();
        expect(bob.order.is_empty()).toBe(true);
    });

    test('the current order is deleted elsewhere: another comes in its place, and it is told', () => {
        const { ann, bob } = twoTills();
        ann.order.add_product(ann.product(COFFEE));
        const gone: unknown[] = [];
        bob.pos.on('order_gone', (order, change) => gone.push([order.uid, change.why, change.by]));
        const { uid } = ann.order;
        ann.pos.delete_current_order();
        expect(gone).toEqual([[uid, 'deleted', 'others']]);
        expect(bob.order.is_empty()).toBe(true);
        expect(bob.order.uid).not.toBe(uid);
    });
});

describe('extensions that fail do not break the till', () => {
    const failing = (hook: string) => ({
        [hook]() {
            throw new Error('no such record');
        },
    });

    test.each(['apply_ms_data', 'init_from_JSON', 'export_as_JSON'])('%s of orders and lines', hook => {
        models.Order = models.Order.extend(failing(hook));
        models.Orderline = models.Orderline.extend(failing(hook));
        const quiet = vi.spyOn(console, 'error').mockImplementation(() => {});
        const { ann, bob } = twoTills();
        quiet.mockRestore();
        ann.order.add_product(ann.product(COFFEE));
        const there = same(bob, ann.order);
        there.add_product(bob.product(COFFEE));
        ann.order.add_product(ann.product(CAKE));
        there.set_client(bob.pos.db.get_partner_by_id(26));
        for (const { order } of [ann, { order: there }]) {
            expect(lines(order)).toEqual(['2 Coffee', '1 Cake']);
            expect(order.get_client_name()).toBe('Zoe');
        }
        const errors = [...ann.errors, ...bob.errors];
        expect(errors.length).toBeGreaterThan(0);
        for (const error of errors) {
            expect(error).toMatchObject({ uid: ann.order.uid, where: hook });
            expect(error.text).toBe(`an extension failed in ${hook}: no such record`);
        }
        // Each till tells it once, however often it happens.
        expect(bob.errors).toHaveLength(new Set(bob.errors.map(({ uid }) => uid)).size);
    });

    test('initialize that throws: the order is there all the same', () => {
        const { ann, bob } = twoTills();
        models.Order = models.Order.extend(failing('initialize'));
        models.Orderline = models.Orderline.extend(failing('initialize'));
        ann.engine.record(ann.order.uid, [
            { op: 'add_line', line: 'x', fields: { product_id: COFFEE, qty: 1, price_unit: 2.5 } },
        ]);
        expect(lines(same(bob, ann.order))).toEqual(['1 Coffee']);
        expect(bob.errors.map(({ where }) => where)).toContain('initialize');
    });

    test('what is known of their fields is not taken away when their export fails', () => {
        let isBroken = false;
        const { prototype } = models.Order;
        models.Order = models.Order.extend({
            export_as_JSON() {
                if (isBroken) throw new Error('broken');
                return { ...prototype.export_as_JSON.call(this), note: 'kept' };
            },
        });
        const { ann, shop } = twoTills();
        ann.order.add_product(ann.product(COFFEE));
        isBroken = true;
        ann.order.add_product(ann.product(COFFEE));
        expect(shop.commands.at(-1)?.operations.map(({ op }) => op)).toEqual(['increment']);
        expect(shop.orders.get(ann.order.uid)?.fields.note).toBe('kept');
    });

    test.each([
        ['NaN', Number.NaN],
        [
            'a cycle',
            (() => {
                const cycle: { self?: object } = {};
                cycle.self = cycle;
                return cycle;
            })(),
        ],
        ['a bigint', 12n],
    ])('%s is refused, told once, and the rest is sent', (_, value) => {
        const { prototype } = models.Orderline;
        let mark: unknown = 1;
        models.Orderline = models.Orderline.extend({
            export_as_JSON() {
                return { ...prototype.export_as_JSON.call(this), mark, fine: mark === 1 ? 1 : 2 };
            },
        });
        const { ann, bob, shop } = twoTills();
        ann.order.add_product(ann.product(COFFEE));
        mark = value;
        ann.order.trigger('new_updates_to_send');
        ann.order.trigger('new_updates_to_send');
        expect(shop.commands.at(-1)?.operations).toMatchObject([{ op: 'set', field: 'fine', value: 2 }]);
        expect(ann.errors).toHaveLength(1);
        expect(ann.errors[0]).toMatchObject({ where: 'export', field: 'mark' });
        expect(ann.errors[0]?.text).toMatch(/^mark of line .* is not sent: /);
        expect(bob.errors.length).toBeLessThanOrEqual(1);
        expect(shop.orders.get(ann.order.uid)?.lines[0]?.fields.mark).toBe(1);
    });

    test('without a listener it is on the console', () => {
        const { ann, bob } = twoTills();
        bob.pos.off('error');
        const said = vi.spyOn(console, 'error').mockImplementation(() => {});
        models.Order = models.Order.extend(failing('init_from_JSON'));
        ann.order.add_product(ann.product(COFFEE));
        expect(said.mock.calls[0]?.[0]).toContain('an extension failed in init_from_JSON');
        said.mockRestore();
    });
});

describe('what the engine does not take', () => {
    test('a locked order: nothing is changed, and the reason is told', () => {
        const { ann, shop } = twoTills();
        ann.order.add_product(ann.product(COFFEE));
        ann.engine.locked = 'offline';
        ann.order.add_product(ann.product(CAKE));
        ann.order.get_orderlines()[0]?.set_quantity(7);
        expect(lines(ann.order)).toEqual(['1 Coffee']);
        expect(shop.commands).toHaveLength(1);
        expect(ann.errors.map(({ where }) => where)).toEqual(['locked', 'locked']);
        expect(ann.errors[0]?.text).toContain('no connection to the server');
    });

    test('a change that fails is taken back from the screen', () => {
        const { ann } = twoTills();
        ann.order.add_product(ann.product(COFFEE));
        ann.engine.failing = new Error('too large');
        ann.order.add_product(ann.product(CAKE));
        ann.order.get_orderlines()[0]?.set_quantity(7);
        expect(lines(ann.order)).toEqual(['1 Coffee']);
        expect(ann.errors.map(({ where, text }) => [where, text])).toEqual([
            ['record', 'too large'],
            ['record', 'too large'],
        ]);
        ann.engine.failing = null;
        ann.order.add_product(ann.product(CAKE));
        expect(lines(ann.order)).toEqual(['1 Coffee', '1 Cake']);
    });

    test('an order whose beginning fails is whole when it succeeds', () => {
        const { ann, bob } = twoTills();
        ann.engine.failing = new Error('disk full');
        ann.order.add_product(ann.product(COFFEE));
        expect(lines(ann.order)).toEqual([]);
        ann.engine.failing = null;
        ann.order.add_product(ann.product(CAKE));
        expect(lines(same(bob, ann.order))).toEqual(['1 Cake']);
        expect(same(bob, ann.order).pricelist?.name).toBe('Public');
    });
});

describe('records that this till has not loaded', () => {
    test('are kept as they came, and a change of something else leaves them alone', () => {
        const { ann, bob, shop } = twoTills();
        ann.order.add_product(ann.product(COFFEE));
        ann.engine.record(ann.order.uid, [
            { op: 'set', field: 'partner_id', value: 999 },
            { op: 'set', field: 'fiscal_position_id', value: 998 },
            { op: 'add_line', line: 'x', fields: { product_id: 997, qty: 1, price_unit: 3, discount: 0 } },
        ]);
        const there = same(bob, ann.order);
        expect(lines(there)).toEqual(['1 Coffee', '1 Unknown product 997']);
        expect(there.get_client()).toBeNull();
        expect(there.export_as_JSON()).toMatchObject({ partner_id: 999, fiscal_position_id: 998 });
        expect(there.get_total_with_tax()).toBe(5.5);
        there.get_last_orderline()?.set_quantity(2);
        expect(shop.commands.at(-1)?.operations).toEqual([{ op: 'set', line: 'x', field: 'qty', value: 2 }]);
        expect(bob.errors).toMatchObject([{ where: 'fiscal_position_id' }]);
        expect(bob.errors[0]?.text).toContain('its totals may differ');
    });
});

/** What a till closed as paid can be had again, without a connection and after a reload. */
import { expect, it } from 'vitest';
import type { Till } from './tills.js';
import { coffee, pass, Shop, tap, typeCoffee } from './tills.js';

const shop = new Shop();
const brief = ({ engine }: Till) =>
    engine
        .closedHere()
        .map(({ number, receipt, waits, lines, payments }) => [
            number,
            receipt,
            waits,
            lines.map(({ fields }) => `${fields.product_id}x${fields.qty}`).join(),
            payments.map(({ fields }) => fields.cash).join(),
        ]);

it('with a connection, without one, and after a reload, the last first', async () => {
    let ada = await shop.open();
    const { order } = await coffee(ada);
    void ada.engine.pay(order, { cash: 5 });
    void ada.engine.close(order);
    expect(brief(ada)).toEqual([[1, null, true, '42x1', '5']]);
    await pass();
    expect(brief(ada)).toEqual([[1, null, false, '42x1', '5']]);
    ada.engine.setNetwork(false);
    const offline = typeCoffee(ada);
    void tap(ada, offline.order, offline.line);
    void ada.engine.pay(offline.order, { cash: 10 });
    void ada.engine.close(offline.order);
    await pass();
    const both = [[null, null, true, '42x2', '10'], brief(ada)[1]];
    expect(brief(ada)).toEqual(both);
    ada.network.isUp = false;
    ada = await shop.reload(ada, { network: ada.network });
    expect(brief(ada)).toEqual(both);
    ada.network.isUp = true;
    await pass(10_000);
    expect(brief(ada)).toMatchObject([[2, null, false, '42x2', '10'], both[1]]);
});

it('what was not closed after all is not there', async () => {
    const ada = await shop.open();
    const { order } = await coffee(ada);
    shop.server.orders.delete(order);
    void ada.engine.pay(order, { cash: 5 });
    void ada.engine.close(order);
    await pass();
    expect(brief(ada)).toEqual([]);
});

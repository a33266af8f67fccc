import { describe, expect, it } from 'vitest';
import type { ListedOrder, OrderPage } from '../src/api/types';
import { OrderList } from '../src/orders/order_list';

const order = (number: number, state: ListedOrder['state'] = 'draft'): ListedOrder => ({
    ...{
        multi_session: { id: 1, name: 'The house' },
        uid: `uid-${number}`,
        number,
        run: 1,
        state,
        time_ms: number,
        begun: { user: { id: 1, name: 'Ann' }, pos: { id: 1, name: 'Bar' } },
    },
    ...{ pos: { id: 1, name: 'Bar' }, user: { id: 1, name: 'Ann' }, customer: null, table: null },
    ...{ total: '1.00', lines: 1, receipt: null, marks: [], removed: null },
});

/** A server with these orders, the last first, in pages of `size`. */
function server(size: number) {
    const orders: ListedOrder[] = [];
    const ask = async ({ after, state }: { after?: unknown; state?: string }): Promise<OrderPage> => {
        const from = Number(after ?? 0);
        const items = orders
            .toReversed()
            .filter(each => !state || each.state === state)
            .slice(from, from + size);
        return { items, next: from + size < orders.length ? String(from + size) : null, reached_ms: null };
    };
    return { orders, list: new OrderList(ask as never) };
}

const numbers = ({ list }: ReturnType<typeof server>) => list.rows.value?.map(({ number }) => number);

describe('the list of orders', () => {
    it('goes on page by page, and shows no order twice when new ones push them down', async () => {
        const shop = server(2);
        shop.orders.push(order(1), order(2), order(3), order(4));
        await shop.list.show({}, 'all');
        shop.orders.push(order(5));
        await shop.list.more();
        expect(numbers(shop)).toEqual([4, 3, 2]);
        await shop.list.more();
        expect(numbers(shop)).toEqual([4, 3, 2, 1]);
        expect(shop.list.next.value).toBeNull();
    });

    it('moves nothing while somebody reads: changes are shown in place, new orders wait', async () => {
        const shop = server(50);
        shop.orders.push(order(1), order(2));
        await shop.list.show({}, 'all');
        shop.orders[0] = order(1, 'paid');
        shop.orders.push(order(3), order(4));
        await shop.list.refresh(false);
        expect(numbers(shop)).toEqual([2, 1]);
        expect(shop.list.rows.value?.[1]?.state).toBe('paid');
        expect(shop.list.waiting.value.map(({ number }) => number)).toEqual([4, 3]);
        shop.list.showWaiting();
        expect(numbers(shop)).toEqual([4, 3, 2, 1]);
    });

    it('lets new orders in at the top of the page', async () => {
        const shop = server(50);
        shop.orders.push(order(1));
        await shop.list.show({}, 'all');
        shop.orders.push(order(2));
        await shop.list.refresh(true);
        expect(numbers(shop)).toEqual([2, 1]);
        expect(shop.list.waiting.value).toEqual([]);
    });

    it('keeps what it shows until other filters have found something', async () => {
        const shop = server(50);
        shop.orders.push(order(1), order(2, 'paid'));
        await shop.list.show({}, 'all');
        const showing = shop.list.show({ state: 'paid' }, 'paid');
        expect(numbers(shop)).toEqual([2, 1]);
        await showing;
        expect(numbers(shop)).toEqual([2]);
    });

    it('looks again when something changed while it looked', async () => {
        const shop = server(50);
        shop.orders.push(order(1));
        await shop.list.show({}, 'all');
        const looking = shop.list.refresh(true);
        shop.orders.push(order(2));
        await shop.list.refresh(true);
        await looking;
        await new Promise(resolve => setTimeout(resolve));
        expect(shop.list.waiting.value.map(({ number }) => number)).toEqual([2]);
    });

    it('says what went wrong, and keeps the rows', async () => {
        const list = new OrderList(async () => {
            throw new Error('No connection to the server.');
        });
        await list.show({}, 'all');
        expect([list.wrong.value, list.rows.value, list.isLoading.value]).toEqual([
            'No connection to the server.',
            null,
            false,
        ]);
    });
});

/** What the screen says of money is in durable storage first. */
import { expect, test } from 'vitest';
import type { Changes } from '../../src/client/storage.js';
import { MemoryStorage } from '../../src/client/storage_memory.js';
import { till } from '../../src/till.js';
import { pass, Shop } from '../client/tills.js';
import { COFFEE, restoreModels, SHOP } from './shop.js';

restoreModels();
const shop = new Shop();

/** A disk that takes its time. */
class SlowStorage extends MemoryStorage {
    isSlow = false;
    override async write(server: string, changes: Changes): Promise<void> {
        if (this.isSlow) await new Promise(resolve => setTimeout(resolve, 500));
        await super.write(server, changes);
    }
}

test('a payment that was taken without a connection is on the disk before the till says that it is paid', async () => {
    const storage = new SlowStorage('dev-slow');
    const here = await shop.open({ storage });
    const pos = till(here.engine, SHOP, { pricelist_id: 1 });
    here.network.isUp = false;
    here.network.cut();
    await pass(10_000);
    const order = pos.get_order();
    const coffee = pos.db.get_product_by_id(COFFEE);
    const [method] = pos.cashregisters;
    if (!order || !coffee || !method) throw new Error('the shop of the tests has these');
    order.add_product(coffee);
    order.add_paymentline(method).set_amount(order.get_total_with_tax());
    await pass();
    storage.isSlow = true;
    let keptWhenPaid: string[] | undefined;
    const paid = pos.push_order(order).then(async () => {
        const stored = await storage.load((await storage.lastServer()) ?? '');
        keptWhenPaid = stored?.commands.map(({ kind }) => kind);
    });
    await pass(3_000);
    await paid;
    storage.isSlow = false;
    expect(keptWhenPaid).toEqual(['edit', 'settle']);
});

/** A disk that tells what was written together. */
class WatchedStorage extends MemoryStorage {
    readonly written: string[][] = [];
    override async write(server: string, changes: Changes): Promise<void> {
        this.written.push([...changes.commands.values()].flatMap(command => command?.kind ?? []));
        await super.write(server, changes);
    }
}

test('money and the closing with it are one write: a page that ends in between loses neither or both', async () => {
    const storage = new WatchedStorage('dev-watched');
    const here = await shop.open({ storage });
    const pos = till(here.engine, SHOP, { pricelist_id: 1 });
    const order = pos.get_order();
    const coffee = pos.db.get_product_by_id(COFFEE);
    const [method] = pos.cashregisters;
    if (!order || !coffee || !method) throw new Error('the shop of the tests has these');
    order.add_product(coffee);
    order.add_paymentline(method).set_amount(order.get_total_with_tax());
    await pass();
    storage.written.length = 0;
    here.network.cut();
    const paid = pos.push_order(order);
    await pass();
    expect(storage.written[0]).toEqual(['pay', 'close']);
    await pass(30_000);
    expect((await paid).accepted).toBe(true);
});

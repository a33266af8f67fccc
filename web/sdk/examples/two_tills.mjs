// Two tills, one order, and a network that goes away. With a Sync Server that runs with --till-open, after
// `npm run build` in web/: node two_tills.mjs http://localhost:8090
import { connect } from '@tillsync/sdk';

const url = process.argv[2] ?? 'http://localhost:8090';
const coffee = { id: 1, display_name: 'Coffee', lst_price: 2.5 };
const cake = { id: 2, display_name: 'Cake', lst_price: 4 };
const shop = { products: [coffee, cake] };

const ann = await connect({ url, shop, pos: { id: 1, name: 'Bar' }, user: { id: 1, name: 'Ann' } });
const bob = await connect({ url, shop, pos: { id: 2, name: 'Terrace' }, user: { id: 2, name: 'Bob' } });
for (const { engine } of [ann, bob]) {
    if (engine.till === null) throw new Error(`No login at ${url}: ${engine.connection.message}`);
}

sell(ann, coffee); // Ann begins an order,
await everythingToArrive(); // and Bob has it on his screen.
sell(ann, coffee); // Both edit it at once.
sell(bob, coffee);
sell(bob, cake);
await everythingToArrive();

bob.engine.setNetwork(false); // Bob's network is gone:
bob.add_new_order(); // he begins an order of his own, and goes on selling.
sell(bob, cake);
sell(ann, cake); // So does Ann, who has a network.
bob.engine.setNetwork(true);
await everythingToArrive();

for (const till of [ann, bob]) {
    console.log(`${till.config.name}: ${till.get_order_list().map(text).join('; ')}`);
    await till.close();
}

function sell(till, product) {
    till.get_order().add_product(till.db.get_product_by_id(product.id));
}

async function everythingToArrive() {
    for (const till of [ann, bob]) await till.engine.settled(); // the server has it on its disk
    for (const till of [ann, bob]) await till.engine.check(); // and the tills have what the server has
}

function text(order) {
    const lines = order
        .get_orderlines()
        .map(line => `${line.get_quantity()} ${line.get_product().display_name}`);
    return `#${order.sequence_number} ${lines.join(' + ')} = ${order.get_total_with_tax()}`;
}

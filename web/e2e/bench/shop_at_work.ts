/** A shop with much to do: fifty open orders, one of them long, and ten thousand products. */
import { connect, type PosModel } from '@tillsync/sdk';

/** Open orders of the shop. */
export const OPEN_ORDERS = 50;
/** Lines of the order on the screen. */
export const LINES = 100;
/** Products of the catalogue. */
export const PRODUCTS = 10_000;
/** Lines of each of the other orders. */
const LINES_OF_OTHERS = 3;

type Data = {
    database: string;
    multi_session: number;
    config: { id: number; name: string };
    users: { id: number; name: string }[];
    shop: { products: { id: number; display_name: string }[] };
};

async function dataOf(url: string, pos: number): Promise<Data> {
    const answer = await fetch(`${url}/api/poses/${pos}`);
    if (!answer.ok) throw new Error(`the server answered ${answer.status} for POS ${pos}`);
    return (await answer.json()) as Data;
}

/** Another till of the shop, which has made its orders: the long one is the first. */
export async function tillAtWork(url: string): Promise<PosModel> {
    const data = await dataOf(url, 2);
    const [, user] = data.users;
    if (!user) throw new Error('the demo has no second person');
    const till = await connect({
        url,
        database: data.database,
        multiSession: data.multi_session,
        pos: { id: data.config.id, name: data.config.name },
        user: { id: user.id, name: user.name },
        app: 'bench register',
        shop: data.shop as never,
        config: data.config as never,
    });
    if (till.engine.till === null) throw new Error(`no login: ${till.engine.connection.message}`);
    for (let number = 0; number < OPEN_ORDERS; number += 1) {
        if (number > 0) till.add_new_order();
        sell(till, number === 0 ? LINES : LINES_OF_OTHERS, data);
        await till.engine.settled();
    }
    const [first] = till.get_order_list();
    if (first) till.set_order(first);
    return till;
}

function sell(till: PosModel, lines: number, { shop: { products } }: Data): void {
    const order = till.get_order();
    for (let at = 0; at < lines; at += 1) {
        const product = till.db.get_product_by_id(products[at % products.length]?.id ?? 0);
        if (product) order?.add_product(product, { merge: false });
    }
}

/** The catalogue of the first POS as the server has it, with as many products of our own as it takes. */
export async function largeCatalogue(url: string): Promise<string> {
    const data = await dataOf(url, 1);
    const { products } = data.shop;
    const [like] = products;
    for (let id = 100_000; products.length < PRODUCTS; id += 1) {
        const [kind, place, size] = [KINDS[id % 20], PLACES[id % 23], id % 17];
        products.push({
            ...like,
            id,
            display_name: `${kind} ${place} ${size}-${id % 997}`,
            default_code: `B${id}`,
            barcode: `29${id}00000`,
            image: undefined,
        } as never);
    }
    return JSON.stringify(data);
}

const KINDS =
    'Apple Bread Butter Cheese Cider Coffee Flour Honey Jam Juice Milk Oil Pasta Rice Salt Soap Soup Sugar Tea Wine'.split(
        ' ',
    );
const PLACES =
    'Alpine Baltic Coast Delta East Forest Garden Harbour Island Jura Lake Meadow North Orchard Plain River South Tundra Upland Valley West Yard Zenith'.split(
        ' ',
    );

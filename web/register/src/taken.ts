/** Money that was taken for an order that is not closed, and that the server knows of. */
import { type Order, sum } from '@tillsync/sdk';

export function takenOf(order: Order): number {
    const recorded = order.get_paymentlines().filter(line => line.recorded);
    return sum(recorded.map(line => line.get_amount())).toNumber();
}

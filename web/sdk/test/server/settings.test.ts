/** A multi-session's settings, chosen beside the server while tills are open (O11, S5, S6). */
import { afterEach, expect, it } from 'vitest';
import { arrival, brief, isGreen, isRed, level, Stage, tap, typeLine, typeOrder } from './stage.js';
import { when } from './waits.js';

const stage = new Stage();
afterEach(() => stage.ledger.check());

const settings = (...chosen: string[]) =>
    stage.server.command('settings', '--database', 'main', '--multi-session', '1', ...chosen);

it('O11: by the policy "merge" a till changes known orders without a connection, and both have all of it', async () => {
    const [ada, bob] = await stage.pair();
    const { order, line } = typeOrder(ada);
    await arrival(bob, order);
    await settings('--offline-edits', 'merge');
    await when(ada.engine, 'the policy', () => ada.engine.offlineEdits === 'merge');
    ada.proxy.refuse();
    ada.proxy.cut();
    await isRed(ada);
    expect(ada.engine.order(order)?.locked).toBeNull();
    const tapped = tap(ada, order, line);
    typeLine(ada, order, { product_id: 7, qty: 2, price_unit: 1 });
    await tap(bob, order, line);
    await ada.proxy.accept();
    await isGreen(ada);
    await tapped;
    await level([ada, bob]);
    for (const { engine } of [ada, bob]) expect(brief(engine.order(order))).toBe('#1 42x3 7x2');
    await settings('--offline-edits', 'lock');
    await when(ada.engine, 'the policy', () => ada.engine.offlineEdits === 'lock');
    ada.proxy.refuse();
    ada.proxy.cut();
    await isRed(ada);
    expect(ada.engine.order(order)?.locked).toBe('offline');
    expect(() => tap(ada, order, line)).toThrow();
    await ada.proxy.accept();
    await isGreen(ada);
});

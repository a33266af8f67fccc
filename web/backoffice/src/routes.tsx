/** Every screen of the back office, by its address below `/admin`. */
import type { JSX } from 'preact';
import { t } from './i18n';
import { OrdersScreen } from './orders/list_screen';
import { OrderScreen } from './orders/order_screen';
import { Empty, Page } from './parts/page';
import { match, type Place } from './route';
import { StartScreen } from './screens/start';

type Screen = (found: Record<string, string>, again: () => void) => JSX.Element;

const SCREENS: readonly [string, Screen][] = [
    ['/', (_, again) => <StartScreen onBegun={again} />],
    ['/orders', () => <OrdersScreen />],
    [
        '/orders/:ms/:uid*',
        ({ ms, uid = '' }) => <OrderScreen key={`${ms}/${uid}`} multiSession={Number(ms)} uid={uid} />,
    ],
];

/** @param again the shop is another one than it was when the page was loaded */
export function screenOf({ path }: Place, again: () => void): JSX.Element {
    for (const [pattern, screen] of SCREENS) {
        const found = match(pattern, path);
        if (found) return screen(found, again);
    }
    return (
        <Page title={t('missing.title')}>
            <Empty text={t('missing.text')} />
        </Page>
    );
}

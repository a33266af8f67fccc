/** Every screen of the back office, by its address below `/admin`. */
import type { JSX } from 'preact';
import type { Draft } from './api/types';
import { t } from './i18n';
import { MultiSessionScreen } from './multi_sessions/form_screen';
import { MultiSessionsScreen } from './multi_sessions/list_screen';
import { OrdersScreen } from './orders/list_screen';
import { OrderScreen } from './orders/order_screen';
import { Empty, Page } from './parts/page';
import { TablesPart } from './records/floor_parts';
import { RecordScreen } from './records/form_screen';
import { ImportScreen } from './records/import_screen';
import type { Kind } from './records/kind';
import { KINDS } from './records/kinds';
import { RecordList } from './records/list_screen';
import { PinPart } from './records/people_parts';
import { PosList } from './records/pos_list';
import { MultiSessionPart, OpenTill } from './records/pos_parts';
import { ShopScreen } from './records/shop_screen';
import { match, type Place } from './route';
import { place } from './router';
import { LiveScreen } from './screens/live';
import { SalesScreen } from './screens/sales';
import { StartScreen } from './screens/start';
import { SessionsScreen } from './sessions/list_screen';
import { SessionScreen } from './sessions/session_screen';

type Found = Record<string, string>;
/** `again`: the shop is another one than it was when the page was loaded. */
type Screen = (found: Found, again: () => void) => JSX.Element;

const SCREENS: readonly [string, Screen][] = [
    ['/', (_, again) => <StartScreen onBegun={again} />],
    ['/orders', () => <OrdersScreen />],
    [
        '/orders/:ms/:uid*',
        ({ ms, uid = '' }) => <OrderScreen key={`${ms}/${uid}`} multiSession={Number(ms)} uid={uid} />,
    ],
    ['/sessions', () => <SessionsScreen />],
    ['/sessions/:id', ({ id }) => <SessionScreen key={id} id={Number(id)} />],
    ['/live', () => <LiveScreen />],
    ['/sales', () => <SalesScreen />],
    ['/multi-sessions', () => <MultiSessionsScreen />],
    ['/multi-sessions/new', () => <MultiSessionScreen key="new" id={null} />],
    ['/multi-sessions/:id', ({ id }) => <MultiSessionScreen key={id} id={Number(id)} />],
    ['/shop', (_, again) => <ShopScreen onSaved={again} />],
    ['/points-of-sale', () => <PosList />],
    ...KINDS.flatMap(screensOf),
];

/** What kinds have beside what their descriptions say. */
const PARTS: Partial<
    Record<Kind['resource'], Pick<Parameters<typeof RecordScreen>[0], 'parts' | 'actions'>>
> = {
    people: { parts: part => <PinPart {...part} /> },
    floors: { parts: part => <TablesPart {...part} /> },
    'points-of-sale': {
        parts: part => <MultiSessionPart {...part} />,
        actions: row => <OpenTill row={row} />,
    },
};

function screensOf(kind: Kind): [string, Screen][] {
    const { resource } = kind;
    const form = (id: number | null) => (
        <RecordScreen
            key={`${resource}/${id}`}
            kind={kind}
            id={id}
            given={givenIn(kind)}
            {...PARTS[resource]}
        />
    );
    return [
        [`/${resource}`, () => <RecordList key={resource} kind={kind} />],
        [`/${resource}/new`, () => form(null)],
        [`/${resource}/import`, () => <ImportScreen key={resource} kind={kind} />],
        [`/${resource}/:id`, ({ id }) => form(Number(id))],
    ];
}

/** References that the address of a new one names: `/tables/new?floor_id=2`. */
function givenIn({ filters }: Kind): Draft {
    const { query } = place.peek();
    return Object.fromEntries(
        filters.filter(name => Number(query.get(name)) > 0).map(name => [name, Number(query.get(name))]),
    );
}

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

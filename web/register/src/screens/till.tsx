/** A point of sale in this page: who comes in, the session's opening, the screens of the till. */
import { signal } from '@preact/signals';
import { Icon } from '@tillsync/look';
import { useEffect } from 'preact/hooks';
import { type Person, poses, type TillData, tillData } from '../api';
import { catchBack } from '../back';
import { preferred, speak, t } from '../i18n';
import { Dialog } from '../parts/dialog';
import { showsMenu } from '../parts/menu';
import { People } from '../parts/people';
import { PinPad } from '../parts/pin_pad';
import { isNew, Tour } from '../parts/tour';
import { isNoAnswer } from '../request';
import { screen } from '../screen';
import { lookAtSession, type SessionReport } from '../server/sessions';
import { Till } from '../till';
import { ClosedScreen, ClosingScreen, closed } from './closing';
import { OpeningScreen } from './opening';
import { OrderScreen } from './order';
import { PastScreen } from './past';
import { PaymentScreen } from './payment';
import { ReceiptScreen } from './receipt';

const data = signal<TillData | null>(null);
const till = signal<Till | null>(null);
/** Whose PIN is asked for. */
const asked = signal<Person | null>(null);
/** Who opens the session, and what is known of the one before. */
const opening = signal<{ person: Person; report: SessionReport } | null>(null);
const comesIn = signal('');
const wrong = signal('');
const tours = signal(isNew());
let isLoading = false;
/** How often a till that was never opened on this device looks for its server. */
const AGAIN_MS = 5_000;

async function load(pos: number): Promise<void> {
    try {
        data.value = await tillData(pos);
        wrong.value = '';
        document.title = data.value.config.name;
        // The way out of here works without a connection, too.
        poses().catch(() => {});
        await speak(preferred(data.value.config.lang));
    } catch (error) {
        wrong.value = error instanceof Error ? error.message : String(error);
        if (isNoAnswer(error)) setTimeout(() => void load(pos), AGAIN_MS);
    }
}

/** Somebody is at the till: the session is opened first, unless it is open. */
async function enter(person: Person): Promise<void> {
    asked.value = null;
    if (!data.value || comesIn.value) return;
    comesIn.value = person.name;
    try {
        const report = await sessionOf(data.value.config.id);
        if (report && report.session === null) opening.value = { person, report };
        else await open(person);
    } catch (error) {
        wrong.value = error instanceof Error ? error.message : String(error);
    }
    comesIn.value = '';
}

/** None without a connection: a device that was at work in a session goes on in it. */
async function sessionOf(pos: number): Promise<SessionReport | null> {
    try {
        return await lookAtSession(pos);
    } catch (error) {
        if (isNoAnswer(error)) return null;
        throw error;
    }
}

async function open(person: Person): Promise<void> {
    if (!data.value) return;
    opening.value = null;
    till.value = await Till.open(data.value, person);
}

export function TillScreen({ pos }: { pos: number }) {
    if (!isLoading) {
        isLoading = true;
        void load(pos);
    }
    if (closed.value) return <ClosedScreen end={closed.value} onDone={() => location.assign('/')} />;
    if (till.value) return <OpenTill till={till.value} />;
    if (opening.value && data.value) {
        const { person, report } = opening.value;
        return (
            <OpeningScreen
                data={data.value}
                user={person}
                report={report}
                onOpen={() => void open(person)}
                onBack={() => {
                    opening.value = null;
                }}
            />
        );
    }
    return (
        <main class="poses">
            <header>
                <a class="button" href="/" aria-label={t('menu.poses')}>
                    <Icon name="back" />
                </a>
                <div>
                    <h1>{data.value?.config.name ?? 'Tillsync'}</h1>
                    {data.value && <p class="hint">{t('people.title')}</p>}
                </div>
            </header>
            {wrong.value && (
                <p class="wrong" role="alert">
                    {wrong.value} <a href="/">{t('menu.poses')}</a>
                </p>
            )}
            {data.value && (
                <People
                    people={data.value.users}
                    opening={comesIn.value}
                    onChoose={person => {
                        wrong.value = '';
                        if (person.has_pin) asked.value = person;
                        else void enter(person);
                    }}
                />
            )}
            {asked.value && data.value && (
                <PinPad
                    database={data.value.database}
                    person={asked.value}
                    onRight={() => asked.value && void enter(asked.value)}
                    onClose={() => {
                        asked.value = null;
                    }}
                />
            )}
        </main>
    );
}

function OpenTill({ till }: { till: Till }) {
    const back = () => {
        screen.value = 'order';
    };
    useEffect(
        () =>
            catchBack(() => {
                if (screen.value === 'order') showsMenu.value = true;
                // A receipt is left by “Next order”: the money is in the drawer.
                else if (screen.value !== 'receipt') back();
            }),
        [],
    );
    return (
        <>
            {screen.value === 'order' && <OrderScreen till={till} />}
            {screen.value === 'payment' && <PaymentScreen till={till} />}
            {screen.value === 'receipt' && <ReceiptScreen till={till} />}
            {screen.value === 'past' && <PastScreen till={till} onBack={back} />}
            {screen.value === 'closing' && <ClosingScreen till={till} onBack={back} />}
            {tours.value && (
                <Tour
                    onClose={() => {
                        tours.value = false;
                    }}
                />
            )}
            {till.moved.value && screen.value === 'order' && (
                <Dialog title={t('moved.title')} onClose={() => location.reload()}>
                    <p>{t('moved.text')}</p>
                    <button type="button" class="pay" onClick={() => location.reload()}>
                        {t('closed.open_new')}
                    </button>
                </Dialog>
            )}
            {till.sessionClosed.value && screen.value !== 'closing' && (
                <Dialog title={t('closed.title')} onClose={() => location.assign('/')}>
                    <p>{t('closed.elsewhere')}</p>
                    <button type="button" class="pay" onClick={() => location.reload()}>
                        {t('closed.open_new')}
                    </button>
                </Dialog>
            )}
        </>
    );
}

/** How this page stands to the server's: an offer of a new version, a list that is not of now. */
import './standing.css';
import { signal } from '@preact/signals';
import { type Hold, update } from './install';
import { posesAsOf } from './poses';

/** In English, until the languages' catalogues take them over. */
const TEXT = {
    ready: 'A new version of the Register is ready.',
    apply: 'Use it now',
    later: 'Later',
    held: {
        payment: 'A payment is being taken: finish it first.',
        unsaved: 'Something that was typed is not kept on this device yet: wait until it is sent.',
    } satisfies Record<Hold, string>,
    asOf: (time: string) => `No connection to the server. The list is as it was at ${time}.`,
    asOfUnknown: 'No connection to the server. The list is as it was.',
};

const isLater = signal(false);
/** The list may be of yesterday. */
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const date = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** Over the screen, so that nothing moves under a finger. */
export function Standing() {
    const asOf = posesAsOf.value;
    return (
        <div class="standing">
            {asOf !== null && <p role="status">{asOf ? TEXT.asOf(timeOf(asOf)) : TEXT.asOfUnknown}</p>}
            {update.ready.value && !isLater.value && (
                <p role="status" class="offer">
                    <span>{update.held.value ? TEXT.held[update.held.value] : TEXT.ready}</span>
                    <button type="button" onClick={() => void update.apply()}>
                        {TEXT.apply}
                    </button>
                    <button
                        type="button"
                        onClick={() => {
                            isLater.value = true;
                        }}
                    >
                        {TEXT.later}
                    </button>
                </p>
            )}
        </div>
    );
}

function timeOf(ms: number): string {
    const isToday = new Date(ms).toDateString() === new Date().toDateString();
    return (isToday ? clock : date).format(ms);
}

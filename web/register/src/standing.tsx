/** How this page stands to the server's: an offer of a new version, a list that is not of now. */
import './standing.css';
import { signal } from '@preact/signals';
import { dateTime, t } from './i18n';
import { update } from './install';
import { posesAsOf } from './poses';

const isLater = signal(false);
/** Over the screen, so that nothing moves under a finger. */
export function Standing() {
    const asOf = posesAsOf.value;
    return (
        <div class="standing">
            {asOf !== null && (
                <p role="status">{asOf ? t('poses.as_it_was', { when: dateTime(asOf) }) : t('offline')}</p>
            )}
            {update.ready.value && !isLater.value && (
                <p role="status" class="offer">
                    <span>
                        {update.held.value ? t(`update.held_${update.held.value}`) : t('update.ready')}
                    </span>
                    <button type="button" onClick={() => void update.apply()}>
                        {t('update.apply')}
                    </button>
                    <button
                        type="button"
                        onClick={() => {
                            isLater.value = true;
                        }}
                    >
                        {t('update.later')}
                    </button>
                </p>
            )}
        </div>
    );
}

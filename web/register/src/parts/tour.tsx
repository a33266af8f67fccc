/** What makes this till another one, in a minute. */
import { useSignal } from '@preact/signals';
import { Icon, type IconName } from '@tillsync/look';
import { t } from '../i18n';
import { Dialog } from './dialog';

const STEPS: ['tour.tap' | 'tour.together' | 'tour.icon' | 'tour.back', IconName][] = [
    ['tour.tap', 'plus'],
    ['tour.together', 'split'],
    ['tour.icon', 'sync'],
    ['tour.back', 'check'],
];
const SEEN = 'tillsync/tour';

/** Whether it was never shown on this device. */
export function isNew(): boolean {
    try {
        return localStorage.getItem(SEEN) === null;
    } catch {
        return false;
    }
}

export function Tour({ onClose }: { onClose(): void }) {
    const at = useSignal(0);
    const step = STEPS[at.value];
    const end = () => {
        try {
            localStorage.setItem(SEEN, 'seen');
        } catch {
            // It comes again.
        }
        onClose();
    };
    if (!step) return null;
    const isLast = at.value === STEPS.length - 1;
    return (
        <Dialog title={t('tour.title')} onClose={end} class="tour">
            <p class="picture">
                <Icon name={step[1]} />
            </p>
            <p aria-live="polite">{t(step[0])}</p>
            <p class="steps" aria-hidden="true">
                {STEPS.map(([key], index) => (
                    <span key={key} class={index === at.value ? 'now' : ''} />
                ))}
            </p>
            <button
                type="button"
                class="pay"
                onClick={() => {
                    if (isLast) end();
                    else at.value += 1;
                }}
            >
                {isLast ? t('tour.done') : t('tour.next')}
            </button>
        </Dialog>
    );
}

/** Somebody types a PIN. */
import { useSignal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';
import type { Person } from '../api';
import { t } from '../i18n';
import { lookAtPin } from '../pin';
import { Dialog } from './dialog';
import { Icon } from './icon';

const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;
const PIN_DIGITS_MIN = 4;
const PIN_DIGITS_MAX = 12;

interface PinPadProps {
    database: string;
    person: Person;
    onRight(): void;
    onClose(): void;
}

export function PinPad({ database, person, onRight, onClose }: PinPadProps) {
    const typed = useSignal('');
    const wrong = useSignal('');
    const busy = useSignal(false);
    const isShort = person.pin_digits === PIN_DIGITS_MIN;
    const look = async () => {
        if (busy.value || typed.value.length < PIN_DIGITS_MIN) return;
        busy.value = true;
        const pin = typed.value;
        // Who sees that a digit was wrong begins again at once: what is typed now is of the next try.
        typed.value = '';
        try {
            const answer = await lookAtPin(database, person.id, pin);
            if (answer.is === 'right') {
                onRight();
                return;
            }
            if (answer.is === 'unknown') wrong.value = t('pin.unknown', { name: person.name });
            else if (answer.seconds > 0) wrong.value = t('pin.wait', { seconds: answer.seconds });
            else wrong.value = t('pin.wrong');
        } catch (error) {
            wrong.value = error instanceof Error ? error.message : String(error);
        }
        busy.value = false;
        lookByItself();
    };
    /** Most PINs have four digits: no tap on “Enter” is needed for them. */
    const lookByItself = () => {
        if (isShort && typed.value.length === PIN_DIGITS_MIN) void look();
    };
    const press = (digit: string) => {
        wrong.value = '';
        if (typed.value.length < (isShort ? PIN_DIGITS_MIN : PIN_DIGITS_MAX)) typed.value += digit;
        lookByItself();
    };
    // Before anything is painted: quick hands type at once.
    useLayoutEffect(() => {
        const down = (event: KeyboardEvent) => {
            if (/^\d$/.test(event.key)) press(event.key);
            else if (event.key === 'Backspace') typed.value = typed.value.slice(0, -1);
            else if (event.key === 'Enter') void look();
            else return;
            event.preventDefault();
        };
        addEventListener('keydown', down);
        return () => removeEventListener('keydown', down);
    });
    return (
        <Dialog title={t('pin.title', { name: person.name })} onClose={onClose} class="pin">
            <p class="dots" role="status" aria-label={t('pin.digits', { count: typed.value.length })}>
                {Array.from({ length: Math.max(typed.value.length, PIN_DIGITS_MIN) }, (_, at) => (
                    <span key={at} class={at < typed.value.length ? 'full' : ''} />
                ))}
            </p>
            <p class="wrong" role="alert">
                {wrong.value}
            </p>
            <div class="pin-keys">
                {DIGITS.map(digit => (
                    <button type="button" key={digit} onClick={() => press(digit)}>
                        {digit}
                    </button>
                ))}
                <button
                    type="button"
                    aria-label={t('numpad.backspace')}
                    onClick={() => {
                        typed.value = typed.value.slice(0, -1);
                    }}
                >
                    <Icon name="backspace" />
                </button>
                <button type="button" onClick={() => press('0')}>
                    0
                </button>
                <button
                    type="button"
                    class="primary"
                    disabled={typed.value.length < PIN_DIGITS_MIN || busy.value}
                    aria-label={t('pin.enter')}
                    onClick={() => void look()}
                >
                    <Icon name="check" />
                </button>
            </div>
        </Dialog>
    );
}

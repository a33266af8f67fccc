/** Somebody types a PIN. */
import { useSignal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';
import { Dialog } from './dialog';
import { Icon } from './icon';

const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;
const PIN_DIGITS_MIN = 4;
const PIN_DIGITS_MAX = 12;

export interface PinPadProps {
    /** Whose PIN is asked for, and what its buttons are called. */
    words: { title: string; close: string; backspace: string; enter: string; digits(count: number): string };
    /** How many digits the PIN has; unknown where it is not said. */
    digits?: number | undefined;
    /** Says what is wrong with a PIN; empty when it is right, and somebody else goes on from there. */
    onPin(pin: string): Promise<string>;
    onClose(): void;
}

export function PinPad({ words, digits, onPin, onClose }: PinPadProps) {
    const typed = useSignal('');
    const wrong = useSignal('');
    const busy = useSignal(false);
    const isShort = digits === PIN_DIGITS_MIN;
    const look = async () => {
        if (busy.value || typed.value.length < PIN_DIGITS_MIN) return;
        busy.value = true;
        const pin = typed.value;
        // Who sees that a digit was wrong begins again at once: what is typed now is of the next try.
        typed.value = '';
        try {
            wrong.value = await onPin(pin);
            if (!wrong.value) return;
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
        <Dialog title={words.title} close={words.close} onClose={onClose} class="pin">
            <p class="dots" role="status" aria-label={words.digits(typed.value.length)}>
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
                    aria-label={words.backspace}
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
                    aria-label={words.enter}
                    onClick={() => void look()}
                >
                    <Icon name="check" />
                </button>
            </div>
        </Dialog>
    );
}

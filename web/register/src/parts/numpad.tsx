import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Till } from '../till';
import { type Key, keyed, keyOf } from './keyed';

type Mode = 'qty' | 'discount' | 'price';
const MODES: [Mode, string][] = [
    ['qty', 'Qty'],
    ['discount', 'Disc'],
    ['price', 'Price'],
];
const KEYS: Key[] = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '±', '0', '.'];

const mode = signal<Mode>('qty');
/** What was typed for the selected line, and which line that is. */
const typed = signal<{ line: string; text: string }>({ line: '', text: '' });

/** A key of the numpad, or its equal on a keyboard. */
export function press(till: Till, key: Key): void {
    const order = till.pos.get_order();
    const line = order?.get_selected_orderline();
    if (!order || !line) return;
    const former = typed.value.line === line.uid ? typed.value.text : '';
    if (key === '⌫' && former === '' && mode.value === 'qty' && line.get_quantity() === 0) {
        // A second time at nothing takes the line away, as Odoo's tills do.
        till.act(() => line.set_quantity('remove'));
        return;
    }
    const text = keyed(former, key, amount(line));
    typed.value = { line: line.uid, text };
    till.act(() => {
        if (mode.value === 'qty') line.set_quantity(text);
        else if (mode.value === 'discount') line.set_discount(text);
        else line.set_unit_price(text);
    });
}

function amount(line: { get_quantity(): number; get_unit_price(): number }): string {
    return mode.value === 'price' ? String(line.get_unit_price()) : String(line.get_quantity());
}

export function Numpad({ till }: { till: Till }) {
    useEffect(() => {
        const down = (event: KeyboardEvent) => {
            const isTyping = event.target instanceof HTMLInputElement;
            if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
            const key = keyOf(event.key);
            if (!key) return;
            event.preventDefault();
            press(till, key);
        };
        addEventListener('keydown', down);
        return () => removeEventListener('keydown', down);
    }, [till]);
    return (
        <fieldset class="numpad" aria-label="Numpad">
            <div class="modes">
                {MODES.map(([name, label]) => (
                    <button
                        type="button"
                        key={name}
                        aria-pressed={mode.value === name}
                        onClick={() => {
                            mode.value = name;
                            typed.value = { line: '', text: '' };
                        }}
                    >
                        {label}
                    </button>
                ))}
                <button type="button" aria-label="Backspace" onClick={() => press(till, '⌫')}>
                    ⌫
                </button>
            </div>
            <div class="keys">
                {KEYS.map(key => (
                    <button type="button" key={key} onClick={() => press(till, key)}>
                        {key}
                    </button>
                ))}
            </div>
        </fieldset>
    );
}

import { signal } from '@preact/signals';
import { Icon } from '@tillsync/look';
import { decimalsOf } from '@tillsync/sdk';
import { useEffect } from 'preact/hooks';
import { t } from '../i18n';
import type { Till } from '../till';
import { allowedDiscount } from './discount';
import { type Key, keyed, keyOf, moneyOfSize, PERCENT, QUANTITY, type Size } from './keyed';
import { listen, scanned } from './scanner';
import { beginSearch } from './search';

type Mode = 'qty' | 'discount' | 'price';
const MODES: Mode[] = ['qty', 'discount', 'price'];
/** Their keys on a keyboard. */
const MODE_KEYS: Record<string, Mode> = { q: 'qty', d: 'discount', p: 'price' };
const KEYS: Key[] = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '±', '0', '.'];

const mode = signal<Mode>('qty');
const KEY_OF = Object.fromEntries(Object.entries(MODE_KEYS).map(([key, mode]) => [mode, key.toUpperCase()]));
/** What was typed for the selected line, and which line that is. */
const typed = signal<{ line: string; text: string }>({ line: '', text: '' });

/** Whether a key is being taken: the step that it makes is no reason to forget what was typed. */
let isTyping = false;

/** What the next digits are of. */
function choose(name: Mode): void {
    mode.value = name;
    typed.value = { line: '', text: '' };
}

/** A key of the numpad, or its equal on a keyboard. */
export function press(till: Till, key: Key): void {
    isTyping = true;
    take(till, key);
    isTyping = false;
}

function take(till: Till, key: Key): void {
    const order = till.pos.get_order();
    const line = order?.get_selected_orderline();
    if (!order || !line) return;
    const former = typed.value.line === line.uid ? typed.value.text : '';
    if (key === '⌫' && former === '' && mode.value === 'qty' && line.get_quantity() === 0) {
        // A second time at nothing takes the line away, as Odoo's tills do.
        till.act(() => line.set_quantity('remove'));
        return;
    }
    const text = keyed(former, key, sizeOf(till), amount(line));
    typed.value = { line: line.uid, text };
    till.act(() => {
        if (mode.value === 'qty') line.set_quantity(text);
        else if (mode.value === 'price') {
            line.price_manually_set = true;
            line.set_unit_price(text);
        } else line.set_discount(allowed(till, text));
    });
}

/** What was typed, or the most that the POS allows: the number goes on from there. */
function allowed(till: Till, text: string): string {
    const wanted = Number(text) || 0;
    const discount = allowedDiscount(till, wanted);
    if (discount === wanted) return text;
    typed.value = { ...typed.value, text: String(discount) };
    return String(discount);
}

function sizeOf({ pos }: Till): Size {
    if (mode.value === 'price') return moneyOfSize(decimalsOf(pos.currency.rounding));
    return mode.value === 'qty' ? QUANTITY : PERCENT;
}

function amount(line: { get_quantity(): number; get_unit_price(): number }): string {
    return mode.value === 'price' ? String(line.get_unit_price()) : String(line.get_quantity());
}

export function Numpad({ till, locked }: { till: Till; locked: boolean }) {
    useEffect(() => {
        // What was typed is taken back: the next digit begins a number of its own.
        const forget = (kind: string) => {
            if (kind === 'steps' && !isTyping) typed.value = { line: '', text: '' };
        };
        const orders = till.pos.get('orders');
        // Another order begins with quantities: a digit that was meant for one is no discount.
        const begin = () => choose('qty');
        // The order may have become another one while something else was on the screen.
        begin();
        orders.on('all', forget);
        till.pos.on('change:selectedOrder', begin);
        return () => {
            orders.off('all', forget);
            till.pos.off('change:selectedOrder', begin);
        };
    }, [till]);
    useEffect(
        () =>
            listen(
                name => {
                    const [key, mode] = [keyOf(name), MODE_KEYS[name.toLowerCase()]];
                    if (key) press(till, key);
                    else if (mode) choose(mode);
                    else if (name === '/') beginSearch();
                },
                code => scanned(till, code),
            ),
        [till],
    );
    return (
        <fieldset class="numpad" aria-label={t('numpad.label')} disabled={locked}>
            <div class="keys">
                {KEYS.map(key => (
                    <button type="button" key={key} onClick={() => press(till, key)}>
                        {key}
                    </button>
                ))}
            </div>
            <div class="modes">
                {MODES.map(name => (
                    <button
                        type="button"
                        key={name}
                        aria-pressed={mode.value === name}
                        aria-keyshortcuts={KEY_OF[name]}
                        onClick={() => choose(name)}
                    >
                        {t(`numpad.${name}`)}
                    </button>
                ))}
                <button type="button" aria-label={t('numpad.backspace')} onClick={() => press(till, '⌫')}>
                    <Icon name="backspace" />
                </button>
            </div>
        </fieldset>
    );
}

/**
 * A barcode scanner, which types like a keyboard, only faster.
 *
 * Keys that come within {@link GAP_MS} of each other are gathered; many of them, or some that end with Enter, are a code.
 * What is no code goes where a keyboard's keys go.
 */
import { type Rule, readBarcode } from '../barcode';
import { t } from '../i18n';
import type { Till } from '../till';
import { showBadge } from './cashiers';
import { allowedDiscount } from './discount';
import { isTypedElsewhere } from './typing';

/** People type slower, scanners faster. */
const GAP_MS = 45;
/** The shortest code that scanners send. */
const CODE_MIN = 6;
/** And the shortest one that they end with Enter. Fewer keys are always somebody's hands. */
const ENDED_CODE_MIN = 3;
/** Longer than any code: somebody sleeps on the keyboard. */
const CODE_MAX = 80;

/**
 * Listens to the keyboard while no field is typed into and no dialog is open.
 *
 * @param onKey takes a key that was typed
 * @param onCode takes a code that was scanned
 * @returns what ends that
 */
export function listen(onKey: (name: string) => void, onCode: (code: string) => void): () => void {
    let gathered: string[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = () => {
        clearTimeout(timer);
        const keys = gathered;
        gathered = [];
        const isEnded = keys.at(-1) === 'Enter';
        const code = (isEnded ? keys.slice(0, -1) : keys).join('');
        if (code.length >= (isEnded ? ENDED_CODE_MIN : CODE_MIN)) onCode(code);
        else for (const key of keys) onKey(key);
    };
    const down = (event: KeyboardEvent) => {
        if (isTypedElsewhere(event) || event.ctrlKey || event.metaKey || event.altKey) return;
        const isKey = event.key.length === 1 || event.key === 'Backspace';
        // Enter belongs to the button that has the focus, unless it ends a code.
        if (event.key === 'Enter' && gathered.length < ENDED_CODE_MIN) {
            // After a few keys of quick hands it is an Enter like any other.
            flush();
            return;
        }
        const endsCode = event.key === 'Enter';
        const isButtons =
            event.key === ' ' && event.target instanceof HTMLButtonElement && gathered.length === 0;
        if ((!isKey && !endsCode) || isButtons) return;
        event.preventDefault();
        const key = latin(event);
        if (key === 'Backspace') {
            // No code has one; a key that is held down repeats as fast as a scanner types.
            flush();
            onKey(key);
            return;
        }
        // No code begins so, and what follows is typed into the search.
        if (key === '/' && gathered.length === 0) {
            onKey(key);
            return;
        }
        gathered.push(key);
        clearTimeout(timer);
        if (endsCode || gathered.length >= CODE_MAX) flush();
        else timer = setTimeout(flush, GAP_MS);
    };
    // Keys that were typed before a tap belong to what was there before it.
    const tapped = () => {
        if (gathered.length < ENDED_CODE_MIN) flush();
    };
    addEventListener('keydown', down, { capture: true });
    for (const tap of TAPS) addEventListener(tap, tapped, { capture: true });
    return () => {
        clearTimeout(timer);
        removeEventListener('keydown', down, { capture: true });
        for (const tap of TAPS) removeEventListener(tap, tapped, { capture: true });
    };
}

/** A tap begins with the first; screen readers and scripts send the second alone. */
const TAPS = ['pointerdown', 'click'] as const;

/** A key as a Latin keyboard has it: scanners press keys, whatever alphabet the keyboard is set to. */
function latin({ key, code, shiftKey }: KeyboardEvent): string {
    const letter = /^Key([A-Z])$/.exec(code)?.[1];
    if (letter === undefined || key.length !== 1 || key <= '\u007f') return key;
    return shiftKey ? letter : letter.toLowerCase();
}

/** While money is taken, a code sells nothing: it names a customer or a cashier. */
export function scannedAtPayment(till: Till, code: string): void {
    const { type } = readBarcode(code, rulesOf(till));
    if (type === 'client' || type === 'cashier') scanned(till, code);
    else till.tell(t('payment.no_scanning'));
}

/** Does what a code stands for: sells, gives a discount, names a customer or a cashier. */
export function scanned(till: Till, code: string): void {
    const { pos } = till;
    const order = pos.get_order();
    if (!order) return;
    const { type, base, value } = readBarcode(code, rulesOf(till));
    if (type === 'cashier') {
        showBadge(till, [base, code]);
        return;
    }
    const product = pos.db.get_product_by_barcode(base) ?? pos.db.get_product_by_barcode(code);
    till.act(() => {
        if (type === 'client') {
            const client = pos.db.get_partner_by_barcode(base) ?? pos.db.get_partner_by_barcode(code);
            if (client) order.set_client(client);
            else till.tell(t('products.not_found', { code }));
            return;
        }
        if (type === 'discount') {
            order.get_selected_orderline()?.set_discount(allowedDiscount(till, value));
            return;
        }
        if (!product) till.tell(t('products.not_found', { code }));
        else if (type === 'weight') order.add_product(product, { quantity: value, merge: false });
        else if (type === 'price') order.add_product(product, { price: value, merge: false });
        else order.add_product(product);
    });
}

/** The POS's own nomenclature; the shop's first one where the POS names none. */
function rulesOf({ data }: Till): Rule[] {
    const shop = data.shop as { barcode_nomenclatures?: { id: number; rules?: Rule[] }[] };
    const all = shop.barcode_nomenclatures ?? [];
    const own = all.find(({ id }) => id === data.config.barcode_nomenclature_id) ?? all[0];
    return own?.rules ?? [];
}

import { signal } from '@preact/signals';
import { type TillData, tillData } from '../api';
import { Till } from '../till';
import { OrderScreen } from './order';
import { PaymentScreen } from './payment';
import { ReceiptScreen } from './receipt';

export type Screen = 'order' | 'payment' | 'receipt';
export const screen = signal<Screen>('order');

const data = signal<TillData | null>(null);
const till = signal<Till | null>(null);
const opening = signal('');
const wrong = signal('');
let asked = false;

async function load(pos: number): Promise<void> {
    try {
        data.value = await tillData(pos);
        document.title = data.value.config.name;
    } catch (error) {
        wrong.value = error instanceof Error ? error.message : String(error);
    }
}

async function open(user: TillData['users'][number]): Promise<void> {
    if (!data.value || opening.value) return;
    opening.value = user.name;
    try {
        till.value = await Till.open(data.value, user);
    } catch (error) {
        wrong.value = error instanceof Error ? error.message : String(error);
    }
    opening.value = '';
}

export function TillScreen({ pos }: { pos: number }) {
    if (!asked) {
        asked = true;
        void load(pos);
    }
    if (till.value) {
        const open = till.value;
        if (screen.value === 'payment') return <PaymentScreen till={open} />;
        if (screen.value === 'receipt') return <ReceiptScreen till={open} />;
        return <OrderScreen till={open} />;
    }
    return (
        <main class="poses">
            <h1>{data.value?.config.name ?? 'Tillsync'}</h1>
            {wrong.value && (
                <p class="wrong" role="alert">
                    {wrong.value} <a href="/">All points of sale</a>
                </p>
            )}
            {data.value && <p>Who is at the till?</p>}
            <ul>
                {data.value?.users.map(user => (
                    <li key={user.id}>
                        <button
                            type="button"
                            class="card"
                            disabled={opening.value !== ''}
                            onClick={() => open(user)}
                        >
                            <strong>{user.name}</strong>
                            <span>{opening.value === user.name ? 'opening …' : ''}</span>
                        </button>
                    </li>
                ))}
            </ul>
        </main>
    );
}

import { signal } from '@preact/signals';
import { type PosState, poses } from '../api';

const list = signal<PosState[] | null>(null);
const wrong = signal('');

/** How often the page looks again. */
const EVERY_MS = 5_000;

async function load(): Promise<void> {
    try {
        list.value = await poses();
        wrong.value = '';
    } catch (error) {
        wrong.value = error instanceof Error ? error.message : String(error);
    }
    setTimeout(load, EVERY_MS);
}
void load();

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

export function PosesScreen() {
    const all = list.value;
    return (
        <main class="poses">
            <h1>Points of sale</h1>
            {wrong.value && (
                <p class="wrong" role="alert">
                    {wrong.value}
                </p>
            )}
            {all?.length === 0 && (
                <p>
                    There is no point of sale yet. For tills that run Odoo, <code>tillsync odoo add</code> on
                    the server makes the address that is typed into <em>Sync Server</em>.
                </p>
            )}
            <ul>
                {all?.map(pos => (
                    <li key={pos.id}>
                        <a href={`/pos/${pos.id}`} class="card">
                            <strong>{pos.name}</strong>
                            <span>{pos.multi_session ? pos.multi_session.name : 'on its own'}</span>
                            <span class={pos.session ? 'open' : 'closed'}>
                                {pos.session
                                    ? `open: ${pos.session.user.name}${pos.session.opened_ms ? ` since ${clock.format(pos.session.opened_ms)}` : ''}`
                                    : 'closed'}
                            </span>
                            <span>
                                {pos.open_orders === 1 ? '1 open order' : `${pos.open_orders} open orders`}
                            </span>
                        </a>
                    </li>
                ))}
            </ul>
        </main>
    );
}

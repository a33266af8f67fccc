import { signal } from '@preact/signals';
import { type PosState, poses } from '../api';
import { clock, preferred, speak, t } from '../i18n';
import { Icon } from '../parts/icon';
import { Settings } from '../parts/settings';

const list = signal<PosState[] | null>(null);
const wrong = signal('');
const showsSettings = signal(false);

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
let isLoading = false;

export function PosesScreen() {
    if (!isLoading) {
        isLoading = true;
        void speak(preferred());
        void load();
    }
    const all = list.value;
    return (
        <main class="poses">
            <header>
                <h1>{t('poses.title')}</h1>
                <button
                    type="button"
                    aria-label={t('menu.settings')}
                    onClick={() => {
                        showsSettings.value = true;
                    }}
                >
                    <Icon name="settings" />
                </button>
            </header>
            {wrong.value && (
                <p class="wrong" role="alert">
                    {wrong.value}
                </p>
            )}
            {all?.length === 0 && (
                <p>
                    {t('poses.none')} {t('poses.none_odoo')}
                </p>
            )}
            {(all?.length ?? 0) > 1 && <p class="hint">{t('poses.demo')}</p>}
            <ul>
                {all?.map(pos => (
                    <li key={pos.id}>
                        <a href={`/pos/${pos.id}`} class={`card ${pos.session ? 'is-open' : ''}`}>
                            <strong>{pos.name}</strong>
                            <span class="hint">{pos.multi_session?.name ?? t('poses.alone')}</span>
                            <span class={pos.session ? 'open' : 'closed'}>{stateOf(pos)}</span>
                            <span class="orders">{t('poses.orders', { count: pos.open_orders })}</span>
                        </a>
                    </li>
                ))}
            </ul>
            {showsSettings.value && (
                <Settings
                    onClose={() => {
                        showsSettings.value = false;
                    }}
                />
            )}
        </main>
    );
}

function stateOf({ session }: PosState): string {
    if (!session) return t('poses.closed');
    const { name } = session.user;
    return session.opened_ms
        ? t('poses.open_since', { name, when: clock(session.opened_ms) })
        : t('poses.open', { name });
}

import { signal } from '@preact/signals';
import { Icon } from '@tillsync/look';
import { type PosState, poses } from '../api';
import { clock, preferred, speak, t } from '../i18n';
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
                <img class="mark" src="/icon.svg" alt="" />
                <div>
                    <h1>{t('poses.title')}</h1>
                </div>
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
            {groupsOf(all ?? []).map(group => (
                <Group key={group[0]?.multi_session?.id ?? 0} poses={group} />
            ))}
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

/** Points of sale that share their orders, side by side; those on their own at the end. */
export function groupsOf(poses: PosState[]): PosState[][] {
    const ids = new Set(poses.map(({ multi_session }) => multi_session?.id ?? null));
    const groups = [...[...ids].filter(id => id !== null), ...(ids.has(null) ? [null] : [])];
    return groups.map(id => poses.filter(({ multi_session }) => (multi_session?.id ?? null) === id));
}

function Group({ poses }: { poses: PosState[] }) {
    const multiSession = poses[0]?.multi_session;
    // Each of them has the orders of all.
    const orders = multiSession ? (poses[0]?.open_orders ?? 0) : 0;
    return (
        <section>
            <h2>
                {multiSession?.name ?? t('poses.alone')}
                {multiSession && <small>{t('poses.orders', { count: orders })}</small>}
            </h2>
            <ul class="places">
                {poses.map(pos => (
                    <li key={pos.id}>
                        <a href={`/pos/${pos.id}`} class="card">
                            <strong>{pos.name}</strong>
                            <span class={`state ${pos.session ? 'open' : 'closed'}`}>{stateOf(pos)}</span>
                            <Icon name="forward" />
                        </a>
                    </li>
                ))}
            </ul>
        </section>
    );
}

function stateOf({ session }: PosState): string {
    if (!session) return t('poses.closed');
    const { name } = session.user;
    return session.opened_ms
        ? t('poses.open_since', { name, when: clock(session.opened_ms) })
        : t('poses.open', { name });
}

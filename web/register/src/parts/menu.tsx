/** What is not needed every minute. */
import { signal, useSignal } from '@preact/signals';
import { Icon, type IconName } from '@tillsync/look';
import { t } from '../i18n';
import { type Screen, screen } from '../screen';
import type { Till } from '../till';
import { Cash } from './cash';
import { Cashiers } from './cashiers';
import { Dialog } from './dialog';
import { Settings } from './settings';
import { Tour } from './tour';

/** Whether it is open. */
export const showsMenu = signal(false);

export function Menu({ till, onClose }: { till: Till; onClose(): void }) {
    const shows = useSignal<'settings' | 'cashiers' | 'tour' | 'cash' | null>(null);
    const go = (to: Screen) => () => {
        screen.value = to;
        onClose();
    };
    if (shows.value === 'settings')
        return <Settings languages={till.pos.config.languages} onClose={onClose} />;
    if (shows.value === 'cashiers') return <Cashiers till={till} onClose={onClose} />;
    if (shows.value === 'tour') return <Tour onClose={onClose} />;
    if (shows.value === 'cash') return <Cash till={till} onClose={onClose} />;
    const item = (icon: IconName, text: string, work: () => void) => (
        <li>
            <button type="button" onClick={work}>
                <Icon name={icon} /> {text}
            </button>
        </li>
    );
    return (
        <Dialog title={till.pos.config.name} onClose={onClose} class="menu">
            <ul>
                {item('list', t('menu.past'), go('past'))}
                {item('user', t('menu.cashier'), () => {
                    shows.value = 'cashiers';
                })}
                {item('cash', t('menu.cash'), () => {
                    shows.value = 'cash';
                })}
                {item('drawer', t('menu.closing'), go('closing'))}
                {item('settings', t('menu.settings'), () => {
                    shows.value = 'settings';
                })}
                {item('help', t('menu.help'), () => {
                    shows.value = 'tour';
                })}
                <li>
                    <a href="/">
                        <Icon name="door" /> {t('menu.poses')}
                    </a>
                </li>
            </ul>
        </Dialog>
    );
}

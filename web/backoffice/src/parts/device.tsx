/** Who is here and how this device shows the page. */
import { theme } from '@tillsync/look';
import { t } from '../i18n';
import { go } from '../router';
import { person } from '../who';
import { Dialog } from './dialog';

const THEMES = ['auto', 'light', 'dark'] as const;

export function Device({ onClose }: { onClose(): void }) {
    const leave = async () => {
        onClose();
        await go('/');
        person.value = null;
    };
    return (
        <Dialog title={person.value?.name ?? t('device.title')} onClose={onClose} class="settings">
            <fieldset>
                <legend>{t('device.theme')}</legend>
                <div class="choices">
                    {THEMES.map(each => (
                        <button
                            type="button"
                            key={each}
                            aria-pressed={theme.value === each}
                            onClick={() => {
                                theme.value = each;
                            }}
                        >
                            {t(`device.theme_${each}`)}
                        </button>
                    ))}
                </div>
            </fieldset>
            <div class="ends">
                {person.value && (
                    <button type="button" onClick={() => void leave()}>
                        {t('device.sign_out')}
                    </button>
                )}
                <button type="button" class="primary" onClick={onClose}>
                    {t('done')}
                </button>
            </div>
        </Dialog>
    );
}

/** What is chosen for this device. */

import { hand, theme } from '@tillsync/look';
import { choose, isRightToLeft, LANGUAGES, type Language, language, t } from '../i18n';
import { Dialog } from './dialog';

const THEMES = ['auto', 'light', 'dark'] as const;
const HANDS = ['right', 'left'] as const;
/** Where people read from right to left, all is mirrored: what is the right hand's elsewhere is the left hand's there. */
const OTHER = { right: 'left', left: 'right' } as const;

interface SettingsProps {
    /** The languages that the POS offers; none for all. */
    languages?: unknown;
    onClose(): void;
}

export function Settings({ languages, onClose }: SettingsProps) {
    const offered = offeredOf(languages);
    return (
        <Dialog title={t('settings.title')} onClose={onClose} class="settings">
            <fieldset>
                <legend>{t('settings.language')}</legend>
                <div class="choices">
                    {offered.map(each => (
                        <button
                            type="button"
                            key={each}
                            lang={each}
                            aria-pressed={language.value === each}
                            onClick={() => void choose(each)}
                        >
                            {LANGUAGES[each]}
                        </button>
                    ))}
                </div>
            </fieldset>
            <fieldset>
                <legend>{t('settings.theme')}</legend>
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
                            {t(`settings.theme_${each}`)}
                        </button>
                    ))}
                </div>
            </fieldset>
            <fieldset>
                <legend>{t('settings.hand')}</legend>
                <div class="choices">
                    {HANDS.map(each => (
                        <button
                            type="button"
                            key={each}
                            aria-pressed={hand.value === each}
                            onClick={() => {
                                hand.value = each;
                            }}
                        >
                            {t(`settings.hand_${isRightToLeft.value ? OTHER[each] : each}`)}
                        </button>
                    ))}
                </div>
            </fieldset>
        </Dialog>
    );
}

/** Those of the POS that this Register speaks; where it speaks none of them, all. */
function offeredOf(languages: unknown): Language[] {
    const all = Object.keys(LANGUAGES) as Language[];
    const offered = Array.isArray(languages) ? all.filter(each => languages.includes(each)) : [];
    return offered.length > 0 ? offered : all;
}

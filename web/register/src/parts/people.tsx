/** The people who may be at the till. */

import { Icon } from '@tillsync/look';
import type { Person } from '../api';
import { t } from '../i18n';

interface PeopleProps {
    people: readonly Person[];
    current?: number;
    /** Whose till is being opened. */
    opening?: string;
    onChoose(person: Person): void;
}

export function People({ people, current, opening = '', onChoose }: PeopleProps) {
    return (
        <ul class="faces">
            {people.map(person => (
                <li key={person.id}>
                    <button
                        type="button"
                        class="card"
                        aria-pressed={person.id === current}
                        disabled={opening !== ''}
                        onClick={() => onChoose(person)}
                    >
                        <span class={`face hue-${person.id % 8}`} aria-hidden="true">
                            {[...person.name][0]}
                        </span>
                        <strong>{person.name}</strong>
                        <span class="hint">
                            {opening === person.name ? (
                                t('people.opening')
                            ) : person.has_pin ? (
                                <>
                                    <Icon name="lock" /> {t('people.pin')}
                                </>
                            ) : null}
                        </span>
                    </button>
                </li>
            ))}
        </ul>
    );
}

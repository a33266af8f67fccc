/** Somebody types a PIN. */
import { PinPad as Pad } from '@tillsync/look';
import type { Person } from '../api';
import { t } from '../i18n';
import { lookAtPin } from '../pin';

interface PinPadProps {
    database: string;
    person: Person;
    onRight(): void;
    onClose(): void;
}

export function PinPad({ database, person, onRight, onClose }: PinPadProps) {
    const look = async (pin: string): Promise<string> => {
        const answer = await lookAtPin(database, person.id, pin);
        if (answer.is === 'unknown') return t('pin.unknown', { name: person.name });
        if (answer.is !== 'right')
            return answer.seconds > 0 ? t('pin.wait', { seconds: answer.seconds }) : t('pin.wrong');
        onRight();
        return '';
    };
    return (
        <Pad
            words={{
                title: t('pin.title', { name: person.name }),
                close: t('close'),
                backspace: t('numpad.backspace'),
                enter: t('pin.enter'),
                digits: count => t('pin.digits', { count }),
            }}
            digits={person.pin_digits}
            onPin={look}
            onClose={onClose}
        />
    );
}

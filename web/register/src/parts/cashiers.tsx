/** Somebody else takes over at the till. */
import { useSignal } from '@preact/signals';
import type { Person } from '../api';
import { t } from '../i18n';
import type { Till } from '../till';
import { Dialog } from './dialog';
import { People } from './people';
import { PinPad } from './pin_pad';

export function Cashiers({ till, onClose }: { till: Till; onClose(): void }) {
    const asked = useSignal<Person | null>(null);
    const take = (person: Person) => {
        till.pos.set_cashier({ id: person.id, name: person.name });
        onClose();
    };
    if (asked.value) {
        const person = asked.value;
        return (
            <PinPad
                database={till.data.database}
                person={person}
                onRight={() => take(person)}
                onClose={() => {
                    asked.value = null;
                }}
            />
        );
    }
    return (
        <Dialog title={t('people.title')} onClose={onClose}>
            <People
                people={till.data.users}
                current={till.pos.get_cashier().id}
                onChoose={person => {
                    if (person.has_pin) asked.value = person;
                    else take(person);
                }}
            />
        </Dialog>
    );
}

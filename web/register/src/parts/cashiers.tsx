/** Somebody else takes over at the till: chosen from the list, or by the badge that they show to the scanner. */
import { signal, useSignal } from '@preact/signals';
import type { Person } from '../api';
import { t } from '../i18n';
import type { Till } from '../till';
import { Dialog } from './dialog';
import { People } from './people';
import { PinPad } from './pin_pad';

/** Who showed a badge and has a PIN to type. */
const shown = signal<Person | null>(null);

/** Somebody's badge was scanned: it says who it is, and a PIN proves it. */
export function showBadge(till: Till, codes: readonly string[]): void {
    const person = till.data.users.find(({ barcode }) => barcode && codes.includes(barcode));
    if (!person) till.tell(t('people.no_badge', { code: codes.at(-1) ?? '' }));
    else if (person.has_pin) shown.value = person;
    else take(till, person);
}

function take(till: Till, person: Person): void {
    till.pos.set_cashier({ id: person.id, name: person.name });
}

/** The PIN of whoever showed a badge; nothing while nobody did. */
export function Badge({ till }: { till: Till }) {
    const person = shown.value;
    if (!person) return null;
    const close = () => {
        shown.value = null;
    };
    return <Proof till={till} person={person} onTaken={close} onClose={close} />;
}

export function Cashiers({ till, onClose }: { till: Till; onClose(): void }) {
    const asked = useSignal<Person | null>(null);
    if (asked.value) {
        const back = () => {
            asked.value = null;
        };
        return <Proof till={till} person={asked.value} onTaken={onClose} onClose={back} />;
    }
    return (
        <Dialog title={t('people.title')} onClose={onClose}>
            <People
                people={till.data.users}
                current={till.pos.get_cashier().id}
                onChoose={person => {
                    if (person.has_pin) asked.value = person;
                    else {
                        take(till, person);
                        onClose();
                    }
                }}
            />
        </Dialog>
    );
}

interface ProofProps {
    till: Till;
    person: Person;
    onTaken(): void;
    onClose(): void;
}

function Proof({ till, person, onTaken, onClose }: ProofProps) {
    return (
        <PinPad
            database={till.data.database}
            person={person}
            onRight={() => {
                take(till, person);
                onTaken();
            }}
            onClose={onClose}
        />
    );
}

/** A record chosen out of many: looked for by the server, one tap to take it. */

import { useSignal } from '@preact/signals';
import { Icon } from '@tillsync/look';
import { listRecords, type Resource } from '../api/records';
import { t } from '../i18n';
import { useLoaded } from '../load';
import { nameOf, remember, useName } from '../names';
import { Search } from './chips';
import { Dialog } from './dialog';
import { Problem, Waiting } from './page';

/** Rows that a search shows; whoever does not see theirs types more of its name. */
const ROWS_MAX = 30;

interface PickerProps {
    kind: Resource;
    title: string;
    /** What takes the choice away; left out where something has to be chosen. */
    none?: string;
    onPick(id: number | null): void;
    onClose(): void;
}

export function Picker({ kind, title, none, onPick, onClose }: PickerProps) {
    const query = useSignal('');
    const found = useLoaded(`${kind} ${query.value}`, async signal => {
        const listing = await listRecords(kind, { q: query.value, limit: ROWS_MAX, sort: 'name' }, signal);
        for (const row of listing.items) remember(kind, row);
        return listing;
    });
    const listing = found.data.value;
    return (
        <Dialog title={title} onClose={onClose} class="picker">
            <Search
                label={t('search')}
                value=""
                onSearch={text => {
                    query.value = text;
                }}
            />
            <Problem text={found.wrong.value} onAgain={() => void found.again()} />
            {!listing && !found.wrong.value && <Waiting />}
            <ul class="pick">
                {none && (
                    <li>
                        <button type="button" onClick={() => onPick(null)}>
                            {none}
                        </button>
                    </li>
                )}
                {listing?.items.map(row => (
                    <li key={row.id}>
                        <button type="button" onClick={() => onPick(row.id)}>
                            {nameOf(row)}
                        </button>
                    </li>
                ))}
            </ul>
            {listing?.items.length === 0 && <p class="hint">{t('nothing_found')}</p>}
            {listing && listing.total > listing.items.length && (
                <p class="hint">{t('picker.more', { count: listing.total - listing.items.length })}</p>
            )}
        </Dialog>
    );
}

interface PickProps {
    kind: Resource;
    label: string;
    value: number | null;
    none: string;
    onPick(id: number | null): void;
    /** As a filter's chip. */
    isChip?: boolean;
    isRequired?: boolean;
    describedBy?: string | undefined;
}

/** The button that shows what is chosen, and lets another be. */
export function Pick({ kind, label, value, none, onPick, isChip, isRequired, describedBy }: PickProps) {
    const isOpen = useSignal(false);
    const name = useName(kind, value);
    const close = () => {
        isOpen.value = false;
    };
    return (
        <>
            <button
                type="button"
                class={isChip ? 'chip' : 'pick-one'}
                aria-pressed={isChip ? value !== null : undefined}
                aria-label={isChip ? undefined : `${label}: ${value === null ? none : name}`}
                aria-describedby={describedBy}
                onClick={() => {
                    isOpen.value = true;
                }}
            >
                {value === null ? (isChip ? label : none) : name}
                <Icon name="down" />
            </button>
            {isOpen.value && (
                <Picker
                    kind={kind}
                    title={label}
                    {...(!isRequired && { none })}
                    onPick={id => {
                        close();
                        onPick(id);
                    }}
                    onClose={close}
                />
            )}
        </>
    );
}

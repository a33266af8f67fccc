/** What is looked for, typed beside a glass. */
import { Icon } from '@tillsync/look';

interface SearchProps {
    /** What can be typed: the field's name, and what stands in it while it is empty. */
    label: string;
    value: string;
    onInput(text: string): void;
    onKeyDown?(event: KeyboardEvent): void;
}

/** Puts the focus into the search on the screen: what is typed next is looked for. */
export function beginSearch(): void {
    document.querySelector<HTMLInputElement>('.search input')?.focus();
}

export function Search({ label, value, onInput, onKeyDown }: SearchProps) {
    return (
        <span class="search">
            <Icon name="search" />
            <input
                type="search"
                aria-keyshortcuts="/"
                placeholder={label}
                aria-label={label}
                autocomplete="off"
                value={value}
                onInput={event => onInput(event.currentTarget.value)}
                onKeyDown={onKeyDown}
            />
        </span>
    );
}

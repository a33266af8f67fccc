/** What is looked for, typed beside a glass. */
import { Icon } from './icon';

interface SearchProps {
    /** What can be typed: the field's name, and what stands in it while it is empty. */
    label: string;
    value: string;
    onInput(text: string): void;
    onKeyDown?(event: KeyboardEvent): void;
}

export function Search({ label, value, onInput, onKeyDown }: SearchProps) {
    return (
        <span class="search">
            <Icon name="search" />
            <input
                type="search"
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

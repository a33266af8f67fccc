/** Something to be typed, with what it is. */

interface FieldProps {
    label: string;
    value: string;
    onInput(text: string): void;
    inputMode?: 'text' | 'decimal' | 'tel' | 'email';
    maxLength?: number;
    /** Stands behind it: a currency's sign. */
    suffix?: string;
}

export function Field({ label, value, onInput, inputMode = 'text', maxLength = 200, suffix }: FieldProps) {
    return (
        <label class="field">
            <span>{label}</span>
            <span class="typed">
                <input
                    type="text"
                    inputMode={inputMode}
                    maxLength={maxLength}
                    autocomplete="off"
                    value={value}
                    onInput={event => onInput(event.currentTarget.value)}
                />
                {suffix && <span aria-hidden="true">{suffix}</span>}
            </span>
        </label>
    );
}

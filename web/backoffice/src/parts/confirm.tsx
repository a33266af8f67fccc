/** A step that cannot simply be taken back: it says what it will do, to how much, before it does it. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { textOf } from '../api/request';
import { t } from '../i18n';
import { Dialog } from './dialog';

interface ConfirmProps {
    title: string;
    go: string;
    isDangerous?: boolean;
    disabled?: boolean;
    /** Does it; what it throws is said, and the dialog stays. */
    onGo(): Promise<void>;
    onClose(): void;
    children: ComponentChildren;
}

export function Confirm({
    title,
    go,
    isDangerous = false,
    disabled = false,
    onGo,
    onClose,
    children,
}: ConfirmProps) {
    const wrong = useSignal('');
    const busy = useSignal(false);
    const act = async () => {
        if (busy.value) return;
        busy.value = true;
        try {
            await onGo();
        } catch (error) {
            wrong.value = textOf(error);
        }
        busy.value = false;
    };
    return (
        <Dialog title={title} onClose={onClose}>
            <form
                onSubmit={event => {
                    event.preventDefault();
                    void act();
                }}
            >
                {children}
                {wrong.value && (
                    <p class="wrong" role="alert">
                        {wrong.value}
                    </p>
                )}
                <div class="ends">
                    <button type="button" onClick={onClose}>
                        {t('cancel')}
                    </button>
                    <button
                        type="submit"
                        class={isDangerous ? 'danger' : 'primary'}
                        disabled={disabled || busy.value}
                    >
                        {go}
                    </button>
                </div>
            </form>
        </Dialog>
    );
}

/** How something that was asked ends: what is wrong with it, back, or on. */
import { t } from '../i18n';

interface EndsProps {
    /** Why it cannot go on; empty for nothing. */
    wrong?: string;
    onBack(): void;
    /** What going on is called. */
    go: string;
    disabled?: boolean;
    /** Without one, the button submits the form that it stands in. */
    onGo?(): void;
}

export function Ends({ wrong = '', onBack, go, disabled = false, onGo }: EndsProps) {
    return (
        <>
            {wrong && (
                <p class="wrong" role="alert">
                    {wrong}
                </p>
            )}
            <div class="ends">
                <button type="button" onClick={onBack}>
                    {t('back')}
                </button>
                <button type={onGo ? 'button' : 'submit'} class="pay" disabled={disabled} onClick={onGo}>
                    {go}
                </button>
            </div>
        </>
    );
}

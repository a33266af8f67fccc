/** The dialog that all pages share, with the word for closing it. */
import { type DialogProps, Dialog as Shared } from '@tillsync/look';
import { t } from '../i18n';

export function Dialog(props: Omit<DialogProps, 'close'>) {
    return <Shared close={t('close')} {...props} />;
}

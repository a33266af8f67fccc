/** Configuration > Shop: the company that stands on receipts, and the currency. */
import { listRecords } from '../api/records';
import type { Row } from '../api/types';
import { t } from '../i18n';
import { useLoaded } from '../load';
import { Empty, Page, Problem, Waiting } from '../parts/page';
import { href } from '../route';
import { Form } from './form_screen';
import type { Kind } from './kind';
import { COMPANY, CURRENCY } from './kinds';

interface Found {
    company: Row | null;
    currency: Row | null;
}

/** @param onSaved amounts and names elsewhere on the page follow */
export function ShopScreen({ onSaved }: { onSaved(): void }) {
    const loaded = useLoaded<Found>('', async signal => {
        const [companies, currencies] = await Promise.all([
            listRecords('companies', { limit: 1, sort: 'id' }, signal),
            listRecords('currencies', { limit: 1, sort: 'id' }, signal),
        ]);
        return { company: companies.items[0] ?? null, currency: currencies.items[0] ?? null };
    });
    const found = loaded.data.value;
    const form = (kind: Kind, row: Row, title: string) => (
        <Form
            kind={kind}
            row={row}
            canDelete={false}
            again={loaded.again}
            onSaved={() => {
                onSaved();
                void loaded.again();
            }}
            frame={(buttons, content) => (
                <section class="shop-part">
                    <header>
                        <h2>{title}</h2>
                        <div class="actions">{buttons}</div>
                    </header>
                    {content}
                </section>
            )}
        />
    );
    return (
        <Page title={t('menu.shop')} class="record">
            <Problem text={loaded.wrong.value} onAgain={() => void loaded.again()} />
            {!found && !loaded.wrong.value && <Waiting />}
            {found && !found.company && (
                <Empty text={t('shop.none')}>
                    <a class="button primary" href={href('/')}>
                        {t('begin.title')}
                    </a>
                </Empty>
            )}
            {found?.company && form(COMPANY, found.company, t('shop.company'))}
            {found?.currency && form(CURRENCY, found.currency, t('shop.currency'))}
        </Page>
    );
}

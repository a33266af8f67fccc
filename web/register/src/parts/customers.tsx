/** Whose order it is: search, choose, make, change. */
import { useSignal } from '@preact/signals';
import { Icon } from '@tillsync/look';
import type { Order, Partner } from '@tillsync/sdk';
import { t } from '../i18n';
import { ApiError } from '../request';
import { createPartner, type PartnerFields, updatePartner } from '../server/partners';
import type { Till } from '../till';
import { Dialog } from './dialog';
import { Ends } from './ends';
import { Field } from './field';
import { Search } from './search';

const FIELDS = ['name', 'phone', 'email', 'street', 'zip', 'city', 'vat', 'barcode', 'comment'] as const;

export function Customers({ till, order, onClose }: { till: Till; order: Order; onClose(): void }) {
    till.tick.value;
    const { db } = till.pos;
    const query = useSignal('');
    /** The customer who is changed; null for a new one. */
    const editing = useSignal<Partner | null | undefined>(undefined);
    if (editing.value !== undefined) {
        return (
            <CustomerForm
                till={till}
                partner={editing.value}
                onBack={() => {
                    editing.value = undefined;
                }}
                onSaved={partner => {
                    till.act(() => order.set_client(partner));
                    onClose();
                }}
            />
        );
    }
    const wanted = query.value.trim();
    const found = wanted ? db.search_partner(wanted) : db.get_partners_sorted();
    const current = order.get_client();
    const choose = (partner: Partner | null) => {
        till.act(() => order.set_client(partner));
        onClose();
    };
    return (
        <Dialog title={t('customer.title')} onClose={onClose} class="customers">
            <div class="find">
                <Search
                    label={t('customer.search')}
                    value={query.value}
                    onInput={text => {
                        query.value = text;
                    }}
                />
                <button
                    type="button"
                    onClick={() => {
                        editing.value = null;
                    }}
                >
                    <Icon name="plus" /> {t('customer.new')}
                </button>
            </div>
            {current && (
                <button type="button" class="none" onClick={() => choose(null)}>
                    {t('customer.none')}
                </button>
            )}
            <ul class="people">
                {found.map(partner => (
                    <li key={partner.id}>
                        <button
                            type="button"
                            aria-pressed={partner.id === current?.id}
                            onClick={() => choose(partner)}
                        >
                            <strong>{partner.name}</strong>
                            <small>{details(partner)}</small>
                        </button>
                        <button
                            type="button"
                            class="edit"
                            aria-label={t('customer.edit', { name: partner.name })}
                            onClick={() => {
                                editing.value = partner;
                            }}
                        >
                            <Icon name="edit" />
                        </button>
                    </li>
                ))}
            </ul>
            {found.length === 0 && <p class="empty">{t('nothing_found')}</p>}
        </Dialog>
    );
}

function details(partner: Partner): string {
    return [partner.phone, partner.email, partner.city]
        .filter(text => typeof text === 'string' && text)
        .join(' · ');
}

interface CustomerFormProps {
    till: Till;
    partner: Partner | null;
    onBack(): void;
    onSaved(partner: Partner): void;
}

function CustomerForm({ till, partner, onBack, onSaved }: CustomerFormProps) {
    const text = (field: string): string => {
        const value = partner?.[field];
        return typeof value === 'string' ? value : '';
    };
    const typed = useSignal<Record<string, string>>(
        Object.fromEntries(FIELDS.map(field => [field, text(field)])),
    );
    const position = useSignal(Number(partner?.property_account_position_id) || 0);
    const wrong = useSignal('');
    const busy = useSignal(false);
    const save = async () => {
        if (busy.value) return;
        if (!typed.value.name?.trim()) {
            wrong.value = t('customer.needs_name');
            return;
        }
        busy.value = true;
        const fields: PartnerFields = Object.fromEntries(
            FIELDS.map(field => [field, typed.value[field]?.trim() ?? '']),
        );
        fields.property_account_position_id = position.value || false;
        try {
            const version = Number(partner?.version ?? 0);
            const saved = partner
                ? await updatePartner(partner.id, version, fields)
                : await createPartner(fields);
            onSaved(till.addPartner(saved));
        } catch (error) {
            if (error instanceof ApiError && error.code === 'changed_elsewhere') {
                till.addPartner(error.body as Parameters<Till['addPartner']>[0]);
                wrong.value = t('customer.changed_elsewhere');
            } else if (error instanceof ApiError && error.code === 'offline')
                wrong.value = t('customer.offline');
            else wrong.value = error instanceof Error ? error.message : String(error);
        }
        busy.value = false;
    };
    return (
        <Dialog
            title={partner ? t('customer.edit', { name: partner.name }) : t('customer.new')}
            onClose={onBack}
            class="customers"
        >
            <form
                onSubmit={event => {
                    event.preventDefault();
                    void save();
                }}
            >
                {FIELDS.map(field => (
                    <Field
                        key={field}
                        label={t(`customer.${field}`)}
                        value={typed.value[field] ?? ''}
                        maxLength={field === 'comment' ? 2000 : 50}
                        inputMode={field === 'phone' ? 'tel' : field === 'email' ? 'email' : 'text'}
                        onInput={value => {
                            wrong.value = '';
                            typed.value = { ...typed.value, [field]: value };
                        }}
                    />
                ))}
                {till.pos.fiscal_positions.length > 0 && (
                    <label class="field">
                        <span>{t('fiscal_position')}</span>
                        <select
                            value={position.value}
                            onChange={event => {
                                position.value = Number(event.currentTarget.value);
                            }}
                        >
                            <option value={0}>{t('fiscal_position.default')}</option>
                            {till.pos.fiscal_positions.map(({ id, name }) => (
                                <option key={id} value={id}>
                                    {name}
                                </option>
                            ))}
                        </select>
                    </label>
                )}
                <Ends wrong={wrong.value} onBack={onBack} go={t('save')} disabled={busy.value} />
            </form>
        </Dialog>
    );
}

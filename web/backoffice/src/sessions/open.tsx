/** A session is opened from the back office: which POS, and what is in its drawer. */
import { useSignal } from '@preact/signals';
import { listRecords } from '../api/records';
import { listSessions, openSession } from '../api/sessions';
import type { Row } from '../api/types';
import { t } from '../i18n';
import { useLoaded } from '../load';
import { currency, decimalsOf, typedAmount } from '../money';
import { nameOf, SMALL_KIND_MAX } from '../names';
import { Confirm } from '../parts/confirm';
import { Problem } from '../parts/page';
import { tell } from '../parts/toast';
import { idsIn } from '../records/kind';
import { go } from '../router';

interface Found {
    poses: Row[];
    methods: Row[];
}

async function look(signal: AbortSignal): Promise<Found> {
    const all = { limit: SMALL_KIND_MAX, sort: 'name' };
    const [poses, methods, open] = await Promise.all([
        listRecords('points-of-sale', all, signal),
        listRecords('payment-methods', all, signal),
        listSessions({ open: true, limit: SMALL_KIND_MAX }, signal),
    ]);
    const taken = new Set(open.items.map(({ pos }) => pos.id));
    return {
        poses: poses.items.filter(({ id }) => !taken.has(id)),
        methods: methods.items.filter(({ type }) => type === 'cash'),
    };
}

interface OpenProps {
    onClose(): void;
    onDone(): void;
}

export function OpenSession({ onClose, onDone }: OpenProps) {
    const loaded = useLoaded('', look);
    const chosen = useSignal<number | null>(null);
    const cash = useSignal<Record<number, string>>({});
    const note = useSignal('');
    const found = loaded.data.value;
    const pos = found?.poses.find(({ id }) => id === chosen.value);
    const allowed = idsIn(pos?.payment_method_ids);
    const methods = (found?.methods ?? []).filter(({ id }) => allowed.length === 0 || allowed.includes(id));
    const places = currency.value ? decimalsOf(currency.value) : 2;
    const counted = methods.map(({ id }) => [id, typedAmount(cash.value[id] || '0', places)] as const);
    const open = async () => {
        if (!pos) return;
        const opening = {
            cash: Object.fromEntries(counted.map(([id, amount]) => [id, amount ?? '0'])),
            note: note.value.trim(),
        };
        const made = await openSession(pos.id, opening);
        tell(t('sessions.opened', { pos: nameOf(pos) }));
        onClose();
        if (made?.id) await go(`/sessions/${made.id}`);
        else onDone();
    };
    return (
        <Confirm
            title={t('sessions.open')}
            go={t('sessions.open')}
            disabled={!pos || counted.some(([, amount]) => amount === null)}
            onGo={open}
            onClose={onClose}
        >
            <Problem text={loaded.wrong.value} onAgain={() => void loaded.again()} />
            {found?.poses.length === 0 && <p>{t('sessions.all_open')}</p>}
            <label class="field">
                <span>{t('filter.pos')}</span>
                <select
                    value={chosen.value === null ? '' : String(chosen.value)}
                    onChange={event => {
                        chosen.value = Number(event.currentTarget.value) || null;
                    }}
                >
                    <option value="">{t('choose')}</option>
                    {found?.poses.map(row => (
                        <option key={row.id} value={String(row.id)}>
                            {nameOf(row)}
                        </option>
                    ))}
                </select>
            </label>
            {pos &&
                methods.map(method => (
                    <label key={method.id} class="field">
                        <span>{t('sessions.in_drawer', { method: nameOf(method) })}</span>
                        <span class="typed">
                            <input
                                type="text"
                                inputMode="decimal"
                                autocomplete="off"
                                value={cash.value[method.id] ?? ''}
                                onInput={event => {
                                    cash.value = { ...cash.value, [method.id]: event.currentTarget.value };
                                }}
                            />
                            <span aria-hidden="true">{currency.value?.symbol}</span>
                        </span>
                    </label>
                ))}
            {pos && (
                <label class="field">
                    <span>{t('sessions.note')}</span>
                    <input
                        type="text"
                        maxLength={1000}
                        value={note.value}
                        onInput={event => {
                            note.value = event.currentTarget.value;
                        }}
                    />
                </label>
            )}
        </Confirm>
    );
}

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
    createPaymentMethod,
    createRecord,
    deleteRecord,
    readRecord,
    updateRecord,
} from '../src/api/records';
import { type ApiError, addressOf, request } from '../src/api/request';
import { accessKey, database, person, wantsKey } from '../src/who';
import { Mock } from './mock/api';

/** Requests as they were sent to the mock. */
let sent: { method: string; url: string; headers: Headers }[] = [];

beforeEach(() => {
    const api = new Mock();
    sent = [];
    vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
        const url = new URL(path, 'http://till.test');
        const headers = new Headers(init.headers);
        sent.push({ method: init.method ?? 'GET', url: path, headers });
        const {
            status,
            headers: said,
            text,
        } = api.handle({
            method: init.method ?? 'GET',
            path: url.pathname,
            query: url.searchParams,
            header: name => headers.get(name) ?? '',
            body: String(init.body ?? ''),
        });
        return new Response(status === 204 ? null : text, { status, headers: said });
    });
});
afterEach(() => {
    vi.unstubAllGlobals();
    [person.value, accessKey.value, database.value, wantsKey.value] = [null, null, 'main', ''];
});

const refusal = (work: Promise<unknown>): Promise<ApiError> =>
    work.then(
        () => Promise.reject(new Error('nothing was refused')),
        error => error as ApiError,
    );

describe('a request', () => {
    it('leaves out what is not asked for, and names another shop than the first', () => {
        expect(addressOf('/orders', { q: '', pos: null, state: 'paid', limit: 0 })).toBe(
            '/api/admin/orders?state=paid&limit=0',
        );
        database.value = 'café 2';
        expect(addressOf('/orders')).toBe('/api/admin/orders?database=caf%C3%A9+2');
        expect(addressOf('/api/people/1/pin')).toBe('/api/people/1/pin?database=caf%C3%A9+2');
    });

    it('says who is here, and shows the key', async () => {
        person.value = { id: 4, name: 'Dan' };
        accessKey.value = 'secret';
        await readRecord('taxes', 1);
        expect(sent[0]?.headers.get('tillsync-user')).toBe('4');
        expect(sent[0]?.headers.get('authorization')).toBe('Bearer secret');
    });

    it('says what is wrong with a field', async () => {
        const error = await refusal(createRecord('taxes', { name: '', amount: 20 }));
        expect([error.status, error.field, error.text]).toEqual([400, 'name', 'Give it a value.']);
    });

    it('takes nothing else for the server', async () => {
        vi.stubGlobal('fetch', async () => new Response('<h1>Log in to the Wi-Fi</h1>', { status: 200 }));
        expect((await refusal(request('/setup'))).text).toBe('No connection to the server.');
        vi.stubGlobal('fetch', async () => {
            throw new TypeError('the network is gone');
        });
        expect((await refusal(request('/setup'))).code).toBe('offline');
    });

    it('asks for a key where the server wants one', async () => {
        vi.stubGlobal('fetch', async () =>
            Response.json({ error: { code: 'key', text: 'Give a key.' } }, { status: 401 }),
        );
        expect((await refusal(request('/setup'))).text).toBe('Give a key.');
        expect(wantsKey.value).toBe('Give a key.');
    });
});

it('a new payment method has a journal of its own', async () => {
    const made = await createPaymentMethod({ type: 'bank', journal_id: [0, 'Voucher'] });
    const next = await createPaymentMethod({ type: 'bank', journal_id: [0, 'Gift card'] });
    expect([made.journal_id, next.journal_id]).toEqual([
        [3, 'Voucher'],
        [4, 'Gift card'],
    ]);
});

describe('two people at one record', () => {
    it('the second is told, with the record as it is now', async () => {
        const [mine, theirs] = [await readRecord('taxes', 1), await readRecord('taxes', 1)];
        await updateRecord('taxes', 1, theirs.version, { ...theirs, name: 'VAT twenty' });
        const error = await refusal(updateRecord('taxes', 1, mine.version, { ...mine, amount: 21 }));
        expect([error.status, error.code]).toEqual([412, 'changed_elsewhere']);
        expect(error.body).toMatchObject({
            id: 1,
            version: mine.version + 1,
            name: 'VAT twenty',
            amount: 20,
        });
        expect(sent.at(-1)?.headers.get('if-match')).toBe(`"${mine.version}"`);
    });

    it('what is used is not deleted, and it is said by what', async () => {
        const error = await refusal(deleteRecord('taxes', 1, 1));
        expect([error.status, error.code]).toEqual([409, 'in_use']);
        expect(await deleteRecord('tables', 1, 1)).toBeUndefined();
    });
});

/** Customers that are made and changed at the till. */
import type { PartnerData } from '@tillsync/sdk';
import { request } from '../request';

export type PartnerFields = Partial<
    Record<'name' | 'phone' | 'email' | 'street' | 'city' | 'zip' | 'vat' | 'barcode' | 'comment', string>
> & { property_account_position_id?: number | false };

export const createPartner = (fields: PartnerFields): Promise<PartnerData> =>
    request('/api/partners', { method: 'POST', body: fields });

/** @throws ApiError `changed_elsewhere` with the customer as it is now, if somebody else changed it meanwhile */
export const updatePartner = (id: number, version: number, fields: PartnerFields): Promise<PartnerData> =>
    request(`/api/partners/${id}`, { method: 'PUT', body: fields, headers: { 'if-match': `"${version}"` } });

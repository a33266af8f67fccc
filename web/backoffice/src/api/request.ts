/** Asking the server: every call of the back office goes through here. */
import { accessKey, database, person, wantsKey } from '../who';

/** The server said no, in words for people; or there is no connection. */
export class ApiError extends Error {
    override name = 'ApiError';
    constructor(
        readonly code: string,
        /** English, for people; says what to do. */
        readonly text: string,
        /** The field of a form that it is about. */
        readonly field: string | null = null,
        /** Of HTTP; 0 where nothing came. */
        readonly status = 0,
        /** What came with it: after 412, the record as it is now. */
        readonly body: unknown = null,
        /** Seconds after which it may be tried again. */
        readonly retryAfterS = 0,
    ) {
        super(text);
    }
}

/** What is said of an error to people. */
export function textOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}

export type Query = Record<string, string | number | boolean | null | undefined>;

export interface Asked {
    method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
    query?: Query;
    body?: unknown;
    /** CSV in place of JSON. */
    text?: string;
    /** Of the record that is changed: it is refused with 412 when somebody else was faster. */
    version?: number;
    signal?: AbortSignal | undefined;
}

/** How long an answer may take: a report on a year of sales. */
const REQUEST_MS_MAX = 30_000;

/**
 * Asks for something, or sends something; the JSON that came, or undefined for an answer without content.
 *
 * @param path under `/api/admin`, or a whole path that begins with `/api/`
 * @throws ApiError
 */
export async function request<T>(path: string, asked: Asked = {}): Promise<T> {
    const { status, text } = await exchange(path, asked);
    return status === 204 || text === '' ? (undefined as T) : (JSON.parse(text) as T);
}

/** @throws ApiError for everything but an answer of the server that is none */
export async function exchange(path: string, asked: Asked = {}): Promise<{ status: number; text: string }> {
    const { method = 'GET', body, text: plain, signal } = asked;
    let response: Response;
    let text: string;
    const timeout = AbortSignal.timeout(REQUEST_MS_MAX);
    try {
        response = await fetch(addressOf(path, asked.query), {
            method,
            headers: headersOf(asked),
            ...(body !== undefined && { body: JSON.stringify(body) }),
            ...(plain !== undefined && { body: plain }),
            signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
            cache: 'no-store',
        });
        text = await response.text();
    } catch {
        throw new ApiError(signal?.aborted ? 'aborted' : 'offline', 'No connection to the server.');
    }
    if (response.ok && isOurs(response)) return { status: response.status, text };
    throw refusalOf(response, text);
}

/** Where a request goes; fields without a value are left out. */
export function addressOf(path: string, query: Query = {}): string {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
        if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
    }
    if (database.value !== 'main') search.set('database', database.value);
    const whole = path.startsWith('/api/') ? path : `/api/admin${path}`;
    return search.size > 0 ? `${whole}?${search}` : whole;
}

/** The headers of a request: who asks, with which key, against which version. */
export function headersOf({ body, text, version }: Asked = {}): Record<string, string> {
    return {
        accept: 'application/json, text/csv',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(text !== undefined && { 'content-type': 'text/csv; charset=utf-8' }),
        ...(version !== undefined && { 'if-match': `"${version}"` }),
        ...(person.value && { 'tillsync-user': String(person.value.id) }),
        ...(accessKey.value && { authorization: `Bearer ${accessKey.value}` }),
    };
}

/** What stands before the server, such as a guest network's log-in page, is not the server. */
function isOurs({ status, headers }: Response): boolean {
    const kind = headers.get('content-type') ?? '';
    return status === 201 || status === 204 || kind.includes('json') || kind.includes('text/csv');
}

function refusalOf(response: Response, text: string): ApiError {
    const { status, headers } = response;
    let body: unknown = null;
    try {
        body = JSON.parse(text);
    } catch {
        // Nothing of the server's own.
    }
    const said = (body as { error?: { code?: string; text?: string; field?: string } } | null)?.error;
    const code = said?.code ?? (status === 412 ? 'changed_elsewhere' : 'failed');
    if (status === 401) wantsKey.value = said?.text ?? code;
    return new ApiError(
        code,
        said?.text ?? (response.ok ? 'No connection to the server.' : `The server answered ${status}.`),
        said?.field ?? null,
        status,
        body,
        Number(headers.get('retry-after') ?? 0) || 0,
    );
}

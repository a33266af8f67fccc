/** Asking the server: a text with its tag, or a refusal in words for people. */

/** The server said no, in words for people; or there is no connection. */
export class ApiError extends Error {
    override name = 'ApiError';
    constructor(
        readonly code: string,
        text: string,
        /** Of HTTP; 0 where nothing came. */
        readonly status = 0,
        /** What came with it: of something that was changed elsewhere, how it is now. */
        readonly body: unknown = null,
        /** Seconds after which it may be tried again. */
        readonly retryAfterS = 0,
    ) {
        super(text);
    }
}

/** Whether the server said nothing of its own: it is away, or ill, or something stands before it. */
export function isNoAnswer(error: unknown): boolean {
    return error instanceof ApiError && (error.status === 0 || error.status >= 500);
}

/** What the server answered, with the tag by which it can be asked whether that is still so. */
export interface Answer {
    text: string;
    tag: string | null;
}

/** How long an answer may take, with all of a large catalogue. */
export const ANSWER_MS_MAX = 30_000;

/**
 * @param tag of the last answer: null comes back when nothing has changed since
 * @throws ApiError
 */
export async function ask(path: string, tag: string | null = null): Promise<Answer | null> {
    const known = tag === null ? undefined : { 'if-none-match': tag };
    const { status, text, headers } = await exchange(path, { headers: known }, ANSWER_MS_MAX);
    return status === 304 ? null : { text, tag: headers.get('etag') };
}

/** What is sent, and how. */
interface Asked {
    method?: 'GET' | 'POST' | 'PUT';
    body?: unknown;
    headers?: Record<string, string> | undefined;
}

/** Somebody waits at the till: an answer that takes longer has not come. */
const REQUEST_MS_MAX = 10_000;

/**
 * Asks for something, or sends something; what the server answers to that, read.
 *
 * @throws ApiError; `changed_elsewhere` with the record as it is now, when somebody else was faster
 */
export async function request<T>(path: string, asked: Asked = {}): Promise<T> {
    const { status, text } = await exchange(path, asked, REQUEST_MS_MAX);
    return status === 204 ? (undefined as T) : (JSON.parse(text) as T);
}

/** @throws ApiError for everything but an answer of the server that is none */
async function exchange(path: string, { method = 'GET', body, headers }: Asked, ms: number) {
    let response: Response;
    let text: string;
    try {
        response = await fetch(path, {
            method,
            headers: {
                accept: 'application/json',
                ...(body !== undefined && { 'content-type': 'application/json' }),
                ...headers,
            },
            ...(body !== undefined && { body: JSON.stringify(body) }),
            signal: AbortSignal.timeout(ms),
            // The tags are kept here: a cache between would answer for another server that had this address.
            cache: 'no-store',
        });
        text = await response.text();
    } catch {
        throw new ApiError('offline', 'No connection to the server.');
    }
    const isOurs = response.headers.get('content-type')?.includes('json') ?? false;
    const isEmpty = response.status === 204 || response.status === 304;
    // What stands before the server, such as a guest network's log-in page, is not the server.
    const status = response.ok && !isOurs && !isEmpty ? 502 : response.status;
    if (isEmpty || (status >= 200 && status < 300)) return { status, text, headers: response.headers };
    const said = refusal(text);
    throw new ApiError(
        said.code ?? (status === 412 ? 'changed_elsewhere' : 'failed'),
        said.text ?? `The server answered ${status}.`,
        status,
        isOurs ? JSON.parse(text) : null,
        Number(response.headers.get('retry-after') ?? 0) || 0,
    );
}

function refusal(text: string): { code?: string; text?: string } {
    try {
        return (JSON.parse(text) as { error?: { code?: string; text?: string } } | null)?.error ?? {};
    } catch {
        return {};
    }
}

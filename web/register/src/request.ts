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
    const headers: Record<string, string> = { accept: 'application/json' };
    if (tag !== null) headers['if-none-match'] = tag;
    let status: number;
    let answer: Answer;
    try {
        const signal = AbortSignal.timeout(ANSWER_MS_MAX);
        // The tags are kept here: a cache between would answer for another server that had this address.
        const response = await fetch(path, { headers, signal, cache: 'no-store' });
        if (response.status === 304) return null;
        // What stands before the server, such as a guest network's log-in page, is not the server.
        const isOurs = response.headers.get('content-type')?.includes('json') ?? false;
        status = response.ok && !isOurs ? 502 : response.status;
        answer = { text: await response.text(), tag: response.headers.get('etag') };
    } catch {
        throw new ApiError('offline', 'No connection to the server.');
    }
    if (status >= 200 && status < 300) return answer;
    const { code, text } = refusal(answer.text);
    throw new ApiError(code ?? 'failed', text ?? `The server answered ${status}.`, status);
}

/** What is sent, and how. */
interface Asked {
    method?: 'GET' | 'POST' | 'PUT';
    body?: unknown;
    headers?: Record<string, string>;
}

/** Somebody waits at the till: an answer that takes longer has not come. */
const REQUEST_MS_MAX = 10_000;

/**
 * Asks for something, or sends something; what the server answers to that, read.
 *
 * @throws ApiError; `changed_elsewhere` with the record as it is now, when somebody else was faster
 */
export async function request<T>(path: string, { method = 'GET', body, headers }: Asked = {}): Promise<T> {
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
            signal: AbortSignal.timeout(REQUEST_MS_MAX),
            cache: 'no-store',
        });
        text = await response.text();
    } catch {
        throw new ApiError('offline', 'No connection to the server.');
    }
    const { status } = response;
    if (status === 204) return undefined as T;
    const isOurs = response.headers.get('content-type')?.includes('json') ?? false;
    if (response.ok && isOurs) return JSON.parse(text) as T;
    const said = refusal(text);
    const code = said.code ?? (status === 412 ? 'changed_elsewhere' : 'failed');
    const words = said.text ?? `The server answered ${status}.`;
    const retryAfterS = Number(response.headers.get('retry-after') ?? 0) || 0;
    throw new ApiError(code, words, status, isOurs ? JSON.parse(text) : null, retryAfterS);
}

function refusal(text: string): { code?: string; text?: string } {
    try {
        return (JSON.parse(text) as { error?: { code?: string; text?: string } } | null)?.error ?? {};
    } catch {
        return {};
    }
}

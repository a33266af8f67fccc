/** What a till says, as text. */
import type { TillMessage } from './protocol.js';

/**
 * A message as JSON that every reader takes: half of a pair, as a cut emoji leaves it, is no text in UTF-8, and the
 * server could not read the message. `JSON.stringify` writes such halves, and nothing else, as `\ud83c`.
 */
export function spell(message: TillMessage): string {
    return JSON.stringify(message).replace(/\\(?:(ud[89a-f][0-9a-f]{2})|.)/gi, (written, half?: string) =>
        half ? '\\ufffd' : written,
    );
}

/**
 * Finding records by what somebody types, among ten thousand without a stutter: texts are made ready once, when a record
 * comes, and not at each key.
 */

/** A search lists at most this many records, as Odoo's does. */
export const SEARCH_RESULTS_MAX = 100;
/** Words of a query that are looked at. */
export const SEARCH_WORDS_MAX = 10;

const PLAIN = /^[ -~]*$/;

/** A record and its texts, folded. */
export interface Searchable<T> {
    readonly record: T;
    readonly name: string;
    /** The name and everything else that is searched, one below the other. */
    readonly text: string;
    /** What only the record itself has: typed whole, it comes first. */
    readonly codes: readonly string[];
}

/** Makes a record ready to be searched; texts that it does not have may be anything else, such as Odoo's `false`. */
export function searchable<T>(
    record: T,
    name: string,
    codes: unknown[],
    others: unknown[] = [],
): Searchable<T> {
    const texts = (all: unknown[]) => all.filter(text => typeof text === 'string').map(fold);
    // A shop's data may lack what it should have.
    const [foldedName = ''] = texts([name]);
    const foldedCodes = texts(codes);
    const text = [foldedName, ...foldedCodes, ...texts(others)].join('\n');
    return { record, name: foldedName, text, codes: foldedCodes };
}

/**
 * The records that contain every word of the query, in any order, whatever the case and the accents. First those whose
 * code was typed whole, then those whose name begins with a word of it, then those with words that begin like it, then
 * the others; the order of `all` within each.
 */
export function search<T>(all: Iterable<Searchable<T>>, query: string): T[] {
    const wanted = fold(query).trim();
    const words = wanted.split(/\s+/, SEARCH_WORDS_MAX).filter(word => word !== '');
    const found: [T[], T[], T[], T[]] = [[], [], [], []];
    for (const one of all) {
        // Once there are enough names that begin with it, only a code could still come before them.
        if (found[1].length >= SEARCH_RESULTS_MAX && !one.codes.includes(wanted)) continue;
        if (!words.every(word => one.text.includes(word))) continue;
        const alike = found[fitOf(one, wanted, words)];
        if (alike.length < SEARCH_RESULTS_MAX) alike.push(one.record);
    }
    return found.flat().slice(0, SEARCH_RESULTS_MAX);
}

/** Lower case, without accents and the like (Unicode's marks): `Café` and `ещё` as `cafe` and `еще`. */
export function fold(text: string): string {
    // Most texts have nothing to fold, and of ten thousand that counts.
    if (PLAIN.test(text)) return text.toLowerCase();
    return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

function fitOf<T>({ name, text, codes }: Searchable<T>, wanted: string, words: string[]): 0 | 1 | 2 | 3 {
    if (codes.includes(wanted)) return 0;
    if (words.some(word => name.startsWith(word))) return 1;
    return words.every(word => beginsAWord(text, word)) ? 2 : 3;
}

function beginsAWord(text: string, word: string): boolean {
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
        if (at === 0 || !/[\p{L}\p{N}]/u.test(text.charAt(at - 1))) return true;
    }
    return false;
}

/** Reads `vectors/*.json` of the repository. */
import { readFileSync } from 'node:fs';

/** One file of cases, as its README describes them. */
export function vectors<F>(name: string): F {
    return JSON.parse(
        readFileSync(new URL(`../../../../vectors/${name}.json`, import.meta.url), 'utf8'),
    ) as F;
}

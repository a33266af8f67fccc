/** The types are those of the API's document: whoever changes one of them runs `npm run api`. */
import { readFileSync } from 'node:fs';
import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript';
import { expect, it } from 'vitest';

const here = (path: string) => new URL(path, import.meta.url);

it('src/api/schema.d.ts is what openapi.json makes of it', async () => {
    const made = COMMENT_HEADER + astToString(await openapiTS(here('../openapi.json')));
    expect(readFileSync(here('../src/api/schema.d.ts'), 'utf8') === made).toBe(true);
}, 30_000);

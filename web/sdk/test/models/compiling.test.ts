/** The TypeScript of docs/EXTENDING.md, as an author of extensions would compile it. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

const page = readFileSync(new URL('../../../../docs/EXTENDING.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(match => match[1] ?? '');

/** What stands around an example: the package, a till, a screen. */
const AROUND = `
import { defineAddon, type PosModel } from '../../src/index.js';
declare const pos: PosModel;
declare function paint(text: string): void;
`;

/** No more than any project has: the package brings along what its types need. */
const OPTIONS: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2023.d.ts'],
    types: [],
    skipLibCheck: true,
};

function complaints(code: string): string[] {
    const name = fileURLToPath(new URL('example.ts', import.meta.url));
    const host = ts.createCompilerHost(OPTIONS);
    const { getSourceFile, fileExists } = host;
    host.fileExists = file => file === name || fileExists.call(host, file);
    host.getSourceFile = (file, language, ...rest) =>
        file === name
            ? ts.createSourceFile(file, code, language)
            : getSourceFile.call(host, file, language, ...rest);
    const program = ts.createProgram([name], OPTIONS, host);
    return ts.getPreEmitDiagnostics(program).map(({ messageText }) => {
        return ts.flattenDiagnosticMessageText(messageText, '\n');
    });
}

test('the page has an example in TypeScript', () => {
    expect(examples).toHaveLength(1);
});

test.each(examples)('it compiles', { timeout: 60_000 }, code => {
    expect(complaints(AROUND + code)).toEqual([]);
    expect(complaints(`${AROUND}const wrong: number = pos.config.name;`)).toHaveLength(1);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wellFormed } from '../../src/rules/json.js';
import type { TillMessage } from '../../src/wire/protocol.js';
import { spell } from '../../src/wire/spell.js';

const ping = (at: unknown) => ({ type: 'ping', at }) as TillMessage;

test('half an emoji, as a cut text has it, is spelled so that the server can read it', () => {
    expect(spell(ping('🎂🎂'.slice(0, 3)))).toBe('{"type":"ping","at":"🎂\\ufffd"}');
});

test('a text that only looks like half an emoji stays as it is', () => {
    for (const text of ['\\ud83c', '\\\\ud83c', '\n\\udf82"']) {
        expect(JSON.parse(spell(ping(text)))).toEqual(ping(text));
    }
});

test('whatever is said comes out as UTF-8 can hold it', () => {
    const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 8 });
    fc.assert(
        fc.property(units, codes => {
            const text = String.fromCharCode(...codes);
            expect(JSON.parse(spell(ping({ [text]: text })))).toEqual(
                ping({ [wellFormed(text)]: wellFormed(text) }),
            );
            expect(new TextDecoder().decode(new TextEncoder().encode(wellFormed(text)))).toBe(
                wellFormed(text).replace(/^\uFEFF/, ''),
            );
        }),
    );
});

/** The catalogue of messages: each can be said, none is there for nothing, and what descriptions name is in it. */
import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, it } from 'vitest';
import english from '../src/i18n/en.json';
import { type Field, fieldsOf } from '../src/records/kind';
import { KINDS } from '../src/records/kinds';
import { resourceOf } from '../src/records/words';

const sources = Object.values(
    import.meta.glob<string>(['../src/**/*.ts', '../src/**/*.tsx'], {
        query: '?raw',
        import: 'default',
        eager: true,
    }),
).join('\n');

/** Beginnings of keys that code puts together. */
const TOGETHER = [
    ...[
        'menu',
        'choice',
        'field',
        'hint',
        'section',
        'one',
        'none',
        'right',
        'state',
        'mark',
        'sort',
        'date',
    ],
    ...[
        'device.theme_',
        'table',
        'column',
        'live',
        'import',
        'cash',
        'closing',
        'session.title_',
        'begin',
        'order.by_',
    ],
].map(each => `${each}${/[._]/.test(each) ? '' : '.'}`);

describe.each(Object.entries(english))('%s', (key, message) => {
    it('can be said, and is', () => {
        expect(() => new IntlMessageFormat(message, 'en', undefined, { ignoreTag: true })).not.toThrow();
        expect(TOGETHER.some(begin => key.startsWith(begin)) || sources.includes(`'${key}'`)).toBe(true);
    });
});

/** Fields, those of parts of a record too. */
const all = (fields: readonly Field[]): Field[] =>
    fields.flatMap(field => [field, ...(field.type === 'rows' ? all(field.fields) : [])]);

describe.each(KINDS)('$resource', kind => {
    it('has a word for everything that its description names', () => {
        const keys = [
            ...[
                `one.${kind.resource}`,
                `none.${kind.resource}`,
                `menu.${kind.resource.replaceAll('-', '_')}`,
            ],
            ...kind.columns.map(name => `field.${name}`),
            ...kind.sections.map(({ name }) => `section.${name}`),
            ...all(fieldsOf(kind)).flatMap(field => [
                `field.${field.label ?? field.name}`,
                ...(field.type === 'choice'
                    ? field.options.map(option => `choice.${field.name}.${option}`)
                    : []),
            ]),
        ];
        expect(keys.filter(key => !Object.hasOwn(english, key))).toEqual([]);
    });
});

it.each([
    ['product', 'products'],
    ['fiscal position', 'fiscal-positions'],
    ['fiscal_position', 'fiscal-positions'],
    ['category', 'pos-categories'],
    ['point of sale', 'points-of-sale'],
    ['cashregister', 'payment-methods'],
    ['multi-session', 'multi-sessions'],
    ['points-of-sale', 'points-of-sale'],
])('a %s is found under %s', (kind, resource) => expect(resourceOf(kind)).toBe(resource));

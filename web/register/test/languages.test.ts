/** The catalogues of messages: none lacks anything, each can be said, and nothing is said past them. */
import { IntlMessageFormat } from 'intl-messageformat';
import ts from 'typescript';
import { expect, it } from 'vitest';
import english from '../src/i18n/en.json';

type Messages = Record<string, string>;
type Ast = ReturnType<IntlMessageFormat['getAst']>;

const CATALOGUES = Object.entries(
    import.meta.glob<Messages>('../src/i18n/*.json', { eager: true, import: 'default' }),
).map(([path, messages]) => ({ language: path.slice(-7, -5), messages }));

/** One of each kind that a language counts by: Arabic has six. */
const NUMBERS = [0, 1, 2, 3, 5, 11, 21, 100];

/** What a message takes from outside: plain values, numbers that it counts by, and words that it chooses by. */
interface Taken {
    plain: Set<string>;
    plurals: Map<string, Set<string>[]>;
    choices: Map<string, Set<string>>;
}

function taken(ast: Ast, found: Taken = { plain: new Set(), plurals: new Map(), choices: new Map() }): Taken {
    for (const element of ast) {
        if ('options' in element) {
            const options = new Set(Object.keys(element.options));
            // A plural has an offset, a choice by words has none.
            if ('offset' in element)
                found.plurals.set(element.value, [...(found.plurals.get(element.value) ?? []), options]);
            else found.choices.set(element.value, options);
            for (const { value } of Object.values(element.options)) taken(value, found);
        } else if ('value' in element && element.type !== 0) found.plain.add(element.value);
    }
    return found;
}

const read = (language: string, message: string) =>
    new IntlMessageFormat(message, language, undefined, { ignoreTag: true });

const names = ({ plain, plurals, choices }: Taken) =>
    [...new Set([...plain, ...plurals.keys(), ...choices.keys()])].sort();

it('there are seven languages', () => {
    expect(CATALOGUES.map(({ language }) => language).sort()).toEqual([
        'ar',
        'de',
        'en',
        'es',
        'fr',
        'it',
        'ru',
    ]);
});

it.each(CATALOGUES)('$language has the messages of English, in its order', ({ messages }) => {
    expect(Object.keys(messages)).toEqual(Object.keys(english));
});

it.each(CATALOGUES)('$language takes what English takes', ({ language, messages }) => {
    for (const [key, message] of Object.entries(messages)) {
        const here = taken(read(language, message).getAst());
        const there = taken(read('en', (english as Messages)[key] ?? '').getAst());
        expect([key, names(here)]).toEqual([key, names(there)]);
        expect([key, here.choices]).toEqual([key, there.choices]);
    }
});

it.each(CATALOGUES)('$language has a form for every number', ({ language, messages }) => {
    const rules = new Intl.PluralRules(language);
    for (const [key, message] of Object.entries(messages)) {
        // What English says for none and for some, whatever their number, has no forms to lack.
        if (!(english as Messages)[key]?.includes(' one {')) continue;
        for (const forms of taken(read(language, message).getAst()).plurals.values()) {
            for (const options of forms) {
                const missing = NUMBERS.filter(
                    number => !options.has(`=${number}`) && !options.has(rules.select(number)),
                );
                expect([key, missing]).toEqual([key, []]);
            }
        }
    }
});

it.each(CATALOGUES)('$language can say every message with every number and word', ({
    language,
    messages,
}) => {
    for (const [key, message] of Object.entries(messages)) {
        const format = read(language, message);
        const { plain, plurals, choices } = taken(format.getAst());
        const words = [...choices].flatMap(([name, options]) => [...options].map(word => ({ [name]: word })));
        for (const number of NUMBERS) {
            for (const word of words.length > 0 ? words : [{}]) {
                const values = Object.fromEntries([...plain].map(name => [name, 'X']));
                for (const name of plurals.keys()) values[name] = number as never;
                const said = String(format.format({ ...values, ...word }));
                expect([key, said]).toEqual([key, expect.stringMatching(/^[^{}]*$/)]);
                expect([key, said.trim()]).not.toEqual([key, '']);
            }
        }
    }
});

/** Attributes that people read or hear. */
const SAID = ['aria-label', 'aria-description', 'alt', 'label', 'placeholder', 'title'];
/** A name, not a word. */
const NAMES = ['Tillsync'];

const isWords = (text: string) => /\p{L}{2}/u.test(text) && !NAMES.includes(text.trim());

/** The words of a screen's source that people would read in English whatever their language is. */
function literals(source: string): string[] {
    const found: string[] = [];
    const say = (text: string) => {
        if (isWords(text)) found.push(text.trim());
    };
    /** What an expression may come to, as far as it is written there. */
    const outcomes = (node: ts.Node | undefined): void => {
        if (!node) return;
        if (ts.isStringLiteralLike(node)) say(node.text);
        else if (ts.isTemplateExpression(node)) {
            for (const text of [node.head, ...node.templateSpans.map(({ literal }) => literal)])
                say(text.text);
        } else if (ts.isConditionalExpression(node)) {
            outcomes(node.whenTrue);
            outcomes(node.whenFalse);
        } else if (ts.isBinaryExpression(node)) {
            const isChoice = node.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken;
            if (!isChoice) outcomes(node.left);
            outcomes(node.right);
        } else if (ts.isParenthesizedExpression(node)) outcomes(node.expression);
    };
    const walk = (node: ts.Node): void => {
        if (ts.isJsxText(node)) say(node.text);
        else if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent)) outcomes(node.expression);
        else if (ts.isJsxAttribute(node) && SAID.includes(node.name.getText())) {
            const { initializer } = node;
            outcomes(initializer && ts.isJsxExpression(initializer) ? initializer.expression : initializer);
        } else if (ts.isCallExpression(node) && /\.tell$/.test(node.expression.getText()))
            outcomes(node.arguments[0]);
        else if (ts.isBinaryExpression(node) && /^wrong\.value$/.test(node.left.getText()))
            outcomes(node.right);
        ts.forEachChild(node, walk);
    };
    walk(ts.createSourceFile('screen.tsx', source, ts.ScriptTarget.ESNext, true, ts.ScriptKind.TSX));
    return found;
}

const SCREENS = Object.entries(
    import.meta.glob<string>('../src/**/*.tsx', { eager: true, import: 'default', query: '?raw' }),
).map(([path, source]) => ({ path, source }));

it.each(SCREENS)('$path says nothing past the catalogues', ({ source }) => {
    expect(literals(source)).toEqual([]);
});

it('sees words in whatever place they stand', () => {
    const source = `
        const a = <p title="Some title" class="card">Words {isIt ? 'or others' : t('key')} {n && 'more'}</p>;
        const b = <button aria-label={\`Take \${name} away\`}>×</button>;
        till.tell('Told');
        wrong.value = 'Wrong';
        wrong.value = error instanceof Error ? error.message : String(error);`;
    const seen = ['Some title', 'Words', 'or others', 'more', 'Take', 'away', 'Told', 'Wrong'];
    expect(literals(source)).toEqual(seen);
});

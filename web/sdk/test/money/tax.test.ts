import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimal, sum } from '../../src/money/decimal.js';
import { type FiscalPosition, mapTaxes, priceUnder } from '../../src/money/fiscal_position.js';
import { round } from '../../src/money/rounding.js';
import { computeTaxes, type Tax } from '../../src/money/tax.js';
import { computeLine, computeOrder, type PricedLine, type RoundingRules } from '../../src/money/totals.js';

let ids = 0;
const tax = (amount_type: Tax['amount_type'], amount: number, more: Partial<Tax> = {}): Tax => {
    ids += 1;
    return {
        id: ids,
        name: `${amount_type} ${amount}`,
        amount_type,
        amount,
        price_include: false,
        include_base_amount: false,
        sequence: ids,
        ...more,
    };
};
const INCLUDED = { price_include: true };
const BASE = { include_base_amount: true };
const cents = (amount: { toString(): string }) => round(amount.toString(), '0.01');

describe('the taxes of a line', () => {
    const rows: [
        name: string,
        taxes: Tax[],
        price: number,
        qty: number,
        excluded: string,
        amounts: string[],
    ][] = [
        ['none', [], 10, 1, '10', []],
        ['percent on top', [tax('percent', 21)], 10, 1, '10', ['2.1']],
        ['percent in the price', [tax('percent', 21, INCLUDED)], 121, 1, '100', ['21']],
        ['percent in an odd price', [tax('percent', 21, INCLUDED)], 9.99, 1, '8.26', ['1.73']],
        ['fixed on top, for each unit', [tax('fixed', 0.25)], 10, 4, '10', ['1']],
        ['fixed in the price', [tax('fixed', 0.25, INCLUDED)], 10, 4, '9', ['1']],
        ['division on top', [tax('division', 10)], 180, 1, '180', ['20']],
        ['division in the price', [tax('division', 10, INCLUDED)], 200, 1, '180', ['20']],
        ['two on top', [tax('percent', 10), tax('percent', 5)], 100, 1, '100', ['10', '5']],
        [
            'the first raises the base',
            [tax('percent', 10, BASE), tax('percent', 5)],
            100,
            1,
            '100',
            ['10', '5.5'],
        ],
        [
            'two in the price',
            [tax('percent', 10, INCLUDED), tax('percent', 15, INCLUDED)],
            125,
            1,
            '100',
            ['10', '15'],
        ],
        [
            'two in the price, the first raises the base',
            [tax('percent', 10, { ...INCLUDED, ...BASE }), tax('percent', 5, INCLUDED)],
            115.5,
            1,
            '100',
            ['10', '5.5'],
        ],
        [
            'three in the price, the middle one raises the base',
            [
                tax('percent', 10, INCLUDED),
                tax('percent', 20, { ...INCLUDED, ...BASE }),
                tax('percent', 30, INCLUDED),
            ],
            166,
            1,
            '100',
            ['10', '20', '36'],
        ],
        [
            'two parts of the whole',
            [tax('division', 10, INCLUDED), tax('division', 15, INCLUDED)],
            200,
            1,
            '150',
            ['20', '30'],
        ],
        [
            'fixed and percent in the price',
            [tax('fixed', 1, { ...INCLUDED, ...BASE }), tax('percent', 20, INCLUDED)],
            25.2,
            1,
            '20',
            ['1', '4.2'],
        ],
        [
            'in the price and on top',
            [tax('percent', 21, INCLUDED), tax('percent', 10)],
            121,
            1,
            '100',
            ['21', '10'],
        ],
        [
            'on top before in the price',
            [tax('percent', 10, BASE), tax('percent', 21, INCLUDED)],
            121,
            1,
            '100',
            ['10', '21'],
        ],
        [
            'a refund mirrors',
            [tax('percent', 21, INCLUDED), tax('fixed', 1)],
            -9.99,
            -1,
            '-8.26',
            ['-1.73', '-1'],
        ],
        ['a free refund with a deposit', [tax('fixed', 0.25)], 0, -2, '0', ['-0.5']],
        ['negative rate: withheld', [tax('percent', -10)], 100, 1, '100', ['-10']],
    ];
    test.each(rows)('%s', (_, taxes, price, qty, excluded, amounts) => {
        const line = computeTaxes(taxes, price, qty, cents);
        expect(line.total_excluded.toString()).toBe(excluded);
        expect(line.taxes.map(({ amount }) => amount.toString())).toEqual(amounts);
        expect(line.total_included.equals(line.total_excluded.plus(sum(amounts)))).toBe(true);
    });

    test('the sequence decides, not the place in the list; a group stands for its members', () => {
        const first = tax('percent', 10, { ...BASE, sequence: 1 });
        const second = tax('percent', 5, { sequence: 2 });
        const group = tax('group', 0, { sequence: 0, children: [second, first] });
        for (const taxes of [[second, first], [group]]) {
            const line = computeTaxes(taxes, 100, 1, cents);
            expect(line.taxes.map(({ amount }) => amount.toNumber())).toEqual([10, 5.5]);
        }
    });

    test('a group that contains itself is told', () => {
        const loop = tax('group', 0) as Tax & { children: Tax[] };
        loop.children = [loop];
        expect(() => computeTaxes([loop], 1, 1, cents)).toThrow('contain itself');
    });

    test('parts of the whole below 100 %', () => {
        expect(() => computeTaxes([tax('division', 100)], 1, 1, cents)).toThrow('less than 100 %');
        const both = [tax('division', 60, INCLUDED), tax('division', 40, INCLUDED)];
        expect(() => computeTaxes(both, 1, 1, cents)).toThrow('less than 100 %');
    });
});

const anyTax = fc
    .record({
        amount_type: fc.constantFrom('percent', 'fixed', 'division') as fc.Arbitrary<Tax['amount_type']>,
        amount: fc.integer({ min: 0, max: 2400 }).map(hundredths => hundredths / 100),
        price_include: fc.boolean(),
        include_base_amount: fc.boolean(),
        sequence: fc.integer({ min: 0, max: 3 }),
    })
    .map(fields => ({
        ...fields,
        amount: fields.amount_type === 'fixed' ? fields.amount / 24 : fields.amount,
    }));
const anyTaxes = fc
    .array(anyTax, { maxLength: 4 })
    .map(all => all.map((fields, id): Tax => ({ id: id + 1, name: `t${id}`, ...fields })));
const anyLine: fc.Arbitrary<PricedLine> = fc.record({
    price_unit: fc.integer({ min: -100_000, max: 100_000 }).map(hundredths => hundredths / 100),
    qty: fc.integer({ min: -20_000, max: 20_000 }).map(thousandths => thousandths / 1000),
    discount: fc.integer({ min: 0, max: 1000 }).map(tenths => tenths / 10),
    taxes: anyTaxes,
});
const anyRules: fc.Arbitrary<RoundingRules> = fc.record({
    rounding: fc.constantFrom(0.01, 0.05, 0.001, 1),
    taxRounding: fc.constantFrom('round_per_line', 'round_globally') as fc.Arbitrary<
        RoundingRules['taxRounding']
    >,
});

describe('laws', () => {
    test('base + taxes = total; what is in the price adds up to the price', () => {
        fc.assert(
            fc.property(anyLine, anyRules, (line, rules) => {
                const { total_excluded, total_included, taxes } = computeLine(line, rules);
                const all = sum(taxes.map(({ amount }) => amount));
                expect(total_included.minus(total_excluded.plus(all)).abs().lessThan('1e-25')).toBe(true);
                const inTag = sum(taxes.filter(({ tax }) => tax.price_include).map(({ amount }) => amount));
                const price = round(
                    decimal(line.price_unit)
                        .times(line.qty)
                        .times(decimal(100).minus(line.discount))
                        .div(100),
                    rules.rounding,
                );
                expect(total_excluded.plus(inTag).minus(price).abs().lessThan('1e-25')).toBe(true);
            }),
        );
    });

    test('a refund of a line is the line, negated', () => {
        fc.assert(
            fc.property(anyLine, anyRules, (line, rules) => {
                const sold = computeLine(line, rules);
                const back = computeLine({ ...line, qty: decimal(line.qty).negated() }, rules);
                if (decimal(line.price_unit).times(line.qty).isZero()) return;
                expect(back.total_included.equals(sold.total_included.negated())).toBe(true);
                expect(back.total_excluded.equals(sold.total_excluded.negated())).toBe(true);
            }),
        );
    });

    test('from a base to the price with tax and back is the base, within a step for each tax', () => {
        fc.assert(
            fc.property(anyTaxes, fc.integer({ min: 0, max: 10_000_000 }), (taxes, hundredths) => {
                const base = decimal(hundredths).div(100);
                const onTop = taxes.map(one => ({ ...one, price_include: false, amount_type: PERCENT }));
                const { total_included } = computeTaxes(onTop, base, 1, cents);
                const inTag = onTop.map(one => ({ ...one, price_include: true }));
                const { total_excluded } = computeTaxes(inTag, total_included, 1, cents);
                const off = total_excluded.minus(base).abs();
                expect(off.lessThanOrEqualTo(decimal(0.01).times(Math.max(0, taxes.length - 1)))).toBe(true);
            }),
        );
    });

    test('an order adds up, in steps, and does not depend on the order of its lines', () => {
        fc.assert(
            fc.property(fc.array(anyLine, { maxLength: 8 }), anyTaxes, anyRules, (lines, taxes, rules) => {
                const computed = lines.map(line => computeLine({ ...line, taxes }, rules));
                const order = computeOrder(computed, rules);
                expect(order.total_with_tax.equals(order.total_without_tax.plus(order.total_tax))).toBe(true);
                expect(order.total_tax.equals(sum(order.taxes.map(({ amount }) => amount)))).toBe(true);
                expect(order.total_with_tax.mod(rules.rounding).isZero()).toBe(true);
                const turned = computeOrder([...computed].reverse(), rules);
                expect(turned.total_with_tax.equals(order.total_with_tax)).toBe(true);
                if (rules.taxRounding === 'round_per_line') {
                    const lineSum = sum(computed.map(line => line.total_included));
                    expect(order.total_with_tax.equals(lineSum)).toBe(true);
                }
            }),
        );
    });

    test('where all taxes are in the price, the total is the sum of the price tags', () => {
        fc.assert(
            fc.property(fc.array(anyLine, { maxLength: 8 }), anyTaxes, anyRules, (lines, taxes, rules) => {
                const inTag = taxes.map(one => ({ ...one, price_include: true }));
                const computed = lines.map(line => computeLine({ ...line, taxes: inTag }, rules));
                const tags = lines.map(line => computeLine({ ...line, taxes: [] }, rules).total_included);
                expect(computeOrder(computed, rules).total_with_tax.equals(sum(tags))).toBe(true);
            }),
        );
    });
});
const PERCENT = 'percent' as const;

describe('rounding once or on each line', () => {
    const vat = tax('percent', 21);
    const line = { price_unit: 0.07, qty: 1, discount: 0, taxes: [vat] };
    const of = (taxRounding: RoundingRules['taxRounding']) => {
        const rules = { rounding: 0.01, taxRounding };
        return computeOrder(
            [line, line, line].map(one => computeLine(one, rules)),
            rules,
        );
    };
    test('per line: three times a rounded cent', () => {
        expect(of('round_per_line').total_tax.toNumber()).toBe(0.03);
    });
    test('globally: 0.0441 rounded once', () => {
        expect(of('round_globally').total_tax.toNumber()).toBe(0.04);
    });
});

describe('fiscal positions', () => {
    const [home, abroad, eco, exempt] = [
        tax('percent', 21),
        tax('percent', 9),
        tax('fixed', 1),
        tax('percent', 6),
    ];
    const known = (id: number) => [home, abroad, eco, exempt].find(one => one?.id === id);
    const position = {
        id: 1,
        name: 'Abroad',
        tax_ids: [
            { tax_src_id: home.id, tax_dest_id: abroad.id },
            { tax_src_id: home.id, tax_dest_id: eco.id },
            { tax_src_id: exempt.id, tax_dest_id: false as const },
            { tax_src_id: abroad.id, tax_dest_id: home.id },
        ],
    };
    test.each([
        ['to several', [home], [abroad, eco]],
        ['to none', [exempt], []],
        ['untouched', [eco], [eco]],
        ['each once', [home, eco], [abroad, eco]],
        ['not mapped twice', [abroad], [home]],
    ])('%s', (_, before, after) => {
        expect(mapTaxes(before, position, known)).toEqual(after);
    });
    describe('in the price', () => {
        const included = (percent: number) => ({ ...tax('percent', percent), price_include: true });
        const [twenty, ten] = [included(20), included(10)];
        const onTop = tax('percent', 7);
        const service = { ...tax('fixed', 0.5), price_include: true };
        const all = [twenty, ten, onTop, service];
        const to = (from: Tax, ...these: Tax[]) => ({
            id: 1,
            name: 'Elsewhere',
            tax_ids: these.map(({ id }) => ({ tax_src_id: from.id, tax_dest_id: id })),
        });
        const price = (position: FiscalPosition | null, taxes: Tax[], from = 2.2) =>
            priceUnder(position, decimal(from), taxes, id => all.find(one => one.id === id)).toDecimalPlaces(
                6,
            );
        test.each([
            ['nothing is replaced', to(onTop, ten), [twenty], '2.2'],
            ['no position', null, [twenty], '2.2'],
            // 2.20 / 1.2 × 1.1
            ['one that is in the price, too', to(twenty, ten), [twenty], '2.016667'],
            ['one that comes on top', to(twenty, onTop), [twenty], '1.833333'],
            ['two', to(twenty, ten, service), [twenty], '2.516667'],
            ['one that is there already', to(twenty, service), [twenty, service], '1.833333'],
            ['one that is not in the price', to(onTop, ten), [onTop], '2.2'],
        ])('%s', (_, position, taxes, expected) => {
            expect(price(position, taxes).toString()).toBe(expected);
        });
        test('there and back', () => {
            const there = price(to(twenty, ten), [twenty], 7.6).toNumber();
            expect(price(to(ten, twenty), [ten], there).toNumber()).toBeCloseTo(7.6, 5);
        });
    });

    test('no position, no change', () => {
        expect(mapTaxes([home, exempt], null, known)).toEqual([home, exempt]);
    });
});

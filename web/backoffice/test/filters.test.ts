import { describe, expect, it } from 'vitest';
import { dayBegin, isoDay, spanOf } from '../src/days';
import { addressOfFilters, filtersOf, isFiltered, queryOf } from '../src/orders/filters';

const read = (query: string) => filtersOf(new URLSearchParams(query));
const NOW = new Date(2026, 10, 28, 1, 30).getTime();

describe('filters and the address', () => {
    it.each([
        '/orders',
        '/orders?state=paid',
        '/orders?q=two+beers&state=deleted&date=yesterday&pos=1&user=2&customer=3&product=8&number=17&mark=removals&sort=-total',
        '/orders?date=2026-11-01..2026-11-05',
    ])('%s comes back as it was', address => {
        expect(addressOfFilters(read(address.split('?')[1] ?? ''))).toBe(address);
    });

    it.each([
        'state=open',
        'mark=all',
        'pos=Bar',
        'user=-1',
        'sort=name',
        'number=1e3',
        'more=1',
        'q=+',
    ])('%s is no filter', query => expect(isFiltered(read(query))).toBe(false));

    it('the order of the list is no filter', () => expect(isFiltered(read('sort=time'))).toBe(false));

    it('asks for the days as they are now', () => {
        const { from_ms, to_ms, state } = queryOf(read('date=yesterday&state=paid'), NOW);
        expect([from_ms, to_ms, state]).toEqual([
            new Date(2026, 10, 27).getTime(),
            new Date(2026, 10, 28).getTime(),
            'paid',
        ]);
    });
});

describe('days', () => {
    it.each([
        ['today', '2026-11-28', null],
        ['yesterday', '2026-11-27', '2026-11-28'],
        ['week', '2026-11-22', null],
        ['month', '2026-11-01', null],
        ['2026-11-01..2026-11-05', '2026-11-01', '2026-11-06'],
        ['2026-12-31..', '2026-12-31', null],
        ['..2026-12-31', null, '2027-01-01'],
        ['..', null, null],
        ['', null, null],
        ['next year', null, null],
    ])('%s', (word, from, to) => {
        const span = spanOf(word, NOW);
        expect([span.from && isoDay(span.from), span.to && isoDay(span.to)]).toEqual([from, to]);
    });

    it('begin at midnight, whatever the clocks do', () => {
        for (let ahead = -400; ahead < 400; ahead++) {
            const begin = new Date(dayBegin(NOW, ahead));
            expect([begin.getHours(), begin.getMinutes()]).toEqual([0, 0]);
        }
    });
});

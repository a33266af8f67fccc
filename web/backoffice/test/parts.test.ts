import { afterEach, describe, expect, it, vi } from 'vitest';
import { listen } from '../src/api/events';
import { isAlone, type PosChoice, type Sales, type SalesRow } from '../src/api/types';
import { deviceName } from '../src/i18n';
import { posRows } from '../src/multi_sessions/draft';
import { daysOf } from '../src/orders/history';
import { toCsv } from '../src/parts/download';
import { daysOfSales, hoursOf } from '../src/screens/hours';
import { whoMayEnter } from '../src/screens/sign_in';

afterEach(() => vi.unstubAllGlobals());

describe('server-sent events', () => {
    /** A stream of these chunks that stays open. */
    const stream = (...chunks: string[]) => {
        const encoder = new TextEncoder();
        return new ReadableStream({
            start(controller) {
                for (const chunk of chunks) controller.enqueue(encoder.encode(chunk));
            },
        });
    };

    it.each([
        [['data: {"seq":1}\n\n'], 1],
        [['data: {"se', 'q":1}\n', '\n'], 1],
        [[': nothing happened\n\n', 'event: x\r\n'], 0],
        [['data: 1\n\n', 'data: 2\n\n'], 2],
    ])('%j say %i times that something changed', async (chunks, count) => {
        const told = vi.fn();
        vi.stubGlobal('fetch', async () => new Response(stream(...chunks)));
        const stop = listen('/live/events', told);
        await new Promise(resolve => setTimeout(resolve, 20));
        stop();
        expect(told).toHaveBeenCalledTimes(count);
    });
});

describe('CSV', () => {
    it.each([
        [[['a', 1, null]], 'a,1,'],
        [[['a "b"', 'c,d', 'e\nf']], '"a ""b""","c,d","e\nf"'],
        [[['=1+1', '@x', '-5.00', '-x', '+1']], "'=1+1,'@x,-5.00,'-x,'+1"],
    ])('%j', (rows, expected) => expect(toCsv(rows)).toBe(expected));
});

const row = (id: number): SalesRow => ({ id, name: '', orders: 1, qty: '1', net: '1', tax: '0', total: '1' });

describe('hours', () => {
    const HOUR = 3_600_000;
    const hours = (...ids: number[]) =>
        hoursOf({ by_hour: ids.map(id => row(id * HOUR)) } as Sales).map(({ id, orders }) => [
            id / HOUR,
            orders,
        ]);

    it('that sold nothing are there too, between those that did', () => {
        expect(hours(11, 8)).toEqual([
            [8, 1],
            [9, 0],
            [10, 0],
            [11, 1],
        ]);
    });

    it('are none where nothing was sold, and have a bound', () => {
        expect(hours()).toEqual([]);
        expect(hours(0, 24 * 365).length).toBe(24 * 7);
    });
});

it('days are added up as decimals, with those between that sold nothing', () => {
    const at = (day: number, hour: number, total: string) => ({
        ...row(new Date(2026, 9, day, hour).getTime()),
        total,
    });
    // The clocks are put back on the 25th in many places: that day has 25 hours.
    const days = daysOfSales({ by_hour: [at(26, 9, '0.2'), at(24, 8, '0.1'), at(24, 23, '0.2')] } as Sales);
    expect(days).toEqual([
        { ms: new Date(2026, 9, 24).getTime(), total: '0.3' },
        { ms: new Date(2026, 9, 25).getTime(), total: '0' },
        { ms: new Date(2026, 9, 26).getTime(), total: '0.2' },
    ]);
    expect(daysOfSales({ by_hour: [] } as unknown as Sales)).toEqual([]);
});

describe('POSes of a multi-session', () => {
    const choice = (id: number, name: string, of: number | null, ...reasons: string[]): PosChoice => ({
        ...{ id, name, reasons },
        multi_session: of === null ? null : { id: of, name: `House ${of}` },
    });

    it('are first; what cannot be chosen says why', () => {
        const rows = posRows(
            [choice(1, 'Bar', 2, 'It is open.'), choice(2, 'Terrace', 1), choice(3, 'Attic', null)],
            [2, 3],
            1,
        );
        expect(
            rows.map(({ name, isChosen, from, reasons }) => [name, isChosen, from, reasons.length]),
        ).toEqual([
            ['Terrace', true, null, 0],
            ['Attic', true, null, 0],
            ['Bar', false, 'House 2', 1],
        ]);
    });
});

it('managers may enter, and everybody where there is none', () => {
    const people = [
        { id: 1, name: 'Ann', role: 'admin' as const },
        { id: 2, name: 'Bob', role: 'cashier' as const },
        { id: 3, name: 'Cleo' },
    ];
    expect(whoMayEnter(people).map(({ name }) => name)).toEqual(['Ann']);
    expect(whoMayEnter(people.slice(1)).map(({ name }) => name)).toEqual(['Bob', 'Cleo']);
});

it.each([
    ['web-cdca2849-cf3b-4809-9435-018b338d3e8e.0/00001-001', '…3e8e.0/00001-001'],
    ['Tablet at the bar', 'Tablet at the bar'],
    ['admin', 'admin'],
])('the device %s is called %s', (name, expected) => expect(deviceName(name)).toBe(expected));

it.each([
    [1, false],
    [1_000_000_004, true],
])('multi-session %i is a POS on its own: %s', (id, expected) =>
    expect(isAlone({ id, name: '' })).toBe(expected));

it('a history has the last day first, and the last thing of each day first', () => {
    const entry = (seq: number, time: string) =>
        ({ seq, time_ms: new Date(`${time}:00`).getTime() }) as Parameters<typeof daysOf>[0][number];
    const days = daysOf([
        entry(1, '2026-11-27T23:50'),
        entry(2, '2026-11-28T00:10'),
        entry(3, '2026-11-28T00:20'),
    ]);
    expect(days.map(({ entries }) => entries.map(({ seq }) => seq))).toEqual([[3, 2], [1]]);
});

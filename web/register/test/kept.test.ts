import { IDBFactory } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { beforeEach, expect, it } from 'vitest';
import { CATALOGUES_MAX, KeptShop } from '../src/kept';

beforeEach(() => {
    globalThis.indexedDB = new IDBFactory();
});

const catalogue = (pos: number, database = 'main', text = `${database} ${pos}`) => ({
    database,
    pos,
    text,
    tag: null,
    asOfMs: 1,
});

/** What `localStorage` does, as far as it is used. */
function storage(items: Record<string, string>): Storage {
    const map = new Map(Object.entries(items));
    return {
        get length() {
            return map.size;
        },
        key: at => [...map.keys()][at] ?? null,
        getItem: key => map.get(key) ?? null,
        setItem: (key, text) => void map.set(key, text),
        removeItem: key => void map.delete(key),
        clear: () => map.clear(),
    };
}

it('keeps the catalogues of the last POSes that were opened, and no more', async () => {
    const kept = await KeptShop.open('test', null);
    for (let pos = 1; pos <= CATALOGUES_MAX; pos += 1) await kept.keepCatalogue(catalogue(pos), pos);
    await kept.use(catalogue(1), 100);
    await kept.keepCatalogue(catalogue(99), 101);
    expect((await kept.catalogue(1))?.text).toBe('main 1');
    expect(await kept.catalogue(2)).toBeNull();
    expect((await kept.catalogue(3))?.text).toBe('main 3');
    expect((await kept.catalogue(99))?.text).toBe('main 99');
});

it('gives the catalogue of the database that the address served last', async () => {
    const kept = await KeptShop.open('test', null);
    await kept.keepCatalogue(catalogue(1, 'cafe'), 1);
    await kept.keepCatalogue(catalogue(1, 'bakery'), 2);
    expect((await kept.catalogue(1))?.database).toBe('bakery');
    await kept.keepCatalogue(catalogue(1, 'cafe', 'newer'), 3);
    expect((await kept.catalogue(1))?.text).toBe('newer');
});

it('takes over what was kept in localStorage, once', async () => {
    const text = JSON.stringify({ database: 'main', config: { id: 7 } });
    const former = storage({
        'tillsync/till/7': text,
        'tillsync/till/8': 'no JSON',
        'tillsync/till/x': text,
        language: 'ar',
    });
    const kept = await KeptShop.open('test', former);
    expect(await kept.catalogue(7)).toEqual({ database: 'main', pos: 7, text, tag: null, asOfMs: 0 });
    expect(await kept.catalogue(8)).toBeNull();
    expect(former.getItem('tillsync/till/7')).toBeNull();
    expect(former.getItem('tillsync/till/8')).toBeNull();
    expect(former.getItem('language')).toBe('ar');
});

it('does not put what was in localStorage in the place of something newer', async () => {
    const kept = await KeptShop.open('test', null);
    await kept.keepCatalogue(catalogue(7), 5);
    kept.close();
    const former = storage({ 'tillsync/till/7': JSON.stringify({ database: 'main' }) });
    const again = await KeptShop.open('test', former);
    expect((await again.catalogue(7))?.text).toBe('main 7');
    expect(former.length).toBe(0);
});

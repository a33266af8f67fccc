/** One suite for every storage, and what the till does when there is no room (rule 17). */
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
    type Changes,
    newTill,
    type Storage,
    StorageFullError,
    type StoredCommand,
} from '../../src/client/storage.js';
import { IdbStorage, Profile } from '../../src/client/storage_idb.js';
import { MemoryStorage } from '../../src/client/storage_memory.js';
import { upgradeCommand } from '../../src/client/upgrade.js';
import { Network } from './network.js';
import { briefs, coffee, pass, Shop, tap, typeCoffee } from './tills.js';

const command = (number: number, more: Partial<StoredCommand> = {}) =>
    upgradeCommand({ number, id: `c-${number}`, ...more });
const nothing = (): Changes => ({ commands: new Map(), refused: new Map() });
const first = (server: string, ...commands: StoredCommand[]): Changes => ({
    till: newTill(server),
    commands: new Map(commands.map(each => [each.number, each])),
    refused: new Map(),
});

let names = 0;
let keptInMemory: MemoryStorage;
describe.each<[string, () => Promise<Storage>, (storage: Storage) => Promise<Storage>]>([
    [
        'memory',
        async () => {
            keptInMemory = new MemoryStorage('d');
            return keptInMemory;
        },
        async () => keptInMemory.copy(),
    ],
    [
        'IndexedDB',
        async () => {
            names += 1;
            return IdbStorage.open('main', names, 'd');
        },
        async storage => {
            await storage.close();
            return IdbStorage.open('main', names, 'd');
        },
    ],
])('storage: %s', (_, open, reopen) => {
    it('has nothing at first', async () => {
        const storage = await open();
        expect([await storage.lastServer(), await storage.load('s')]).toEqual([null, null]);
        await storage.close();
    });

    it('gives back what was written, in the order of the numbers', async () => {
        let storage = await open();
        const till = { ...newTill('s'), session: 12, login: 3, orders: { '12-3': 7 } };
        const replica = { run: 2, seq: 9, active: true, offline_edits: 'merge' as const, orders: [] };
        await storage.write('s', { ...first('s', command(10), command(9), command(100)), till, replica });
        storage = await reopen(storage);
        expect(await storage.lastServer()).toBe('s');
        const stored = await storage.load('s');
        expect(stored).toMatchObject({ till, replica });
        expect(stored?.commands.map(({ number }) => number)).toEqual([9, 10, 100]);
        await storage.close();
    });

    it('changes and takes away what is named, and leaves the rest', async () => {
        let storage = await open();
        await storage.write('s', first('s', command(1), command(2)));
        const refused = {
            version: 1,
            id: 'r',
            uid: null,
            refusal: { reason: 'bad' },
            order: null,
            operations: [],
            lines: {},
            fields: {},
        };
        await storage.write('s', {
            commands: new Map([
                [1, null],
                [2, command(2, { cut: true })],
            ]),
            refused: new Map([
                ['r', refused],
                ['q', refused],
            ]),
        });
        await storage.write('s', { commands: new Map(), refused: new Map([['q', null]]) });
        storage = await reopen(storage);
        expect(await storage.load('s')).toMatchObject({
            commands: [{ number: 2, cut: true }],
            refused: [{ id: 'r' }],
        });
        await storage.close();
    });

    it('rule 22: keeps servers apart', async () => {
        const storage = await open();
        await storage.write('s', first('s', command(1)));
        await storage.write('s2', first('s2', command(5)));
        expect((await storage.load('s'))?.commands).toHaveLength(1);
        expect((await storage.load('s2'))?.commands).toMatchObject([{ number: 5 }]);
        expect(await storage.lastServer()).toBe('s2');
        const answered = command(6, { answer: { refused: { reason: 'bad' } }, answered_ms: 1 });
        await storage.write('s2', { commands: new Map([[6, answered]]), refused: new Map() });
        expect(await storage.elsewhere('s')).toMatchObject([{ server: 's2', commands: [{ number: 5 }] }]);
        await storage.write('s2', { commands: new Map([[5, null]]), refused: new Map() });
        expect(await storage.elsewhere('s')).toEqual([]);
        await storage.close();
    });

    it('does not change with what it was given', async () => {
        const storage = await open();
        const given = command(1);
        await storage.write('s', first('s', given));
        given.cut = true;
        expect((await storage.load('s'))?.commands[0]?.cut).toBe(false);
        await storage.close();
    });
});

describe('IndexedDB', () => {
    it('says that it is full, and has then written nothing', async () => {
        const storage = await IdbStorage.open('main', 900, 'd');
        await storage.write('s', first('s', command(1)));
        const real = IDBObjectStore.prototype.put;
        const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
            this: IDBObjectStore,
            ...[value, key]
        ) {
            if ((value as StoredCommand).number === 3)
                throw new DOMException('no room', 'QuotaExceededError');
            return real.call(this, value, key);
        });
        await expect(
            storage.write('s', {
                ...nothing(),
                commands: new Map([
                    [2, command(2)],
                    [3, command(3)],
                ]),
            }),
        ).rejects.toThrow(StorageFullError);
        put.mockRestore();
        expect((await storage.load('s'))?.commands).toHaveLength(1);
        await storage.close();
    });

    it('rule 17: an outbox that an older version wrote is understood', async () => {
        const storage = await IdbStorage.open('main', 901, 'd');
        // What a version that knew less than this one would have written.
        const older = { number: 1, id: 'c-1', user: { id: 2, name: 'Ada' }, device_time_ms: 5, actions: [] };
        await storage.write('s', {
            ...first('s', older as never),
            till: { server: 's', session: 1, login: 2 } as never,
        });
        expect(await storage.load('s')).toMatchObject({
            till: { session: 1, orders: {}, lines: 0, answered: 0 },
            commands: [{ number: 1, kind: 'edit', answer: null, cut: false, retries: 0 }],
        });
        await storage.close();
    });

    it('a profile has one name for good, and counts its slots', async () => {
        const profile = await Profile.open('main', 902);
        await profile.use(2);
        await profile.use(0);
        profile.close();
        const again = await Profile.open('main', 902);
        expect([again.id, await again.slots()]).toEqual([profile.id, 3]);
        again.close();
    });
});

describe('a till whose storage is full', () => {
    const shop = new Shop();
    beforeEach(() => vi.stubGlobal('indexedDB', undefined));
    afterEach(() => vi.unstubAllGlobals());

    it('goes on, sends what is typed, and says what is safe', async () => {
        const [ada, bob] = [await shop.open(), await shop.open({ pos: 2 })];
        const { order, line } = await coffee(ada);
        ada.storage.full = true;
        void tap(ada, order, line);
        await pass();
        expect(briefs(bob)).toEqual(['#1 42x2']);
        expect(ada.engine.connection).toMatchObject({
            storage: 'full',
            sync: 'green',
            message: expect.stringMatching(/full.*safe.*sent/),
        });
    });

    it('does not let the server forget answers that it has not kept', async () => {
        const ada = await shop.open();
        const { order, line } = await coffee(ada);
        ada.storage.full = true;
        for (let each = 0; each < 3; each += 1) {
            void tap(ada, order, line);
            await pass();
        }
        expect(shop.server.received.at(-1)).toMatchObject({ number: 4, answered: 1 });
    });

    it('writes everything that is in memory once there is room again', async () => {
        const ada = await shop.open();
        await coffee(ada);
        ada.storage.full = true;
        ada.engine.setNetwork(false);
        const offline = typeCoffee(ada, 3);
        await pass();
        void tap(ada, offline.order, offline.line);
        await pass();
        expect(ada.engine.connection.storage).toBe('full');
        ada.storage.full = false;
        await pass(10_000);
        expect(ada.engine.connection.storage).toBe('ok');
        const network = new Network(shop.server);
        network.isUp = false;
        expect(briefs(await shop.reload(ada, { network }))).toEqual(['#1 42x1', '#New 42x4']);
    });

    it('says so when it cannot keep anything at all', async () => {
        const ada = await shop.open({ storage: new MemoryStorage('d', { durable: false }) });
        expect(ada.engine.connection).toMatchObject({
            storage: 'lost',
            sync: 'green',
            message: expect.stringMatching(/cannot keep/),
        });
        await coffee(ada);
        expect(briefs(ada)).toEqual(['#1 42x1']);
    });
});

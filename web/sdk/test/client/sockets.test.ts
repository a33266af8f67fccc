/** Real sockets on this machine: the package `ws`, and `fetch`. The server behind them is the one in memory. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { MemoryStorage } from '../../src/client/storage_memory.js';
import { openEngine } from '../../src/connect.js';
import { Connection, FakeServer } from './fake_server.js';
import { Network } from './network.js';
import { ADA, BOB, brief, COFFEE } from './tills.js';

let fake: FakeServer;
let http: Server;
let sockets: WebSocketServer | null;
let url: string;

/** Long polling by real HTTP: what the in-memory network does with `fetch`, behind a port. */
async function serve(request: IncomingMessage, response: ServerResponse, network: Network): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const abort = new AbortController();
    response.on('close', () => abort.abort());
    try {
        const answer = await network.fetch(`http://sync.example${request.url}`, {
            body: Buffer.concat(chunks).toString(),
            signal: abort.signal,
        });
        response.end(JSON.stringify(await answer.json()));
    } catch {
        response.destroy();
    }
}

beforeEach(async () => {
    fake = new FakeServer();
    const network = new Network(fake);
    // One `fetch`, so that it knows its connections.
    const polling = network.fetch;
    Object.defineProperty(network, 'fetch', { value: polling });
    http = createServer((request, response) => void serve(request, response, network));
    sockets = null;
    await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/sync/KEY`;
});
afterEach(async () => {
    sockets?.close();
    http.closeAllConnections();
    await new Promise(resolve => http.close(resolve));
});

function serveSockets(): void {
    sockets = new WebSocketServer({ server: http });
    sockets.on('connection', (socket: WebSocket) => {
        const connection = new Connection(
            'websocket',
            message => socket.send(JSON.stringify(message)),
            () => socket.close(),
        );
        socket.on('message', data => fake.receive(connection, JSON.parse(String(data))));
        socket.on('close', () => fake.left(connection));
    });
}

it.each(['websocket', 'long polling'] as const)('two tills on real sockets: %s', async transport => {
    if (transport === 'websocket') serveSockets();
    const timing = { backoffMs: 1, backoffMaxMs: 5 };
    const [ada, bob] = await Promise.all([
        openEngine({
            url,
            pos: { id: 1, name: 'Bar' },
            user: ADA,
            storage: new MemoryStorage('dev-1'),
            timing,
        }),
        openEngine({
            url,
            pos: { id: 2, name: 'Terrace' },
            user: BOB,
            storage: new MemoryStorage('dev-2'),
            timing,
        }),
    ]);
    expect(ada.connection.transport).toBe(transport);
    const order = ada.newOrder();
    const line = ada.lineUid(order);
    const arrived = new Promise(resolve => bob.on('orders', resolve));
    await ada.record(order, [{ op: 'add_line', line, fields: COFFEE }]);
    await arrived;
    await Promise.all(
        [ada, bob].map(till => till.record(order, [{ op: 'increment', line, field: 'qty', by: 1 }])),
    );
    ada.setNetwork(false);
    const sold = ada.newOrder();
    void ada.record(sold, [{ op: 'add_line', line: ada.lineUid(sold), fields: COFFEE }]);
    expect(brief(ada.order(sold))).toBe('#New 42x1');
    ada.setNetwork(true);
    await ada.settled();
    await Promise.all([ada.check(), bob.check()]);
    expect(ada.orders().map(brief)).toEqual(['#1 42x3', '#2 42x1']);
    expect(bob.replicaText()).toBe(ada.replicaText());
    await Promise.all([ada.shutdown(), bob.shutdown()]);
});

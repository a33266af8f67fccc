/** The back office without a server: a café that exists in memory answers (`npm run dev`). Nothing of it is built. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { defineConfig, mergeConfig, type Plugin } from 'vite';
import { Mock } from './test/mock/api';
import base from './vite.config';

/** How large a body may be: a CSV of a catalogue. */
const BODY_BYTES_MAX = 8_000_000;

async function bodyOf(request: IncomingMessage): Promise<string> {
    const parts: Buffer[] = [];
    let bytes = 0;
    for await (const part of request) {
        bytes += (part as Buffer).length;
        if (bytes > BODY_BYTES_MAX) throw new Error('the body is too large');
        parts.push(part as Buffer);
    }
    return Buffer.concat(parts).toString('utf8');
}

function mock(): Plugin {
    const api = new Mock({ empty: process.env.MOCK === 'empty', work: process.env.MOCK !== 'still' });
    return {
        name: 'tillsync-mock',
        configureServer(server) {
            server.middlewares.use((request: IncomingMessage, response: ServerResponse, next) => {
                const url = new URL(request.url ?? '/', 'http://mock');
                if (url.pathname === '/icon.svg') {
                    response.setHeader('content-type', 'image/svg+xml');
                    response.end(
                        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="6" fill="#0b7268"/></svg>',
                    );
                    return;
                }
                if (!url.pathname.startsWith('/api/')) return next();
                if (url.pathname === '/api/admin/live/events') {
                    response.writeHead(200, { 'content-type': 'text/event-stream' });
                    const stop = api.listen(text => response.write(`data: ${text}\n\n`));
                    request.on('close', stop);
                    return;
                }
                void bodyOf(request).then(body => {
                    const answer = api.handle({
                        method: request.method ?? 'GET',
                        path: url.pathname,
                        query: url.searchParams,
                        header: name => String(request.headers[name] ?? ''),
                        body,
                    });
                    response.writeHead(answer.status, answer.headers);
                    response.end(answer.text);
                });
            });
        },
    };
}

export default mergeConfig(base, defineConfig({ plugins: [mock()], server: { proxy: {} } }));

import { defineConfig } from 'vite';

/** Which server `npx vite` shows the back office of. */
const SERVER = process.env.TILLSYNC_URL ?? 'http://127.0.0.1:8090';

/** The server serves what comes out at `/admin`: every file under `assets` has its hash in its name. */
export default defineConfig({
    base: '/admin/',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: { target: 'es2022', sourcemap: false, assetsInlineLimit: 0 },
    server: {
        // The server takes changes from pages of its own only.
        proxy: {
            '/api': { target: SERVER, changeOrigin: true, headers: { origin: SERVER } },
            '/icon.svg': SERVER,
        },
    },
});

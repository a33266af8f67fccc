import { defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';

/** The binary carries what comes out (`crates/server/src/assets.rs`): every file but those of the root has its hash in its name. */
export default defineConfig({
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: { target: 'es2022', sourcemap: false, assetsInlineLimit: 0 },
    plugins: [
        VitePWA({
            strategies: 'injectManifest',
            srcDir: 'src',
            filename: 'sw.ts',
            // `src/install.ts` registers it: a new version waits for the person at the till.
            injectRegister: false,
            injectManifest: {
                globPatterns: ['**/*.{html,js,css,svg,json,woff2}'],
            },
            includeManifestIcons: false,
            manifest: {
                id: '/',
                name: 'Tillsync Register',
                short_name: 'Tillsync',
                description: 'The till: orders that are the same on every till of the shop.',
                start_url: '/',
                scope: '/',
                display: 'standalone',
                theme_color: '#1f2a37',
                background_color: '#1f2a37',
                categories: ['business'],
                icons: [
                    { src: '/icon.svg', sizes: 'any', type: 'image/svg+xml' },
                    { src: '/icon-192.png', sizes: '192x192', type: 'image/png' },
                    { src: '/icon-512.png', sizes: '512x512', type: 'image/png' },
                    {
                        src: '/icon-maskable-512.png',
                        sizes: '512x512',
                        type: 'image/png',
                        purpose: 'maskable',
                    },
                ],
            },
        }),
    ],
});

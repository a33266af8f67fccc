import { defineConfig } from 'vite';

/** The binary carries what comes out (`crates/server/src/assets.rs`): every file but the page has its hash in its name. */
export default defineConfig({
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: { target: 'es2022', sourcemap: false, assetsInlineLimit: 0 },
});

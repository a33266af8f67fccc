import { defineConfig } from 'vite';

/** One file for browsers and Node alike; `ws` is loaded in Node alone, where no WebSocket is built in. */
export default defineConfig({
    build: {
        lib: { entry: 'src/index.ts', formats: ['es'], fileName: 'index' },
        target: 'es2022',
        minify: false,
        sourcemap: true,
        rollupOptions: { external: ['ws'] },
    },
});

import { defineConfig } from 'vitest/config';

/** Two kinds of tests: `unit` needs nothing; `server` needs the binary (test/server/server.ts says how to build it). */
export default defineConfig({
    test: {
        projects: [
            {
                test: {
                    name: 'unit',
                    include: ['test/**/*.test.ts'],
                    exclude: ['test/server/**'],
                    sequence: { groupOrder: 0 },
                },
            },
            {
                test: {
                    name: 'server',
                    include: ['test/server/**/*.test.ts'],
                    // Waits of the real world: these run after the others, and no two files at once.
                    sequence: { groupOrder: 1 },
                    fileParallelism: false,
                    testTimeout: 40_000,
                },
            },
        ],
    },
});

// `cargo xtask bench register`: how quick the Register is, as figures. Node 20 does not read TypeScript by itself.
import { runnerImport } from 'vite';

await runnerImport(new URL('./register.ts', import.meta.url).pathname, {
    configFile: false,
    logLevel: 'error',
});
// What a server that was killed left open must not keep this waiting.
process.exit(0);

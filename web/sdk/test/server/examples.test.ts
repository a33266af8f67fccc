/** The examples are documentation: they run as they stand, on the built package. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { Stage } from './stage.js';
import { within } from './waits.js';

const SDK = resolve(import.meta.dirname, '../..');
const BUILD_MS_MAX = 120_000;
const stage = new Stage();

/** Runs a command to its end; what it said on stdout. */
async function run(command: string, args: string[], ms: number): Promise<string> {
    const child = spawn(command, args, { cwd: SDK, stdio: ['ignore', 'pipe', 'pipe'] });
    let [said, complained] = ['', ''];
    child.stdout.on('data', data => {
        said += data;
    });
    child.stderr.on('data', data => {
        complained += data;
    });
    try {
        const [code] = await within(ms, `${command} ${args.join(' ')} to end`, once(child, 'close'));
        if (code !== 0)
            throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${said}${complained}`);
        return said;
    } finally {
        child.kill('SIGKILL');
    }
}

function isBuilt(): boolean {
    const built = resolve(SDK, 'dist/index.js');
    if (!existsSync(built)) return false;
    const builtMs = statSync(built).mtimeMs;
    const sources = readdirSync(resolve(SDK, 'src'), { recursive: true }).map(String);
    return sources.every(file => statSync(resolve(SDK, 'src', file)).mtimeMs <= builtMs);
}

beforeAll(async () => {
    if (!isBuilt()) await run('npm', ['run', 'build'], BUILD_MS_MAX);
}, BUILD_MS_MAX);

it('two tills edit one order at once, one goes on without a network, and both show the same in the end', async () => {
    const said = await run(process.execPath, ['examples/two_tills.mjs', stage.server.url], 20_000);
    expect(said.trim().split('\n')).toEqual([
        'Bar: #1 3 Coffee + 2 Cake = 15.5; #2 1 Cake = 4',
        'Terrace: #1 3 Coffee + 2 Cake = 15.5; #2 1 Cake = 4',
    ]);
});

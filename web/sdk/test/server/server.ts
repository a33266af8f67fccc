/** The real Sync Server as a child process: started, killed, started again on the same folder and the same port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { within } from './waits.js';

/** The binary: TILLSYNC_BIN (relative to `web/` unless it is absolute), or what cargo builds. */
const BINARY = resolve(
    import.meta.dirname,
    '../../..',
    process.env.TILLSYNC_BIN ?? '../target/debug/tillsync',
);
const READY = /^Tillsync is ready on http:\/\/127\.0\.0\.1:(\d+)/;
/** How long a start may take: on a machine that compiles something else at the same time, too. */
const START_MS_MAX = 20_000;
const STDERR_CHARS_MAX = 20_000;

/** Servers that run: none outlives the tests, whatever becomes of them. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
    for (const child of running) child.kill('SIGKILL');
});

export class SyncServer {
    /** The port that it listens on, the same after a restart. */
    port = 0;
    /** Its log since the beginning, for a test that failed. */
    stderr = '';
    private child: ChildProcess | null = null;

    /** What is removed in the end. */
    private readonly folders: string[];

    private constructor(private readonly folder: string) {
        this.folders = [folder];
    }

    /** Starts a server on a folder of its own. */
    static async start(): Promise<SyncServer> {
        if (!existsSync(BINARY)) {
            throw new Error(
                `There is no Sync Server at ${BINARY}. Build it with "cargo build -p tillsync" in the project's folder, or name another in TILLSYNC_BIN.`,
            );
        }
        const server = new SyncServer(await mkdtemp(join(tmpdir(), 'tillsync-test-')));
        try {
            await server.begin();
        } catch (error) {
            await server.stop();
            throw error;
        }
        return server;
    }

    get url(): string {
        return `http://127.0.0.1:${this.port}`;
    }

    /** `kill -9`: what was not on disk is gone. Resolves when the process is. */
    async kill(): Promise<void> {
        const child = this.child;
        this.child = null;
        if (!child) return;
        const isOver = child.exitCode !== null || child.signalCode !== null;
        const exited: Promise<unknown> = isOver ? Promise.resolve() : once(child, 'exit');
        child.kill('SIGKILL');
        await within(5_000, 'the killed server to be gone', exited);
        running.delete(child);
    }

    /** Starts again on the same folder and the same port. */
    async restart(): Promise<void> {
        await this.kill();
        await this.begin();
    }

    /** Copies its folder as it is on the disk now; the server is stopped for that moment. */
    async backUp(): Promise<string> {
        await this.kill();
        const backup = await mkdtemp(join(tmpdir(), 'tillsync-backup-'));
        this.folders.push(backup);
        await cp(this.folder, backup, { recursive: true });
        await this.begin();
        return backup;
    }

    /** Another server comes to this address: one on an empty folder, or on the copy of a folder. */
    async replaceBy(folder: string | null): Promise<void> {
        await this.kill();
        await rm(this.folder, { recursive: true });
        if (folder !== null) await cp(folder, this.folder, { recursive: true });
        await this.begin();
    }

    /** Runs a command of the program on its folder, beside it. */
    async command(...args: string[]): Promise<void> {
        const child = spawn(BINARY, [...args, '--data', this.folder], { stdio: 'ignore' });
        const [code] = await within(START_MS_MAX, `${args[0]} to end`, once(child, 'exit'));
        if (code !== 0) throw new Error(`tillsync ${args.join(' ')} ended with ${code}`);
    }

    /** Puts a backup in the place of its folder, as `tillsync after-restore` wants it, and starts on that. */
    async restore(backup: string): Promise<void> {
        await this.kill();
        await rm(this.folder, { recursive: true });
        await cp(backup, this.folder, { recursive: true });
        await this.command('after-restore');
        await this.begin();
    }

    /** Ends it for good and removes its folder. */
    async stop(): Promise<void> {
        await this.kill();
        for (const folder of this.folders) await rm(folder, { recursive: true, force: true });
    }

    private async begin(): Promise<void> {
        const args = ['serve', '--data', this.folder, '--listen', `127.0.0.1:${this.port}`, '--till-open'];
        const child = spawn(BINARY, args, { stdio: ['ignore', 'pipe', 'pipe'] });
        this.child = child;
        running.add(child);
        child.stderr.on('data', data => {
            this.stderr = (this.stderr + data).slice(-STDERR_CHARS_MAX);
        });
        const ready = new Promise<number>((resolve, reject) => {
            createInterface({ input: child.stdout }).on('line', line => {
                const port = READY.exec(line)?.[1];
                if (port) resolve(Number(port));
            });
            child.once('error', reject);
            child.once('exit', code => {
                running.delete(child);
                reject(new Error(`the server ended with ${code} before it was ready:\n${this.stderr}`));
            });
        });
        this.port = await within(START_MS_MAX, 'the server to be ready', ready);
    }
}

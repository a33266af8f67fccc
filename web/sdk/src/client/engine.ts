/** The client's engine: confirmed + pending, the outbox, the connection. Its parts are put together here. */
import { equal } from '../rules/json.js';
import type { ServerMessage, Welcome } from '../wire/protocol.js';
import { Acts } from './acts.js';
import { Answers } from './answers.js';
import { closedHere } from './closed_here.js';
import { connectionState } from './connection_state.js';
import { Emitter } from './emitter.js';
import { StoppedError } from './errors.js';
import { Intake } from './intake.js';
import { Link } from './link.js';
import { type Entry, newId } from './outbox.js';
import { type EngineParts, helloOf, unsentText } from './parts.js';
import { Presence } from './presence.js';
import { Shelf } from './shelf.js';
import type {
    ClosedHere,
    ConnectionState,
    Engine,
    EngineEvents,
    Fields,
    Operation,
    OrderChange,
    OrderView,
    Outcome,
    Pos,
    Present,
    Refused,
    User,
} from './types.js';

/** One till. What people do goes to {@link Acts}, what the server says to {@link Intake} and {@link Answers}. */
export class TillEngine implements Engine {
    user: User;
    readonly acts = new Acts(this);
    readonly answers = new Answers(this);
    readonly intake = new Intake(this);
    readonly link: Link;
    readonly presence: Presence;
    readonly tag = newId('').slice(1, 7);
    shelf: Shelf;
    private readonly emitter = new Emitter<EngineEvents>();
    private state: ConnectionState | null = null;
    /** It was shut down. */
    isStopped = false;
    private isFirstWelcome = true;
    /** Its POS session is over: once its work is sent, the till wants another. */
    private wantsSession = false;
    private welcomes: (() => void)[] = [];

    private constructor(
        private readonly parts: EngineParts,
        server: string,
    ) {
        this.user = parts.user;
        this.shelf = Shelf.fresh(parts.storage, server, parts.timing, this);
        this.link = new Link(parts.openers, parts.timing, this.linkOwner());
        this.presence = new Presence(
            parts.timing.presenceMs,
            message => this.link.send(message),
            () => this.shelf.outbox.waits(Date.now()),
            order => this.shelf.shown.isKnown(order),
        );
    }

    /** Reads what is stored and begins to connect. Orders of the last time are there at once, without a connection. */
    static async open(parts: EngineParts): Promise<TillEngine> {
        const server = (await parts.storage.lastServer()) ?? '';
        const engine = new TillEngine(parts, server);
        await engine.take(server);
        engine.link.start();
        return engine;
    }

    /* ------------------------------------------------------------------------------- what is shown */

    get till(): Engine['till'] {
        const { till, session, login } = this.shelf.till;
        return session === null || login === null ? null : { name: till ?? '', session, login };
    }
    get run(): number {
        return this.shelf.replica.run;
    }
    get active(): boolean {
        return this.shelf.replica.active;
    }
    get sessionOpen(): boolean {
        return this.shelf.till.session_open;
    }
    get offlineEdits(): 'lock' | 'merge' {
        return this.shelf.replica.offlineEdits;
    }
    get pos(): Pos {
        return this.parts.pos;
    }
    get device(): string {
        return this.parts.storage.device;
    }
    get present(): readonly Present[] {
        return this.presence.all();
    }
    get refused(): readonly Refused[] {
        return this.shelf.refusals.list();
    }
    get connection(): ConnectionState {
        this.state ??= connectionState(this.link, this.shelf);
        return this.state;
    }
    orders(): readonly OrderView[] {
        return this.shelf.shown.all();
    }
    order(uid: string): OrderView | undefined {
        return this.shelf.shown.get(uid);
    }
    /** The confirmed replica's canonical text: equal on all tills that have seen the same `seq` (A6). */
    replicaText(): string {
        return this.shelf.replica.canonical();
    }
    /** The last event that is in the replica. */
    get seq(): number {
        return this.shelf.replica.seq;
    }

    /* ------------------------------------------------------------------------------- what people do */

    newOrder(): string {
        return this.acts.newOrder();
    }
    lineUid(order: string): string {
        return this.acts.lineUid(order);
    }
    record(uid: string, operations: Operation[]): Promise<Outcome> {
        return this.acts.record(uid, operations);
    }
    move(
        from: string,
        to: { order: string } | { newOrder: Fields },
        items: { line: string; qty: number; into: string }[],
        emptied?: 'keep' | 'delete',
    ): Promise<Outcome> {
        return this.acts.move(from, to, items, emptied);
    }
    pay(uid: string, fields: Fields): Promise<Outcome> {
        return this.acts.pay(uid, fields);
    }
    close(uid: string): Promise<Outcome> {
        return this.acts.close(uid);
    }
    delete(uid: string): Promise<Outcome> {
        return this.acts.delete(uid);
    }
    rescue(refusedId: string): string {
        return this.acts.rescue(refusedId);
    }
    discard(refusedId: string): void {
        this.shelf.refusals.drop(refusedId);
        void this.shelf.keeper.keep();
    }
    showing(order: string | null): void {
        this.presence.show(order);
    }

    /* ------------------------------------------------------------------------------- the rest of the face */

    on<E extends keyof EngineEvents>(event: E, heard: EngineEvents[E]): () => void {
        return this.emitter.on(event, heard);
    }
    closedHere(): ClosedHere[] {
        const { outbox, replica } = this.shelf;
        const numberOf = (uid: string) => replica.orders.get(uid)?.sequence_number ?? null;
        return closedHere(outbox.all(), numberOf);
    }
    check(): Promise<void> {
        return this.link.check();
    }
    setNetwork(up: boolean): void {
        this.link.setNetwork(up);
    }
    /** The browser says that its network has gone, come or changed. */
    doubt(): void {
        this.link.doubt();
    }
    async kept(): Promise<boolean> {
        this.acts.sealAll();
        return (await this.shelf.keeper.keep()) === 'kept';
    }
    async settled(): Promise<void> {
        if (this.isStopped) throw new StoppedError();
        this.acts.sealAll();
        await Promise.all(this.shelf.outbox.waiting.map(entry => entry.outcome));
    }
    /** Resolves with the first welcome that gives a login, or after a while without one. */
    async ready(waitMs: number): Promise<void> {
        if (this.till) return;
        await new Promise<void>(resolve => {
            const timer = setTimeout(resolve, waitMs);
            this.welcomes.push(() => {
                clearTimeout(timer);
                resolve();
            });
        });
    }

    async exportUnsent(): Promise<string> {
        this.acts.sealAll();
        return unsentText(this.parts, this.shelf);
    }

    async shutdown(): Promise<void> {
        if (this.isStopped) return;
        this.isStopped = true;
        this.acts.sealAll();
        this.presence.stop();
        this.answers.stop();
        this.link.stop();
        await this.shelf.close();
        await this.parts.storage.close();
        this.emitter.clear();
        this.parts.released?.();
    }

    /* ------------------------------------------------------------------------------- what the parts ask for */

    get isUp(): boolean {
        return this.link.isUp;
    }
    get offerAgainMs(): readonly number[] {
        return this.parts.timing.offerAgainMs;
    }
    tell(changes: OrderChange[]): void {
        if (changes.length > 0) this.emitter.emit('orders', changes);
        this.tellConnection();
        this.presence.changed();
    }
    tellReceipt(uid: string, receipt: number): void {
        this.emitter.emit('receipt', uid, receipt);
    }
    tellMerged: EngineEvents['merged'] = merged => this.emitter.emit('merged', merged);
    tellRefused: EngineEvents['refused'] = refused => this.emitter.emit('refused', refused);
    tellPresence(): void {
        this.emitter.emit('presence', this.present);
    }
    tellRecords(change: number): void {
        this.emitter.emit('records', change);
    }
    tellSession(): void {
        this.emitter.emit('session');
    }
    tellConnection(): void {
        const before = this.state;
        const now = connectionState(this.link, this.shelf);
        if (before && equal(before, now)) return;
        this.state = now;
        this.emitter.emit('connection', now);
    }
    storageChanged(): void {
        this.tellConnection();
    }
    welcomed(): void {
        // Only when it starts: a session that is closed while the till is at work was closed by somebody.
        if (this.isFirstWelcome) this.wantsSession = this.parts.openSession && !this.shelf.till.session_open;
        this.isFirstWelcome = false;
        for (const resolve of this.welcomes.splice(0)) resolve();
    }

    /** Sends what may go out. */
    pump(): void {
        const { shelf, link } = this;
        if (!link.isUp || shelf.till.login === null) return;
        for (const entry of shelf.outbox.sendable()) this.send(entry);
        link.awaiting(shelf.outbox.isAwaiting, false);
        if (!this.wantsSession || shelf.outbox.waiting.length > 0) return;
        this.wantsSession = false;
        this.loginAnew();
    }

    /** W12: this till's numbers or its name were used elsewhere, or its session is over. */
    loginAnew(): void {
        const { till, outbox, keeper } = this.shelf;
        Object.assign(till, { session: null, login: null, till: null });
        outbox.startOver();
        keeper.till(till);
        void keeper.keep();
        this.tellSession();
        this.link.reconnect();
    }

    otherServer(server: string): boolean {
        const { storage, timing } = this.parts;
        if (this.shelf.server === '') {
            this.shelf = Shelf.fresh(storage, server, timing, this);
            return true;
        }
        this.link.stop();
        void this.changeServer(server);
        return false;
    }

    private async changeServer(server: string): Promise<void> {
        this.answers.stop();
        const { waiting } = this.shelf.outbox;
        await this.shelf.close();
        await this.take(server);
        // Nobody waits for the former server, which may never come back.
        const refusal = { reason: 'other_server' };
        for (const entry of waiting) entry.resolve({ accepted: false, refusal, order: null });
        this.tellConnection();
        if (!this.isStopped) this.link.start();
    }

    /** Goes on with what is stored of a server. */
    private async take(server: string): Promise<void> {
        const former = this.shelf.shown.all();
        this.shelf = await Shelf.open(this.parts.storage, server, this.parts.timing, this);
        const { shown } = this.shelf;
        const gone = former.map(
            (before): OrderChange => ({
                uid: before.uid,
                kind: 'removed',
                by: 'server',
                why: 'gone',
                before,
            }),
        );
        this.tell([...gone, ...shown.refresh(shown.everything(), 'server')]);
        this.answers.resume();
        this.tellSession();
    }

    private send(entry: Entry): void {
        const { number, id, user, device_time_ms, actions } = entry.command;
        entry.isSent = true;
        entry.sentMs = Date.now();
        entry.mayBeKnown = true;
        const { answered } = this.shelf.till;
        this.link.send({ type: 'command', number, id, answered, user, device_time_ms, actions });
    }

    private linkOwner() {
        return {
            hello: () => helloOf(this.parts, this.user, this.shelf),
            welcome: (message: Welcome) => this.intake.welcome(message),
            heard: (message: ServerMessage) => this.intake.heard(message),
            seq: () => this.shelf.replica.seq,
            replaced: () => this.loginAnew(),
            lost: () => this.lost(),
            changed: () => this.tellConnection(),
        };
    }

    /** The connection is gone: what has no answer goes out again, closings become settlings, orders are locked. */
    private lost(): void {
        const { outbox, shown, keeper, names } = this.shelf;
        const paid = new Set<string>();
        outbox.unsend();
        for (const entry of outbox.waiting) {
            if (entry.command.kind !== 'close' || entry.command.cut) continue;
            entry.command = { ...entry.command, cut: true };
            outbox.note(entry);
            for (const uid of names.about(entry.command)) paid.add(uid);
        }
        void keeper.keep();
        this.presence.replace([]);
        this.tellPresence();
        this.tell(shown.refresh(shown.everything(), uid => (paid.has(uid) ? 'me' : 'server')));
    }
}

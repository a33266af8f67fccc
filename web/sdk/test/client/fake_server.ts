/**
 * A Sync Server in memory that follows W3 to W16, for tests. Its merge is naive (`fake_orders.ts`): what real servers
 * judge beyond that, the core's own tests prove.
 */
import { Replica } from '../../src/rules/replica.js';
import type {
    Action,
    Answer,
    Change,
    Command,
    EventMessage,
    Hello,
    Mark,
    OfflineEdits,
    ServerMessage,
    TillMessage,
    Welcome,
    WireOrder,
} from '../../src/wire/protocol.js';
import { FakeOrders } from './fake_orders.js';

interface TillBook {
    last: number;
    answers: Map<string, ServerMessage>;
}
/** One connection, whatever carries it. */
export class Connection {
    till: string | null = null;
    hello: Hello | null = null;
    present: { order: string | null; unsent: number } = { order: null, unsent: 0 };
    isOver = false;
    constructor(
        readonly kind: 'websocket' | 'long polling',
        readonly deliver: (message: ServerMessage) => void,
        readonly end: () => void,
    ) {}
}

export class FakeServer extends FakeOrders {
    id = 'server-1';
    epoch = 1;
    protocols = [1];
    log: EventMessage[] = [];
    tills = new Map<string, TillBook>();
    sessions = new Map<number, { session: number; logins: number; isOpen: boolean }>();
    connections = new Set<Connection>();
    /** Messages that came in, by type, since the beginning. */
    received: TillMessage[] = [];
    /** Answers and events are lost on their way: nothing goes out. */
    isMute = false;
    /** Commands are taken and answered later, by {@link FakeServer.work}. */
    isHolding = false;
    /** The largest tail before a snapshot is sent instead. */
    tailMax = 1_000;
    /** Lets a message through or not; for lost answers. */
    lets: (message: ServerMessage, to: Connection) => boolean = () => true;
    private held: (() => void)[] = [];
    private nextSession = 12;

    constructor(public offlineEdits: OfflineEdits = 'lock') {
        super();
    }

    get run(): number {
        return this.replica.run;
    }
    replica = Object.assign(new Replica(), { run: 1 });

    /* -------------------------------------------------------------------------------- connections */

    receive(connection: Connection, message: TillMessage): void {
        if (connection.isOver) return;
        this.received.push(structuredClone(message));
        if (message.type === 'hello') this.welcome(connection, message);
        else if (message.type === 'command') this.whenWorking(() => this.command(connection, message));
        else if (message.type === 'ping')
            this.send(connection, { type: 'pong', at: message.at, seq: this.log.length });
        else if (message.type === 'presence') {
            connection.present = { order: message.order, unsent: message.unsent };
            this.others(connection, this.presenceOf(connection));
        }
    }

    left(connection: Connection): void {
        if (!this.connections.delete(connection)) return;
        connection.isOver = true;
        if (connection.till) this.others(connection, { type: 'gone', till: connection.till });
    }

    /** Ends every connection. */
    cut(): void {
        for (const connection of [...this.connections]) {
            this.left(connection);
            connection.end();
        }
    }

    /** Takes what was held back. */
    work(): void {
        this.isHolding = false;
        for (const act of this.held.splice(0)) act();
    }

    private whenWorking(act: () => void): void {
        if (this.isHolding) this.held.push(act);
        else act();
    }

    send(connection: Connection, message: ServerMessage): void {
        if (this.isMute || connection.isOver || !this.lets(message, connection)) return;
        connection.deliver(structuredClone(message));
    }

    fail(
        connection: Connection,
        code: 'protocol' | 'access' | 'replaced' | 'busy' | 'stopping' | 'too_slow',
    ): void {
        this.send(connection, {
            type: 'error',
            code,
            text: `the server says ${code}`,
            protocols: this.protocols,
        });
        this.left(connection);
        connection.end();
    }

    private others(but: Connection, message: ServerMessage): void {
        for (const other of this.connections) if (other !== but && other.till) this.send(other, message);
    }

    private presenceOf(connection: Connection): Extract<ServerMessage, { type: 'presence' }> {
        const { user, pos } = connection.hello as Hello;
        return { type: 'presence', till: connection.till ?? '', user, pos, ...connection.present };
    }

    private welcome(connection: Connection, hello: Hello): void {
        this.connections.add(connection);
        connection.hello = hello;
        if (!this.protocols.includes(hello.protocol)) {
            this.fail(connection, 'protocol');
            return;
        }
        const { session, login } = this.login(hello);
        connection.till = session === null || login === null ? null : tillName(hello.device, session, login);
        const { till } = connection;
        for (const other of [...this.connections]) {
            if (other !== connection && till && other.till === till) this.fail(other, 'replaced');
        }
        const isOurs = hello.server === this.id && hello.epoch === this.epoch;
        const from = isOurs ? (hello.seq ?? 0) : Number.NaN;
        const tail = this.log.slice(from);
        const isTail = isOurs && from <= this.log.length && tail.length <= this.tailMax;
        const drafts = [...this.orders.values()]
            .map(known => known.order)
            .filter(order => order.state === 'draft');
        const welcome: Welcome = {
            type: 'welcome',
            protocol: 1,
            server: this.id,
            epoch: this.epoch,
            time_ms: Date.now(),
            database: hello.database,
            multi_session: hello.multi_session,
            active: this.replica.active,
            offline_edits: this.offlineEdits,
            ...(till ? { till, session, login } : {}),
            session_open: this.sessions.get(hello.pos.id)?.isOpen ?? false,
            last_command: till ? this.book(till).last : 0,
            run: this.run,
            seq: this.log.length,
            ...(isTail ? { tail } : { snapshot: { orders: drafts } }),
            present: [...this.connections]
                .filter(other => other !== connection && other.till)
                .map(other => this.presenceOf(other)),
        };
        this.send(connection, welcome);
        if (till) this.others(connection, this.presenceOf(connection));
    }

    private login(hello: Hello): { session: number | null; login: number | null } {
        if (hello.session !== undefined && hello.login !== undefined) {
            return { session: hello.session, login: hello.login };
        }
        let open = this.sessions.get(hello.pos.id);
        if (!open?.isOpen) {
            if (!hello.open_session) return { session: null, login: null };
            open = { session: this.nextSession, logins: 0, isOpen: true };
            this.nextSession += 1;
            this.sessions.set(hello.pos.id, open);
        }
        open.logins += 1;
        return { session: open.session, login: open.logins };
    }

    private book(till: string): TillBook {
        const book = this.tills.get(till) ?? { last: 0, answers: new Map() };
        this.tills.set(till, book);
        return book;
    }

    /* -------------------------------------------------------------------------------- commands */

    private command(connection: Connection, command: Command): void {
        const till = connection.till;
        if (!till) return;
        const book = this.book(till);
        const { number } = command;
        const known = book.answers.get(command.id);
        if (known) {
            this.send(connection, known);
            return;
        }
        if (number > book.last + 1) {
            this.send(connection, {
                type: 'refused',
                number,
                refusal: { reason: 'gap', expected: book.last + 1 },
                order: null,
            });
            return;
        }
        if (number <= book.last) {
            this.send(connection, {
                type: 'refused',
                number,
                refusal: { reason: 'renumber', number },
                order: null,
            });
            return;
        }
        book.last = number;
        const mark: Mark = { user: command.user, pos: (connection.hello as Hello).pos };
        const answer = this.judge(command, till, mark);
        this.append({ till, number, mark, changes: 'changes' in answer ? answer.changes : [] });
        const message: ServerMessage =
            'answer' in answer
                ? { type: 'accepted', number, seq: this.log.length, answer: answer.answer }
                : {
                      type: 'refused',
                      number,
                      seq: this.log.length,
                      refusal: answer.refusal,
                      order: answer.order,
                  };
        book.answers.set(command.id, message);
        this.send(connection, message);
    }

    /** Puts an event into the log and tells everybody. */
    append({
        till,
        number,
        mark,
        changes,
        brings,
    }: {
        till: string;
        number?: number;
        mark: Mark;
        changes: Change[];
        brings?: WireOrder[];
    }): void {
        const event: EventMessage = {
            type: 'event',
            seq: this.log.length + 1,
            time_ms: Date.now(),
            till,
            number,
            ...mark,
            changes,
            brings,
        };
        this.log.push(event);
        this.replica.evolve(structuredClone(event));
        for (const connection of this.connections) this.send(connection, event);
    }

    /** Something that another does, without a till of its own. */
    act(actions: Action[], mark: Mark = OTHER, till = 'dev-other/00099-001'): Answer {
        const answer = this.judge({ actions } as Command, till, mark);
        if (!('answer' in answer)) throw new Error(`refused: ${JSON.stringify(answer.refusal)}`);
        this.append({ till, mark, changes: answer.changes });
        return answer.answer;
    }

    /** Writes a change into the log that no till asks for. */
    change(...changes: Change[]): void {
        this.append({ till: 'server', mark: OTHER, changes });
    }
}

/** Somebody at another POS. */
export const OTHER: Mark = { user: { id: 3, name: 'Bob' }, pos: { id: 2, name: 'Terrace' } };

export function tillName(device: string, session: number, login: number): string {
    return `${device}/${String(session).padStart(5, '0')}-${String(login).padStart(3, '0')}`;
}

/** Listens at the tills' wires: all events and answers, and what must be so of them whatever happened on the way. */
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import type { Fetch } from '../../src/client/long_polling.js';
import type { WebSocketClass } from '../../src/client/websocket.js';
import type { EventMessage, Hello, ServerMessage, TillMessage } from '../../src/wire/protocol.js';

export class Ledger {
    /** Events by seq, as the first till heard them. */
    readonly events = new Map<number, EventMessage>();
    /** Answers by `till number`: the seq that each named. */
    readonly answers = new Map<string, number>();
    /** The number that each order was given, by run and uid. */
    readonly numbers = new Map<string, number>();
    /** What is wrong with what was heard. */
    readonly faults: string[] = [];
    /** Error messages of the server (W13), in the order in which they came. */
    readonly errors: string[] = [];
    readonly hellos: Hello[] = [];
    welcomes = { tail: 0, snapshot: 0 };

    /** The `WebSocket` of the tills that are listened to. */
    readonly WebSocket: WebSocketClass;
    /** Their `fetch`. */
    readonly fetch: Fetch;

    constructor() {
        const ledger = this;
        this.WebSocket = class extends WebSocket {
            constructor(url: string) {
                super(url);
                const wire = new Wire(ledger);
                this.on('message', data => wire.heard(JSON.parse(String(data))));
                const send = this.send.bind(this);
                this.send = (data: unknown) => {
                    wire.said(JSON.parse(String(data)));
                    send(String(data));
                };
            }
        } as unknown as WebSocketClass;
        const wires = new Map<string, Wire>();
        this.fetch = async (url, init) => {
            const response = await fetch(url, init);
            const answer = await response.clone().json();
            const connection = String(answer.connection ?? String(url).split('/').at(-1));
            const wire = wires.get(connection) ?? new Wire(ledger);
            wires.set(connection, wire);
            for (const message of answer.messages ?? ('type' in answer ? [answer] : [])) wire.heard(message);
            return response;
        };
    }

    event(event: EventMessage): void {
        const known = this.events.get(event.seq);
        const { brings: _, ...same } = event;
        if (known) {
            const { brings: __, ...before } = known;
            if (JSON.stringify(before) !== JSON.stringify(same)) {
                this.faults.push(`event ${event.seq} is two: ${JSON.stringify([before, same])}`);
            }
            return;
        }
        this.events.set(event.seq, event);
        for (const change of event.changes) {
            if (change.change === 'registered' || change.change === 'renumbered') {
                this.number(change.run, change.order, change.number);
            }
        }
    }

    number(run: number, order: string, number: number): void {
        const key = `${run} ${order}`;
        const known = this.numbers.get(key);
        if (known !== undefined && known !== number) {
            this.faults.push(`order ${order} has the numbers ${known} and ${number} in run ${run}`);
        }
        this.numbers.set(key, number);
    }

    /** A4: a command has one answer, however often it was sent. */
    answer(till: string, number: number, seq: number): void {
        const key = `${till} ${number}`;
        const known = this.answers.get(key);
        if (known !== undefined && known !== seq) this.faults.push(`command ${key} is ${known} and ${seq}`);
        this.answers.set(key, seq);
    }

    /** What must be so in the end: each answered command is one event, and no number of an order has a hole or a double. */
    check(): void {
        const commands = new Map<string, number>();
        for (const [seq, { till, number }] of this.events) {
            if (number == null) continue;
            const key = `${till} ${number}`;
            if (commands.has(key))
                this.faults.push(`command ${key} is event ${commands.get(key)} and ${seq}`);
            commands.set(key, seq);
        }
        const answered = new Map<number, string>();
        for (const [key, seq] of this.answers) {
            if (answered.has(seq)) this.faults.push(`event ${seq} answers ${key} and ${answered.get(seq)}`);
            answered.set(seq, key);
            const event = commands.get(key);
            const heard = this.events.get(seq);
            if (event !== undefined && event !== seq) {
                this.faults.push(`command ${key} was answered with ${seq} and is event ${event}`);
            } else if (event === undefined && heard) {
                this.faults.push(`event ${seq} is not the command ${key} that was answered with it`);
            }
        }
        const runs = new Map<string, number[]>();
        for (const [key, number] of this.numbers) {
            const run = key.split(' ')[0] ?? '';
            runs.set(run, [...(runs.get(run) ?? []), number]);
        }
        for (const [run, numbers] of runs) {
            numbers.sort((one, other) => one - other);
            const isWhole = numbers.every((number, at) => number === at + 1);
            if (!isWhole) this.faults.push(`the numbers of run ${run} have a hole or a double: ${numbers}`);
        }
        expect(this.faults).toEqual([]);
    }

    /** The events from the first that was heard to the last, in order; null if there is a hole. */
    whole(): EventMessage[] | null {
        const events = [...this.events.values()].sort((one, other) => one.seq - other.seq);
        const first = events[0]?.seq ?? 0;
        return events.every(({ seq }, at) => seq === first + at) ? events : null;
    }
}

/** One connection. */
class Wire {
    private till: string | null = null;
    private lastSeq = 0;

    constructor(private readonly ledger: Ledger) {}

    said(message: TillMessage): void {
        if (message.type === 'hello') this.ledger.hellos.push(message);
    }

    heard(message: ServerMessage): void {
        const { ledger } = this;
        switch (message.type) {
            case 'welcome':
                this.till = message.till ?? null;
                ledger.welcomes[message.tail ? 'tail' : 'snapshot'] += 1;
                this.lastSeq = message.seq;
                for (const event of message.tail ?? []) ledger.event(event);
                for (const { run_ID, uid, sequence_number } of message.snapshot?.orders ?? []) {
                    ledger.number(run_ID, uid, sequence_number);
                }
                break;
            case 'event':
                if (message.seq !== this.lastSeq + 1) {
                    ledger.faults.push(`after ${this.lastSeq} came event ${message.seq}`);
                }
                this.lastSeq = message.seq;
                ledger.event(message);
                break;
            case 'accepted':
            case 'refused':
                if (message.seq === undefined || this.till === null) break;
                // W10: the event comes before its answer.
                if (message.seq > this.lastSeq) {
                    ledger.faults.push(`the answer to ${message.number} came before event ${message.seq}`);
                }
                ledger.answer(this.till, message.number, message.seq);
                break;
            case 'error':
                ledger.errors.push(message.code);
                break;
            case 'presence':
            case 'gone':
            case 'ping':
            case 'pong':
                break;
        }
    }
}

/** What the server says of the log and of who is there, taken into the replica (W4 to W6, W10, W16 to W18). */
import { Replica } from '../rules/replica.js';
import type { EventMessage, ServerMessage, Welcome } from '../wire/protocol.js';
import type { Answers } from './answers.js';
import type { Link } from './link.js';
import { createdBy } from './names.js';
import type { Entry } from './outbox.js';
import type { Presence } from './presence.js';
import { Round } from './round.js';
import type { Shelf } from './shelf.js';
import type { OrderChange } from './types.js';

/** What the intake needs of the till around it. */
export interface IntakeOwner {
    readonly shelf: Shelf;
    readonly answers: Answers;
    readonly link: Link;
    readonly presence: Presence;
    /** Another server answers at this address (rule 22). Says whether this shelf is that server's now. */
    otherServer(server: string): boolean;
    tell(changes: OrderChange[]): void;
    tellPresence(): void;
    tellRecords(change: number): void;
    tellSession(): void;
    welcomed(): void;
    loginAnew(): void;
    pump(): void;
}

export class Intake {
    constructor(private readonly owner: IntakeOwner) {}

    welcome(message: Welcome): void {
        const { owner } = this;
        if (message.server !== owner.shelf.server && !owner.otherServer(message.server)) return;
        const { shelf } = owner;
        const { till, outbox } = shelf;
        const session = message.session ?? null;
        const login = message.login ?? null;
        const isSameTill = till.session === session && till.login === login;
        const isBehind = isSameTill && message.last_command < outbox.lastAnswered;
        const isOtherEpoch = till.epoch !== 0 && till.epoch !== message.epoch;
        const round = new Round(shelf);
        if (!this.takeReplica(message, isBehind || isOtherEpoch, round)) return;
        owner.answers.connected();
        Object.assign(till, { epoch: message.epoch, session, login, till: message.till ?? null });
        till.session_open = message.session_open ?? session !== null;
        if (isBehind) this.reoffer(message.last_command);
        outbox.welcomed(message.last_command);
        for (const entry of outbox.waiting) entry.isCovered = entry.command.number <= message.last_command;
        shelf.keeper.till(till);
        shelf.saveReplica();
        void shelf.keeper.keep();
        owner.presence.replace(message.present.filter(each => each.till !== till.till));
        // Locks and pending commands may have changed on every order.
        for (const uid of shelf.shown.everything()) round.uids.add(uid);
        owner.tell(round.changes());
        owner.tellSession();
        owner.tellPresence();
        owner.presence.connected();
        owner.welcomed();
        // The server knows commands that this till never gave: somebody else goes by its name (W12).
        if (login !== null && message.last_command > outbox.lastNumber) owner.loginAnew();
        else owner.pump();
    }

    heard(message: ServerMessage): void {
        const { owner } = this;
        switch (message.type) {
            case 'event':
                this.event(message);
                break;
            case 'accepted':
                owner.answers.accepted(message);
                break;
            case 'refused':
                owner.answers.refused(message);
                break;
            case 'presence':
                owner.presence.put(message);
                owner.tellPresence();
                break;
            case 'gone':
                owner.presence.drop(message.till);
                owner.tellPresence();
                break;
            case 'records':
                owner.tellRecords(message.change);
                break;
            case 'welcome':
            case 'error':
            case 'ping':
            case 'pong':
                // The link's own.
                break;
        }
    }

    /** @returns false when the replica is of no use: then another connection asks for a snapshot */
    private takeReplica(message: Welcome, isDoubtful: boolean, round: Round): boolean {
        const { shelf, link } = this.owner;
        if (message.tail) {
            const startsHere = !isDoubtful && shelf.replica.seq <= message.seq;
            if (startsHere) for (const event of message.tail) if (!this.follow(event, round)) break;
            if (!startsHere || shelf.replica.seq !== message.seq) {
                shelf.hasReplica = false;
                link.reconnect();
                return false;
            }
        } else {
            const { run, seq, seq_ms, active, offline_edits } = message;
            const orders = message.snapshot?.orders ?? [];
            for (const uid of shelf.replica.orders.keys()) round.uids.add(uid);
            shelf.replace(Replica.from({ run, seq, seq_ms: seq_ms ?? 0, active, offline_edits, orders }));
        }
        shelf.hasReplica = true;
        shelf.replica.run = message.run;
        shelf.replica.active = message.active;
        shelf.replica.offlineEdits = message.offline_edits;
        return true;
    }

    private event(message: EventMessage): void {
        const { owner } = this;
        const { shelf } = owner;
        const { run, active, offlineEdits } = shelf.replica;
        if (message.seq <= shelf.replica.seq) return;
        const round = new Round(shelf);
        if (!this.follow(message, round)) {
            owner.link.reconnect();
            return;
        }
        shelf.saveReplica();
        const isOther = shelf.replica.active !== active || shelf.replica.offlineEdits !== offlineEdits;
        if (isOther) for (const uid of shelf.shown.everything()) round.uids.add(uid);
        owner.tell(round.changes());
        const closed = message.changes.some(
            change => change.change === 'session_closed' && change.pos === shelf.pos.id,
        );
        if (closed) shelf.till.session_open = false;
        if (isOther || closed || shelf.replica.run !== run) owner.tellSession();
        owner.link.advanced();
    }

    /** Takes the next event of the log; false when it is not the next one. */
    private follow(event: EventMessage, round: Round): boolean {
        const { shelf } = this.owner;
        if (event.seq !== shelf.replica.seq + 1) return false;
        const isOwn = event.till === shelf.till.till;
        for (const [uid, why] of shelf.replica.evolve(event)) {
            round.uids.add(uid);
            if (isOwn) round.own.add(uid);
            if (why) round.whys.set(uid, why);
        }
        const entry = isOwn && event.number != null ? shelf.outbox.waitingAt(event.number) : undefined;
        if (entry) this.cover(entry, event, round);
        return true;
    }

    /** The command is in the replica: it is no longer pending (W10). */
    private cover(entry: Entry, event: EventMessage, round: Round): void {
        const { names } = this.owner.shelf;
        const created = createdBy(entry.command);
        for (const uid of names.about(entry.command)) round.uids.add(uid);
        entry.isCovered = true;
        entry.hasPaid = event.changes.some(change => change.change === 'paid');
        if (!created) return;
        const registered = event.changes.find(
            change =>
                change.change === 'registered' && (change.creation ?? created.creation) === created.creation,
        );
        if (registered?.change === 'registered') round.name(created.creation, registered.order);
    }

    /** W17: what was acknowledged and lost is pending again, the orders' names with it. */
    private reoffer(last: number): void {
        const { outbox, names } = this.owner.shelf;
        outbox.reoffer(last);
        for (const { command } of outbox.waiting) {
            const created = command.reoffered ? createdBy(command) : null;
            if (created) names.begin(created.uid, created.creation);
        }
    }
}

/** Answers to this till's commands (W9): taken, merged, refused, or to be sent otherwise. */
import type { Accepted, Answer, RefusedMessage } from '../wire/protocol.js';
import type { Acts } from './acts.js';
import type { Link } from './link.js';
import { createdBy } from './names.js';
import { type Entry, paymentIn } from './outbox.js';
import { viewOf } from './overlay.js';
import type { Presence } from './presence.js';
import { typed } from './refusals.js';
import { Round } from './round.js';
import type { Shelf } from './shelf.js';
import { STORED_VERSION, type StoredRefused } from './storage.js';
import type { Merged, OrderChange, Refusal, Refused } from './types.js';

/** What the answers need of the till around them. */
export interface AnswersOwner {
    readonly shelf: Shelf;
    readonly acts: Acts;
    readonly link: Link;
    readonly presence: Presence;
    /** Waits before what the server lost is offered again (W17). */
    readonly offerAgainMs: readonly number[];
    loginAnew(): void;
    tell(changes: OrderChange[]): void;
    tellReceipt(uid: string, receipt: number): void;
    tellMerged(merged: Merged): void;
    tellRefused(refused: Refused): void;
    pump(): void;
}

export class Answers {
    private readonly timers = new Set<ReturnType<typeof setTimeout>>();
    /** The number that the server said it misses, until something gets an answer. */
    private gapAt: number | null = null;

    constructor(private readonly owner: AnswersOwner) {}

    accepted({ number, answer }: Accepted): void {
        const { owner } = this;
        const entry = this.note(number, { accepted: answer });
        if (!entry) return;
        const round = new Round(owner.shelf);
        const created = createdBy(entry.command);
        if (created) round.name(created.creation, answer.order ?? created.uid);
        for (const uid of owner.shelf.names.about(entry.command)) round.uids.add(uid);
        this.paid(entry, entry.hasPaid);
        this.done(round);
        this.tellMerged(answer);
        const { order = null, number: orderNumber = null, receipt, also } = answer;
        if (order !== null && receipt !== undefined) owner.tellReceipt(order, receipt);
        entry.resolve({ accepted: true, uid: order, number: orderNumber, ...(also && { also }) });
    }

    refused(message: RefusedMessage): void {
        const { shelf } = this.owner;
        const { number, refusal } = message;
        if (refusal.reason === 'renumber') {
            this.owner.loginAnew();
            return;
        }
        if (refusal.reason === 'gap') {
            this.gap(Number(refusal.expected));
            return;
        }
        const entry = this.note(number, { refused: refusal });
        if (!entry) return;
        const round = new Round(shelf);
        for (const uid of shelf.names.about(entry.command)) round.uids.add(uid);
        const created = createdBy(entry.command);
        if (created) shelf.names.end(created.creation);
        if (!this.settled(entry, refusal) && !this.offeredAgain(entry, message))
            this.givenBack(entry, message);
        this.done(round);
    }

    /** What waits to be offered again goes on waiting after a restart. */
    resume(): void {
        for (const refused of this.owner.shelf.refusals.again()) this.offerLater(refused);
    }

    /** A new connection: what it misses is said anew. */
    connected(): void {
        this.gapAt = null;
    }

    stop(): void {
        for (const timer of this.timers) clearTimeout(timer);
        this.timers.clear();
    }

    /** Takes the command out of what waits; undefined when it had its answer already. */
    private note(number: number, answer: NonNullable<Entry['command']['answer']>): Entry | undefined {
        const { link, shelf } = this.owner;
        const entry = shelf.outbox.answered(number, answer, Date.now());
        link.awaiting(shelf.outbox.isAwaiting, true);
        this.gapAt = null;
        if (entry) entry.isCovered = true;
        return entry;
    }

    /**
     * Writes the answer together with what came of it, so that no crash can part them; once it is on the disk the
     * server may forget it (W8).
     */
    private done(round: Round): void {
        const { outbox, keeper } = this.owner.shelf;
        const upTo = outbox.answeredUpTo;
        void keeper.keep().then(kept => {
            if (kept === 'kept') outbox.answersKept(upTo);
        });
        this.owner.tell(round.changes('server'));
        this.owner.pump();
    }

    private tellMerged({ order, merged_with, notices }: Answer): void {
        const merged = { with: merged_with ?? [], notices: notices ?? [] };
        const isMerged = merged.with.length > 0 || merged.notices.length > 0;
        if (order !== undefined && isMerged) this.owner.tellMerged({ uid: order, ...merged });
    }

    /**
     * O1: the money of a closing that was cut off was taken, whatever happened to the order meanwhile. O4: so was money
     * that was recorded before the order turned out to be closed: it is booked as an order of its own.
     */
    private settled({ command, resolve }: Entry, refusal: Refusal): boolean {
        const { acts, shelf } = this.owner;
        const [uid] = shelf.names.about(command);
        if (uid === undefined) return false;
        if (command.cut) {
            const { reason } = refusal;
            if (reason !== 'bill_changed' && reason !== 'closed' && reason !== 'unknown_order') return false;
            const settling = acts.settle(command, uid);
            void settling?.outcome.then(resolve);
            return settling !== null;
        }
        const recorded = shelf.outbox.recorded();
        if (refusal.reason !== 'closed' || !recorded.has(command.payment?.id ?? '')) return false;
        const settling = acts.settle(command, uid, payment => recorded.has(payment));
        void settling?.outcome.then(outcome => {
            const booked = outcome.accepted ? (outcome.also?.at(-1) ?? outcome.uid) : null;
            resolve({ accepted: false, refusal, order: null, ...(booked !== null && { booked }) });
        });
        return settling !== null;
    }

    /** W17: the till that made the order may not have offered it again yet. */
    private offeredAgain({ command }: Entry, { refusal, order }: RefusedMessage): boolean {
        const { id, kind, actions, user, retries } = command;
        const isWorthIt = command.reoffered && refusal.reason === 'unknown_order';
        if (!isWorthIt || retries >= this.owner.offerAgainMs.length) return false;
        const { shelf } = this.owner;
        const waits: StoredRefused = {
            version: STORED_VERSION,
            id,
            uid: shelf.names.about(command)[0] ?? null,
            refusal,
            order,
            operations: typed(command),
            lines: {},
            fields: {},
            again: { kind, actions, user, retries: retries + 1 },
        };
        shelf.refusals.put(waits);
        this.offerLater(waits);
        return true;
    }

    private offerLater({ again, id }: StoredRefused): void {
        if (!again) return;
        const waits = this.owner.offerAgainMs;
        const waitMs = waits[Math.min(again.retries, waits.length) - 1] ?? 0;
        const timer = setTimeout(() => {
            this.timers.delete(timer);
            const { shelf, acts } = this.owner;
            if (!shelf.refusals.get(id)) return;
            shelf.refusals.drop(id);
            acts.again(again.kind, again.user, again.actions, again.retries);
        }, waitMs);
        this.timers.add(timer);
    }

    /** Rule 12: what was typed is kept until somebody decides; what holds nothing typed is only told. */
    private givenBack(entry: Entry, { refusal, order }: RefusedMessage): void {
        const { command, resolve } = entry;
        const { shelf } = this.owner;
        const uid = shelf.names.about(command)[0] ?? null;
        const seen = uid === null ? undefined : shelf.shown.get(uid);
        const view = order && viewOf(order);
        const isKept = command.kind === 'pay' || typed(command).length > 0;
        const isLate = uid !== null && refusal.reason === 'closed';
        const payment = isLate ? shelf.outbox.paymentOf(shelf.names.namesOf(uid)) : null;
        if (isKept && payment !== null) shelf.refusals.add(command, uid, refusal, order, seen, payment);
        else {
            const refused = isKept
                ? shelf.refusals.add(command, uid, refusal, order, seen)
                : { id: command.id, uid, refusal, order: view, operations: [] };
            this.owner.tellRefused(refused);
        }
        this.paid(entry, false);
        resolve({ accepted: false, refusal, order: view });
    }

    /**
     * What was refused while a payment was under way is settled with it: what is on the bill was sold, and all of it
     * goes into the order's history (C6).
     */
    private paid({ command }: Entry, isBooked: boolean): void {
        const { acts, shelf } = this.owner;
        const payment = paymentIn(command);
        if (payment === null) return;
        for (const refused of shelf.refusals.seenBy(payment)) {
            if (isBooked && refused.uid !== null) {
                shelf.refusals.drop(refused.id);
                acts.keepAside(refused.uid, refused.operations);
            } else this.owner.tellRefused(shelf.refusals.giveBack(refused));
        }
    }

    /** Everything that was under way behind a missing command is refused like this: only the first counts. */
    private gap(expected: number): void {
        const { shelf } = this.owner;
        if (this.gapAt === expected) return;
        this.gapAt = expected;
        shelf.outbox.gap(expected);
        void shelf.keeper.keep();
        this.owner.pump();
    }
}

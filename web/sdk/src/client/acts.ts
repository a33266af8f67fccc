/** What people do at the till: each act becomes a command in the outbox, and is shown at once. */
import { billView } from '../rules/bill.js';
import { apply } from '../rules/operation.js';
import type { Action, View } from '../wire/protocol.js';
import { checkDepth, valuesOf } from './depth.js';
import { ActError, LockedError, NoLoginError, StoppedError, UnknownOrderError } from './errors.js';
import { type Entry, newId } from './outbox.js';
import { rescued } from './refusals.js';
import type { Shelf } from './shelf.js';
import type { Kind, StoredCommand } from './storage.js';
import type { Fields, Mark, Operation, OrderChange, OrderView, Outcome, Pos, User } from './types.js';

/** Characters of JSON that one act may have, and one command: under the server's bound in any script (W1). */
export const COMMAND_CHARS_MAX = 512 * 1024;
/** Operations that one command gathers. */
const GATHERED_OPERATIONS_MAX = 500;

/** What the acts need of the till around them. */
export interface ActsOwner {
    readonly shelf: Shelf;
    readonly pos: Pos;
    readonly user: User;
    readonly isUp: boolean;
    /** The till was closed: nothing is done any more. */
    readonly isStopped: boolean;
    /** The device's name; the till's begins with it. */
    readonly device: string;
    /** Makes the uids of lines of different tills, and of copies of one till, different. */
    readonly tag: string;
    tell(changes: OrderChange[]): void;
    /** Something may be ready to be sent. */
    pump(): void;
}

export class Acts {
    /** The command that operations of the same turn still join. */
    private gathering: { entry: Entry; uid: string; chars: number } | null = null;

    constructor(private readonly owner: ActsOwner) {}

    newOrder(): string {
        const { shelf } = this.owner;
        const uid = this.nextUid();
        shelf.shown.begin(uid, this.mark);
        this.owner.tell(shelf.shown.refresh([uid], 'me'));
        return uid;
    }

    lineUid(order: string): string {
        return `${order}-${this.owner.shelf.nextLine()}.${this.owner.tag}`;
    }

    record(uid: string, operations: Operation[]): Promise<Outcome> {
        const view = this.changeable(uid);
        if (operations.length === 0) return Promise.resolve({ accepted: true, uid, number: view.number });
        const chars = JSON.stringify(operations).length;
        if (chars > COMMAND_CHARS_MAX) {
            throw new ActError(
                `One change of order ${uid} has ${chars} characters; ${COMMAND_CHARS_MAX} is the most. Make it smaller.`,
            );
        }
        checkDepth(uid, operations.flatMap(valuesOf));
        const entry = this.gather(uid, operations, chars) ?? this.begin(view, operations, chars);
        this.owner.tell(this.owner.shelf.shown.refresh([uid], 'me'));
        return entry.outcome;
    }

    move(
        fromUid: string,
        to: { order: string } | { newOrder: Fields },
        items: { line: string; qty: number; into: string }[],
        emptied: 'keep' | 'delete' = 'keep',
    ): Promise<Outcome> {
        const { names, shown } = this.owner.shelf;
        this.changeable(fromUid);
        if ('newOrder' in to) checkDepth(fromUid, Object.values(to.newOrder));
        const actions: Action[] = [];
        let target: Extract<Action, { action: 'move' }>['to'];
        if ('newOrder' in to) {
            const [order, creation] = [this.nextUid(), newId('k')];
            names.begin(order, creation);
            target = { kind: 'new', order, creation, fields: to.newOrder };
        } else {
            const { order } = to;
            if (order === fromUid)
                throw new ActError('An order cannot be moved into itself: name another order.');
            this.changeable(order);
            if (shown.isBegun(order)) actions.push(this.creating(order, {}, []));
            target = { kind: 'order', order, ...this.creation(order) };
        }
        actions.push({
            action: 'move',
            from: fromUid,
            ...this.creation(fromUid),
            to: target,
            items,
            emptied,
        });
        return this.act('move', actions, [fromUid, target.order]);
    }

    pay(uid: string, fields: Fields): Promise<Outcome> {
        const { shelf } = this.owner;
        this.changeable(uid);
        checkDepth(uid, Object.values(fields));
        const payment = { id: newId('p'), till: this.tillName, fields };
        const actions: Action[] = shelf.shown.isBegun(uid) ? [this.creating(uid, {}, [])] : [];
        actions.push({ action: 'pay', order: uid, ...this.creation(uid), payment });
        return this.act('pay', actions, [uid]);
    }

    close(uid: string): Promise<Outcome> {
        const view = this.changeable(uid);
        if (view.lines.length === 0) throw new ActError(`Order ${uid} is empty: there is nothing to close.`);
        // The device, since it may have logged in anew since the money was taken.
        const device = `${this.owner.device}/`;
        const mine = view.payments.filter(payment => payment.till.startsWith(device)).at(-1);
        const payment = { id: mine?.id ?? newId('p'), fields: mine?.fields ?? {} };
        if (!this.owner.isUp) return this.settleNow(view, payment);
        // Another one that is recorded by then did not pay this bill.
        const payments = [...new Set([...view.payments.map(known => known.id), payment.id])];
        const action: Action = {
            action: 'close',
            order: uid,
            ...this.creation(uid),
            base: view.revision,
            seen: billView(view),
            payments,
        };
        return this.act('close', [action], [uid], { payment });
    }

    delete(uid: string): Promise<Outcome> {
        const view = this.changeable(uid);
        const { shown } = this.owner.shelf;
        if (shown.forget(uid)) {
            this.owner.tell(shown.refresh([uid], 'me', new Map([[uid, 'deleted']])));
            return Promise.resolve({ accepted: true, uid, number: null });
        }
        // Money that this till has not seen stands in the way (C4).
        const payments_seen = view.payments.map(payment => payment.id);
        const action: Action = {
            action: 'delete',
            order: uid,
            ...this.creation(uid),
            base: view.revision,
            ...(payments_seen.length > 0 && { payments_seen }),
        };
        return this.act('delete', [action], [uid]);
    }

    /**
     * Books a payment whose closing was refused though the money was taken: as the payer saw it (O1, O4).
     *
     * @param isMine which of the closing's payments are this till's
     */
    settle(
        command: StoredCommand,
        uid: string,
        isMine: (payment: string) => boolean = () => true,
    ): Entry | null {
        const close = command.actions.find(action => action.action === 'close');
        if (!close || !command.payment) return null;
        const { payment } = command;
        const payments = (close.payments ?? []).filter(isMine);
        const action = this.settling(uid, close.creation, close.seen, payment, payments);
        return this.add('settle', command.user, [action], { payment });
    }

    /** A new order of what was typed into one that was closed meanwhile (rule 12). */
    rescue(refusedId: string): string {
        const { refusals } = this.owner.shelf;
        const refused = refusals.get(refusedId);
        if (!refused)
            throw new ActError(`Nothing is kept under ${refusedId}: it was rescued or discarded already.`);
        const uid = this.nextUid();
        const { fields, lines } = rescued(refused, this.mark);
        const origin = refused.uid === null ? undefined : { order: refused.uid, reason: 'added_afterwards' };
        const actions: Action[] = [];
        if (refused.uid !== null && refused.refusal.reason === 'closed' && refused.operations.length > 0) {
            const order = refused.uid;
            const { operations } = refused;
            actions.push({ action: 'keep_aside', order, ...this.creation(order), operations });
        }
        const each = lines.map(fields => ({ uid: this.lineUid(uid), fields }));
        actions.push({ ...this.creating(uid, fields, each), ...(origin ? { origin } : {}) });
        refusals.drop(refusedId);
        void this.act('edit', actions, [uid]);
        return uid;
    }

    /** Puts into an order's history what was typed into it and came too late (C6). */
    keepAside(order: string, operations: Operation[]): void {
        if (operations.length > 0)
            this.add('aside', this.owner.user, [
                { action: 'keep_aside', order, ...this.creation(order), operations },
            ]);
    }

    /** Offers a command that the server lost again, as a new one (W17). */
    again(kind: Kind, user: User, actions: Action[], retries: number): void {
        const entry = this.add(kind, user, actions, { reoffered: true, retries });
        const { shown, names } = this.owner.shelf;
        this.owner.tell(shown.refresh(names.about(entry.command), 'server'));
    }

    /** Nothing is added any more to what was begun in this turn. */
    sealAll(): void {
        const { waiting } = this.owner.shelf.outbox;
        const first = waiting.findLastIndex(entry => entry.isSealed) + 1;
        for (const entry of waiting.slice(first)) this.seal(entry);
    }

    private settleNow(view: OrderView, payment: { id: string; fields: Fields }): Promise<Outcome> {
        const { shelf } = this.owner;
        const { uid } = view;
        const lines = view.lines.map(({ uid, fields }) => ({ uid, fields }));
        const action = this.settling(
            uid,
            shelf.names.creationOf(uid),
            { fields: view.fields, lines },
            payment,
            view.payments.map(known => known.id),
        );
        // Money that was recorded a moment ago and is known to nobody yet comes with the settling itself: if the
        // order turns out to be paid already, that makes the second payment an order of its own (O4).
        this.sealAll();
        const last = shelf.outbox.about(shelf.names.namesOf(uid)).at(-1);
        const isPay = last?.command.kind === 'pay' && last.command.actions.length === 1;
        if (!last || !isPay || last.mayBeKnown) return this.act('settle', [action], [uid], { payment });
        last.command = { ...last.command, kind: 'settle', actions: [action], payment };
        this.seal(last);
        this.owner.tell(shelf.shown.refresh([uid], 'me'));
        return last.outcome;
    }

    private settling(
        uid: string,
        creation: string | undefined,
        paid: View,
        payment: { id: string; fields: Fields },
        payments: string[],
    ): Action {
        const { replica } = this.owner.shelf;
        const more = payments.filter(id => id !== payment.id);
        return {
            action: 'settle',
            order: uid,
            // Of an order that the server has named, its uid says enough (O10).
            ...(creation !== undefined && { creation }),
            run: replica.run,
            paid,
            payment: { ...payment, till: this.tillName },
            ...(more.length > 0 && { payments: more }),
        };
    }

    private act(
        kind: Kind,
        actions: Action[],
        uids: string[],
        more: Partial<StoredCommand> = {},
    ): Promise<Outcome> {
        const entry = this.add(kind, this.owner.user, actions, more);
        this.owner.tell(this.owner.shelf.shown.refresh(uids, 'me'));
        return entry.outcome;
    }

    private add(kind: Kind, user: User, actions: Action[], more: Partial<StoredCommand> = {}): Entry {
        this.sealAll();
        const { outbox, shown } = this.owner.shelf;
        const entry = outbox.add(kind, user, actions, more);
        for (const action of actions) if (action.action === 'create') shown.forget(action.order);
        this.seal(entry);
        return entry;
    }

    /** Operations of one turn on one order share a command. */
    private gather(uid: string, operations: Operation[], chars: number): Entry | null {
        const open = this.gathering;
        if (!open || open.uid !== uid || open.entry.isSealed || open.chars + chars > COMMAND_CHARS_MAX)
            return null;
        if (open.entry.command.user !== this.owner.user) return null;
        const [action] = open.entry.command.actions;
        if (action?.action === 'update') {
            if (action.operations.length + operations.length > GATHERED_OPERATIONS_MAX) return null;
            const all = { ...action, operations: [...action.operations, ...operations] };
            open.entry.command = { ...open.entry.command, actions: [all] };
        } else if (action?.action === 'create') {
            open.entry.command = { ...open.entry.command, actions: [this.extended(action, operations)] };
        } else return null;
        open.chars += chars;
        return open.entry;
    }

    private begin(view: OrderView, operations: Operation[], chars: number): Entry {
        const { shelf, user } = this.owner;
        const { uid, revision: base } = view;
        this.sealAll();
        const action: Action = shelf.shown.isBegun(uid)
            ? this.extended(this.creating(uid, {}, []), operations)
            : { action: 'update', order: uid, ...this.creation(uid), base, operations };
        const entry = shelf.outbox.add('edit', user, [action]);
        shelf.shown.forget(uid);
        this.gathering = { entry, uid, chars };
        queueMicrotask(() => {
            if (!entry.isSealed) this.sealAll();
        });
        return entry;
    }

    private creating(
        uid: string,
        fields: Fields,
        lines: View['lines'],
    ): Extract<Action, { action: 'create' }> {
        const { names, replica } = this.owner.shelf;
        const creation = newId('k');
        names.begin(uid, creation);
        return { action: 'create', order: uid, creation, run: replica.run, fields, lines };
    }

    /** What is done to an order that nobody knows yet is part of its creation. */
    private extended(create: Extract<Action, { action: 'create' }>, operations: Operation[]) {
        const { mark } = this;
        const lines = create.lines.map(line => ({ ...line, added: mark, edited: null }));
        const after = apply({ fields: create.fields, lines }, operations, mark, 'pending');
        return {
            ...create,
            fields: after.fields,
            lines: after.lines.map(({ uid, fields }) => ({ uid, fields })),
        };
    }

    /** N4: until the server has named the till's order, its creation says which order is meant. */
    private creation(uid: string): { creation?: string } {
        const creation = this.owner.shelf.names.creationOf(uid);
        return creation === undefined ? {} : { creation };
    }

    /** Writes a command; it may be sent once that is done, or is known not to work. */
    private seal(entry: Entry): void {
        const { shelf } = this.owner;
        entry.isSealed = true;
        shelf.keeper.till(shelf.till);
        shelf.outbox.note(entry);
        void shelf.keeper.keep().then(() => {
            entry.isReady = true;
            this.owner.pump();
        });
    }

    private changeable(uid: string): OrderView {
        if (this.owner.isStopped) throw new StoppedError();
        const view = this.owner.shelf.shown.get(uid);
        if (!view) throw new UnknownOrderError(uid);
        if (view.locked) throw new LockedError(uid, view.locked);
        return view;
    }

    private nextUid(): string {
        if (this.owner.isStopped) throw new StoppedError();
        const uid = this.owner.shelf.nextOrderUid();
        if (uid === null) throw new NoLoginError();
        return uid;
    }

    /** While the till logs in anew it has no name but its device's. */
    private get tillName(): string {
        return this.owner.shelf.till.till ?? `${this.owner.device}/`;
    }

    private get mark(): Mark {
        return { user: this.owner.user, pos: this.owner.pos };
    }
}

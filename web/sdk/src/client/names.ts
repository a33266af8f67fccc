/**
 * Which order is meant: a till names an order that it creates, and the server may have to give it another uid (N4).
 *
 * Until the till knows which, its own order and another's of the same uid are told apart by the creation id.
 */
import type { Action } from '../wire/protocol.js';
import type { StoredCommand } from './storage.js';

/** An order that an action is about, as the action names it. */
export interface Named {
    uid: string;
    creation?: string;
}

/** The orders that an action is about. */
export function namedBy(action: Action): Named[] {
    if (action.action === 'move') {
        const { from, creation, to } = action;
        return [
            { uid: from, creation },
            { uid: to.order, creation: to.creation },
        ];
    }
    return [{ uid: action.order, creation: action.creation }];
}

/** The creation that a command registers, if it registers an order: its uid and creation id. */
export function createdBy(command: StoredCommand): { uid: string; creation: string } | null {
    for (const action of command.actions) {
        if (action.action === 'create') return { uid: action.order, creation: action.creation };
        if (action.action === 'move' && action.to.kind === 'new') {
            return { uid: action.to.order, creation: action.to.creation };
        }
    }
    return null;
}

export class Names {
    /** Creations whose orders the server has not named yet, by the till's own uid. */
    private readonly open = new Map<string, string>();
    /** What came of the others. */
    private readonly actual = new Map<string, string>();
    /** The till's own uids for orders that the server gave another, by that. */
    private readonly formers = new Map<string, string>();

    /** Learns from what is stored: the outbox and the journal, in order. */
    constructor(commands: Iterable<StoredCommand>) {
        for (const command of commands) {
            const created = createdBy(command);
            if (!created) continue;
            this.begin(created.uid, created.creation);
            if (command.answer && 'refused' in command.answer) this.end(created.creation);
            else if (command.answer && 'accepted' in command.answer) {
                this.settle(created.creation, command.answer.accepted.order ?? created.uid);
            }
        }
    }

    /** The till creates an order. */
    begin(uid: string, creation: string): void {
        this.open.set(uid, creation);
        this.actual.delete(creation);
    }

    /** The creation of an order of this till that the server has not named yet. */
    creationOf(uid: string): string | undefined {
        return this.open.get(uid);
    }

    /** The uid of the order that is meant. */
    meant({ uid, creation }: Named): string {
        return (creation !== undefined && this.actual.get(creation)) || uid;
    }

    /** The uids under which commands may name an order: its own, and the till's own for it. */
    namesOf(uid: string): string[] {
        const former = this.formers.get(uid);
        return former === undefined ? [uid] : [former, uid];
    }

    /** The orders that a command is about, each once. */
    about(command: StoredCommand): string[] {
        return [...new Set(command.actions.flatMap(namedBy).map(named => this.meant(named)))];
    }

    /**
     * The server named the order of a creation.
     *
     * @returns the till's own uid for it, if the till was still waiting for this
     */
    settle(creation: string, uid: string): string | null {
        this.actual.set(creation, uid);
        const former = this.end(creation);
        if (former !== null && former !== uid) this.formers.set(uid, former);
        return former;
    }

    /** The creation is no longer under way: named, or refused. */
    end(creation: string): string | null {
        for (const [uid, open] of this.open) {
            if (open !== creation) continue;
            this.open.delete(uid);
            return uid;
        }
        return null;
    }
}

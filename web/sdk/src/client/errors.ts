/** What the engine throws: each says what is wrong and what to do. */
import type { Locked } from './types.js';

/** The order cannot be changed now (rules 11 and 15). */
export class LockedError extends Error {
    override name = 'LockedError';
    constructor(
        readonly order: string,
        readonly reason: Locked,
    ) {
        super(
            reason === 'offline'
                ? `Order ${order} is on the server, and there is no connection to it: it can be changed when the connection is back. Begin a new order meanwhile.`
                : `Order ${order} is being paid: wait for the server's answer.`,
        );
    }
}

/** The till was closed: what it had to say waits in its storage. */
export class StoppedError extends Error {
    override name = 'StoppedError';
    constructor() {
        super('This till was closed: open it again to go on. What it had not sent waits in its storage.');
    }
}

/** No order of this uid is on this till. */
export class UnknownOrderError extends Error {
    override name = 'UnknownOrderError';
    constructor(order: string) {
        super(`This till shows no order ${order}: it was closed, or its uid is wrong.`);
    }
}

/** The till has no login, so that it has no uids and no commands yet. */
export class NoLoginError extends Error {
    override name = 'NoLoginError';
    constructor() {
        super(
            'This till has no login yet. It gets one from the server: connect once, with an open POS session or with openSession.',
        );
    }
}

/** More is waiting than the till may keep. */
export class OutboxFullError extends Error {
    override name = 'OutboxFullError';
    constructor(max: number) {
        super(
            `${max} commands wait to be sent: connect this till to the server, or export what is unsent, before going on.`,
        );
    }
}

/** An act that cannot be done as it was asked. */
export class ActError extends Error {
    override name = 'ActError';
}

/** What this till closed as paid, out of what it keeps of its own commands: a receipt can be had without a connection. */
import type { Action } from '../wire/protocol.js';
import type { StoredCommand } from './storage.js';
import type { ClosedHere, Payment } from './types.js';

/** The last ones are told, so many at most. */
export const CLOSED_HERE_MAX = 200;

/**
 * The last first.
 *
 * @param commands all that are kept, in order: the journal and those that wait
 * @param numberOf the number of an order that waits to be closed, where that is known
 */
export function closedHere(
    commands: Iterable<StoredCommand>,
    numberOf: (uid: string) => number | null,
): ClosedHere[] {
    const payments = new Map<string, Payment>();
    const closed = new Map<string, ClosedHere>();
    for (const { actions, answer, user, device_time_ms } of commands) {
        const accepted = answer && 'accepted' in answer ? answer.accepted : null;
        for (const action of actions) {
            if (action.action === 'pay' || action.action === 'settle')
                payments.set(action.payment.id, action.payment);
            const content = contentOf(action);
            if (!content || (answer && !accepted)) continue;
            const uid = accepted?.order ?? content.uid;
            const taken = content.payments.flatMap(id => payments.get(id) ?? []);
            // Where the server made another order of it, whose number the answer has is not said.
            const isSure = action.action === 'close' || !accepted?.also?.length;
            // An order that is closed again, since a server from a backup had lost that, is one order.
            closed.delete(uid);
            closed.set(uid, {
                uid,
                number: isSure ? (accepted?.number ?? numberOf(uid)) : null,
                receipt: isSure ? (accepted?.receipt ?? null) : null,
                ms: device_time_ms,
                user,
                fields: content.fields,
                lines: content.lines,
                payments: taken,
                waits: answer === null,
            });
        }
    }
    return [...closed.values()].reverse().slice(0, CLOSED_HERE_MAX);
}

/** What was closed by an action, and with which payments; null for an action that closes nothing. */
function contentOf(
    action: Action,
): (Pick<ClosedHere, 'fields' | 'lines'> & { uid: string; payments: string[] }) | null {
    if (action.action === 'close') {
        const { order: uid, seen, payments = [] } = action;
        return { uid, fields: seen.fields, lines: seen.lines, payments };
    }
    if (action.action !== 'settle') return null;
    const { order: uid, paid, payment, payments = [] } = action;
    return { uid, fields: paid.fields, lines: paid.lines, payments: [...payments, payment.id] };
}

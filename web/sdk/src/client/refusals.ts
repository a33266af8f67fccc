/** What was typed and could not be taken: kept until somebody decides (rule 12). */
import { ORDER_BILL_FIELDS } from '../rules/bill.js';
import { isObject, member, number, QTY, quantity, withMember } from '../rules/json.js';
import { apply, type Content } from '../rules/operation.js';
import type { WireOrder } from '../wire/protocol.js';
import type { Keeper } from './keeper.js';
import { viewOf } from './overlay.js';
import { STORED_VERSION, type StoredCommand, type StoredRefused } from './storage.js';
import type { Fields, Mark, Operation, OrderView, Refusal, Refused } from './types.js';

export class Refusals {
    private readonly kept = new Map<string, StoredRefused>();

    constructor(
        refused: StoredRefused[],
        private readonly keeper: Keeper,
    ) {
        for (const each of refused) this.kept.set(each.id, each);
    }

    get(id: string): StoredRefused | undefined {
        return this.kept.get(id);
    }

    /** All that people have to decide about; what may yet be settled without them is not among them. */
    list(): Refused[] {
        return [...this.kept.values()].filter(each => !each.again && !each.payment).map(shown);
    }

    /** What the payer of a payment that is under way saw. */
    seenBy(payment: string): StoredRefused[] {
        return [...this.kept.values()].filter(each => each.payment === payment);
    }

    /** The payment was not booked: people have to decide after all. */
    giveBack({ payment: _, ...refused }: StoredRefused): Refused {
        return this.put(refused);
    }

    /** Those that wait to be offered again. */
    again(): StoredRefused[] {
        return [...this.kept.values()].filter(each => each.again);
    }

    stored(): StoredRefused[] {
        return [...this.kept.values()];
    }

    /**
     * Keeps what a refused command held. Further commands about the same order join it, so that one decision
     * settles all that was typed into it.
     *
     * @param seen the order as the user saw it, where the server does not say how it stands
     * @param payment of the order, if one is under way whose payer saw this
     */
    add(
        command: StoredCommand,
        uid: string | null,
        refusal: Refusal,
        order: WireOrder | null,
        seen?: OrderView,
        payment?: string,
    ): Refused {
        const operations = typed(command);
        const before = [...this.kept.values()].find(
            each => uid !== null && each.uid === uid && !each.again && each.payment === payment,
        );
        const content: Content | undefined = order && order.lines.length > 0 ? order : seen;
        const lines = Object.fromEntries(
            operations.flatMap(({ line }) => {
                const known = content?.lines.find(other => other.uid === line);
                return known ? [[known.uid, known.fields]] : [];
            }),
        );
        return this.put(
            before
                ? {
                      ...before,
                      operations: [...before.operations, ...operations],
                      lines: { ...lines, ...before.lines },
                  }
                : {
                      version: STORED_VERSION,
                      id: command.id,
                      uid,
                      refusal,
                      order,
                      operations,
                      lines,
                      fields: content?.fields ?? {},
                      ...(payment === undefined ? {} : { payment }),
                  },
        );
    }

    put(refused: StoredRefused): Refused {
        this.kept.set(refused.id, refused);
        this.keeper.refused(refused.id, refused);
        return shown(refused);
    }

    drop(id: string): void {
        if (this.kept.delete(id)) this.keeper.refused(id, null);
    }
}

function shown({ id, uid, refusal, order, operations }: StoredRefused): Refused {
    return { id, uid, refusal, order: order && viewOf(order), operations };
}

/** What a command's user typed, as operations. */
export function typed(command: StoredCommand): Operation[] {
    return command.actions.flatMap((action): Operation[] => {
        if (action.action === 'update') return action.operations;
        const whole = action.action === 'create' ? action : action.action === 'settle' ? action.paid : null;
        if (!whole) return [];
        return [
            ...Object.entries(whole.fields).map(([field, value]): Operation => ({ op: 'set', field, value })),
            ...whole.lines.map(({ uid, fields }): Operation => ({ op: 'add_line', line: uid, fields })),
        ];
    });
}

/** What a new order holds that is made of what was typed: the lines, and of other lines the quantity that was added. */
export function rescued(refused: StoredRefused, mark: Mark): { fields: Fields; lines: Fields[] } {
    const known = Object.entries(refused.lines).map(([uid, fields]) => ({
        uid,
        fields,
        added: mark,
        edited: null,
    }));
    const after = apply({ fields: {}, lines: known }, refused.operations, mark);
    const lines = after.lines.flatMap(({ uid, fields }): Fields[] => {
        const before = member(refused.lines, uid);
        if (!isObject(before)) return [fields];
        const [was, is] = [quantity(before), quantity(fields)];
        const more = is.minus(was);
        // Of a line that has less than before, or only another note, there is nothing to sell again.
        const isMore = !more.isZero() && (was.isZero() || more.isNegative() === was.isNegative());
        return isMore ? [withMember(fields, QTY, number(more))] : [];
    });
    const bill = ORDER_BILL_FIELDS.filter(field => Object.hasOwn(refused.fields, field));
    const inherited = Object.fromEntries(bill.map(field => [field, refused.fields[field] ?? null]));
    return { fields: { ...inherited, ...after.fields }, lines };
}

/**
 * Taking a step back: the operations that undo it on an order as it stands now, also when others worked on it meanwhile.
 *
 * What others did stays: a field that somebody set since keeps that value, of a quantity no more goes than the step
 * added, and a line that somebody edited is not removed.
 */

import type { Fields, Json, LineView, Mark, Operation, OrderView } from '../client/types.js';
import {
    amount,
    Decimal,
    equal,
    isObject,
    member,
    number,
    QTY,
    quantity,
    withMember,
} from '../rules/json.js';
import { type Deed, productOf, type Step, same, type Whose } from './step.js';

/** What {@link Order.undo} did, for a quiet sentence. Quantities in it add up to those of the step. */
export interface Undone {
    /** What was taken back; empty where there was nothing to take back. */
    readonly changes: readonly UndoneChange[];
    /** What of the step stays, or had gone already, since somebody else changed it after the step. */
    readonly kept: readonly KeptChange[];
}

/** Something that is as it was before the step. */
export type UndoneChange =
    /** Of a product, there is so much more (or less, when negative) on the order now. The line may be gone. */
    | { what: 'quantity'; line: string; product_id: number | null; by: number }
    /** A field of the order (`line` is null then), or of a line, has its former value. */
    | { what: 'field'; line: string | null; product_id: number | null; field: string };

/** Something that is as somebody else left it. `whose`: theirs it is now; null where that is not known. */
export type KeptChange = UndoneChange & { readonly whose: Mark | null };

export const NOTHING_UNDONE: Undone = { changes: [], kept: [] };

/** What takes a step back. */
export interface TakenBack extends Undone {
    operations: Operation[];
    /** Lines that come back: their uids and those that they have from now on (M6). */
    restored: Map<string, string>;
}

/** What has to be known beside the order. */
export interface Around {
    /** Whether somebody is the one who takes back, at this POS. */
    isMe(mark: Mark): boolean;
    /** A uid for a line that comes back: its own one would mean a line that was removed (M6). */
    newLine(): string;
}

/** Finds the operations that take a step back on an order as it is shown. */
export function takeBack(step: Step, view: OrderView, around: Around): TakenBack {
    const back: TakenBack = { operations: [], restored: new Map(), changes: [], kept: [] };
    const take = new Take(step, view, around, back);
    for (const deed of step.deeds.toReversed()) take.deed(deed);
    return back;
}

interface Lists {
    operations: Operation[];
    restored: Map<string, string>;
    changes: UndoneChange[];
    kept: KeptChange[];
}

class Take {
    private readonly lines: Map<string, LineView>;
    private readonly back: Lists;

    constructor(
        private readonly step: Step,
        private readonly view: OrderView,
        private readonly around: Around,
        back: TakenBack,
    ) {
        this.lines = new Map(view.lines.map(line => [line.uid, line]));
        this.back = back as Lists;
    }

    deed(deed: Deed): void {
        switch (deed.deed) {
            case 'add':
                this.added(deed);
                break;
            case 'remove':
                this.removed(deed);
                break;
            case 'increment':
                this.incremented(deed);
                break;
            case 'set':
            case 'unite':
                if (this.followed(deed)) this.valued(deed);
                break;
        }
    }

    private added(deed: Extract<Deed, { deed: 'add' }>): void {
        const { line: uid, fields } = deed;
        const given = quantity(fields);
        const line = this.lines.get(uid);
        if (!line) {
            if (!given.isZero()) this.keepQuantity(uid, productOf(fields), given, this.whoseOf(undefined));
            return;
        }
        const whose = this.whoseLine(deed, line, fields);
        if (whose !== undefined) {
            this.keepQuantity(uid, productOf(fields), given, whose);
            return;
        }
        const there = quantity(line.fields);
        const taken = within(given, there);
        if (!taken.equals(there)) {
            this.lessen(uid, line, given);
            return;
        }
        // Nothing of it is anybody else's.
        this.back.operations.push({ op: 'remove_line', line: uid, seen: number(there) });
        this.back.changes.push(this.ofQuantity(uid, productOf(fields), there.negated()));
        if (!taken.equals(given))
            this.keepQuantity(uid, productOf(fields), given.minus(taken), this.whoseOf(line));
    }

    private removed(deed: Extract<Deed, { deed: 'remove' }>): void {
        const { line: uid, fields } = deed;
        const taken = quantity(fields);
        const line = this.lines.get(uid);
        if (!line) {
            const fresh = this.around.newLine();
            this.back.restored.set(uid, fresh);
            this.back.operations.push({ op: 'add_line', line: fresh, fields });
            this.back.changes.push(this.ofQuantity(fresh, productOf(fields), taken));
            return;
        }
        // It is there all the same. With another's edit it never went, or came back whole (M8, M9); otherwise only what
        // another added is there, and what was taken away is missing.
        const isEdited =
            deed.whose !== undefined || !equal(withoutQuantity(line.fields), withoutQuantity(fields));
        if (isEdited)
            this.keepQuantity(uid, productOf(fields), taken.negated(), deed.whose ?? this.whoseOf(line));
        else if (!taken.isZero()) {
            this.back.operations.push({ op: 'increment', line: uid, field: QTY, by: number(taken) });
            this.back.changes.push(this.ofQuantity(uid, productOf(fields), taken));
        }
    }

    private incremented(deed: Extract<Deed, { deed: 'increment' }>): void {
        const { line: uid, field, by } = deed;
        const line = uid === undefined ? undefined : this.lines.get(uid);
        if (uid !== undefined && !line) {
            if (field === QTY) this.keepQuantity(uid, deed.product, new Decimal(by), this.whoseOf(undefined));
            else this.keepField(deed, this.whoseOf(undefined));
            return;
        }
        if (line && uid !== undefined && field === QTY) {
            this.lessen(uid, line, new Decimal(by), deed.before);
            return;
        }
        this.back.operations.push({ op: 'increment', ...on(uid), field, by: -by });
        this.back.changes.push(this.ofField(deed));
    }

    /** Takes a quantity off a line, and no more than is there of it: what another took away is gone already. */
    private lessen(uid: string, line: LineView, by: Decimal, before?: Json): void {
        const there = quantity(line.fields);
        const less = within(by, there, amount(before) ?? new Decimal(0));
        if (!less.isZero()) {
            this.back.operations.push({ op: 'increment', line: uid, field: QTY, by: number(less.negated()) });
            this.back.changes.push(this.ofQuantity(uid, productOf(line.fields), less.negated()));
        }
        if (!less.equals(by))
            this.keepQuantity(uid, productOf(line.fields), by.minus(less), this.whoseOf(line));
    }

    private valued(deed: Extract<Deed, { deed: 'set' | 'unite' }>): void {
        const { line: uid, field, before, after } = deed;
        const line = uid === undefined ? undefined : this.lines.get(uid);
        const now = this.valueOf(deed);
        const isGone = uid !== undefined && !line;
        if (deed.deed === 'unite' && !isGone && !same(now, after)) {
            this.disunite(deed, now);
            return;
        }
        const whose = isGone ? this.whoseOf(undefined) : this.whoseValue(deed, now);
        const [old, left] = [amount(before), amount(after)];
        const by = uid !== undefined && field === QTY && old && left ? left.minus(old) : null;
        if (whose !== undefined) {
            if (by && uid !== undefined) this.keepQuantity(uid, deed.product, by, whose);
            else this.keepField(deed, whose);
            return;
        }
        const key = deed.deed === 'set' && deed.key !== undefined ? { key: deed.key } : {};
        const value = before === undefined ? {} : { value: before };
        this.back.operations.push({ op: 'set', ...on(uid), field, ...key, ...value });
        const change = by && uid !== undefined ? this.ofQuantity(uid, deed.product, by.negated()) : null;
        this.back.changes.push(change ?? this.ofField(deed));
    }

    /** Takes the values out that the step put in, and leaves what others did. */
    private disunite(deed: Extract<Deed, { deed: 'unite' }>, now: Json | undefined): void {
        const { line, field, values } = deed;
        if (!Array.isArray(now)) {
            this.keepField(deed, this.whoseOf(line === undefined ? undefined : this.lines.get(line)));
            return;
        }
        const value = now.filter(item => !values.some(other => equal(item, other)));
        if (value.length === now.length) return;
        this.back.operations.push({ op: 'set', ...on(line), field, value });
        this.back.changes.push(this.ofField(deed));
    }

    /**
     * Whether what a value follows from goes back, too: a price goes back with the quantity, the pricelist or the fiscal
     * position that it was computed from, and what was typed with the price. Otherwise the order would have a price that
     * belongs to nothing.
     */
    private followed({ line, field }: Extract<Deed, { deed: 'set' | 'unite' }>): boolean {
        if (line === undefined || (field !== 'price_unit' && field !== 'price_manually_set')) return true;
        const reasons = this.step.deeds.filter((deed): deed is ValueDeed => {
            if (deed.deed !== 'set' && deed.deed !== 'increment') return false;
            if (deed.line === undefined)
                return deed.field === 'pricelist_id' || deed.field === 'fiscal_position_id';
            if (deed.line !== line) return false;
            return deed.field === QTY || (field === 'price_manually_set' && deed.field === 'price_unit');
        });
        return reasons.every(deed => this.goesBack(deed));
    }

    /** Whether a field has its former value once the step is taken back. */
    private goesBack(deed: ValueDeed): boolean {
        const now = this.valueOf(deed);
        if (deed.deed === 'set') return this.whoseValue(deed, now) === undefined;
        const [is, was] = [amount(now), amount(deed.before)];
        return is !== null && was !== null && is.minus(deed.by).equals(was);
    }

    private valueOf(deed: Exclude<Deed, { deed: 'add' | 'remove' }>): Json | undefined {
        const fields = deed.line === undefined ? this.view.fields : (this.lines.get(deed.line)?.fields ?? {});
        const value = member(fields, deed.field);
        if (deed.deed !== 'set' || deed.key === undefined) return value;
        return isObject(value) ? member(value, deed.key) : undefined;
    }

    /** Who set a value since; undefined where nobody did. */
    private whoseValue(
        deed: Extract<Deed, { deed: 'set' | 'unite' }>,
        now: Json | undefined,
    ): Whose | undefined {
        if (deed.deed === 'set' && deed.whose !== undefined) return deed.whose;
        if (same(now, deed.after)) return undefined;
        return this.another(deed.line === undefined ? undefined : this.lines.get(deed.line));
    }

    /** Who edited a line that the step added, other than its quantity; undefined where nobody did. */
    private whoseLine(
        deed: Extract<Deed, { deed: 'add' }>,
        line: LineView,
        fields: Fields,
    ): Whose | undefined {
        if (deed.whose !== undefined) return deed.whose;
        if (equal(withoutQuantity(line.fields), withoutQuantity(fields))) return undefined;
        return this.another(line);
    }

    /** Who changed it last, where that is somebody else: what the till itself changed without an act is no one's. */
    private another(line: LineView | undefined): Whose | undefined {
        const edited = line ? line.edited : this.view.edited;
        return edited && !this.around.isMe(edited) ? edited : undefined;
    }

    private whoseOf(line: LineView | undefined): Whose {
        return this.another(line) ?? this.another(undefined) ?? null;
    }

    private keepQuantity(line: string, product: number | null, by: Decimal, whose: Whose): void {
        this.back.kept.push({ ...this.ofQuantity(line, product, by), whose });
    }

    private keepField(deed: Exclude<Deed, { deed: 'add' | 'remove' }>, whose: Whose): void {
        this.back.kept.push({ ...this.ofField(deed), whose });
    }

    private ofQuantity(line: string, product: number | null, by: Decimal): UndoneChange {
        return { what: 'quantity', line, product_id: product, by: number(by) };
    }

    private ofField({ line, product, field }: Exclude<Deed, { deed: 'add' | 'remove' }>): UndoneChange {
        return { what: 'field', line: line ?? null, product_id: product, field };
    }
}

type ValueDeed = Extract<Deed, { deed: 'set' | 'increment' }>;

/** What can be taken off a quantity: never so much that it would count in another direction than now, or before. */
function within(by: Decimal, there: Decimal, before = new Decimal(0)): Decimal {
    const left = there.minus(by);
    if (left.equals(before)) return by;
    const isOn = (side: Decimal) => !side.isZero() && side.isNegative() === there.isNegative();
    if (there.isZero() || !(isOn(by) || isOn(before))) return new Decimal(0);
    return left.isZero() || isOn(left) ? by : there;
}

function withoutQuantity(fields: Fields): Fields {
    return withMember(fields, QTY, 0);
}

/** The member `line`, left out where the order itself is meant. */
function on(line: string | undefined): { line?: string } {
    return line === undefined ? {} : { line };
}

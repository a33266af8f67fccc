/**
 * From the models to the engine: what was done at this till becomes operations.
 *
 * Methods of the SDK say what was done (`record`). Everything else, above all the fields of extensions, is found by
 * comparing what is exported with what was last known: known is what the till exported after it last sent something or
 * took something in. So an extension that takes nothing in never sends old values back.
 */

import type { Fields, Json, Operation, Outcome } from '../client/types.js';
import { diff } from '../rules/diff.js';
import { equal } from '../rules/json.js';
import { type Content, fieldsIn, ownerOf, pick, taken } from './content.js';
import { declarationOf, type FieldDeclaration, type FieldDeclarations, ruleOf, unfit } from './field.js';
import {
    kindOf,
    type OrderJson,
    type OrderlineJson,
    type Owner,
    type Synced,
    taxIds,
} from './json_format.js';
import { toJson } from './json_value.js';
import { type Order, Order as OrderBase } from './order.js';
import { Orderline } from './orderline.js';
import type { PosModel } from './pos_model.js';
import { models } from './registry.js';
import { stepOf } from './step.js';
import { Steps } from './steps.js';

/** What is known of an order. */
interface Known {
    /** What was last sent or taken in. */
    content: Content;
    /** An order of this till that nothing was sent of: what it exported when it was made. */
    untouched: Content | null;
    /** Reported faults of fields, so that each is told once. */
    faults: Map<string, string>;
    /** Changes in a row that were found without an act or a trigger. */
    unsaid: number;
}

/** Changes without an act or a trigger that are sent in a row. */
export const UNSAID_CHANGES_MAX = 3;

/** What is being exported, so that each line is exported once. */
interface Exporting {
    lines: Map<Orderline, OrderlineJson>;
    /** Orders and lines whose export failed: their extensions' fields stay as they were known. */
    failed: Set<object>;
}

/** References that are not set, and need not be said of a new order. */
const NOTHING_YET: Content = {
    fields: { partner_id: false, fiscal_position_id: false, pricelist_id: false },
    lines: [],
};

export class Recorder {
    private readonly known = new WeakMap<Order, Known>();
    private readonly batches = new Map<Order, Operation[]>();
    private exporting: Exporting | null = null;
    private applying = 0;
    private quiet = 0;
    /** The order whose operations the engine is just being told. */
    sending: Order | null = null;
    /** The order that is just being given operations which were not done to its models. */
    replaying: Order | null = null;
    /** What can be taken back. */
    readonly steps: Steps;

    constructor(private readonly pos: PosModel) {
        this.steps = new Steps(pos);
    }

    /** Whether a message from elsewhere is being taken in: nothing is recorded then. */
    get isApplying(): boolean {
        return this.applying > 0;
    }

    /** Takes something in: nothing that happens meanwhile is recorded. */
    whileApplying(work: () => void): void {
        this.applying += 1;
        try {
            work();
        } finally {
            this.applying -= 1;
        }
    }

    /** Does something that is no change of the order, such as selecting a line: nothing is compared. */
    quietly(work: () => void): void {
        this.quiet += 1;
        try {
            work();
        } finally {
            this.quiet -= 1;
        }
    }

    /** From now on the order as it stands is known: it was just begun here (`sent`: false), or taken in. */
    track(order: Order, sent: boolean): void {
        const known = this.known.get(order);
        const content = this.contentOf(order, known);
        this.known.set(order, {
            content: sent ? content : NOTHING_YET,
            untouched: sent ? null : order.is_empty() ? content : NOTHING_YET,
            faults: known?.faults ?? new Map(),
            unsaid: known?.unsaid ?? 0,
        });
    }

    /** Whether something of the order was sent, or it came from elsewhere. */
    isSent(order: Order): boolean {
        return this.known.get(order)?.untouched === null;
    }

    /** Several changes that are sent as one command. */
    batch(order: Order, change: () => void): void {
        if (this.batches.has(order)) {
            change();
            return;
        }
        this.batches.set(order, []);
        try {
            change();
        } finally {
            const operations = this.batches.get(order) ?? [];
            this.batches.delete(order);
            this.flush(order, operations);
        }
    }

    /** Notes what was done. */
    record(order: Order, operation: Operation): void {
        const batch = this.batches.get(order);
        if (batch) batch.push(operation);
        else this.flush(order, [operation]);
    }

    /** Finds what changed, and sends it. */
    capture(order: Order): void {
        if (this.quiet === 0 && !this.batches.has(order)) this.flush(order, []);
    }

    /**
     * Finds what an extension changed without a word, before something from elsewhere is painted over it. A value that is
     * another one each time, such as the time of day, would make tills answer each other without end: after a few such
     * finds in a row only an act, or a trigger, makes the order be compared again.
     */
    captureUnsaid(order: Order): void {
        const known = this.known.get(order);
        if (!known || known.untouched || this.batches.has(order)) return;
        if (known.unsaid < UNSAID_CHANGES_MAX) {
            const before = known.unsaid;
            if (this.flush(order, [], 'unsaid')) known.unsaid = before + 1;
            else known.unsaid = before;
            return;
        }
        const text =
            'what an extension exports is another value each time, without anybody changing it: export data, nothing that is computed or passes';
        this.pos.report({ uid: order.uid, where: 'export', text });
    }

    /** A line's JSON. If an extension fails at it, that is told, and the JSON has the fields that the SDK knows. */
    exportLine(line: Orderline): OrderlineJson {
        const before = this.exporting?.lines.get(line);
        if (before) return before;
        let json: OrderlineJson | null = null;
        this.pos.guarded(line.order.uid, 'export_as_JSON', () => {
            json = line.export_as_JSON();
        });
        if (!json) this.exporting?.failed.add(line);
        json ??= Orderline.prototype.export_as_JSON.call(line);
        this.exporting?.lines.set(line, json);
        return json;
    }

    /**
     * Records operations that were not done to the models: these become what the engine then shows. Whether it took them.
     */
    replay(order: Order, operations: Operation[]): boolean {
        const former = this.replaying;
        this.replaying = order;
        try {
            const outcome = this.pos.engine.record(order.uid, operations);
            outcome.catch((error: unknown) => this.failed(order, error));
            return true;
        } catch (error) {
            this.failed(order, error);
            return false;
        } finally {
            this.replaying = former;
        }
    }

    /**
     * Whether something was sent.
     *
     * @param whose `unsaid`: nobody acted, so that it is no step that could be taken back.
     */
    private flush(order: Order, recorded: readonly Operation[], whose: 'said' | 'unsaid' = 'said'): boolean {
        if (this.isApplying || this.exporting || this.sending === order) return false;
        if (!this.pos.has_order(order)) return false;
        if (!this.known.has(order)) this.track(order, false);
        const known = this.known.get(order) as Known;
        const now = this.contentOf(order, known);
        known.unsaid = 0;
        if (recorded.length === 0 && known.untouched && equal(known.untouched, now)) return false;
        const lines = new Set(known.content.lines.map(line => line.uid));
        const kept = new Set(now.lines.map(line => line.uid));
        // A new line is added with everything that was done to it; a removed one is only removed.
        const said = recorded.filter(({ line }) => line === undefined || (lines.has(line) && kept.has(line)));
        const before = taken(known.content, said, now);
        const found = diff(before, now, (owner, field) => ruleOf(modelOf(order, owner), owner, field));
        const checked = this.checked(order, known, found, now);
        const operations = [...said, ...checked];
        // What a new order is sent with beside what was done to it is no step.
        const former = known.untouched ?? known.content;
        const isStep = whose === 'said' && former !== NOTHING_YET;
        known.content = this.asTaken(known, now);
        if (operations.length > 0) {
            const step = isStep
                ? stepOf(this.pos.engine.user.id, former, known.content, operations, recorded)
                : null;
            const outcome = this.send(order, operations);
            if (!outcome) return false;
            known.untouched = null;
            if (step) this.steps.note(order, step, outcome);
        }
        if (this.isMergedOtherwise(order, now)) this.pos.incoming.restore(order);
        return operations.length > 0;
    }

    /**
     * Whether a merge rule made something else of a value than what the extension holds: a set has each value once, a
     * sum of decimals has no binary noise. The till then shows what all others show.
     */
    private isMergedOtherwise(order: Order, now: Content): boolean {
        const view = this.pos.engine.order(order.uid);
        const known = this.known.get(order);
        if (!view || !known || known.untouched) return false;
        const differ = (held: Fields, merged: Fields | undefined, line?: string) =>
            Object.keys(held).some(field => {
                const value = merged?.[field];
                if (value === undefined || equal(held[field], value)) return false;
                const owner = ownerOf(line);
                if (ruleOf(modelOf(order, owner), owner, field) === 'set') return false;
                return !known.faults.has(faultKey('check', line, field));
            });
        const lines = new Map(view.lines.map(line => [line.uid, line.fields]));
        return (
            differ(now.fields, view.fields) ||
            now.lines.some(line => differ(line.fields, lines.get(line.uid), line.uid))
        );
    }

    /** What becomes of it; null where the engine did not take it. */
    private send(order: Order, operations: Operation[]): Promise<Outcome> | null {
        if (!order.is_editable()) {
            this.pos.incoming.restore(order);
            return null;
        }
        let outcome: Promise<Outcome>;
        try {
            this.sending = order;
            outcome = this.pos.engine.record(order.uid, operations);
            outcome.catch((error: unknown) => this.failed(order, error));
        } catch (error) {
            this.sending = null;
            this.failed(order, error);
            return null;
        } finally {
            this.sending = null;
        }
        this.pos.incoming.sent(order);
        return outcome;
    }

    /** The engine took nothing: the screen goes back to what holds. */
    private failed(order: Order, error: unknown): void {
        const text = error instanceof Error ? error.message : String(error);
        this.pos.report({ uid: order.uid, where: 'record', text, error });
        this.pos.incoming.restore(order);
    }

    /** What extensions' own checks let go. */
    private checked(order: Order, known: Known, found: readonly Operation[], now: Content): Operation[] {
        return found.flatMap((operation): Operation[] => {
            if (operation.op === 'remove_line') return [operation];
            if (operation.op !== 'add_line') {
                const fields = fieldsIn(now, operation.line);
                return this.isFine(order, known, operation.line, operation.field, fields) ? [operation] : [];
            }
            const { line, fields } = operation;
            const fine = Object.keys(fields).filter(field => this.isFine(order, known, line, field, fields));
            return [{ ...operation, fields: pick(fields, fine) }];
        });
    }

    /** What is known from now on: what a check did not let go stays as it was known, and is the next change's base. */
    private asTaken(known: Known, now: Content): Content {
        const { faults, content } = known;
        if (faults.size === 0) return now;
        const asTaken = (after: Fields, before: Fields, line?: string): Fields => {
            const fields = { ...after };
            for (const field of new Set([...Object.keys(after), ...Object.keys(before)])) {
                const key = faultKey('check', line, field);
                const kept = before[field];
                if (!faults.has(key)) continue;
                if (equal(after[field], kept)) faults.delete(key);
                else if (kept === undefined) delete fields[field];
                else fields[field] = kept;
            }
            return fields;
        };
        return {
            fields: asTaken(now.fields, content.fields),
            lines: now.lines.map(({ uid, fields }) => {
                return { uid, fields: asTaken(fields, fieldsIn(content, uid), uid) };
            }),
        };
    }

    private isFine(
        order: Order,
        known: Known,
        line: string | undefined,
        field: string,
        fields: Fields,
    ): boolean {
        const value = fields[field];
        const declared = declarationOf(modelOf(order, ownerOf(line)), field);
        const text = value === undefined || !declared ? null : wrongBy(declared, value);
        this.fault(order, known, line, field, text);
        return text === null;
    }

    private contentOf(order: Order, known: Known | undefined): Content {
        const exporting: Exporting = { lines: new Map(), failed: new Set() };
        this.exporting = exporting;
        try {
            const former = new Map(known?.content.lines.map(line => [line.uid, line]));
            // An extension may add to its order's lines while it exports the order.
            const isPlain = order.synced_as_exported() !== null;
            const read = (
                model: Order | Orderline,
                whole: () => OrderJson | OrderlineJson,
                before: Fields = {},
                line?: string,
            ): Fields => {
                // Where no extension has a say in the export, only what is synced has to be looked at.
                const synced = isPlain ? model.synced_as_exported() : null;
                if (synced && known?.faults.size === 0 && equal(synced, before)) return before;
                const fields = this.fieldsOf(synced ?? whole(), order, known, line, before);
                const all = exporting.failed.has(model) ? { ...before, ...fields } : fields;
                // What is as it was stays the same object: it is compared at a glance from here on.
                return equal(all, before) ? before : all;
            };
            return {
                fields: read(order, () => this.exportOrder(order, exporting), known?.content.fields),
                lines: order.orderlines.models.map(line => {
                    const { uid } = line;
                    const before = former.get(uid);
                    const fields = read(line, () => this.exportLine(line), before?.fields, uid);
                    return before?.fields === fields ? before : { uid, fields };
                }),
            };
        } finally {
            this.exporting = null;
        }
    }

    private exportOrder(order: Order, exporting: Exporting): OrderJson {
        let json: OrderJson | null = null;
        this.pos.guarded(order.uid, 'export_as_JSON', () => {
            json = order.export_as_JSON();
        });
        if (!json) exporting.failed.add(order);
        return json ?? OrderBase.prototype.export_as_JSON.call(order);
    }

    /** The synced members of exported JSON, as plain JSON. One that is no JSON is told, and stays as it was known. */
    private fieldsOf(
        json: OrderJson | OrderlineJson | Synced,
        order: Order,
        known: Known | undefined,
        line: string | undefined,
        before: Fields,
    ): Fields {
        const owner = ownerOf(line);
        const fields: Fields = {};
        for (const [field, value] of Object.entries(json)) {
            if (kindOf(owner, field) === 'own') continue;
            const exported = toJson(owner === 'line' && field === 'tax_ids' ? taxIds(value) : value);
            const refused = 'refused' in exported ? exported.refused : null;
            if (known) this.fault(order, known, line, field, refused, 'export');
            const kept = before[field];
            if ('json' in exported) fields[field] = exported.json;
            else if (refused !== null && kept !== undefined) fields[field] = kept;
        }
        return fields;
    }

    private fault(
        order: Order,
        known: Known,
        line: string | undefined,
        field: string,
        text: string | null,
        kind: FaultKind = 'check',
    ): void {
        if (text === null && known.faults.size === 0) return;
        const key = faultKey(kind, line, field);
        if (text === null) known.faults.delete(key);
        else if (known.faults.get(key) !== text) {
            known.faults.set(key, text);
            const subject = line === undefined ? field : `${field} of line ${line}`;
            this.pos.report({ uid: order.uid, where: kind, field, text: `${subject} is not sent: ${text}` });
        }
    }
}

/** What is wrong with a value by what was declared of its field; a check that fails says that. */
function wrongBy({ merge, check }: FieldDeclaration, value: Json): string | null {
    try {
        return unfit(merge ?? 'set', value) ?? check?.(value) ?? null;
    } catch (error) {
        return `its check failed: ${error instanceof Error ? error.message : String(error)}`;
    }
}

type FaultKind = 'check' | 'export';

function faultKey(kind: FaultKind, line: string | undefined, field: string): string {
    return JSON.stringify([kind, line ?? null, field]);
}

/** The model whose extensions declared a field. */
function modelOf(order: Order, owner: Owner): { ms_fields?: FieldDeclarations } {
    return owner === 'order' ? order : (order.orderlines.first() ?? models.Orderline.prototype);
}

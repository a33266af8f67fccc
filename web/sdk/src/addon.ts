/**
 * Extensions with types: fields that are declared, synced and checked.
 *
 * Underneath is what an extension for Odoo does by hand: the model is extended, and `export_as_JSON`, `init_from_JSON`
 * and `apply_ms_data` carry the fields. Both kinds work side by side.
 */

import type { Json, MergeRule } from './client/types.js';
import { type FieldDeclarations, MERGE_RULES, strangeIn, unfit } from './models/field.js';
import { kindOf, type Owner } from './models/json_format.js';
import { toJson } from './models/json_value.js';
import { models } from './models/models.js';
import type { Order } from './models/order.js';
import type { Orderline } from './models/orderline.js';
import { tills } from './models/registry.js';

/** A field of an order or of its lines. Its value is any JSON; its type is that of its default. */
export interface FieldDefinition<T> {
    on: 'order' | 'orderline';
    /** How changes that two tills make at once meet. Default: `set`, the later one stands. */
    merge?: MergeRule;
    /**
     * What it is as long as nobody has set it; each order and line gets a copy. `[] as string[]` where the value alone
     * does not tell the type, `undefined as number | undefined` where there is none.
     */
    default?: T;
    /** What is wrong with a value that is about to be set, for a person to read; null when it is fine. */
    check?: (value: T) => string | null;
}

// biome-ignore lint/suspicious/noExplicitAny: each field has a type of its own, which is inferred from its default
type Definitions = Record<string, FieldDefinition<any>>;

/** The type of a field: that of its default; any JSON where there is none. */
export type ValueOf<F> = F extends { default: infer D } ? D : Json | undefined;

/** The fields of a model, as properties. */
export type FieldsOn<F extends Definitions, Model extends FieldDefinition<unknown>['on']> = {
    -readonly [Name in keyof F as F[Name]['on'] extends Model ? Name : never]: ValueOf<F[Name]>;
};

/** Given the class's former prototype, the members that take the place of others. */
type Override<Base, This> = (former: Base) => Partial<Base> & ThisType<This>;

export interface AddonDefinition<F extends Definitions, O extends object, L extends object> {
    /** Unique on a page, such as `order_note`. */
    name: string;
    fields?: F;
    /** New methods of orders. */
    order?: O & ThisType<Order & FieldsOn<F, 'order'> & O>;
    /** New methods of orderlines. */
    orderline?: L & ThisType<Orderline & FieldsOn<F, 'orderline'> & L>;
    /** Methods in place of those that are there; they are given the former ones to call. */
    overrides?: {
        order?: Override<Order, Order & FieldsOn<F, 'order'> & O>;
        orderline?: Override<Orderline, Orderline & FieldsOn<F, 'orderline'> & L>;
    };
}

/** An addon that is in place. */
export interface Addon<F extends Definitions, O extends object, L extends object> {
    readonly name: string;
    /** The same order, with the types of the addon's fields and methods. */
    order(order: Order): Order & FieldsOn<F, 'order'> & O;
    /** The same line, with the types of the addon's fields and methods. */
    orderline(line: Orderline): Orderline & FieldsOn<F, 'orderline'> & L;
}

/** Told where a value is set that the field's check, or JSON, does not allow: nothing was changed or sent. */
export class FieldError extends Error {
    override readonly name = 'FieldError';

    constructor(
        readonly addon: string,
        readonly field: string,
        /** What is wrong, without the field's name: for the person who typed it. */
        readonly reason: string,
    ) {
        super(`${addon}: ${field} was not set: ${reason}`);
    }
}

/**
 * Puts an addon in place: its fields become properties of `models.Order` and `models.Orderline` that are synced when
 * they are set. Call it before `connect`; orders that exist already do not get them.
 *
 * @throws TypeError when the definition cannot work: a name that is taken, a default that does not fit the merge rule.
 */
export function defineAddon<
    F extends Definitions = Record<never, never>,
    O extends object = object,
    L extends object = object,
>(definition: AddonDefinition<F, O, L>): Addon<F, O, L> {
    const { name } = definition;
    const fields: Definitions = definition.fields ?? {};
    if (!name) throw new TypeError('an addon needs a name, such as "order_note"');
    const strange = strangeIn(definition, ADDON_MEMBERS) ?? strangeIn(definition.overrides ?? {}, OVERRIDDEN);
    if (strange) throw new TypeError(`the addon "${name}" has ${strange}`);
    if (namesOn(models.Order.prototype).includes(name)) {
        throw new TypeError(
            `the addon "${name}" is there already: define it once, or give this one another name`,
        );
    }
    for (const [field, of] of Object.entries(fields)) checkDefinition(name, field, of);
    const { Order, Orderline } = models;
    try {
        const { order, orderline, overrides } = definition;
        models.Order = extended(models.Order, name, 'order', fields, order, overrides?.order as Make);
        models.Orderline = extended(
            models.Orderline,
            name,
            'orderline',
            fields,
            orderline,
            overrides?.orderline as Make,
        );
    } catch (error) {
        Object.assign(models, { Order, Orderline });
        throw error;
    }
    for (const pos of tills) {
        const text = `the addon "${name}" was defined after this till was opened: orders that are open on it do not have it, later ones do. Define addons before \`connect\``;
        pos.report({ uid: '', where: 'defineAddon', text });
    }
    return {
        name,
        order: order => order as ReturnType<Addon<F, O, L>['order']>,
        orderline: line => line as ReturnType<Addon<F, O, L>['orderline']>,
    };
}

// What follows knows the models only as far as both kinds are the same.

type Hooked = (Order | Orderline) & {
    ms_values?: Map<string, unknown>;
    ms_addons?: readonly string[];
    ms_fields?: FieldDeclarations;
    order?: Order;
};
type Make = ((former: object) => object) | undefined;
type Exported = { [member: string]: unknown };
type Class = typeof models.Order;

function extended<C>(
    Base: C,
    addon: string,
    on: 'order' | 'orderline',
    fields: Definitions,
    methods: object = {},
    overrides: Make = () => ({}),
): C {
    const own = Object.entries(fields).filter(([, definition]) => definition.on === on);
    const former = (Base as Class).prototype as Hooked;
    const declarations = Object.fromEntries(
        own.map(([field, { merge, check }]) => [field, { merge, check }]),
    );
    const WithFields = (Base as Class).extend({
        ms_addons: [...namesOn(former), addon],
        ms_fields: { ...former.ms_fields, ...declarations },
        ...carrying(former, own),
    });
    for (const [field, definition] of own) {
        Object.defineProperty(WithFields.prototype, field, property(addon, field, definition));
    }
    for (const method of Object.keys(methods)) {
        if (!(method in WithFields.prototype)) continue;
        throw new TypeError(
            `${addon}: ${method} is there already. To take its place, write \`overrides: { ${on}: former => ({ ${method}() { … } }) }\` and call former.${method}`,
        );
    }
    const WithMethods = WithFields.extend(methods);
    return WithMethods.extend(overrides(WithMethods.prototype)) as C;
}

/** The trio of an Odoo extension, for the declared fields. */
function carrying(former: Hooked, own: [string, FieldDefinition<unknown>][]) {
    const take = (model: Hooked, json: Exported) => {
        const values = valuesOf(model);
        for (const [field] of own) {
            if (Object.hasOwn(json, field)) values.set(field, frozen(json[field]));
            else values.delete(field);
        }
    };
    return {
        export_as_JSON(this: Hooked): Exported {
            const json: Exported = (former as Order).export_as_JSON.call(this as Order);
            for (const [field, definition] of own) json[field] = exportedValue(this, field, definition);
            return json;
        },
        init_from_JSON(this: Hooked, json: Exported): void {
            take(this, json);
            former.init_from_JSON.call(this as never, json as never);
        },
        apply_ms_data(this: Hooked, json: Exported): void {
            former.apply_ms_data?.call(this as never, json as never);
            take(this, json);
        },
    };
}

/** A value that nobody has set is not said, unless changes of it are counted from it. */
function exportedValue(model: Hooked, field: string, definition: FieldDefinition<unknown>): unknown {
    const values = valuesOf(model);
    if (values.has(field)) return values.get(field);
    return definition.merge === 'increment' || definition.merge === 'tap' ? definition.default : undefined;
}

function property(addon: string, field: string, definition: FieldDefinition<unknown>): PropertyDescriptor {
    const initial = frozen(definition.default);
    return {
        configurable: true,
        enumerable: true,
        get(this: Hooked): unknown {
            const values = valuesOf(this);
            return values.has(field) ? values.get(field) : initial;
        },
        set(this: Hooked, value: unknown): void {
            const json = toJson(value);
            if ('refused' in json) throw new FieldError(addon, field, json.refused);
            const reason =
                'json' in json
                    ? (unfit(definition.merge ?? 'set', json.json) ?? definition.check?.(value) ?? null)
                    : null;
            if (reason !== null) throw new FieldError(addon, field, reason);
            const order = this.order ?? (this as Order);
            order.act(() => {
                if ('json' in json) valuesOf(this).set(field, frozen(json.json));
                else valuesOf(this).delete(field);
                this.trigger('change', this);
            });
        },
    };
}

/**
 * A copy that nobody can change: what is set is what counts, and a `push` that nobody would hear of fails where it is
 * written.
 */
function frozen<T>(value: T): T {
    if (typeof value !== 'object' || value === null) return value;
    const copy = structuredClone(value);
    freeze(copy);
    return copy;
}

function freeze(value: object): void {
    for (const item of Object.values(value)) {
        if (typeof item === 'object' && item !== null) freeze(item);
    }
    Object.freeze(value);
}

function valuesOf(model: Hooked): Map<string, unknown> {
    model.ms_values ??= new Map();
    return model.ms_values;
}

function namesOn(prototype: object): readonly string[] {
    return (prototype as Hooked).ms_addons ?? [];
}

/** What Backbone keeps in every model, beside what stands on its prototype. */
const OF_BACKBONE = 'cid attributes changed collection _changing _pending _previousAttributes _events'.split(
    ' ',
);

/** What the SDK keeps in orders and in lines. */
const KEPT = {
    order: new Set([
        ...OF_BACKBONE,
        ...'pos orderlines paymentlines unknown_references finalized ms_info sequence_number run_ID receipt_number'.split(
            ' ',
        ),
        ...'revision_ID uid name creation_date fiscal_position pricelist refund_of'.split(' '),
        ...'selected_orderline selected_paymentline summed'.split(' '),
    ]),
    orderline: new Set([
        ...OF_BACKBONE,
        ...'pos order id uid product selected ms_info quantity quantityStr discount discountStr'.split(' '),
        ...'price price_manually_set tax_ids computed refunded_line'.split(' '),
    ]),
};

const ADDON_MEMBERS = ['name', 'fields', 'order', 'orderline', 'overrides'];
const FIELD_MEMBERS = ['on', 'merge', 'default', 'check'];
const OVERRIDDEN = ['order', 'orderline'];

function checkDefinition(addon: string, name: string, definition: FieldDefinition<unknown>): void {
    const { on, merge, default: initial } = definition;
    const wrong = (text: string) => new TypeError(`${addon}: the field ${name} ${text}`);
    const strange = strangeIn(definition, FIELD_MEMBERS);
    if (strange) throw wrong(`has ${strange}`);
    if (on !== 'order' && on !== 'orderline') throw wrong('needs `on`: "order" or "orderline"');
    const owner: Owner = on === 'order' ? 'order' : 'line';
    if (kindOf(owner, name) !== 'extension')
        throw wrong("has the name of one of Odoo's own fields; choose another");
    const { prototype } = on === 'order' ? models.Order : models.Orderline;
    if (name === '' || name in prototype || KEPT[on].has(name))
        throw wrong('has the name of a member that the model has already; choose another');
    if (merge !== undefined && !MERGE_RULES.includes(merge))
        throw wrong(`has the merge rule "${merge}"; there are ${MERGE_RULES.join(', ')}`);
    if (initial === undefined) return;
    const json = toJson(initial);
    if (!('json' in json)) throw wrong('has a default that is no JSON');
    const reason = unfit(merge ?? 'set', json.json);
    if (reason !== null) throw wrong(`has a default that does not fit: ${reason}`);
}

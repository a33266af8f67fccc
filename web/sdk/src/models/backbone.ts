/** Classes that extensions can take further with Backbone's `extend`. */

import Backbone from 'backbone';

export { Backbone };

/** A class of `models`: made with `new`, taken further with `extend`, as in Odoo. */
export interface ModelClass<T> {
    new (attributes?: object | null, options?: object): T;
    readonly prototype: T;
    /** A class with these members added or overridden; those overridden are found on the former `prototype`. */
    extend<P extends object>(members: P & ThisType<T & P>, statics?: object): ModelClass<T & P>;
}

/**
 * Makes a Backbone class out of a TypeScript class that only has methods and accessors.
 *
 * Odoo's extensions call `parent.apply(this, arguments)` inside of `extend`, which JavaScript forbids for `class`. So
 * the members move to a constructor of the old kind. Nothing of the class but its members is used: fields must be
 * `declare`d and set in `initialize`.
 */
export function modelClass<T>(
    members: { prototype: object },
    parent: object = Backbone.Model,
): ModelClass<T> {
    const child = (parent as typeof Backbone.Model).extend({}) as ModelClass<T>;
    for (const prototype of ownPrototypes(members.prototype)) {
        for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
            if (name === 'constructor') continue;
            // Enumerable, since extensions copy members with `_.extend`.
            Object.defineProperty(child.prototype, name, { ...descriptor, enumerable: true });
        }
    }
    return child;
}

/** A class's prototype and those above it that are not Backbone's, the topmost first. */
function ownPrototypes(prototype: object): object[] {
    const ends: object[] = [Backbone.Model.prototype, Backbone.Collection.prototype];
    const own: object[] = [];
    let at: object | null = prototype;
    while (at && !ends.includes(at)) {
        own.unshift(at);
        at = Object.getPrototypeOf(at);
    }
    return own;
}

/** An extension as the original's were written: it replaces the class, and compares nothing. */
import { models } from '../../src/models/models.js';

/** A line that carries the extension's field. */
export type Noted = { old_note?: unknown };

/** Lines keep, sync and take in an `old_note`. */
export function extendLines(): void {
    const { prototype } = models.Orderline;
    models.Orderline = models.Orderline.extend({
        export_as_JSON() {
            return { ...prototype.export_as_JSON.call(this), old_note: (this as Noted).old_note };
        },
        init_from_JSON(json: Noted) {
            (this as Noted).old_note = json.old_note;
            prototype.init_from_JSON.call(this as never, json as never);
        },
        apply_ms_data(json: Noted) {
            (this as Noted).old_note = json.old_note;
        },
    });
}

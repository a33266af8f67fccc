/**
 * Reads what older versions of the SDK wrote (rule 17).
 *
 * A reader of each record fills in what its version did not have yet. A record of a version that is newer than
 * this one is read as it is: what it has beside is kept out of the way, what it lacks is filled in.
 */
import {
    newTill,
    STORED_VERSION,
    type StoredCommand,
    type StoredRefused,
    type StoredTill,
} from './storage.js';

export function upgradeTill(till: Partial<StoredTill> & { server: string }): StoredTill {
    return { ...newTill(till.server), ...till };
}

export function upgradeCommand(
    command: Partial<StoredCommand> & { number: number; id: string },
): StoredCommand {
    return {
        version: STORED_VERSION,
        kind: 'edit',
        user: { id: 0, name: '' },
        device_time_ms: 0,
        actions: [],
        answer: null,
        answered_ms: null,
        cut: false,
        reoffered: false,
        retries: 0,
        ...command,
    };
}

export function upgradeRefused(refused: Partial<StoredRefused> & { id: string }): StoredRefused {
    return {
        version: STORED_VERSION,
        uid: null,
        refusal: { reason: 'bad' },
        order: null,
        operations: [],
        lines: {},
        fields: {},
        ...refused,
    };
}

/** `vectors/replica.json`: the replica after each event is the server's, byte for byte (A6, W5 to W7). */
import { expect, it } from 'vitest';
import { Replica } from '../../src/rules/replica.js';
import type { EventMessage } from '../../src/wire/protocol.js';
import { vectors } from './vectors.js';

interface File {
    cases: { name: string; steps: { event: EventMessage; replica: string }[] }[];
}

it.each(vectors<File>('replica').cases)('$name', ({ steps }) => {
    const replica = new Replica();
    replica.run = 1;
    for (const { event, replica: expected } of steps) {
        replica.evolve(event);
        expect(replica.canonical()).toBe(expected);
    }
});

/** How long a till waits for what. Each can be set, for a POS (rule 30) or for a test. */
export interface Timing {
    /** A command unanswered for so long makes the till ping (rule 14). */
    commandUnansweredMs: number;
    /**
     * How long that ping may take: together with the above, the till notices within 5 s. One that is sent because
     * the browser spoke of its network may take as long.
     */
    pingAfterCommandMs: number;
    /** A command unanswered for so long, though the server answers pings, makes the till connect anew. */
    commandStalledMs: number;
    /** Silence for so long makes the till ping (rule 30). */
    silenceMs: number;
    /** How long that ping may take. */
    pingMs: number;
    /** How long a transport may take to open, and then the server to say welcome. */
    openMs: number;
    welcomeMs: number;
    /** Waits between two tries to connect: from this, doubling, up to that, half of it by chance. */
    backoffMs: number;
    backoffMaxMs: number;
    /** Openings of a WebSocket that may fail before long polling is tried. */
    webSocketFailuresMax: number;
    /** How often a WebSocket is tried while long polling works. */
    climbMs: number;
    /** How long the server may hold a poll before it counts as lost. */
    pollMs: number;
    /** Waits after an error of the server (W13). */
    protocolRetryMs: number;
    accessRetryMs: number;
    busyRetryMs: number;
    stoppingRetryMs: number;
    /** How long to wait before writing again to a storage that was full. */
    storageRetryMs: number;
    /** How long a changed replica may wait to be saved. */
    replicaSaveMs: number;
    /** How long a change of what is shown waits to be told to the others. */
    presenceMs: number;
    /** How long opening an engine waits for its first login. */
    firstWelcomeMs: number;
    /** Waits before a command that the server lost is offered again (W17). */
    offerAgainMs: readonly number[];
    /** How often a tab looks for what others that are gone have left unsent. */
    courierEveryMs: number;
    /** How long that may take to be sent, for each of them. */
    courierMs: number;
}

export const TIMING: Timing = {
    commandUnansweredMs: 3_000,
    pingAfterCommandMs: 2_000,
    commandStalledMs: 20_000,
    silenceMs: 60_000,
    pingMs: 10_000,
    openMs: 5_000,
    welcomeMs: 10_000,
    backoffMs: 200,
    backoffMaxMs: 5_000,
    webSocketFailuresMax: 2,
    climbMs: 60_000,
    pollMs: 35_000,
    protocolRetryMs: 300_000,
    accessRetryMs: 60_000,
    busyRetryMs: 3_000,
    stoppingRetryMs: 1_000,
    storageRetryMs: 10_000,
    replicaSaveMs: 1_000,
    presenceMs: 500,
    firstWelcomeMs: 10_000,
    offerAgainMs: [2_000, 5_000, 15_000, 60_000],
    courierEveryMs: 30_000,
    courierMs: 60_000,
};

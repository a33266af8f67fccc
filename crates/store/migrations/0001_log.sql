-- The logs and what follows from them. The pair (database, multi_session) names a room everywhere.
--
-- Bodies are JSON as serde writes the types of `tillsync-core`. The columns beside them repeat what queries need.

-- What the store says of itself: its id, its epoch.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO meta VALUES ('server_id', lower(hex(randomblob(16)))), ('epoch', '1');

-- One row for each room: how far its log is, and everything that is known of it but its orders.
-- `answered` counts the answers that were ever given in it.
CREATE TABLE multi_sessions (
    database      TEXT    NOT NULL,
    multi_session INTEGER NOT NULL,
    seq           INTEGER NOT NULL,
    run           INTEGER NOT NULL,
    answered      INTEGER NOT NULL,
    summary       TEXT    NOT NULL,
    PRIMARY KEY (database, multi_session)
) STRICT;

-- The log. Its primary key is the last referee of who landed at a seq. Rows are only ever added.
CREATE TABLE log (
    database      TEXT    NOT NULL,
    multi_session INTEGER NOT NULL,
    seq           INTEGER NOT NULL,
    time_ms       INTEGER NOT NULL,
    command       TEXT    NOT NULL,
    body          TEXT    NOT NULL,
    PRIMARY KEY (database, multi_session, seq),
    FOREIGN KEY (database, multi_session) REFERENCES multi_sessions
) STRICT, WITHOUT ROWID;

-- Which entries of the log touched an order.
CREATE TABLE order_log (
    database      TEXT    NOT NULL,
    multi_session INTEGER NOT NULL,
    uid           TEXT    NOT NULL,
    seq           INTEGER NOT NULL,
    PRIMARY KEY (database, multi_session, uid, seq),
    FOREIGN KEY (database, multi_session, seq) REFERENCES log
) STRICT, WITHOUT ROWID;

-- The orders as they stand. With a rowid: rows of some kilobytes lie badly in a tree of keys.
CREATE TABLE orders (
    database      TEXT    NOT NULL,
    multi_session INTEGER NOT NULL,
    uid           TEXT    NOT NULL,
    run           INTEGER NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('draft', 'paid', 'deleted', 'unpaid')),
    number        INTEGER NOT NULL,
    revision      INTEGER NOT NULL,
    body          TEXT    NOT NULL,
    -- The run of an order that is closed; null while it is a draft or unpaid. So what a room loads is two ranges.
    closed_run    INTEGER GENERATED ALWAYS AS (CASE WHEN state IN ('paid', 'deleted') THEN run END) VIRTUAL,
    PRIMARY KEY (database, multi_session, uid),
    FOREIGN KEY (database, multi_session) REFERENCES multi_sessions
) STRICT;

CREATE INDEX orders_to_load ON orders (database, multi_session, closed_run);

-- What was answered to commands. `n` counts within the room, so that the oldest are a range.
CREATE TABLE answers (
    database      TEXT    NOT NULL,
    multi_session INTEGER NOT NULL,
    n             INTEGER NOT NULL,
    command       TEXT    NOT NULL,
    answer        TEXT    NOT NULL,
    PRIMARY KEY (database, multi_session, n),
    UNIQUE (database, multi_session, command),
    FOREIGN KEY (database, multi_session) REFERENCES multi_sessions
) STRICT, WITHOUT ROWID;

-- What adapters keep beside the log.
CREATE TABLE side (
    database      TEXT    NOT NULL,
    multi_session INTEGER NOT NULL,
    kind          TEXT    NOT NULL,
    key           TEXT    NOT NULL,
    value         TEXT    NOT NULL,
    PRIMARY KEY (database, multi_session, kind, key),
    FOREIGN KEY (database, multi_session) REFERENCES multi_sessions
) STRICT;

-- Which multi-session a POS is in: at most one of its database.
CREATE TABLE poses (
    database      TEXT    NOT NULL,
    pos           INTEGER NOT NULL,
    multi_session INTEGER NOT NULL,
    PRIMARY KEY (database, pos),
    FOREIGN KEY (database, multi_session) REFERENCES multi_sessions
) STRICT, WITHOUT ROWID;

-- The last POS session id that was given in each database.
CREATE TABLE session_ids (
    database TEXT    PRIMARY KEY,
    last     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The keys in the addresses that Odoo's tills are given. The secret itself is nowhere, only its SHA-256.
CREATE TABLE odoo_keys (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    database      TEXT    NOT NULL,
    multi_session INTEGER,
    origins       TEXT    NOT NULL,
    created_ms    INTEGER NOT NULL,
    hint          TEXT    NOT NULL,
    secret_hash   TEXT    NOT NULL UNIQUE,
    removed_ms    INTEGER
) STRICT;

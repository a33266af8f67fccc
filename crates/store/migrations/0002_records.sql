-- What a shop is made of besides its orders. A removed record stays, with no body, so that tills learn of it.
CREATE TABLE records (
    database TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    id       INTEGER NOT NULL,
    version  INTEGER NOT NULL,
    change   INTEGER NOT NULL,
    body     TEXT,
    PRIMARY KEY (database, kind, id)
) STRICT;

CREATE INDEX records_by_change ON records (database, change);

-- The last change of each database.
CREATE TABLE record_changes (
    database TEXT    PRIMARY KEY,
    last     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What lists of orders are filtered and sorted by: one narrow row for each order that is off the screens (paid, deleted
-- or unpaid), written with it. `ms` is when it left them, `total` is in millionths, `seat`
-- is the table: its record as `#ID`, or else its name in lower case.
CREATE TABLE past_orders (
    database      TEXT    NOT NULL,
    ms            INTEGER NOT NULL,
    multi_session INTEGER NOT NULL,
    uid           TEXT    NOT NULL,
    state         TEXT    NOT NULL,
    number        INTEGER NOT NULL,
    receipt       INTEGER,
    pos           INTEGER NOT NULL,
    user          INTEGER NOT NULL,
    partner       INTEGER,
    seat          TEXT,
    total         INTEGER NOT NULL,
    taken_away    INTEGER NOT NULL,
    in_question   INTEGER NOT NULL,
    refund        INTEGER NOT NULL,
    late          INTEGER NOT NULL,
    PRIMARY KEY (database, ms, multi_session, uid)
) STRICT, WITHOUT ROWID;

-- Each of these ends with the rest of the primary key: a list along it is in the order of time.
CREATE UNIQUE INDEX past_orders_by_uid ON past_orders (database, uid, multi_session);
CREATE INDEX past_orders_by_state ON past_orders (database, state, ms);
CREATE INDEX past_orders_by_room ON past_orders (database, multi_session, ms);
CREATE INDEX past_orders_by_number ON past_orders (database, number, ms);
CREATE INDEX past_orders_by_receipt ON past_orders (database, receipt, ms) WHERE receipt IS NOT NULL;
CREATE INDEX past_orders_by_pos ON past_orders (database, pos, ms);
CREATE INDEX past_orders_by_user ON past_orders (database, user, ms);
CREATE INDEX past_orders_by_partner ON past_orders (database, partner, ms) WHERE partner IS NOT NULL;
CREATE INDEX past_orders_by_seat ON past_orders (database, seat, ms) WHERE seat IS NOT NULL;
CREATE INDEX past_orders_by_total ON past_orders (database, total, ms);
CREATE INDEX past_orders_taken_away ON past_orders (database, ms) WHERE taken_away = 1;
CREATE INDEX past_orders_in_question ON past_orders (database, ms) WHERE in_question = 1;
CREATE INDEX past_orders_refund ON past_orders (database, ms) WHERE refund = 1;
CREATE INDEX past_orders_late ON past_orders (database, ms) WHERE late = 1;

-- Which products such an order has, or had.
CREATE TABLE past_order_products (
    database      TEXT    NOT NULL,
    product       INTEGER NOT NULL,
    ms            INTEGER NOT NULL,
    multi_session INTEGER NOT NULL,
    uid           TEXT    NOT NULL,
    PRIMARY KEY (database, product, ms, multi_session, uid)
) STRICT, WITHOUT ROWID;

CREATE INDEX past_order_products_by_uid ON past_order_products (database, uid, multi_session);

-- POS sessions, open and closed. `opened` and `closed` are JSON, as core writes an open and a closed session.
CREATE TABLE pos_sessions (
    database      TEXT    NOT NULL,
    session       INTEGER NOT NULL,
    multi_session INTEGER NOT NULL,
    pos           INTEGER NOT NULL,
    name          TEXT    NOT NULL,
    run           INTEGER NOT NULL,
    opened_ms     INTEGER NOT NULL,
    closed_ms     INTEGER,
    opened        TEXT    NOT NULL,
    closed        TEXT,
    PRIMARY KEY (database, session)
) STRICT, WITHOUT ROWID;

CREATE INDEX pos_sessions_by_time ON pos_sessions (database, opened_ms);
CREATE INDEX pos_sessions_by_pos ON pos_sessions (database, pos, opened_ms);
CREATE INDEX pos_sessions_open ON pos_sessions (database, opened_ms) WHERE closed_ms IS NULL;

-- Names in lists of records are sorted and looked for; what a record is called is in one of two fields.
ALTER TABLE records ADD COLUMN name TEXT GENERATED ALWAYS AS
    (coalesce(json_extract(body, '$.display_name'), json_extract(body, '$.name'))) VIRTUAL;

CREATE INDEX records_by_name ON records (database, kind, name COLLATE NOCASE, id) WHERE body IS NOT NULL;

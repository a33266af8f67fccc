-- When an order was paid or deleted, and the POS session that counts its money: what lists and reports go by.
ALTER TABLE orders ADD COLUMN closed_ms INTEGER;
ALTER TABLE orders ADD COLUMN closed_session INTEGER;

-- Of what an older version closed, the last entry in the log says when.
UPDATE orders SET closed_ms = (
    SELECT max(log.time_ms) FROM order_log JOIN log USING (database, multi_session, seq)
    WHERE order_log.database = orders.database AND order_log.multi_session = orders.multi_session
        AND order_log.uid = orders.uid)
WHERE state IN ('paid', 'deleted');

CREATE INDEX orders_closed ON orders (database, multi_session, closed_ms, uid) WHERE closed_ms IS NOT NULL;

CREATE INDEX orders_of_session ON orders (database, multi_session, closed_session, closed_ms, uid)
    WHERE closed_session IS NOT NULL;

//! Orders that are off the screens, a page at a time: along which index, and what is looked at on the way.

use rusqlite::types::Value as Sql;
use rusqlite::{Connection, Row, params, params_from_iter};
use tillsync_core::id::OrderUid;
use tillsync_core::order::OrderState;

use super::query::{clamp, limit, order as order_of};
use super::rows::state_text;
use crate::facts::Facts;
use crate::lists::{KEYS_MAX, Key, Page, PastOrder, Place, ROWS_LOOKED_AT_MAX, Remarkable, Sort, Wanted};
use crate::{Result, RoomId, StoreError};

/// What a list goes along: an index, and the value that is looked for in it.
#[derive(Debug, Clone, PartialEq)]
struct Along {
    /// Said, and not left to SQLite: without statistics it takes the range of time for as good.
    index: Option<&'static str>,
    /// Beside the database; begins with `AND` where there is something.
    condition: &'static str,
    /// What stands for its `?2`; null where it has none.
    value: Sql,
    /// The products are in a table of their own.
    is_product: bool,
}

impl Along {
    fn new(index: &'static str, condition: &'static str, value: impl Into<Sql>) -> Self {
        Self { index: Some(index), condition, value: value.into(), is_product: false }
    }

    fn all() -> Self {
        Self { index: None, condition: "", value: Sql::Null, is_product: false }
    }

    fn number(number: u64) -> [Self; 2] {
        [
            Self::new("past_orders_by_number", "AND p.number = ?2", clamp(number)),
            Self::new(
                "past_orders_by_receipt",
                "AND p.receipt = ?2 AND p.receipt IS NOT NULL",
                clamp(number),
            ),
        ]
    }

    fn partner(partner: i64) -> Self {
        Self::new("past_orders_by_partner", "AND p.partner = ?2 AND p.partner IS NOT NULL", partner)
    }

    fn product(product: i64) -> Self {
        Self { condition: "AND p.product = ?2", value: product.into(), is_product: true, ..Self::all() }
    }

    fn user(user: i64) -> Self {
        Self::new("past_orders_by_user", "AND p.user = ?2", user)
    }

    fn mark(mark: Remarkable) -> Self {
        match mark {
            Remarkable::TakenAway => Self::new("past_orders_taken_away", "AND p.taken_away = 1", Sql::Null),
            Remarkable::InQuestion => {
                Self::new("past_orders_in_question", "AND p.in_question = 1", Sql::Null)
            }
            Remarkable::Refund => Self::new("past_orders_refund", "AND p.refund = 1", Sql::Null),
            Remarkable::Late => Self::new("past_orders_late", "AND p.late = 1", Sql::Null),
        }
    }

    /// What a list goes along: what finds the least. Everything else is looked at row by row.
    fn of(wanted: &Wanted) -> Vec<Self> {
        // In the order of totals there is one way to go.
        if matches!(wanted.sort, Sort::Largest | Sort::Smallest) {
            return vec![Self { index: Some("past_orders_by_total"), ..Self::all() }];
        }
        if !wanted.any.is_empty() {
            let along = |key: &Key| match key {
                Key::Uid(uid) => {
                    vec![Self::new("past_orders_by_uid", "AND p.uid = ?2", uid.as_str().to_owned())]
                }
                Key::Number(number) => Self::number(*number).into(),
                Key::Partner(partner) => vec![Self::partner(*partner)],
                Key::Product(product) => vec![Self::product(*product)],
                Key::User(user) => vec![Self::user(*user)],
                Key::Seat(seat) => vec![Self::new(
                    "past_orders_by_seat",
                    "AND p.seat = ?2 AND p.seat IS NOT NULL",
                    seat.clone(),
                )],
            };
            return wanted.any.iter().take(KEYS_MAX).flat_map(along).collect();
        }
        if let Some(number) = wanted.number {
            return Self::number(number).into();
        }
        let one = if let Some(partner) = wanted.partner {
            Self::partner(partner)
        } else if let Some(product) = wanted.product {
            Self::product(product)
        } else if let Some(mark) = wanted.mark {
            Self::mark(mark)
        } else if let Some(user) = wanted.user {
            Self::user(user)
        } else if let Some(pos) = wanted.pos {
            Self::new("past_orders_by_pos", "AND p.pos = ?2", pos)
        } else if let Some(multi_session) = wanted.multi_session {
            Self::new("past_orders_by_room", "AND p.multi_session = ?2", multi_session)
        } else if let Some(state) = wanted.state {
            Self::new("past_orders_by_state", "AND p.state = ?2", state_text(state).to_owned())
        } else {
            Self::all()
        };
        vec![one]
    }

    /// The statement, and what it binds.
    fn query(&self, database: &str, wanted: &Wanted, most: usize) -> (String, Vec<Sql>) {
        let Span { from_ms, until_ms, after } = Span::of(wanted);
        let mut values: Vec<Sql> = vec![database.to_owned().into(), from_ms.into(), until_ms.into()];
        let mut bind = |value: Sql| {
            values.push(value);
            format!("?{}", values.len())
        };
        let place: &[&str] = match wanted.sort {
            Sort::Latest | Sort::Earliest => &["p.ms", "p.multi_session", "p.uid"],
            Sort::Largest | Sort::Smallest => &["p.total", "p.ms", "p.multi_session", "p.uid"],
        };
        let (direction, comes_after) = match wanted.sort {
            Sort::Latest | Sort::Largest => (" DESC", "<"),
            Sort::Earliest | Sort::Smallest => ("", ">"),
        };
        let after = after.map_or(String::new(), |after| {
            let values: Vec<String> = after.into_iter().map(&mut bind).collect();
            format!("AND ({}) {comes_after} ({})", place.join(", "), values.join(", "))
        });
        let condition = match &self.value {
            Sql::Null => self.condition.to_owned(),
            value => self.condition.replace("?2", &bind(value.clone())),
        };
        let (columns, from) = match self.is_product {
            true => (
                columns("o"),
                "past_order_products p JOIN past_orders o ON o.database = p.database AND o.ms = p.ms
                     AND o.multi_session = p.multi_session AND o.uid = p.uid",
            ),
            false => (columns("p"), "past_orders p"),
        };
        let index = self.index.map_or(String::new(), |index| format!(" INDEXED BY {index}"));
        let most = bind(limit(most).into());
        let order: Vec<String> = place.iter().map(|column| format!("{column}{direction}")).collect();
        let order = order.join(", ");
        let sql = format!(
            "SELECT {columns} FROM {from}{index}
             WHERE p.database = ?1 {condition} AND p.ms >= ?2 AND p.ms < ?3 {after}
             ORDER BY {order} LIMIT {most}"
        );
        (sql, values)
    }
}

fn columns(table: &str) -> String {
    let names = [
        "ms",
        "multi_session",
        "uid",
        "state",
        "number",
        "receipt",
        "pos",
        "user",
        "partner",
        "total",
        "taken_away",
        "in_question",
        "refund",
        "late",
        "seat",
    ];
    names.map(|name| format!("{table}.{name}")).join(", ")
}

/// The range of time that a page is in, as narrow as the place after which it goes on allows, and that place.
struct Span {
    from_ms: i64,
    until_ms: i64,
    after: Option<Vec<Sql>>,
}

impl Span {
    fn of(wanted: &Wanted) -> Self {
        let (mut from_ms, mut until_ms) = (clamp(wanted.from_ms), clamp(wanted.until_ms));
        let Some(place) = &wanted.after else { return Self { from_ms, until_ms, after: None } };
        let ms = clamp(place.ms);
        let mut after: Vec<Sql> =
            vec![ms.into(), place.multi_session.into(), place.uid.as_str().to_owned().into()];
        match wanted.sort {
            Sort::Latest => until_ms = until_ms.min(ms.saturating_add(1)),
            Sort::Earliest => from_ms = from_ms.max(ms),
            Sort::Largest | Sort::Smallest => after.insert(0, place.total.into()),
        }
        Self { from_ms, until_ms, after: Some(after) }
    }
}

/// See [`ListStore::past`].
pub(super) fn past(conn: &Connection, database: &str, wanted: &Wanted) -> Result<Page> {
    let ways = Along::of(wanted);
    // Of several ways each is looked along as far: what comes later than where one of them ended is not complete.
    let most = ROWS_LOOKED_AT_MAX / ways.len().max(1);
    let mut found: Vec<Facts> = Vec::new();
    let mut ends: Vec<Place> = Vec::new();
    for way in &ways {
        let (facts, end) = look_along(conn, database, wanted, way, most)?;
        found.extend(facts);
        ends.extend(end);
    }
    found.sort_by(|one, other| match wanted.is_after(&one.place, &other.place) {
        true => std::cmp::Ordering::Greater,
        false if one.place == other.place => std::cmp::Ordering::Equal,
        false => std::cmp::Ordering::Less,
    });
    found.dedup_by(|one, other| one.place == other.place);
    let reached =
        ends.into_iter().reduce(|one, other| if wanted.is_after(&one, &other) { other } else { one });
    if let Some(reached) = &reached {
        found.retain(|facts| !wanted.is_after(&facts.place, reached));
    }
    let is_full = found.len() > wanted.max;
    found.truncate(wanted.max);
    let next = if is_full { found.last().map(|last| last.place.clone()) } else { reached };
    let mut orders = Vec::with_capacity(found.len());
    for Facts { place, .. } in found {
        let room = RoomId::new(database, place.multi_session);
        if let Some(order) = order_of(conn, &room, place.uid.as_str())? {
            orders.push(PastOrder { multi_session: place.multi_session, ms: place.ms, order });
        }
    }
    Ok(Page { orders, next })
}

/// What is wanted along one way, one more than fit a page at most; and the last row that was looked at, where there
/// are more.
fn look_along(
    conn: &Connection,
    database: &str,
    wanted: &Wanted,
    way: &Along,
    most: usize,
) -> Result<(Vec<Facts>, Option<Place>)> {
    let (sql, values) = way.query(database, wanted, most);
    let mut find = conn.prepare_cached(&sql)?;
    let mut rows = find.query(params_from_iter(&values))?;
    let (mut found, mut looked_at, mut last) = (Vec::new(), 0, None);
    while let Some(row) = rows.next()? {
        let facts = facts(row)?;
        looked_at += 1;
        last = Some(facts.place.clone());
        let has = |product| has_product(conn, database, &facts.place, product).unwrap_or(false);
        if wanted.is(&facts, has) {
            found.push(facts);
            if found.len() > wanted.max {
                return Ok((found, last));
            }
        }
    }
    Ok((found, last.filter(|_| looked_at == most)))
}

fn has_product(conn: &Connection, database: &str, place: &Place, product: i64) -> Result<bool> {
    let mut find = conn.prepare_cached(
        "SELECT 1 FROM past_order_products
         WHERE database = ?1 AND product = ?2 AND ms = ?3 AND multi_session = ?4 AND uid = ?5",
    )?;
    Ok(find.exists(params![database, product, clamp(place.ms), place.multi_session, place.uid.as_str()])?)
}

fn facts(row: &Row) -> Result<Facts> {
    let count = |at: usize| -> Result<u64> { Ok(u64::try_from(row.get::<_, i64>(at)?).unwrap_or_default()) };
    let state: String = row.get(3)?;
    let state = match state.as_str() {
        "paid" => OrderState::Paid,
        "deleted" => OrderState::Deleted,
        "unpaid" => OrderState::Unpaid,
        other => return Err(StoreError::Damaged(format!("an order in a list is '{other}'"))),
    };
    Ok(Facts {
        place: Place {
            ms: count(0)?,
            multi_session: row.get(1)?,
            uid: OrderUid::new(row.get::<_, String>(2)?),
            total: row.get(9)?,
        },
        state,
        number: row.get(4)?,
        receipt: row.get::<_, Option<i64>>(5)?.and_then(|receipt| u64::try_from(receipt).ok()),
        pos: row.get(6)?,
        user: row.get(7)?,
        partner: row.get(8)?,
        taken_away: row.get(10)?,
        in_question: row.get(11)?,
        refund: row.get(12)?,
        late: row.get(13)?,
        seat: row.get(14)?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::schema::open_writer;
    use super::super::{OpenMode, Options};
    use super::*;

    fn plan(conn: &Connection, sql: &str, values: &[Sql]) -> String {
        let mut explain = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).expect("it is a statement");
        let steps =
            explain.query_map(params_from_iter(values), |row| row.get::<_, String>(3)).expect("a plan");
        steps.collect::<Result<Vec<_>, _>>().expect("its steps").join("; ")
    }

    /// However many orders there are: each list goes along an index that has its order already.
    #[test]
    fn every_list_goes_along_an_index() {
        let dir = tempfile::tempdir().expect("a folder for temporary files");
        let conn = open_writer(dir.path(), &Options::new(OpenMode::Serve)).expect("it opens");
        let any = Wanted::default();
        let place = Place { total: 5, ms: 7, multi_session: 1, uid: OrderUid::new("u") };
        let one = |key: Key| Wanted { any: vec![key], ..Wanted::default() };
        let marked = |mark: Remarkable| Wanted { mark: Some(mark), ..Wanted::default() };
        let cases = [
            (any.clone(), "PRIMARY KEY"),
            (one(Key::Uid(OrderUid::new("u"))), "past_orders_by_uid"),
            (one(Key::Number(3)), "past_orders_by_number, past_orders_by_receipt"),
            (one(Key::Product(3)), "PRIMARY KEY"),
            (one(Key::Partner(3)), "past_orders_by_partner"),
            (one(Key::User(3)), "past_orders_by_user"),
            (one(Key::Seat("#3".into())), "past_orders_by_seat"),
            (Wanted { number: Some(3), ..any.clone() }, "past_orders_by_number, past_orders_by_receipt"),
            (Wanted { partner: Some(3), ..any.clone() }, "past_orders_by_partner"),
            (Wanted { product: Some(3), ..any.clone() }, "PRIMARY KEY"),
            (Wanted { user: Some(3), ..any.clone() }, "past_orders_by_user"),
            (Wanted { pos: Some(3), ..any.clone() }, "past_orders_by_pos"),
            (Wanted { multi_session: Some(3), ..any.clone() }, "past_orders_by_room"),
            (Wanted { state: Some(OrderState::Paid), ..any.clone() }, "past_orders_by_state"),
            (marked(Remarkable::TakenAway), "past_orders_taken_away"),
            (marked(Remarkable::InQuestion), "past_orders_in_question"),
            (marked(Remarkable::Refund), "past_orders_refund"),
            (marked(Remarkable::Late), "past_orders_late"),
        ];
        for (wanted, indexes) in cases {
            for sort in [Sort::Latest, Sort::Earliest] {
                for after in [None, Some(place.clone())] {
                    let wanted = Wanted { sort, after, from_ms: 3, until_ms: 9, ..wanted.clone() };
                    for (way, index) in Along::of(&wanted).iter().zip(indexes.split(", ")) {
                        let (sql, values) = way.query("main", &wanted, 10);
                        let plan = plan(&conn, &sql, &values);
                        let is_along = plan.contains(index) && plan.contains("SEARCH p");
                        // One uid has one row or few.
                        let is_sorted = !plan.contains("TEMP B-TREE") || index == "past_orders_by_uid";
                        assert!(is_along && is_sorted && !plan.contains("SCAN"), "{wanted:?}: {plan}");
                    }
                }
            }
        }
        for sort in [Sort::Largest, Sort::Smallest] {
            let wanted = Wanted { sort, after: Some(place.clone()), ..Wanted::default() };
            let (sql, values) = Along::of(&wanted)[0].query("main", &wanted, 10);
            let plan = plan(&conn, &sql, &values);
            assert!(plan.contains("past_orders_by_total") && !plan.contains("TEMP B-TREE"), "{plan}");
        }
        let by_name = "SELECT * FROM records WHERE database = ?1 AND kind = ?2 AND body IS NOT NULL
            ORDER BY name COLLATE NOCASE, id LIMIT 10";
        let plan = plan(&conn, by_name, &["main".to_owned().into(), "product".to_owned().into()]);
        assert!(plan.contains("records_by_name") && !plan.contains("TEMP B-TREE"), "{plan}");
    }
}

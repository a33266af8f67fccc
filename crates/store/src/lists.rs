//! Lists over all of a database: orders that are off the screens, POS sessions, and records by their names.
//!
//! They are for people who look: a page at a time, filtered and sorted where the data is.

use async_trait::async_trait;
use tillsync_core::id::OrderUid;
use tillsync_core::multi_session::{ClosedSession, PosSession};
use tillsync_core::order::{Order, OrderState};

use crate::facts::Facts;
use crate::{Record, Result, RoomId};

/// Rows that one page looks at: with several filters at once, a page may end before it is full.
pub const ROWS_LOOKED_AT_MAX: usize = 20_000;

/// Things of which one search looks for any.
pub const KEYS_MAX: usize = 60;

/// Which orders that are off the screens (paid, deleted, unpaid) are asked for. What is not said does not matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Those that have any of these; empty for all. At most [`KEYS_MAX`].
    pub any: Vec<Key>,
    /// Their state.
    pub state: Option<OrderState>,
    /// Their multi-session.
    pub multi_session: Option<i64>,
    /// Where they were closed, or left.
    pub pos: Option<i64>,
    /// By whom.
    pub user: Option<i64>,
    /// Their customer.
    pub partner: Option<i64>,
    /// A product that they have, or had.
    pub product: Option<i64>,
    /// Their number, or their receipt's.
    pub number: Option<u64>,
    /// What is remarkable about them.
    pub mark: Option<Remarkable>,
    /// Off the screens at this time or later, in milliseconds since 1970.
    pub from_ms: u64,
    /// Off the screens before this time.
    pub until_ms: u64,
    /// In which order.
    pub sort: Sort,
    /// Only what comes after this place.
    pub after: Option<Place>,
    /// So many at most.
    pub max: usize,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            any: Vec::new(),
            state: None,
            multi_session: None,
            pos: None,
            user: None,
            partner: None,
            product: None,
            number: None,
            mark: None,
            from_ms: 0,
            until_ms: u64::MAX,
            sort: Sort::Latest,
            after: None,
            max: 50,
        }
    }
}

/// Something that an order may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// The name.
    Uid(OrderUid),
    /// The number, or the receipt's.
    Number(u64),
    /// The customer.
    Partner(i64),
    /// A product.
    Product(i64),
    /// Who closed it.
    User(i64),
    /// The table: its record as `#ID`, or its name in lower case.
    Seat(String),
}

/// What makes an order remarkable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remarkable {
    /// Something was taken off it.
    TakenAway,
    /// A manager should look.
    InQuestion,
    /// It gave money back.
    Refund,
    /// It came when its run was over.
    Late,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Those that left the screens last come first.
    Latest,
    /// Those that left them first come first.
    Earliest,
    /// The largest totals come first; among equals the latest.
    Largest,
    /// The smallest totals come first; among equals the earliest.
    Smallest,
}

/// A place in a list: an order's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its total, in millionths.
    pub total: i64,
    /// When it left the screens.
    pub ms: u64,
    /// Its multi-session.
    pub multi_session: i64,
    /// Its uid.
    pub uid: OrderUid,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The orders.
    pub orders: Vec<PastOrder>,
    /// Where the list goes on; none at its end.
    pub next: Option<Place>,
}

/// An order that is off the screens.
#[derive(Debug, Clone, PartialEq)]
pub struct PastOrder {
    /// Its multi-session.
    pub multi_session: i64,
    /// When it left them.
    pub ms: u64,
    /// As it stands.
    pub order: Order,
}

/// A POS session, open or closed.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// Its multi-session.
    pub multi_session: i64,
    /// Its POS.
    pub pos: i64,
    /// That POS's name then.
    pub name: String,
    /// The run that it was opened in.
    pub run: u32,
    /// As it was opened: devices and cash that came later are with the room, or with `closed`.
    pub opened: PosSession,
    /// As it was closed.
    pub closed: Option<ClosedSession>,
}

/// Which POS sessions are asked for: those opened last first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WantedSessions {
    /// Of this POS.
    pub pos: Option<i64>,
    /// Only open ones.
    pub open: bool,
    /// Opened at this time or later.
    pub from_ms: u64,
    /// Opened before this time; none for no end.
    pub until_ms: Option<u64>,
    /// Only what comes after this one in the list: when it was opened, and its id.
    pub after: Option<(u64, u32)>,
    /// So many at most.
    pub max: usize,
}

/// Which records are asked for. One that was put away (Odoo's `active` is false) is in no list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WantedRecords {
    /// Of which kind.
    pub kind: String,
    /// A part of what stands in one of these fields, whatever the case; empty finds all.
    pub text: String,
    /// The fields that are looked through.
    pub fields: Vec<String>,
    /// Fields that have to be a number: a reference to another record.
    pub references: Vec<(String, i64)>,
    /// Sorted by name, or else by id.
    pub by_name: bool,
    /// The other way round.
    pub descending: bool,
    /// So many are passed over.
    pub offset: usize,
    /// So many at most.
    pub max: usize,
}

/// Reads lists.
#[async_trait]
pub trait ListStore: Send + Sync + 'static {
    /// Orders that are off the screens.
    async fn past(&self, database: &str, wanted: &Wanted) -> Result<Page>;

    /// When each of these orders changed last, in milliseconds since 1970; 0 for one that is not there.
    async fn changed_ms(&self, room: &RoomId, uids: &[OrderUid]) -> Result<Vec<u64>>;

    /// POS sessions.
    async fn sessions(&self, database: &str, wanted: &WantedSessions) -> Result<Vec<Session>>;

    /// One POS session.
    async fn session(&self, database: &str, id: u32) -> Result<Option<Session>>;

    /// Records of one kind, and how many there are in all that are wanted.
    async fn records_page(&self, database: &str, wanted: &WantedRecords) -> Result<(Vec<Record>, u64)>;
}

impl Wanted {
    /// Whether an order is one that is asked for, but for its place in the list. What its products are is looked up
    /// where that matters.
    pub(crate) fn is(&self, facts: &Facts, has_product: impl Fn(i64) -> bool) -> bool {
        let is_key = |key: &Key| match key {
            Key::Uid(uid) => facts.place.uid == *uid,
            Key::Number(number) => facts.has_number(*number),
            Key::Partner(partner) => facts.partner == Some(*partner),
            Key::Product(product) => has_product(*product),
            Key::User(user) => facts.user == *user,
            Key::Seat(seat) => facts.seat.as_ref() == Some(seat),
        };
        let is_marked = |mark: Remarkable| match mark {
            Remarkable::TakenAway => facts.taken_away,
            Remarkable::InQuestion => facts.in_question,
            Remarkable::Refund => facts.refund,
            Remarkable::Late => facts.late,
        };
        (self.any.is_empty() || self.any.iter().any(is_key))
            && self.state.is_none_or(|state| facts.state == state)
            && self.multi_session.is_none_or(|id| facts.place.multi_session == id)
            && self.pos.is_none_or(|pos| facts.pos == pos)
            && self.user.is_none_or(|user| facts.user == user)
            && self.partner.is_none_or(|partner| facts.partner == Some(partner))
            && self.number.is_none_or(|number| facts.has_number(number))
            && self.mark.is_none_or(is_marked)
            && (self.from_ms..self.until_ms).contains(&facts.place.ms)
            && self.product.is_none_or(has_product)
    }

    /// Whether an order comes after another place in the list.
    pub(crate) fn is_after(&self, place: &Place, other: &Place) -> bool {
        let by_time = |place: &Place| (place.ms, place.multi_session, place.uid.clone());
        let by_total = |place: &Place| (place.total, by_time(place));
        match self.sort {
            Sort::Latest => by_time(place) < by_time(other),
            Sort::Earliest => by_time(place) > by_time(other),
            Sort::Largest => by_total(place) < by_total(other),
            Sort::Smallest => by_total(place) > by_total(other),
        }
    }
}

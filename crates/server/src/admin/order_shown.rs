//! An order as the back office shows it: in a list, and whole.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;
use tillsync_core::money::{Money, payments_of};
use tillsync_core::order::{Line, Order, OrderState, Payment};
use tillsync_store::RoomId;
use tillsync_store::facts::is_refund;
use utoipa::ToSchema;

use super::orders::{MarkName, OrderStateName};
use super::told::{Teller, reference, removals};
use super::{By, Manager, Named as NamedRecord, Names};
use crate::api::ApiState;
use crate::api::error::ApiError;

/// Entries of a history that are looked through for what was taken off.
const REMOVALS_LOOKED_AT_MAX: usize = 500;

/// A page of orders.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderPage {
    /// The orders.
    pub items: Vec<Listed>,
    /// Where the list goes on; none at its end.
    pub next: Option<String>,
    /// With several filters a page can end before it is full: how far back it has looked, in milliseconds since 1970.
    pub reached_ms: Option<u64>,
}

/// An order in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Listed {
    /// Its multi-session.
    pub multi_session: NamedRecord,
    /// Its name for good.
    pub uid: String,
    /// The number that people call it by.
    pub number: u32,
    /// The run of that number.
    pub run: u32,
    /// Its state.
    pub state: OrderStateName,
    /// When it left the screens, or changed last, in milliseconds since 1970.
    pub time_ms: u64,
    /// Who began it, and where.
    pub begun: By,
    /// Where it was closed, or changed last.
    pub pos: NamedRecord,
    /// By whom.
    pub user: NamedRecord,
    /// Its customer.
    pub customer: Option<NamedRecord>,
    /// Its table.
    pub table: Option<String>,
    /// What it comes to.
    #[schema(value_type = String)]
    pub total: Decimal,
    /// How many lines it has.
    pub lines: usize,
    /// The number of its receipt.
    pub receipt: Option<u64>,
    /// What is remarkable about it.
    pub marks: Vec<MarkName>,
    /// What was taken off it last, and by whom.
    pub removed: Option<String>,
}

/// `GET /api/admin/orders/MS/UID`
#[derive(Debug, Serialize, ToSchema)]
pub struct WholeOrder {
    /// In short.
    pub order: Listed,
    /// Its lines.
    pub lines: Vec<LineShown>,
    /// Lines that were taken off whole.
    pub removed: Vec<LineShown>,
    /// Money that was taken for it.
    pub payments: Vec<PaymentShown>,
    /// What it comes to.
    #[schema(value_type = String)]
    pub total: Decimal,
    /// The taxes in it; none before it is paid: the tills know them.
    #[schema(value_type = Option<String>)]
    pub tax: Option<Decimal>,
    /// What was given back of what was given; none before it is paid.
    #[schema(value_type = Option<String>)]
    pub change: Option<Decimal>,
    /// The order that it was made out of, and why.
    pub origin: Option<OriginShown>,
    /// Orders that came out of it.
    pub follow_ups: Vec<String>,
    /// The order that it gives money back for.
    pub refund_of: Option<String>,
    /// What a manager should look at, or has looked at.
    pub attention: Vec<MatterShown>,
    /// The note on it.
    pub note: Option<String>,
}

/// A line of an order.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineShown {
    /// Its uid within the order.
    pub uid: String,
    /// What it is of.
    pub product: Option<NamedRecord>,
    /// How much.
    #[schema(value_type = String)]
    pub qty: Decimal,
    /// The price of one.
    #[schema(value_type = String)]
    pub price_unit: Decimal,
    /// Percent off.
    #[schema(value_type = String)]
    pub discount: Decimal,
    /// The note on it.
    pub note: Option<String>,
    /// Who added it.
    pub added: By,
    /// Who changed it last, where somebody did.
    pub edited: Option<By>,
}

/// Money that was taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentShown {
    /// Its id.
    pub id: String,
    /// How it was paid.
    pub methods: Vec<MethodShown>,
    /// Whether it is what the order was closed with.
    pub paid: bool,
}

/// A way to pay, and how much.
#[derive(Debug, Serialize, ToSchema)]
pub struct MethodShown {
    /// What it is called.
    pub name: String,
    /// How much.
    #[schema(value_type = String)]
    pub amount: Decimal,
}

/// Where an order comes from.
#[derive(Debug, Serialize, ToSchema)]
pub struct OriginShown {
    /// The other order.
    pub uid: String,
    /// Why.
    pub reason: String,
}

/// Something that a manager should look at.
#[derive(Debug, Serialize, ToSchema)]
pub struct MatterShown {
    /// What.
    pub text: String,
    /// Since when, in milliseconds since 1970.
    pub ms: u64,
    /// Who has looked, and what came of it.
    pub settled: Option<SettledShown>,
}

/// That somebody has looked.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettledShown {
    /// Who.
    pub by: NamedRecord,
    /// When, in milliseconds since 1970.
    pub ms: u64,
    /// What came of it.
    pub note: String,
}

/// What is remarkable about an order.
pub fn marks(order: &Order) -> Vec<MarkName> {
    let all = [
        (MarkName::Removals, order.taken_away),
        (MarkName::Attention, order.is_in_question()),
        (MarkName::Refund, is_refund(order)),
        (MarkName::Late, order.late),
    ];
    all.into_iter().filter(|(_, is)| *is).map(|(mark, _)| mark).collect()
}

/// An order, in short.
pub async fn listed(
    state: &ApiState,
    manager: &Manager,
    names: &Names,
    multi_session: i64,
    order: &Order,
    ms: u64,
) -> Result<Listed, ApiError> {
    let by =
        order.closing.as_ref().map(|closing| &closing.by).or(order.edited.as_ref()).unwrap_or(&order.added);
    let removed = match order.taken_away {
        true => {
            let room = RoomId::new(manager.database(), multi_session);
            let store = state.hub().store();
            let events = store.history(&room, &order.uid, 0, REMOVALS_LOOKED_AT_MAX).await?;
            let mut teller = Teller::new(&order.uid, names);
            removals(&events.iter().map(|event| teller.tell(event)).collect::<Vec<_>>())
        }
        false => None,
    };
    Ok(Listed {
        multi_session: room_name(names, multi_session),
        uid: order.uid.to_string(),
        number: order.number,
        run: order.run,
        state: match order.state {
            OrderState::Draft => OrderStateName::Draft,
            OrderState::Paid => OrderStateName::Paid,
            OrderState::Deleted => OrderStateName::Deleted,
            OrderState::Unpaid => OrderStateName::Unpaid,
        },
        time_ms: ms,
        begun: (&order.added).into(),
        pos: (&by.pos).into(),
        user: (&by.user).into(),
        customer: reference(order.fields.get("partner_id")).map(|id| names.get("partner", id)),
        table: table(order, names),
        total: Money::worth(order),
        lines: order.lines.len(),
        receipt: order.closing.as_ref().and_then(|closing| closing.receipt),
        marks: marks(order),
        removed,
    })
}

/// What a multi-session is called; a POS that works alone is in one of its own.
pub fn room_name(names: &Names, multi_session: i64) -> NamedRecord {
    match crate::api::pos::alone_pos(multi_session) {
        Some(pos) => NamedRecord { id: multi_session, name: names.get("pos", pos).name },
        None => names.get("multi_session", multi_session),
    }
}

/// A table by its record, or as Odoo's restaurant module says it.
fn table(order: &Order, names: &Names) -> Option<String> {
    let said = order.fields.get("table").and_then(Value::as_str).map(str::to_owned);
    said.or_else(|| reference(order.fields.get("table_id")).map(|id| names.get("table", id).name))
}

/// What the products were called when they were sold, as the till said it with the payment.
pub fn sold_as(order: &Order) -> BTreeMap<i64, String> {
    let said = payments_of(order).filter_map(|payment| payment.fields.get("sold")?.get("lines")?.as_array());
    let named =
        |line: &Value| Some((line.get("product_id")?.as_i64()?, line.get("name")?.as_str()?.to_owned()));
    said.flatten().filter_map(named).collect()
}

/// A line; a product is called what it was when it was sold.
pub fn line_shown(names: &Names, sold_as: &BTreeMap<i64, String>, line: &Line) -> LineShown {
    let said = |field: &str| {
        line.fields.get(field).and_then(|value| tillsync_core::json::amount(value).ok()).unwrap_or_default()
    };
    LineShown {
        uid: line.uid.to_string(),
        product: reference(line.fields.get("product_id")).map(|id| match sold_as.get(&id) {
            Some(name) => NamedRecord { id, name: name.clone() },
            None => names.get("product", id),
        }),
        qty: line.qty(),
        price_unit: said("price_unit"),
        discount: said("discount"),
        note: line.fields.get("note").and_then(Value::as_str).map(str::to_owned),
        added: (&line.added).into(),
        edited: line.edited.as_ref().map(Into::into),
    }
}

/// A payment.
pub fn payment_shown(payment: &Payment, paid: bool) -> PaymentShown {
    let money = Money::by([payment].into_iter());
    let methods =
        money.methods.into_iter().map(|method| MethodShown { name: method.name, amount: method.amount });
    PaymentShown { id: payment.id.clone(), methods: methods.collect(), paid }
}

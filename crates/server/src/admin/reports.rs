//! `/api/admin/reports`: what was sold.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tillsync_core::json::{Fields, amount};
use tillsync_core::money::{Money, payments_of};
use tillsync_core::order::{Line, Order, OrderState};
use tillsync_store::lists::{Sort, Wanted};
use utoipa::{IntoParams, ToSchema};

use super::told::reference;
use super::{Manager, Names};
use crate::api::ApiState;
use crate::api::error::ApiError;
use crate::api::input::Asked;

/// Orders that one report goes through.
const ORDERS_MAX: usize = 50_000;
/// Orders that are read at a time.
const PAGE_MAX: usize = 500;
/// An hour, in milliseconds.
const HOUR_MS: u64 = 3_600_000;

/// `GET /api/admin/reports/sales`
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Span {
    /// Paid at this time or later, in milliseconds since 1970.
    #[serde(default)]
    from_ms: u64,
    /// Paid before this time; left out: till now.
    #[serde(default)]
    to_ms: Option<u64>,
    /// Only at this POS.
    #[serde(default)]
    pos: Option<i64>,
    /// Only in this multi-session.
    #[serde(default)]
    multi_session: Option<i64>,
}

/// `GET /api/admin/reports/sales.csv`
#[derive(Debug, Deserialize)]
pub struct TableAsked {
    table: TableName,
}

/// A table of a report.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TableName {
    /// By point of sale.
    ByPos,
    /// By who closed the orders.
    ByCashier,
    /// By the products' categories on the tills.
    ByCategory,
    /// By product.
    ByProduct,
    /// By tax.
    ByTax,
    /// By payment method.
    ByMethod,
    /// By hour.
    ByHour,
}

/// What was sold.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Sales {
    /// All of it.
    totals: Totals,
    /// By point of sale.
    by_pos: Vec<Row>,
    /// By who closed the orders.
    by_cashier: Vec<Row>,
    /// By the products' categories on the tills.
    by_category: Vec<Row>,
    /// By product.
    by_product: Vec<Row>,
    /// By tax: `net` is what it was computed on, `tax` what it came to.
    by_tax: Vec<Row>,
    /// By payment method: `total` is what was given, less the change.
    by_method: Vec<Row>,
    /// By hour: `id` is when it began, in milliseconds since 1970.
    by_hour: Vec<Row>,
}

/// What was sold in all.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Totals {
    /// Orders that were paid.
    orders: u64,
    /// Of these, those that gave money back.
    refunds: u64,
    /// With taxes.
    #[schema(value_type = String)]
    total: Decimal,
    /// Without taxes.
    #[schema(value_type = String)]
    net: Decimal,
    /// The taxes.
    #[schema(value_type = String)]
    tax: Decimal,
}

/// A row of a table.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct Row {
    /// The record's id.
    id: i64,
    /// What it is called.
    name: String,
    /// Orders that have it, or payments.
    orders: u64,
    /// How much of it.
    #[schema(value_type = String)]
    qty: Decimal,
    /// Without taxes.
    #[schema(value_type = String)]
    net: Decimal,
    /// The taxes.
    #[schema(value_type = String)]
    tax: Decimal,
    /// With taxes.
    #[schema(value_type = String)]
    total: Decimal,
}

/// What was sold.
pub async fn sales(
    State(state): State<ApiState>,
    manager: Manager,
    Asked(span): Asked<Span>,
) -> Result<Json<Sales>, ApiError> {
    Ok(Json(sales_of(&state, &manager, &span).await?))
}

/// One of its tables, for a spreadsheet.
pub async fn sales_csv(
    State(state): State<ApiState>,
    manager: Manager,
    Asked(span): Asked<Span>,
    Asked(asked): Asked<TableAsked>,
) -> Result<Response, ApiError> {
    let sales = sales_of(&state, &manager, &span).await?;
    let (name, rows) = match asked.table {
        TableName::ByPos => ("pos", sales.by_pos),
        TableName::ByCashier => ("cashier", sales.by_cashier),
        TableName::ByCategory => ("category", sales.by_category),
        TableName::ByProduct => ("product", sales.by_product),
        TableName::ByTax => ("tax", sales.by_tax),
        TableName::ByMethod => ("method", sales.by_method),
        TableName::ByHour => ("hour", sales.by_hour),
    };
    let mut table = super::csv::Table::new(&["id", name, "orders", "qty", "net", "tax", "total"]);
    for row in rows {
        let Row { id, name, orders, qty, net, tax, total } = row;
        table.row([
            id.to_string(),
            name,
            orders.to_string(),
            qty.normalize().to_string(),
            net.normalize().to_string(),
            tax.normalize().to_string(),
            total.normalize().to_string(),
        ]);
    }
    Ok(table.answer(&format!("sales-by-{name}.csv")))
}

async fn sales_of(state: &ApiState, manager: &Manager, span: &Span) -> Result<Sales, ApiError> {
    let until_ms = span.to_ms.unwrap_or(u64::MAX);
    if until_ms <= span.from_ms {
        return Err(ApiError::field("to_ms", "the end has to come after the beginning"));
    }
    let kinds = ["product", "pos_category", "tax", "cashregister", "user", "pos"];
    let names = Names::of(state, manager, &kinds).await?;
    let categories = categories(state, manager).await?;
    let mut books = Books { categories, ..Books::default() };
    let (mut after, mut read) = (None, 0);
    loop {
        let wanted = Wanted {
            state: Some(OrderState::Paid),
            pos: span.pos,
            multi_session: span.multi_session,
            from_ms: span.from_ms,
            until_ms,
            sort: Sort::Latest,
            after,
            max: PAGE_MAX,
            ..Wanted::default()
        };
        let page = state.lists.past(manager.database(), &wanted).await?;
        read += page.orders.len();
        if read > ORDERS_MAX {
            let text = format!("more than {ORDERS_MAX} orders were paid in that time; choose a shorter one");
            return Err(ApiError::field("from_ms", &text));
        }
        page.orders.iter().for_each(|past| books.add(&past.order, past.ms));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    Ok(books.close(&names))
}

async fn categories(state: &ApiState, manager: &Manager) -> Result<BTreeMap<i64, i64>, ApiError> {
    let products = state.records.records(manager.database(), &["product"], 0).await?.records;
    let of = |product: &tillsync_store::Record| {
        Some((product.id, reference(product.body.as_ref()?.get("pos_categ_id"))?))
    };
    Ok(products.iter().filter_map(of).collect())
}

/// A report while it is added up.
#[derive(Default)]
struct Books {
    categories: BTreeMap<i64, i64>,
    totals: Totals,
    pos: BTreeMap<i64, Row>,
    cashier: BTreeMap<i64, Row>,
    category: BTreeMap<i64, Row>,
    product: BTreeMap<i64, Row>,
    tax: BTreeMap<i64, Row>,
    method: BTreeMap<(i64, String), Row>,
    hour: BTreeMap<i64, Row>,
}

/// A line as it was sold.
struct SoldLine {
    product: i64,
    qty: Decimal,
    net: Decimal,
    total: Decimal,
}

impl Books {
    fn add(&mut self, order: &Order, ms: u64) {
        let money = Money::of(order);
        let net = money.total - money.tax;
        self.totals.orders += 1;
        self.totals.refunds += u64::from(money.total.is_sign_negative() && !money.total.is_zero());
        self.totals.total += money.total;
        self.totals.tax += money.tax;
        self.totals.net += net;
        let by = order.closing.as_ref().map(|closing| &closing.by).unwrap_or(&order.added);
        let hour = i64::try_from(ms - ms % HOUR_MS).unwrap_or_default();
        for (table, id, name) in [
            (&mut self.pos, by.pos.id, by.pos.name.as_str()),
            (&mut self.cashier, by.user.id, by.user.name.as_str()),
            (&mut self.hour, hour, ""),
        ] {
            let row = table.entry(id).or_default();
            (row.id, row.name) = (id, name.to_owned());
            row.add(Decimal::ONE, net, money.total);
        }
        self.add_methods(&money);
        self.add_taxes(order, &money);
        let lines = sold_lines(order);
        let mut seen = Vec::new();
        for line in lines {
            let category = self.categories.get(&line.product).copied().unwrap_or(0);
            for (table, id, kind) in [(&mut self.product, line.product, 0), (&mut self.category, category, 1)]
            {
                let row = table.entry(id).or_default();
                row.id = id;
                let is_first = !seen.contains(&(kind, id));
                seen.push((kind, id));
                let orders = row.orders + u64::from(is_first);
                row.add(line.qty, line.net, line.total);
                row.orders = orders;
            }
        }
    }

    /// Change is given from what was given last that is large enough; the report takes it from the method that has most.
    fn add_methods(&mut self, money: &Money) {
        let largest = money.methods.iter().max_by_key(|method| method.amount).map(|method| method.journal);
        for method in &money.methods {
            let row = self.method.entry((method.journal, method.name.clone())).or_default();
            (row.id, row.name) = (method.journal, method.name.clone());
            row.orders += method.payments;
            row.total += method.amount;
            if Some(method.journal) == largest {
                row.total -= money.change;
            }
        }
    }

    fn add_taxes(&mut self, order: &Order, money: &Money) {
        let said = breakdown(order).and_then(|said| said.get("taxes")?.as_array().cloned());
        let taxes = said.map(|taxes| taxes.iter().filter_map(tax_said).collect::<Vec<_>>());
        // Of an order that does not say which, the taxes are one sum.
        let taxes = taxes.unwrap_or_else(|| vec![(0, money.total - money.tax, money.tax)]);
        for (id, net, tax) in taxes.into_iter().filter(|(_, _, tax)| !tax.is_zero()) {
            let row = self.tax.entry(id).or_default();
            row.id = id;
            row.orders += 1;
            row.net += net;
            row.tax += tax;
            row.total += net + tax;
        }
    }

    fn close(self, names: &Names) -> Sales {
        let named = |table: BTreeMap<i64, Row>, kind: &str, none: &str| {
            let name = |mut row: Row| {
                let known = names.get(kind, row.id).name;
                let is_known = known != format!("{kind} {}", row.id);
                row.name = match (row.id, is_known) {
                    (0, _) if !none.is_empty() => none.to_owned(),
                    (_, false) if !row.name.is_empty() => row.name,
                    _ => known,
                };
                row
            };
            largest_first(table.into_values().map(name).collect())
        };
        Sales {
            totals: self.totals,
            by_pos: named(self.pos, "pos", ""),
            by_cashier: named(self.cashier, "user", ""),
            by_category: named(self.category, "pos_category", "Without a category"),
            by_product: named(self.product, "product", "Without a product"),
            by_tax: named(self.tax, "tax", "Not said which"),
            by_method: largest_first(self.method.into_values().collect()),
            by_hour: self.hour.into_values().collect(),
        }
    }
}

impl Row {
    fn add(&mut self, qty: Decimal, net: Decimal, total: Decimal) {
        self.orders += 1;
        self.qty += qty;
        self.net += net;
        self.tax += total - net;
        self.total += total;
    }
}

fn largest_first(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by(|one, other| other.total.cmp(&one.total).then_with(|| one.name.cmp(&other.name)));
    rows
}

/// What the payment that closed an order says of its lines and taxes.
fn breakdown(order: &Order) -> Option<&Value> {
    payments_of(order).filter_map(|payment| payment.fields.get("sold")).last()
}

fn tax_said(said: &Value) -> Option<(i64, Decimal, Decimal)> {
    Some((said.get("id")?.as_i64()?, amount(said.get("base")?).ok()?, amount(said.get("amount")?).ok()?))
}

/// The lines as the till that took the money said them; as Odoo's till says them; or as they are priced.
fn sold_lines(order: &Order) -> Vec<SoldLine> {
    let said = breakdown(order).and_then(|said| said.get("lines")?.as_array());
    if let Some(lines) = said {
        let line = |line: &Value| {
            let of = |field: &str| line.get(field).and_then(|value| amount(value).ok());
            Some(SoldLine {
                product: line.get("product_id")?.as_i64()?,
                qty: of("qty")?,
                net: of("net")?,
                total: of("total")?,
            })
        };
        return lines.iter().filter_map(line).collect();
    }
    order.lines.iter().map(|line| priced(line)).collect()
}

fn priced(line: &Line) -> SoldLine {
    let said = |fields: &Fields, field: &str| fields.get(field).and_then(|value| amount(value).ok());
    let own = |field: &str| said(&line.fields, field).unwrap_or_default();
    let off = own("discount") / Decimal::ONE_HUNDRED;
    let worth = (own("price_unit") * line.qty() * (Decimal::ONE - off)).round_dp(2);
    let total = said(&line.carried, "price_subtotal_incl").unwrap_or(worth);
    SoldLine {
        product: reference(line.fields.get("product_id")).unwrap_or(0),
        qty: line.qty(),
        net: said(&line.carried, "price_subtotal").unwrap_or(total),
        total,
    }
}

/// A file to be kept, and not shown.
pub fn attachment(name: &str, kind: &'static str, body: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], body)
        .into_response()
}

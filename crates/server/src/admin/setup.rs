//! `/api/admin/setup`: a shop begins.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tillsync_store::RecordChange;
use utoipa::ToSchema;

use super::kinds::KINDS;
use super::{Manager, object, people, records};
use crate::api::ApiState;
use crate::api::error::ApiError;
use crate::api::input::Body;

/// Taxes that a shop may begin with.
const TAXES_MAX: usize = 20;

/// `GET /api/admin/setup`: how far a shop is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Setup {
    /// Whether there is nothing at all yet.
    is_empty: bool,
    /// The shop, as receipts show it.
    company: Option<Value>,
    /// Its money.
    currency: Option<Value>,
    /// How much there is of what it needs.
    counts: Counts,
}

/// How much there is of what a shop needs.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Counts {
    /// Points of sale.
    points_of_sale: usize,
    /// Multi-sessions.
    multi_sessions: usize,
    /// Products.
    products: usize,
    /// People.
    people: usize,
    /// Payment methods.
    payment_methods: usize,
}

/// `POST /api/admin/setup`
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Beginning {
    /// What the shop is called.
    name: String,
    /// Its money, as `/api/admin/currencies` has it.
    currency: Value,
    /// Its taxes, each with a name, an amount in percent, and whether prices have it in them.
    #[serde(default)]
    taxes: Vec<Value>,
    /// Who may do everything.
    #[serde(default)]
    person: Option<First>,
}

/// The first person of a shop.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct First {
    /// What they are called.
    name: String,
    /// Their PIN; none at first.
    #[serde(default)]
    pin: Option<String>,
}

/// How far the shop is.
pub async fn look(State(state): State<ApiState>, manager: Manager) -> Result<Json<Setup>, ApiError> {
    let kinds = ["company", "currency", "pos", "multi_session", "product", "user", "cashregister"];
    let found = state.active(manager.database(), &kinds).await?.records;
    let mut setup =
        Setup { is_empty: found.is_empty(), company: None, currency: None, counts: Counts::default() };
    for record in found {
        match record.kind.as_str() {
            "company" => setup.company = Some(records::whole(record)),
            "currency" => setup.currency = Some(records::whole(record)),
            "pos" => setup.counts.points_of_sale += 1,
            "multi_session" => setup.counts.multi_sessions += 1,
            "product" => setup.counts.products += 1,
            "user" => setup.counts.people += 1,
            "cashregister" => setup.counts.payment_methods += 1,
            _ => {}
        }
    }
    Ok(Json(setup))
}

/// Makes what every shop needs before its first point of sale.
pub async fn begin(
    State(state): State<ApiState>,
    manager: Manager,
    Body(beginning): Body<Beginning>,
) -> Result<StatusCode, ApiError> {
    if beginning.taxes.len() > TAXES_MAX {
        return Err(ApiError::field("taxes", &format!("at most {TAXES_MAX} taxes here; add others later")));
    }
    let mut made = vec![
        ("company", json!({"name": beginning.name, "tax_calculation_rounding_method": "round_per_line"})),
        ("currency", beginning.currency),
        ("cashregister", json!({"journal_id": [1, "Cash"], "type": "cash"})),
        ("cashregister", json!({"journal_id": [2, "Card"], "type": "bank"})),
        ("unit", json!({"name": "Unit(s)", "rounding": 1, "is_pos_groupable": true})),
        ("pricelist", json!({"name": "Public prices", "items": []})),
        ("product_category", json!({"name": "All"})),
    ];
    for tax in beginning.taxes {
        let mut tax = object(tax)?;
        tax.entry("amount_type").or_insert_with(|| "percent".into());
        made.push(("tax", Value::Object(tax)));
    }
    if let Some(First { name, pin }) = beginning.person {
        let mut person = object(json!({"name": name, "role": "admin"}))?;
        if let Some(pin) = pin {
            people::with_pin(&mut person, pin).await?;
        }
        made.push(("user", Value::Object(person)));
    }
    for (kind, body) in &made {
        if let Some(kind) = KINDS.iter().find(|known| known.kind == *kind) {
            (kind.check)(body).map_err(|problem| {
                let field = if kind.kind == "company" { "name" } else { kind.kind };
                ApiError::field(field, &format!("{} {}", problem.field, problem.text))
            })?;
        }
    }
    let changes = made.into_iter().map(|(kind, body)| {
        // The first of its kind: whoever was faster has made the shop.
        let is_first = kind == "company" || kind == "currency";
        let (id, seen) = if is_first { (Some(1), Some(0)) } else { (None, None) };
        RecordChange { kind: kind.into(), id, seen, body: Some(body) }
    });
    match state.change_records(manager.database(), changes.collect()).await? {
        tillsync_store::RecordsChanged::Landed(_) => Ok(StatusCode::CREATED),
        tillsync_store::RecordsChanged::Stale(_) => {
            Err(ApiError::conflict("begun", "this shop has begun already; change it under Configuration"))
        }
    }
}

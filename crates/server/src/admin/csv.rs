//! Tables of records: written, and read back with a look at every line before anything is changed.
//!
//! Texts stand as they are; numbers, lists and references as JSON writes them; nothing for a field that is not there.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tillsync_store::records::RECORD_CHANGES_MAX;
use tillsync_store::{RecordChange, RecordsChanged};
use utoipa::ToSchema;

use super::kinds::{KINDS, Kind, target};
use super::records::{check_among, keep_secrets, name_of};
use super::{Manager, reports};
use crate::api::ApiState;
use crate::api::error::ApiError;
use crate::api::input::Asked;

/// Lines of a table that is read.
const LINES_MAX: usize = RECORD_CHANGES_MAX;
/// Lines that a preview shows; what is wrong comes first.
const LINES_SHOWN_MAX: usize = 1_000;
/// Bytes of a table that is read.
pub const TABLE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// What a table would change, or did.
#[derive(Debug, Serialize, ToSchema)]
pub struct Preview {
    /// Line by line: what is wrong first, then what changes; at most 1000.
    lines: Vec<PreviewLine>,
    /// Records that would be made.
    creates: usize,
    /// Records that would be changed.
    updates: usize,
    /// Lines that say what is so already.
    same: usize,
    /// Lines that are wrong.
    errors: usize,
    /// To be said with `commit`: what was looked at has not changed since.
    change: u64,
    /// Whether it was written.
    written: bool,
}

/// A line of a table.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewLine {
    /// Its number in the file; the first has the names of the columns.
    line: u64,
    /// What it does.
    action: Action,
    /// The record's id; none for one that would be made.
    id: Option<i64>,
    /// What it is called.
    name: String,
    /// What it changes.
    changes: Vec<FieldChange>,
    /// What is wrong with it.
    problems: Vec<String>,
}

/// What a line does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It is wrong.
    Error,
    /// It makes a record.
    Create,
    /// It changes one.
    Update,
    /// Nothing.
    Same,
}

/// A field that a line changes.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldChange {
    /// Which.
    field: String,
    /// What it was.
    from: String,
    /// What it would be.
    to: String,
}

/// `POST /api/admin/KIND/import?commit=CHANGE`
#[derive(Debug, Deserialize)]
pub struct Import {
    commit: Option<u64>,
}

/// A table that is written.
pub struct Table {
    writer: csv::Writer<Vec<u8>>,
}

impl Table {
    /// With these columns.
    pub fn new(columns: &[&str]) -> Self {
        let mut table = Self { writer: csv::Writer::from_writer(Vec::new()) };
        table.row(columns.iter().map(|column| (*column).to_owned()));
        table
    }

    /// Adds a row. A text that a spreadsheet would run as a formula is marked as text.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let cells = cells.into_iter().map(harmless);
        // It writes to memory.
        self.writer.write_record(cells).ok();
    }

    /// As a file.
    pub fn answer(self, name: &str) -> Response {
        let body = self.writer.into_inner().unwrap_or_default();
        reports::attachment(name, "text/csv; charset=utf-8", body)
    }
}

/// Spreadsheets run what begins like a formula; a number may begin with a sign.
fn harmless(cell: String) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
    if is_formula { format!("'{cell}") } else { cell }
}

/// Every record of a kind.
pub async fn export(
    kind: &'static Kind,
    State(state): State<ApiState>,
    manager: Manager,
) -> Result<Response, ApiError> {
    let records = state.active(manager.database(), &[kind.kind]).await?.records;
    let columns: Vec<&str> = std::iter::once("id").chain(kind.columns.iter().copied()).collect();
    let mut table = Table::new(&columns);
    for record in records {
        let body = record.body.unwrap_or_default();
        let cells = kind.columns.iter().map(|column| cell(body.get(*column)));
        table.row(std::iter::once(record.id.to_string()).chain(cells));
    }
    Ok(table.answer(&format!("{}.csv", kind.path)))
}

/// Looks at a table, or writes what was looked at.
pub async fn import(
    kind: &'static Kind,
    State(state): State<ApiState>,
    manager: Manager,
    Asked(import): Asked<Import>,
    body: String,
) -> Result<Response, ApiError> {
    let all: Vec<&str> = KINDS.iter().map(|kind| kind.kind).chain(["multi_session"]).collect();
    let known = state.active(manager.database(), &all).await?;
    let there: BTreeSet<(String, i64)> =
        known.records.iter().map(|record| (record.kind.clone(), record.id)).collect();
    let own: BTreeMap<i64, (u64, Value)> = known
        .records
        .into_iter()
        .filter(|record| record.kind == kind.kind)
        .map(|record| (record.id, (record.version, record.body.unwrap_or_default())))
        .collect();
    let read = read(kind, &body, &own, &there)?;
    let mut preview = Preview {
        creates: read.iter().filter(|(line, _)| line.action == Action::Create).count(),
        updates: read.iter().filter(|(line, _)| line.action == Action::Update).count(),
        same: read.iter().filter(|(line, _)| line.action == Action::Same).count(),
        errors: read.iter().filter(|(line, _)| line.action == Action::Error).count(),
        change: known.change,
        written: false,
        lines: Vec::new(),
    };
    let (mut lines, changes): (Vec<PreviewLine>, Vec<Option<RecordChange>>) = read.into_iter().unzip();
    lines.sort_by_key(|line| (line.action, line.line));
    lines.truncate(LINES_SHOWN_MAX);
    preview.lines = lines;
    let Some(commit) = import.commit else { return Ok(Json(preview).into_response()) };
    if commit != preview.change {
        let text = "the shop's records have changed since; look at the table again before it is written";
        return Err(ApiError::conflict("changed", text));
    }
    if preview.errors > 0 {
        return Err(ApiError::bad(&format!("{} lines are wrong; nothing was written", preview.errors)));
    }
    let changes: Vec<RecordChange> = changes.into_iter().flatten().collect();
    if !changes.is_empty() {
        match state.change_records(manager.database(), changes).await? {
            RecordsChanged::Landed(landed) => {
                preview.change = landed.first().map_or(preview.change, |record| record.change);
            }
            RecordsChanged::Stale(_) => {
                let text = "somebody has just changed one of the records; look at the table again";
                return Err(ApiError::conflict("changed", text));
            }
        }
    }
    preview.written = true;
    Ok(Json(preview).into_response())
}

type Read = Vec<(PreviewLine, Option<RecordChange>)>;

fn read(
    kind: &Kind,
    text: &str,
    own: &BTreeMap<i64, (u64, Value)>,
    there: &BTreeSet<(String, i64)>,
) -> Result<Read, ApiError> {
    let text = text.trim_start_matches('\u{feff}');
    // Spreadsheets of some countries write semicolons.
    let first = text.lines().next().unwrap_or_default();
    if first.trim().is_empty() {
        return Err(ApiError::bad("the file is empty: its first line has the names of the columns"));
    }
    let delimiter = if first.contains(';') && !first.contains(',') { b';' } else { b',' };
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let wrong = |error: csv::Error| ApiError::bad(&format!("this is no table: {error}"));
    let columns: Vec<String> =
        reader.headers().map_err(wrong)?.iter().map(|name| name.trim().to_owned()).collect();
    let unknown = columns.iter().find(|name| *name != "id" && !kind.columns.contains(&name.as_str()));
    if let Some(unknown) = unknown {
        let known = kind.columns.join(", ");
        return Err(ApiError::bad(&format!(
            "there is no column '{unknown}'; those that there are: id, {known}"
        )));
    }
    let (mut lines, mut seen) = (Vec::new(), BTreeSet::new());
    for row in reader.records() {
        let row = row.map_err(wrong)?;
        let line = row.position().map_or(0, csv::Position::line);
        if lines.len() >= LINES_MAX {
            return Err(ApiError::bad(&format!("a table has at most {LINES_MAX} lines; make two of it")));
        }
        lines.push(read_line(kind, &columns, &row, line, own, there, &mut seen));
    }
    Ok(lines)
}

fn read_line(
    kind: &Kind,
    columns: &[String],
    row: &csv::StringRecord,
    line: u64,
    own: &BTreeMap<i64, (u64, Value)>,
    there: &BTreeSet<(String, i64)>,
    seen: &mut BTreeSet<i64>,
) -> (PreviewLine, Option<RecordChange>) {
    let mut shown = PreviewLine {
        line,
        action: Action::Error,
        id: None,
        name: String::new(),
        changes: Vec::new(),
        problems: Vec::new(),
    };
    if row.len() > columns.len() {
        shown.problems.push(format!("it has {} cells where there are {} columns", row.len(), columns.len()));
    }
    let at = |name: &str| {
        columns.iter().position(|column| column == name).and_then(|at| row.get(at)).map(str::trim)
    };
    match at("id").filter(|id| !id.is_empty()).map(str::parse::<i64>) {
        None => {}
        Some(Ok(id)) if !own.contains_key(&id) => {
            shown.problems.push(format!("there is no {} {id}; leave the id empty to make one", kind.one));
        }
        Some(Ok(id)) if !seen.insert(id) => shown.problems.push(format!("{id} stands in the table twice")),
        Some(Ok(id)) => shown.id = Some(id),
        Some(Err(_)) => shown.problems.push("an id is a number, or empty".into()),
    }
    let known = shown.id.and_then(|id| own.get(&id));
    let mut body = match known.map(|(_, body)| body.clone()) {
        Some(Value::Object(body)) => body,
        _ => Map::new(),
    };
    for (column, text) in columns.iter().zip(row.iter()).filter(|(column, _)| *column != "id") {
        let before = body.get(column).cloned();
        let value = typed(kind, column, text.trim(), before.as_ref());
        if cell(before.as_ref()) != cell(value.as_ref()) {
            shown.changes.push(FieldChange {
                field: column.clone(),
                from: cell(before.as_ref()),
                to: cell(value.as_ref()),
            });
            match value {
                Some(value) => body.insert(column.clone(), value),
                None => body.remove(column),
            };
        }
    }
    let mut body = Value::Object(body);
    shown.name = name_of(&body).unwrap_or_default();
    if let Err(problem) = check_among(kind, &body, there) {
        let field = if problem.field.is_empty() { String::new() } else { format!("{}: ", problem.field) };
        shown.problems.push(format!("{field}{}", problem.text));
    }
    if !shown.problems.is_empty() {
        return (shown, None);
    }
    shown.action = match known {
        None => Action::Create,
        Some(_) if shown.changes.is_empty() => Action::Same,
        Some(_) => Action::Update,
    };
    keep_secrets(&mut body, known.map(|(_, body)| body));
    let change = RecordChange {
        kind: kind.kind.into(),
        id: shown.id,
        seen: known.map(|(version, _)| *version),
        body: Some(body),
    };
    let is_change = shown.action != Action::Same;
    (shown, is_change.then_some(change))
}

/// A cell as a field: by what stood there before, or else by what the field is.
fn typed(kind: &Kind, column: &str, text: &str, before: Option<&Value>) -> Option<Value> {
    if text.is_empty() {
        return match before {
            Some(Value::Bool(false)) => Some(Value::Bool(false)),
            _ => None,
        };
    }
    // Spreadsheets of some countries write a comma.
    let point = text.replacen(',', ".", 1);
    let is_number = point.parse::<f64>().is_ok() && !text.contains('.');
    let text = if is_number { point.as_str() } else { text };
    let json = || serde_json::from_str::<Value>(text).ok();
    let is_text = matches!(before, Some(Value::String(_))) || is_text_field(kind, column);
    match is_text {
        true => Some(Value::String(text.strip_prefix('\'').unwrap_or(text).to_owned())),
        false => json().or_else(|| Some(Value::String(text.to_owned()))),
    }
}

/// Digits in a name or a barcode are no number.
fn is_text_field(kind: &Kind, column: &str) -> bool {
    let numbers = [
        "lst_price",
        "standard_price",
        "amount",
        "sequence",
        "rounding",
        "seats",
        "price_include",
        "include_base_amount",
        "is_pos_groupable",
        "available",
        "items",
        "tax_ids",
        "journal_id",
        "rules",
    ];
    !numbers.contains(&column) && target(kind.kind, column).is_none()
}

/// A field as a cell.
fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::Bool(false)) => "false".into(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}

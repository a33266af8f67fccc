//! `/api/openapi.json`: the back office's API, as a document of OpenAPI 3.1 that clients are generated from.

use axum::Json;
use serde_json::{Map, Value, json};
use utoipa::{IntoParams, OpenApi};

use super::kinds::{self, KINDS, Kind};
use super::{csv, live, multi_sessions, order_shown, orders, people, records, reports, sessions, setup};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tillsync",
        description = "The back office of a shop: its settings, its people, its catalogue, and what its tills do."
    ),
    components(schemas(
        super::Named,
        super::By,
        records::RecordPage,
        records::Uses,
        records::Use,
        setup::Setup,
        setup::Counts,
        setup::Beginning,
        setup::First,
        people::NewPin,
        multi_sessions::MultiSessions,
        multi_sessions::Shown,
        multi_sessions::Saved,
        multi_sessions::Settings,
        multi_sessions::Policy,
        multi_sessions::AtTheEnd,
        multi_sessions::PosInIt,
        multi_sessions::OpenSession,
        multi_sessions::Online,
        multi_sessions::Choices,
        multi_sessions::Choice,
        multi_sessions::Effect,
        order_shown::OrderPage,
        order_shown::Listed,
        order_shown::WholeOrder,
        order_shown::LineShown,
        order_shown::PaymentShown,
        order_shown::MethodShown,
        order_shown::OriginShown,
        order_shown::MatterShown,
        order_shown::SettledShown,
        orders::Story,
        orders::Note,
        orders::Restored,
        orders::OrderStateName,
        orders::MarkName,
        orders::SortName,
        super::told::Happened,
        super::told::Detail,
        super::told::Doing,
        sessions::SessionPage,
        sessions::SessionShown,
        sessions::Report,
        sessions::ReportKind,
        sessions::Drawer,
        sessions::MoveShown,
        sessions::DraftShown,
        sessions::SilentDevice,
        sessions::Counted,
        sessions::Opening,
        sessions::Closing,
        sessions::CashMoved,
        live::Live,
        live::RoomShown,
        live::TillShown,
        reports::Sales,
        reports::Totals,
        reports::Row,
        reports::TableName,
        csv::Preview,
        csv::PreviewLine,
        csv::Action,
        csv::FieldChange
    ))
)]
struct Base;

/// Serves the document.
pub async fn serve() -> Json<Value> {
    Json(document())
}

/// The document. It names no version but the program's own, which upgrades of it change.
pub fn document() -> Value {
    let mut document = serde_json::to_value(Base::openapi()).unwrap_or_default();
    document["info"]["version"] = json!("1");
    document["info"]["license"] = json!({"name": "See the file LICENSE"});
    let mut paths = Map::new();
    for kind in KINDS {
        of_kind(kind, &mut paths);
    }
    rest(&mut paths);
    document["paths"] = Value::Object(paths);
    let mut schemas = Vec::new();
    kinds::schemas(&mut schemas);
    schemas.extend(KINDS.iter().map(|kind| (kind.schema_name.to_owned(), (kind.schema)())));
    for (name, schema) in schemas {
        document["components"]["schemas"][name] = json!(schema);
    }
    document["components"]["schemas"]["Refused"] = refused_schema();
    document
}

fn refused_schema() -> Value {
    json!({
        "type": "object", "required": ["error"],
        "properties": {"error": {
            "type": "object", "required": ["code", "text"],
            "properties": {
                "code": {"type": "string", "description": "For programs."},
                "text": {"type": "string", "description": "For people: what is wrong, and what to do."},
                "field": {"type": "string", "description": "The field of a form that it is about."}
            }
        }}
    })
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// A record as it is answered: what it holds, with its id and version.
fn answered(kind: &Kind) -> Value {
    json!({"allOf": [reference(kind.schema_name), {
        "type": "object", "required": ["id", "version"],
        "properties": {
            "id": {"type": "integer", "format": "int64"},
            "version": {"type": "integer", "format": "int64", "minimum": 0}
        }
    }]})
}

/// One way to ask for something.
struct Operation {
    id: String,
    summary: String,
    parameters: Vec<Value>,
    body: Option<(&'static str, Value)>,
    answers: Vec<Answer>,
}

/// What may come back.
struct Answer {
    status: u16,
    what: &'static str,
    /// Its media type and schema.
    content: Option<(&'static str, Value)>,
}

const JSON: &str = "application/json";
const CSV: &str = "text/csv";

impl Operation {
    fn new(id: impl Into<String>, summary: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            summary: summary.into(),
            parameters: Vec::new(),
            body: None,
            answers: Vec::new(),
        }
    }

    fn parameters(mut self, parameters: Vec<Value>) -> Self {
        self.parameters.extend(parameters);
        self
    }

    fn path(self, name: &str, kind: &str) -> Self {
        let schema = match kind {
            "integer" => json!({"type": "integer", "format": "int64"}),
            kind => json!({"type": kind}),
        };
        self.parameters(vec![json!({"name": name, "in": "path", "required": true, "schema": schema})])
    }

    fn query(self, name: &str, schema: Value) -> Self {
        self.parameters(vec![json!({"name": name, "in": "query", "required": false, "schema": schema})])
    }

    fn seen(self) -> Self {
        self.parameters(vec![json!({
            "name": "If-Match", "in": "header", "required": true, "schema": {"type": "string"},
            "description": "The version that was seen, such as \"3\", in its quotes."
        })])
        .answer(412, "Somebody else was faster: the record as it is now.", None)
    }

    fn body(mut self, schema: Value) -> Self {
        self.body = Some((JSON, schema));
        self
    }

    fn text(mut self) -> Self {
        self.body = Some((CSV, json!({"type": "string"})));
        self
    }

    fn answer(mut self, status: u16, what: &'static str, schema: Option<Value>) -> Self {
        self.answers.push(Answer { status, what, content: schema.map(|schema| (JSON, schema)) });
        self
    }

    fn file(mut self, what: &'static str, kind: &'static str) -> Self {
        let content = Some((kind, json!({"type": "string"})));
        self.answers.push(Answer { status: 200, what, content });
        self
    }

    fn add(self, paths: &mut Map<String, Value>, path: &str, method: &str, tag: &str) {
        let mut answers = Map::new();
        for Answer { status, what, content } in self.answers {
            let mut answer = json!({"description": what});
            if let Some((kind, schema)) = content {
                answer["content"] = json!({kind: {"schema": schema}});
            }
            answers.insert(status.to_string(), answer);
        }
        answers.insert(
            "default".into(),
            json!({"description": "It was refused.", "content": {JSON: {"schema": reference("Refused")}}}),
        );
        let mut parameters = self.parameters;
        parameters.push(json!({
            "name": "Tillsync-User", "in": "header", "required": false,
            "schema": {"type": "integer", "format": "int64"}, "description": "Who is at the back office."
        }));
        let mut operation = json!({
            "operationId": self.id, "summary": self.summary, "tags": [tag], "parameters": parameters, "responses": answers
        });
        if let Some((kind, schema)) = self.body {
            operation["requestBody"] = json!({"required": true, "content": {kind: {"schema": schema}}});
        }
        let entry = paths.entry(path).or_insert_with(|| json!({}));
        entry[method] = operation;
    }
}

fn integer() -> Value {
    json!({"type": "integer", "format": "int64", "minimum": 0})
}

fn of_kind(kind: &Kind, paths: &mut Map<String, Value>) {
    let (path, one, tag) = (format!("/api/admin/{}", kind.path), kind.one, kind.path);
    let name = kind.path.replace('-', "_");
    let page = json!({
        "type": "object", "required": ["items", "total"],
        "properties": {"items": {"type": "array", "items": answered(kind)}, "total": integer()}
    });
    let mut list = Operation::new(format!("list_{name}"), format!("Lists every {one}."))
        .query("q", json!({"type": "string", "maxLength": 100}))
        .query("sort", json!({"type": "string", "enum": ["name", "-name", "id", "-id"]}))
        .query("offset", integer())
        .query("limit", json!({"type": "integer", "minimum": 1, "maximum": 500}));
    for field in ["pos_categ_id", "categ_id", "parent_id", "multi_session", "floor_id"] {
        let is_its = kind.columns.contains(&field) && kinds::target(kind.kind, field).is_some();
        if is_its {
            list = list.query(field, integer());
        }
    }
    list.answer(200, "A page.", Some(page)).add(paths, &path, "get", tag);
    Operation::new(format!("create_{name}"), format!("Makes a {one}."))
        .body(reference(kind.schema_name))
        .answer(201, "It was made.", Some(answered(kind)))
        .add(paths, &path, "post", tag);
    let single = format!("{path}/{{id}}");
    Operation::new(format!("read_{name}"), format!("Reads a {one}."))
        .path("id", "integer")
        .answer(200, "It is this; `ETag` is its version.", Some(answered(kind)))
        .add(paths, &single, "get", tag);
    Operation::new(format!("update_{name}"), format!("Changes a {one}."))
        .path("id", "integer")
        .seen()
        .body(reference(kind.schema_name))
        .answer(200, "It was changed.", Some(answered(kind)))
        .add(paths, &single, "put", tag);
    Operation::new(format!("remove_{name}"), format!("Removes a {one} that nothing uses."))
        .path("id", "integer")
        .seen()
        .answer(204, "It was removed.", None)
        .add(paths, &single, "delete", tag);
    Operation::new(format!("uses_of_{name}"), format!("Says what uses a {one}."))
        .path("id", "integer")
        .answer(200, "What refers to it.", Some(reference("Uses")))
        .add(paths, &format!("{single}/uses"), "get", tag);
    Operation::new(format!("export_{name}"), format!("Every {one}, as a table."))
        .file("The table.", CSV)
        .add(paths, &format!("{path}.csv"), "get", tag);
    Operation::new(
        format!("import_{name}"),
        "Looks at a table line by line; with `commit`, writes what was shown.",
    )
    .query("commit", integer())
    .text()
    .answer(200, "What the table would change, or did.", Some(reference("Preview")))
    .add(paths, &format!("{path}/import"), "post", tag);
}

fn parameters<T: IntoParams>() -> Vec<Value> {
    let all = T::into_params(|| Some(utoipa::openapi::path::ParameterIn::Query));
    all.into_iter().map(|parameter| json!(parameter)).collect()
}

fn rest(paths: &mut Map<String, Value>) {
    let get = |id: &str, summary: &str| Operation::new(id, summary);
    get("setup", "Says how far a shop is.").answer(200, "What there is.", Some(reference("Setup"))).add(
        paths,
        "/api/admin/setup",
        "get",
        "setup",
    );
    get("begin", "Makes what a shop needs before its first point of sale.")
        .body(reference("Beginning"))
        .answer(201, "It has begun.", None)
        .add(paths, "/api/admin/setup", "post", "setup");
    get("set_pin", "Gives somebody a PIN, or takes it away.")
        .path("id", "integer")
        .body(reference("NewPin"))
        .answer(204, "It holds.", None)
        .add(paths, "/api/admin/people/{id}/pin", "put", "people");
    let many = "/api/admin/multi-sessions";
    get("list_multi_sessions", "Lists the multi-sessions, and what is going on in each.")
        .answer(200, "All of them.", Some(reference("MultiSessions")))
        .add(paths, many, "get", "multi-sessions");
    get("create_multi_session", "Makes a multi-session.")
        .body(reference("Saved"))
        .answer(201, "It was made.", Some(reference("MultiSession")))
        .add(paths, many, "post", "multi-sessions");
    get("choices", "Says which points of sale can be chosen, and why others cannot.")
        .answer(200, "Every point of sale.", Some(reference("Choices")))
        .add(paths, &format!("{many}/choices"), "get", "multi-sessions");
    let one = format!("{many}/{{id}}");
    get("read_multi_session", "Reads a multi-session.")
        .path("id", "integer")
        .answer(200, "It is this; `ETag` is its version.", Some(reference("MultiSession")))
        .add(paths, &one, "get", "multi-sessions");
    get("update_multi_session", "Changes a multi-session.")
        .path("id", "integer")
        .seen()
        .body(reference("Saved"))
        .answer(200, "It was changed.", Some(reference("MultiSession")))
        .add(paths, &one, "put", "multi-sessions");
    get("remove_multi_session", "Removes a multi-session that no point of sale is in.")
        .path("id", "integer")
        .seen()
        .answer(204, "It was removed.", None)
        .add(paths, &one, "delete", "multi-sessions");
    get("effect", "Says what activating or deactivating would do.")
        .path("id", "integer")
        .parameters(vec![
            json!({"name": "active", "in": "query", "required": true, "schema": {"type": "boolean"}}),
        ])
        .answer(200, "What it would do.", Some(reference("Effect")))
        .add(paths, &format!("{one}/effect"), "get", "multi-sessions");
    get("list_orders", "Lists the orders of all tills: open ones first, then the past.")
        .parameters(parameters::<orders::Filter>())
        .answer(200, "A page.", Some(reference("OrderPage")))
        .add(paths, "/api/admin/orders", "get", "orders");
    let order = "/api/admin/orders/{multi_session}/{uid}";
    let of_order =
        |id: &str, summary: &str| get(id, summary).path("multi_session", "integer").path("uid", "string");
    of_order("read_order", "Reads an order, whole.")
        .answer(200, "It is this.", Some(reference("WholeOrder")))
        .add(paths, order, "get", "orders");
    of_order("history", "Tells what happened to an order.")
        .answer(200, "Oldest first.", Some(reference("Story")))
        .add(paths, &format!("{order}/history"), "get", "orders");
    of_order("restore", "Makes an unpaid or deleted order a draft again.")
        .answer(200, "What it is now.", Some(reference("Restored")))
        .add(paths, &format!("{order}/restore"), "post", "orders");
    of_order("resolve", "Settles what an order needed a look for.")
        .body(reference("Note"))
        .answer(204, "It is settled.", None)
        .add(paths, &format!("{order}/resolve"), "post", "orders");
    get("list_sessions", "Lists the sessions of all points of sale, those opened last first.")
        .parameters(parameters::<sessions::Filter>())
        .answer(200, "A page.", Some(reference("SessionPage")))
        .add(paths, "/api/admin/sessions", "get", "sessions");
    let session = "/api/admin/sessions/{id}";
    get("report", "Says what a session sold, and what its drawer should hold.")
        .path("id", "integer")
        .answer(200, "The X or Z report.", Some(reference("Report")))
        .add(paths, session, "get", "sessions");
    get("close_session", "Closes a session, with what was counted.")
        .path("id", "integer")
        .body(reference("Closing"))
        .answer(200, "Its Z report.", Some(reference("Report")))
        .add(paths, &format!("{session}/close"), "post", "sessions");
    get("move_cash", "Puts cash into a drawer, or takes some out.")
        .path("id", "integer")
        .body(reference("CashMoved"))
        .answer(201, "The report as it is now.", Some(reference("Report")))
        .add(paths, &format!("{session}/cash"), "post", "sessions");
    get("open_session", "Opens a session at a point of sale.")
        .path("id", "integer")
        .body(reference("Opening"))
        .answer(201, "It is open.", Some(reference("SessionShown")))
        .add(paths, "/api/admin/points-of-sale/{id}/session", "post", "sessions");
    get("live", "Says who is connected, and how much is going on.")
        .answer(200, "Now.", Some(reference("Live")))
        .add(paths, "/api/admin/live", "get", "live");
    get("events", "Server-sent events: each says that something changed.")
        .file("Until the page goes.", "text/event-stream")
        .add(paths, "/api/admin/live/events", "get", "live");
    get("sales", "Says what was sold.")
        .parameters(parameters::<reports::Span>())
        .answer(200, "By everything that a shop asks for.", Some(reference("Sales")))
        .add(paths, "/api/admin/reports/sales", "get", "reports");
    get("sales_table", "One of the tables of what was sold.")
        .parameters(parameters::<reports::Span>())
        .parameters(vec![
            json!({"name": "table", "in": "query", "required": true, "schema": reference("TableName")}),
        ])
        .file("The table.", CSV)
        .add(paths, "/api/admin/reports/sales.csv", "get", "reports");
}

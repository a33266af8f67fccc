//! The kinds of records that a shop is made of: where they are in the API, what may stand in them, what they refer to.
//!
//! Names and shapes are Odoo's, as a POS of Odoo 12 loads them. Fields that are not named here are kept as they come: a
//! till's extensions have fields of their own.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A kind of records.
pub struct Kind {
    /// Its place in the API: `/api/admin/PATH`.
    pub path: &'static str,
    /// What the store calls it.
    pub kind: &'static str,
    /// One of them, for people.
    pub one: &'static str,
    /// Its schema's name.
    pub schema_name: &'static str,
    /// Its schema.
    pub schema: fn() -> RefOr<Schema>,
    /// Whether a body is one: the field that is wrong, and why.
    pub check: fn(&Value) -> Result<(), Problem>,
    /// What a search looks through beside the name.
    pub searched: &'static [&'static str],
    /// The columns of a CSV file, beside `id`.
    pub columns: &'static [&'static str],
}

/// What is wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The field; empty for the record as a whole.
    pub field: String,
    /// What is wrong, and what would be right.
    pub text: String,
}

impl Problem {
    fn new(field: &str, text: impl Into<String>) -> Self {
        Self { field: field.to_owned(), text: text.into() }
    }
}

/// Characters of a text, unless a field says otherwise.
const TEXT_CHARS_MAX: usize = 200;
/// Characters of a long text.
const LONG_TEXT_CHARS_MAX: usize = 2_000;
/// Characters of a picture, as a `data:` URL.
const PICTURE_CHARS_MAX: usize = 140_000;
/// Bytes of a record.
pub const RECORD_BYTES_MAX: usize = 256 * 1024;
/// Amounts are below this, either side of zero.
const AMOUNT_MAX: f64 = 1e12;

macro_rules! kinds {
    ($($path:literal, $kind:literal, $one:literal, $type:ident, $searched:expr, $columns:expr;)*) => {
        /// Every kind that the back office can change.
        pub const KINDS: &[Kind] = &[$(Kind {
            path: $path,
            kind: $kind,
            one: $one,
            schema_name: stringify!($type),
            schema: <$type as PartialSchema>::schema,
            check: check::<$type>,
            searched: &$searched,
            columns: &$columns,
        }),*];

        /// Adds the schemas that the kinds' own refer to.
        pub fn schemas(all: &mut Vec<(String, RefOr<Schema>)>) {
            $(<$type as ToSchema>::schemas(all);)*
        }
    };
}

kinds! {
    "products", "product", "product", Product,
        ["default_code", "barcode"],
        ["display_name", "lst_price", "standard_price", "taxes_id", "uom_id", "pos_categ_id", "categ_id", "barcode",
         "default_code", "available"];
    "taxes", "tax", "tax", Tax, [],
        ["name", "amount_type", "amount", "price_include", "include_base_amount", "sequence", "children_tax_ids"];
    "units", "unit", "unit", Unit, [], ["name", "rounding", "is_pos_groupable"];
    "pos-categories", "pos_category", "category", PosCategory, [], ["name", "parent_id", "sequence"];
    "product-categories", "product_category", "product category", ProductCategory, [], ["name", "parent_id"];
    "pricelists", "pricelist", "pricelist", Pricelist, [], ["name", "items"];
    "customers", "partner", "customer", Customer,
        ["phone", "mobile", "email", "barcode", "ref", "city"],
        ["name", "phone", "mobile", "email", "street", "city", "zip", "vat", "barcode", "ref", "comment",
         "property_account_position_id", "property_product_pricelist"];
    "fiscal-positions", "fiscal_position", "fiscal position", FiscalPosition, [], ["name", "tax_ids"];
    "payment-methods", "cashregister", "payment method", PaymentMethod, ["journal_id[1]"], ["journal_id", "type"];
    "cash-roundings", "cash_rounding", "cash rounding", CashRounding, [], ["name", "rounding", "rounding_method"];
    "barcode-nomenclatures", "barcode_nomenclature", "barcode nomenclature", BarcodeNomenclature, [],
        ["name", "upc_ean_conv", "rules"];
    "floors", "floor", "floor", Floor, [], ["name", "sequence"];
    "tables", "table", "table", Table, [], ["name", "floor_id", "seats"];
    "people", "user", "person", Person, ["barcode"], ["name", "role", "barcode"];
    "points-of-sale", "pos", "point of sale", PointOfSale, [], ["name", "multi_session", "receipt_header", "receipt_footer"];
    "companies", "company", "company", Company, [], ["name", "street", "zip", "city", "country", "vat", "phone", "email", "website"];
    "currencies", "currency", "currency", Currency, [], ["name", "symbol", "position", "rounding"];
}

/// The kind of record that a field refers to, if it refers to one. Names mean the same wherever they stand, but for
/// a category's parent.
pub fn target(kind: &str, field: &str) -> Option<&'static str> {
    Some(match field {
        "parent_id" if kind == "pos_category" => "pos_category",
        "parent_id" if kind == "product_category" => "product_category",
        "categ_id" => "product_category",
        "pos_categ_id" => "pos_category",
        "taxes_id" | "tax_src_id" | "tax_dest_id" | "children_tax_ids" => "tax",
        "uom_id" => "unit",
        "product_id" | "tip_product_id" => "product",
        "pricelist_id" | "available_pricelist_ids" | "property_product_pricelist" => "pricelist",
        "fiscal_position_ids" | "default_fiscal_position_id" | "property_account_position_id" => {
            "fiscal_position"
        }
        "barcode_nomenclature_id" => "barcode_nomenclature",
        "payment_method_ids" => "cashregister",
        "rounding_method_id" => "cash_rounding",
        "floor_id" => "floor",
        "multi_session" => "multi_session",
        _ => return None,
    })
}

/// Every reference in a record: the field, the kind, the id.
pub fn references(kind: &str, body: &Value) -> Vec<(String, &'static str, i64)> {
    let mut found = Vec::new();
    walk(kind, "", body, &mut found);
    found
}

fn walk(kind: &str, field: &str, value: &Value, found: &mut Vec<(String, &'static str, i64)>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| walk(kind, name, value, found)),
        Value::Array(items) => items.iter().for_each(|item| walk(kind, field, item, found)),
        Value::Number(number) => {
            if let (Some(target), Some(id)) = (target(kind, field), number.as_i64()) {
                found.push((field.to_owned(), target, id));
            }
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

/// What a type says of itself beyond its shape.
trait Checked {
    fn problem(&self) -> Option<Problem>;
}

fn check<T: DeserializeOwned + Checked>(body: &Value) -> Result<(), Problem> {
    if !body.is_object() {
        return Err(Problem::new("", "a record is an object of fields"));
    }
    if body.to_string().len() > RECORD_BYTES_MAX {
        return Err(Problem::new("", format!("a record has at most {RECORD_BYTES_MAX} bytes")));
    }
    let read: T = serde_path_to_error::deserialize(body).map_err(|error| {
        let path = error.path().to_string();
        let field = path.split(['.', '[']).next().unwrap_or_default().trim_matches('?').to_owned();
        problem_of(field, &error.into_inner().to_string())
    })?;
    match read.problem() {
        Some(problem) => Err(problem),
        None => Ok(()),
    }
}

/// What serde says of a record, for people.
fn problem_of(field: String, said: &str) -> Problem {
    if let Some(missing) = said.strip_prefix("missing field `") {
        let field = missing.split('`').next().unwrap_or_default();
        return Problem::new(field, "it is needed");
    }
    let kinds = [
        ("expected f64", "it has to be a number"),
        ("expected i64", "it has to be a whole number"),
        ("expected u32", "it has to be a whole number, not below 0"),
        ("expected a string", "it has to be a text"),
        ("expected a boolean", "it has to be true or false"),
        ("expected a sequence", "it has to be a list"),
        ("expected a tuple", "it has to be a pair of a number and a name, such as [1, \"Cash\"]"),
    ];
    let plain = kinds.iter().find(|(expected, _)| said.contains(expected)).map(|(_, plain)| *plain);
    let text = match plain {
        Some(plain) => plain.to_owned(),
        // Of a choice it names those that there are.
        None => said.replace("unknown variant", "there is no").replace("expected one of", "but"),
    };
    Problem { field, text }
}

fn needs(field: &str, name: &str) -> Option<Problem> {
    match name.trim() {
        "" => Some(Problem::new(field, "a name is needed")),
        name => long(field, name, TEXT_CHARS_MAX),
    }
}

fn long(field: &str, text: &str, max: usize) -> Option<Problem> {
    (text.chars().count() > max).then(|| Problem::new(field, format!("at most {max} characters")))
}

fn texts(texts: &[(&str, &Text)]) -> Option<Problem> {
    texts.iter().find_map(|(field, text)| long(field, text.0.as_deref().unwrap_or_default(), TEXT_CHARS_MAX))
}

fn amount(field: &str, amount: f64) -> Option<Problem> {
    (!amount.is_finite() || amount.abs() >= AMOUNT_MAX)
        .then(|| Problem::new(field, "no amount is as large as that"))
}

/// A text, or `false` where there is none: Odoo's way to say so.
#[derive(Debug, Default)]
pub struct Text(Option<String>);

/// A reference to a record: its id, or `false` (or null) for none. Which record is looked at in [`references`].
#[derive(Debug, Default)]
pub struct Reference;

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match Value::deserialize(from)? {
            Value::String(text) => Ok(Self(Some(text))),
            Value::Null | Value::Bool(false) => Ok(Self(None)),
            _ => Err(serde::de::Error::custom("it has to be a text, or false for none")),
        }
    }
}

impl<'de> Deserialize<'de> for Reference {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match Value::deserialize(from)? {
            Value::Number(id) if id.as_i64().is_some() => Ok(Self),
            Value::Null | Value::Bool(false) => Ok(Self),
            _ => Err(serde::de::Error::custom("it has to be the number of a record, or false for none")),
        }
    }
}

impl PartialSchema for Text {
    fn schema() -> RefOr<Schema> {
        serde_json::from_value(serde_json::json!({"oneOf": [{"type": "string"}, {"type": "boolean", "enum": [false]}, {"type": "null"}]}))
            .unwrap_or_else(|_| String::schema())
    }
}

impl ToSchema for Text {}

impl PartialSchema for Reference {
    fn schema() -> RefOr<Schema> {
        serde_json::from_value(serde_json::json!({"oneOf": [{"type": "integer", "format": "int64"}, {"type": "boolean", "enum": [false]}, {"type": "null"}]}))
            .unwrap_or_else(|_| i64::schema())
    }
}

impl ToSchema for Reference {}

/// A product, as it stands on the tills' cards.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code, reason = "some fields are read for their shape only")]
pub struct Product {
    /// What it is called.
    display_name: String,
    /// The price of one unit in the shop's currency, with the taxes that are `price_include`.
    lst_price: f64,
    /// What one costs the shop.
    #[serde(default)]
    standard_price: f64,
    /// Its taxes.
    #[serde(default)]
    taxes_id: Vec<i64>,
    /// What it is measured in.
    #[serde(default)]
    uom_id: Reference,
    /// Its category on the tills.
    #[serde(default)]
    pos_categ_id: Reference,
    /// The category that pricelists and reports look at.
    #[serde(default)]
    categ_id: Reference,
    /// What is printed on it.
    #[serde(default)]
    barcode: Text,
    /// The shop's own code.
    #[serde(default)]
    default_code: Text,
    /// A picture, as a `data:` URL.
    #[serde(default)]
    image: Text,
    /// Whether the tills offer it.
    #[serde(default = "yes")]
    available: bool,
}

impl Checked for Product {
    fn problem(&self) -> Option<Problem> {
        let Self { display_name, lst_price, standard_price, image, barcode, default_code, .. } = self;
        let picture = image.0.as_deref().unwrap_or_default();
        let is_picture = picture.is_empty() || picture.starts_with("data:image/");
        needs("display_name", display_name)
            .or_else(|| amount("lst_price", *lst_price))
            .or_else(|| amount("standard_price", *standard_price))
            .or_else(|| texts(&[("barcode", barcode), ("default_code", default_code)]))
            .or_else(|| long("image", picture, PICTURE_CHARS_MAX))
            .or_else(|| (!is_picture).then(|| Problem::new("image", "a picture is a data:image/… URL")))
    }
}

fn yes() -> bool {
    true
}

/// How a tax is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AmountType {
    /// `amount` percent of the price.
    Percent,
    /// `amount` for each unit.
    Fixed,
    /// `amount` percent of the price with the tax in it.
    Division,
    /// The taxes of `children_tax_ids` together.
    Group,
}

/// A tax.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code, reason = "some fields are read for their shape only")]
pub struct Tax {
    /// What it is called.
    name: String,
    /// How it is computed.
    amount_type: AmountType,
    /// How much.
    #[serde(default)]
    amount: f64,
    /// Whether prices have it in them.
    #[serde(default)]
    price_include: bool,
    /// Whether taxes after it are computed on top of it.
    #[serde(default)]
    include_base_amount: bool,
    /// Taxes are computed in this order.
    #[serde(default)]
    sequence: i64,
    /// The taxes of a group.
    #[serde(default)]
    children_tax_ids: Vec<i64>,
}

impl Checked for Tax {
    fn problem(&self) -> Option<Problem> {
        let is_empty_group = self.amount_type == AmountType::Group && self.children_tax_ids.is_empty();
        let is_all = self.amount_type == AmountType::Division && self.amount >= 100.0;
        needs("name", &self.name)
            .or_else(|| amount("amount", self.amount))
            .or_else(|| is_empty_group.then(|| Problem::new("children_tax_ids", "a group needs taxes")))
            .or_else(|| is_all.then(|| Problem::new("amount", "a tax in the price is below 100 %")))
    }
}

macro_rules! named {
    ($(#[$doc:meta])* $type:ident { $($(#[$field_doc:meta])* $field:ident: $field_type:ty = $default:expr,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Deserialize, ToSchema)]
        #[allow(dead_code, reason = "some fields are read for their shape only")]
        pub struct $type {
            /// What it is called.
            name: String,
            $($(#[$field_doc])* #[serde(default)] $field: $field_type,)*
        }

        impl Checked for $type {
            fn problem(&self) -> Option<Problem> {
                let checks: &[fn(&Self) -> Option<Problem>] = &[$($default),*];
                needs("name", &self.name).or_else(|| checks.iter().find_map(|check| check(self)))
            }
        }
    };
}

named! {
    /// What products are measured in.
    Unit {
        /// The smallest step of a quantity; 0: whole numbers.
        rounding: f64 = |unit| (unit.rounding < 0.0).then(|| Problem::new("rounding", "a step is not below 0")),
        /// Whether lines of it may be merged into one.
        is_pos_groupable: bool = |_| None,
    }
}

named! {
    /// A category on the tills.
    PosCategory {
        /// The category that it is part of.
        parent_id: Reference = |_| None,
        /// Its place among the others.
        sequence: i64 = |_| None,
    }
}

named! {
    /// A category that pricelists and reports look at.
    ProductCategory {
        /// The category that it is part of.
        parent_id: Reference = |_| None,
    }
}

/// An item of a pricelist: what it is for, and the price that it makes.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code, reason = "read for their shape only")]
pub struct PricelistItem {
    /// `3_global`, `2_product_category`, `1_product` or `0_product_variant`.
    applied_on: String,
    /// `fixed`, `percentage` or `formula`.
    compute_price: String,
    /// Its product.
    #[serde(default)]
    product_id: Reference,
    /// Its category.
    #[serde(default)]
    categ_id: Reference,
    /// The price.
    #[serde(default)]
    fixed_price: f64,
    /// Percent off.
    #[serde(default)]
    percent_price: f64,
    /// From this quantity on.
    #[serde(default)]
    min_quantity: f64,
    /// From this day on.
    #[serde(default)]
    date_start: Text,
    /// Until this day.
    #[serde(default)]
    date_end: Text,
}

named! {
    /// Prices for some customers, or for some hours.
    Pricelist {
        /// The first that fits makes the price.
        items: Vec<PricelistItem> = |list| list.items.iter().find_map(|item| {
            let is_known = ["fixed", "percentage", "formula"].contains(&item.compute_price.as_str());
            (!is_known).then(|| Problem::new("items", "compute_price is fixed, percentage or formula"))
        }),
    }
}

named! {
    /// Somebody who buys.
    Customer {
        /// A number.
        phone: Text = |them| texts(&[("phone", &them.phone), ("mobile", &them.mobile), ("email", &them.email),
            ("street", &them.street), ("city", &them.city), ("zip", &them.zip), ("vat", &them.vat),
            ("barcode", &them.barcode), ("ref", &them.r#ref)]),
        /// A number.
        mobile: Text = |_| None,
        /// An address.
        email: Text = |_| None,
        /// Street and house.
        street: Text = |_| None,
        /// The place.
        city: Text = |_| None,
        /// The postal code.
        zip: Text = |_| None,
        /// The number that the tax office gave them.
        vat: Text = |_| None,
        /// What their card says.
        barcode: Text = |_| None,
        /// The shop's own code for them.
        r#ref: Text = |_| None,
        /// What is to be known of them.
        comment: Text = |them| long("comment", them.comment.0.as_deref().unwrap_or_default(), LONG_TEXT_CHARS_MAX),
        /// The fiscal position of their orders.
        property_account_position_id: Reference = |_| None,
        /// The pricelist of their orders.
        property_product_pricelist: Reference = |_| None,
    }
}

/// One tax in the place of another.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code, reason = "read for their shape only")]
pub struct TaxMapping {
    /// The tax of the product.
    tax_src_id: i64,
    /// What stands for it; none for no tax.
    #[serde(default)]
    tax_dest_id: Reference,
}

named! {
    /// Other taxes, for some customers or for food that is taken away.
    FiscalPosition {
        /// Which tax stands for which.
        tax_ids: Vec<TaxMapping> = |_| None,
    }
}

/// How money is taken.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code, reason = "some fields are read for their shape only")]
pub struct PaymentMethod {
    /// Odoo's pair of id and name.
    journal_id: (i64, String),
    /// Whether it is counted.
    #[serde(rename = "type")]
    kind: MethodKind,
}

/// What a payment method is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MethodKind {
    /// Cash: counted when a session opens and closes.
    Cash,
    /// Anything else.
    Bank,
}

impl Checked for PaymentMethod {
    fn problem(&self) -> Option<Problem> {
        needs("journal_id", &self.journal_id.1)
    }
}

/// Which way amounts are rounded.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub enum RoundingMethod {
    /// Away from zero.
    #[serde(rename = "UP")]
    Up,
    /// Towards zero.
    #[serde(rename = "DOWN")]
    Down,
    /// To the nearer.
    #[serde(rename = "HALF-UP")]
    #[default]
    HalfUp,
}

named! {
    /// The smallest coin.
    CashRounding {
        /// The step.
        rounding: f64 = |coin| (coin.rounding <= 0.0).then(|| Problem::new("rounding", "a coin is worth more than 0")),
        /// Which way.
        rounding_method: RoundingMethod = |_| None,
    }
}

named! {
    /// How barcodes are read.
    BarcodeNomenclature {
        /// `always`, `ean2upc`, `upc2ean` or `none`.
        upc_ean_conv: Text = |_| None,
        /// The first that fits reads a code.
        rules: Vec<Value> = |_| None,
    }
}

named! {
    /// A room, or what is outside.
    Floor {
        /// Its place among the others.
        sequence: i64 = |_| None,
    }
}

/// A table that guests sit at.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code, reason = "some fields are read for their shape only")]
pub struct Table {
    /// What it is called.
    name: String,
    /// Where it stands.
    floor_id: i64,
    /// For how many.
    #[serde(default)]
    seats: u32,
}

impl Checked for Table {
    fn problem(&self) -> Option<Problem> {
        let is_crowd = self.seats > 1_000;
        needs("name", &self.name).or_else(|| is_crowd.then(|| Problem::new("seats", "at most 1000 seats")))
    }
}

/// What somebody may do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sell.
    #[default]
    Cashier,
    /// Sell, and look after the shop.
    Manager,
    /// Everything.
    Admin,
}

named! {
    /// Somebody who works in the shop.
    Person {
        /// What they may do.
        role: Role = |_| None,
        /// What their badge says.
        barcode: Text = |them| texts(&[("barcode", &them.barcode)]),
    }
}

named! {
    /// A point of sale, with Odoo's options.
    PointOfSale {
        /// Its multi-session; none works alone.
        multi_session: Reference = |_| None,
        /// `total` or `subtotal`: how lines show their prices.
        iface_tax_included: Text = |_| None,
        /// Whether pricelists can be chosen.
        use_pricelist: bool = |_| None,
        /// The pricelist of new orders.
        pricelist_id: Reference = |_| None,
        /// Those that can be chosen.
        available_pricelist_ids: Vec<i64> = |_| None,
        /// Fiscal positions that can be chosen.
        fiscal_position_ids: Vec<i64> = |_| None,
        /// The fiscal position of new orders.
        default_fiscal_position_id: Reference = |_| None,
        /// Whether cash is rounded.
        cash_rounding: bool = |_| None,
        /// Payment methods; empty for all.
        payment_method_ids: Vec<i64> = |_| None,
        /// How barcodes are read.
        barcode_nomenclature_id: Reference = |_| None,
        /// Whether tips are taken.
        iface_tipproduct: bool = |_| None,
        /// The product that a tip is.
        tip_product_id: Reference = |_| None,
        /// Discounts that are offered, in percent.
        discounts: Vec<f64> = |pos| pos.discounts.iter().any(|discount| !(0.0..=100.0).contains(discount))
            .then(|| Problem::new("discounts", "a discount is from 0 to 100 percent")),
        /// The largest discount, in percent.
        discount_max: Option<f64> = |pos| pos.discount_max.is_some_and(|max| !(0.0..=100.0).contains(&max))
            .then(|| Problem::new("discount_max", "a discount is from 0 to 100 percent")),
        /// What receipts begin with.
        receipt_header: Text = |pos| long("receipt_header", pos.receipt_header.0.as_deref().unwrap_or_default(), LONG_TEXT_CHARS_MAX),
        /// What receipts end with.
        receipt_footer: Text = |pos| long("receipt_footer", pos.receipt_footer.0.as_deref().unwrap_or_default(), LONG_TEXT_CHARS_MAX),
        /// Languages that can be chosen; empty for all.
        languages: Vec<String> = |_| None,
        /// Rule L1: whether orders that other users created are shown; left out: yes.
        accept_incoming_orders: Option<bool> = |_| None,
        /// Whether the first, still empty order gives way when one arrives; left out: yes.
        replace_empty_order: Option<bool> = |_| None,
        /// Whether an empty order yields the screen to one that arrives; left out: no.
        deactivate_empty_order: Option<bool> = |_| None,
        /// Seconds of silence after which a till asks whether the server is there.
        ping_after_s: Option<f64> = |pos| pos.ping_after_s.is_some_and(|seconds| !(1.0..=3_600.0).contains(&seconds))
            .then(|| Problem::new("ping_after_s", "from 1 to 3600 seconds")),
        /// Seconds after which a till that has no answer to that is without a connection.
        ping_answer_s: Option<f64> = |pos| pos.ping_answer_s.is_some_and(|seconds| !(1.0..=600.0).contains(&seconds))
            .then(|| Problem::new("ping_answer_s", "from 1 to 600 seconds")),
    }
}

named! {
    /// The shop, as receipts show it.
    Company {
        /// Street and house.
        street: Text = |shop| texts(&[("street", &shop.street), ("zip", &shop.zip), ("city", &shop.city),
            ("country", &shop.country), ("vat", &shop.vat), ("phone", &shop.phone), ("email", &shop.email),
            ("website", &shop.website)]),
        /// The postal code.
        zip: Text = |_| None,
        /// The place.
        city: Text = |_| None,
        /// The country.
        country: Text = |_| None,
        /// The number that the tax office gave it.
        vat: Text = |_| None,
        /// A number.
        phone: Text = |_| None,
        /// An address.
        email: Text = |_| None,
        /// An address.
        website: Text = |_| None,
        /// `round_per_line` or `round_globally`.
        tax_calculation_rounding_method: Text = |shop| {
            let said = shop.tax_calculation_rounding_method.0.as_deref().unwrap_or("round_per_line");
            (!["round_per_line", "round_globally"].contains(&said)).then(|| {
                Problem::new("tax_calculation_rounding_method", "it is round_per_line or round_globally")
            })
        },
    }
}

named! {
    /// The money that the shop takes.
    Currency {
        /// How amounts are written.
        symbol: Text = |money| texts(&[("symbol", &money.symbol)]),
        /// `before` or `after` the amount.
        position: Text = |money| {
            let said = money.position.0.as_deref().unwrap_or("after");
            (!["before", "after"].contains(&said)).then(|| Problem::new("position", "it is before or after"))
        },
        /// The smallest step of an amount.
        rounding: f64 = |money| (money.rounding <= 0.0)
            .then(|| Problem::new("rounding", "the smallest step of an amount, such as 0.01")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kind(path: &str) -> &'static Kind {
        KINDS.iter().find(|kind| kind.path == path).expect("a kind")
    }

    #[test]
    fn a_problem_names_its_field() {
        let cases = [
            ("products", json!({"display_name": "Tea"}), "lst_price"),
            ("products", json!({"display_name": " ", "lst_price": 2}), "display_name"),
            ("products", json!({"display_name": "Tea", "lst_price": "2"}), "lst_price"),
            ("products", json!({"display_name": "Tea", "lst_price": 1e13}), "lst_price"),
            ("products", json!({"display_name": "Tea", "lst_price": 2, "taxes_id": [1, "x"]}), "taxes_id"),
            ("products", json!({"display_name": "Tea", "lst_price": 2, "image": "http://x"}), "image"),
            ("taxes", json!({"name": "VAT", "amount_type": "most"}), "amount_type"),
            ("taxes", json!({"name": "VAT", "amount_type": "group"}), "children_tax_ids"),
            ("currencies", json!({"name": "EUR", "rounding": 0}), "rounding"),
            ("points-of-sale", json!({"name": "Bar", "discount_max": 101}), "discount_max"),
            ("points-of-sale", json!(5), ""),
        ];
        for (path, body, field) in cases {
            let problem = (kind(path).check)(&body).expect_err("it is wrong");
            assert_eq!(problem.field, field, "{body}: {problem:?}");
        }
        let tea =
            json!({"display_name": "Tea", "lst_price": 2, "uom_id": false, "colour": {"of": "an extension"}});
        assert_eq!((kind("products").check)(&tea), Ok(()));
    }

    #[test]
    fn references_are_found_however_deep() {
        let pricelist =
            json!({"name": "Evening", "items": [{"product_id": 4, "categ_id": false}, {"categ_id": 2}]});
        let found = references("pricelist", &pricelist);
        assert_eq!(found, [("product_id".into(), "product", 4), ("categ_id".into(), "product_category", 2)]);
        let category = json!({"name": "Tea", "parent_id": 3});
        assert_eq!(references("pos_category", &category), [("parent_id".into(), "pos_category", 3)]);
    }
}

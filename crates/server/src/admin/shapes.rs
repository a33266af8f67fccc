//! What may stand in a record of each kind.
//!
//! Names and shapes are Odoo's, as a POS of Odoo 12 loads them. Fields that are not named here are kept as they come: a
//! till's extensions have fields of their own.

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::kinds::Problem;

/// Characters of a text, unless a field says otherwise.
const TEXT_CHARS_MAX: usize = 200;
/// Characters of a long text.
const LONG_TEXT_CHARS_MAX: usize = 2_000;
/// Characters of a picture, as a `data:` URL.
const PICTURE_CHARS_MAX: usize = 140_000;
/// Amounts are below this, either side of zero.
const AMOUNT_MAX: f64 = 1e12;

/// What a type says of itself beyond its shape.
pub(super) trait Checked {
    /// What is wrong with it.
    fn problem(&self) -> Option<Problem>;
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

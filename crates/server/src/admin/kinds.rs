//! The kinds of records that a shop is made of: where they are in the API, and what they refer to. What may stand in each is
//! in `shapes.rs`.

use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::shapes::{
    BarcodeNomenclature, CashRounding, Checked, Company, Currency, Customer, FiscalPosition, Floor,
    PaymentMethod, Person, PointOfSale, PosCategory, Pricelist, Product, ProductCategory, Table, Tax, Unit,
};

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
    pub(super) fn new(field: &str, text: impl Into<String>) -> Self {
        Self { field: field.to_owned(), text: text.into() }
    }
}

/// Bytes of a record.
pub const RECORD_BYTES_MAX: usize = 256 * 1024;

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

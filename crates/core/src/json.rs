//! JSON as it is compared, added up and written: one spelling for one value.

use rust_decimal::Decimal;
use serde_json::{Map, Number, Value};

/// An object's members, as orders and lines carry them.
pub type Fields = Map<String, Value>;

/// How deep a value from outside may be nested.
pub const DEPTH_MAX: usize = 32;

/// The largest amount of a quantity or price, either sign. Beyond it a double cannot hold the cents.
pub const AMOUNT_MAX: i64 = 1_000_000_000_000;

/// Decimal places that a quantity or price may have. JavaScript's own sums leave up to 17; beyond twelve they
/// are noise and are rounded away.
pub const AMOUNT_SCALE_MAX: u32 = 12;

/// Why a value from outside cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Nested deeper than [`DEPTH_MAX`].
    #[error("the value is nested deeper than {DEPTH_MAX} levels")]
    TooDeep,
    /// Not a number, or one beyond [`AMOUNT_MAX`].
    #[error("{0} is no amount: a number between -{AMOUNT_MAX} and {AMOUNT_MAX} is needed")]
    NoAmount(String),
}

/// Gives numbers one spelling (`1.0` becomes `1`) all through the value, as RFC 8785 writes them, and checks
/// the depth. Equal values are equal in Rust afterwards.
pub fn normalize(value: &mut Value) -> Result<(), JsonError> {
    normalize_within(value, DEPTH_MAX)
}

/// The same for a value that others wrap: nested to another depth at most.
pub fn normalize_within(value: &mut Value, depth_max: usize) -> Result<(), JsonError> {
    fn walk(value: &mut Value, left: usize) -> Result<(), JsonError> {
        let inner = left.checked_sub(1).ok_or(JsonError::TooDeep);
        match value {
            Value::Number(number) => {
                if let Some(whole) = whole(number) {
                    *number = Number::from(whole);
                }
            }
            Value::Array(items) => {
                for item in items {
                    walk(item, inner.clone()?)?;
                }
            }
            Value::Object(members) => {
                for (_, member) in members.iter_mut() {
                    walk(member, inner.clone()?)?;
                }
            }
            Value::Null | Value::Bool(_) | Value::String(_) => {}
        }
        Ok(())
    }
    walk(value, depth_max)
}

/// Whether more lists and objects than so many are one in the other.
pub fn is_deeper(value: &Value, levels: usize) -> bool {
    let deeper = |inner: &Value| is_deeper(inner, levels - 1);
    match value {
        Value::Array(items) => levels == 0 || items.iter().any(deeper),
        Value::Object(members) => levels == 0 || members.values().any(deeper),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// The integer that a float spells, where a double holds it exactly.
fn whole(number: &Number) -> Option<i64> {
    if !number.is_f64() {
        return None;
    }
    let float = number.as_f64()?;
    (float.fract() == 0.0 && float.abs() <= 9_007_199_254_740_992.0).then_some(float as i64)
}

/// Reads a JSON number as an exact decimal: the shortest decimal that the double stands for, so that `0.1`
/// is a tenth and sums of it stay exact.
pub fn amount(value: &Value) -> Result<Decimal, JsonError> {
    let wrong = || JsonError::NoAmount(value.to_string().chars().take(40).collect());
    let number = value.as_number().ok_or_else(wrong)?;
    let text = number.to_string();
    let parsed = if text.contains(['e', 'E']) { Decimal::from_scientific(&text) } else { text.parse() };
    let decimal = parsed.map_err(|_| wrong())?;
    if !is_within_bounds(decimal) {
        return Err(wrong());
    }
    Ok(decimal.round_dp(AMOUNT_SCALE_MAX).normalize())
}

/// Writes an exact decimal as a JSON number, whole numbers without a fraction.
pub fn number(amount: Decimal) -> Value {
    let amount = amount.normalize();
    if amount.scale() == 0
        && let Ok(whole) = i64::try_from(amount)
    {
        return Value::from(whole);
    }
    amount.to_string().parse::<f64>().ok().and_then(Number::from_f64).map_or(Value::Null, Value::Number)
}

/// Canonical JSON (RFC 8785): the bytes in which two replicas are compared.
pub fn canonical(value: &Value) -> String {
    // Strings, numbers and containers of a `Value` always have a canonical form.
    serde_json_canonicalizer::to_string(value).unwrap_or_else(|_| value.to_string())
}

/// Serde for an optional value that may be `null`: a member that is there is `Some`, whatever it holds.
pub fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    serde::Deserialize::deserialize(deserializer).map(Some)
}

/// Whether an amount stays within [`AMOUNT_MAX`], so that it can be read again after it was written.
pub fn is_within_bounds(amount: Decimal) -> bool {
    amount.abs() <= Decimal::from(AMOUNT_MAX)
}

/// Serde for a [`Decimal`] that stands in JSON as a plain number: `#[serde(with = "json::plain_number")]`.
pub mod plain_number {
    use super::{Decimal, Value};
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    /// Writes the decimal as a JSON number.
    pub fn serialize<S: Serializer>(amount: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
        super::number(*amount).serialize(serializer)
    }

    /// Reads a JSON number as a decimal; anything else is an error.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
        super::amount(&Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// A reference as tills say it: the id of a record, alone or in Odoo's pair of id and name; anything else is none.
pub fn reference(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.get(0)?.as_i64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_have_one_spelling() {
        for (from, to) in [
            (json!({"a": 1.0, "b": [2.50, -0.0]}), json!({"a": 1, "b": [2.5, 0]})),
            (json!(1e300), json!(1e300)),
            (json!("1.0"), json!("1.0")),
        ] {
            let mut value = from;
            normalize(&mut value).expect("shallow");
            assert_eq!(value, to);
        }
    }

    #[test]
    fn depth_is_bounded() {
        let mut value = json!(1);
        for _ in 0..=DEPTH_MAX {
            value = json!([value]);
        }
        assert_eq!(normalize(&mut value), Err(JsonError::TooDeep));
    }

    #[test]
    fn amounts_add_up_exactly() {
        let sum = amount(&json!(0.1)).expect("a tenth") + amount(&json!(0.2)).expect("two tenths");
        assert_eq!(number(sum), json!(0.3));
        assert_eq!(number(amount(&json!(3.0)).expect("three")), json!(3));
        assert_eq!(number(amount(&json!(0.300_000_000_000_000_04)).expect("noise")), json!(0.3));
        assert_eq!(amount(&json!(1e-7)).map(number), Ok(json!(1e-7)));
    }

    #[test]
    fn what_is_no_amount_is_said() {
        for bad in [json!("3"), json!(null), json!(1e300), json!(true), json!([1])] {
            assert!(amount(&bad).is_err(), "{bad}");
        }
    }
}

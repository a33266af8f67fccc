//! The shop that the demo's Register sells from: a café with three tills, and a stall on its own.

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rust_embed::RustEmbed;
use serde::Deserialize;
use serde_json::Value;
use tillsync_server::api::MAIN;
use tillsync_server::pin;
use tillsync_store::{RecordChange, RecordStore};

const SHOP: &str = include_str!("shop.json");

#[derive(Deserialize)]
struct Made {
    kind: String,
    id: i64,
    body: Value,
}

/// The products' pictures, by the names that the products give.
#[derive(RustEmbed)]
#[folder = "src/demo/pictures"]
struct Pictures;

/// Makes the shop, unless there is one: what was changed in it stays.
pub async fn make(store: &impl RecordStore) -> anyhow::Result<()> {
    if store.records(MAIN, &["pos"], 0).await?.change > 0 {
        return Ok(());
    }
    let made: Vec<Made> = serde_json::from_str(SHOP).context("the demo's shop")?;
    let changes = made.into_iter().map(|Made { kind, id, mut body }| {
        with_picture(&mut body);
        with_hashed_pin(&mut body);
        RecordChange { kind, id: Some(id), seen: Some(0), body: Some(body) }
    });
    store.change_records(MAIN, changes.collect()).await?;
    Ok(())
}

/// A picture's name becomes the picture itself: it is at the till as soon as the product is, also without a connection.
fn with_picture(body: &mut Value) {
    let Some(body) = body.as_object_mut() else { return };
    let Some(name) = body.remove("picture") else { return };
    let file = Pictures::get(&format!("{}.svg", name.as_str().unwrap_or_default()));
    if let Some(file) = file {
        let image = format!("data:image/svg+xml;base64,{}", STANDARD.encode(file.data));
        body.insert("image".into(), image.into());
    }
}

/// A PIN is kept as a hash; how many digits it has helps who types it.
fn with_hashed_pin(body: &mut Value) {
    let Some(body) = body.as_object_mut() else { return };
    let Some(pin) = body.remove("pin") else { return };
    if let Some(pin) = pin.as_str().filter(|pin| pin::is_pin(pin)) {
        body.insert("pin_hash".into(), pin::hash(pin).into());
        body.insert("pin_digits".into(), pin.len().into());
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// A till loads all pictures along with the catalogue.
    const PICTURE_BYTES_MAX: usize = 1_500;

    /// Kinds of records, and the fields that point at them; a payment method's journal is Odoo's, not the shop's.
    const REFERENCES: &[(&str, &[&str])] = &[
        ("barcode_nomenclature", &["barcode_nomenclature_id"]),
        (
            "fiscal_position",
            &["fiscal_position_ids", "default_fiscal_position_id", "property_account_position_id"],
        ),
        ("multi_session", &["multi_session"]),
        ("pos_category", &["pos_categ_id"]),
        ("pricelist", &["pricelist_id", "available_pricelist_ids"]),
        ("product", &["tip_product_id"]),
        ("product_category", &["categ_id", "parent_id"]),
        ("tax", &["taxes_id", "tax_src_id", "tax_dest_id"]),
        ("unit", &["uom_id"]),
    ];

    /// Every field of a record, however deep, with what it holds; a list is taken apart.
    fn fields<'a>(name: &'a str, value: &'a Value, found: &mut Vec<(&'a str, &'a Value)>) {
        match value {
            Value::Object(members) => members.iter().for_each(|(name, value)| fields(name, value, found)),
            Value::Array(items) => items.iter().for_each(|item| fields(name, item, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => found.push((name, value)),
        }
    }

    /// Whether the last digit of an EAN-13 is the one that the others call for.
    fn is_ean13(code: &str) -> bool {
        let digits: Vec<u32> = code.chars().filter_map(|digit| digit.to_digit(10)).collect();
        let sum: u32 = digits.iter().zip([1, 3].iter().cycle()).map(|(digit, weight)| digit * weight).sum();
        code.len() == 13 && digits.len() == 13 && sum.is_multiple_of(10)
    }

    #[test]
    fn the_shop_can_be_copied_as_it_is() {
        let shop: Vec<Made> = serde_json::from_str(SHOP).unwrap();
        let known: BTreeSet<_> = shop.iter().map(|made| (made.kind.as_str(), made.id)).collect();
        assert_eq!(known.len(), shop.len(), "two records of one kind have one id");
        let (mut barcodes, mut pictures) = (BTreeSet::new(), BTreeSet::new());
        for Made { kind, id, body } in &shop {
            let mut found = Vec::new();
            fields("", body, &mut found);
            for (name, value) in found {
                let place = format!("{kind} {id}: {name} {value}");
                let text = value.as_str().unwrap_or_default();
                let target = REFERENCES.iter().find(|(_, names)| names.contains(&name));
                match (name, target, value.as_i64()) {
                    (_, Some((target, _)), Some(id)) => assert!(known.contains(&(*target, id)), "{place}"),
                    (_, Some(_), None) => assert_eq!(*value, Value::Bool(false), "{place}"),
                    ("barcode", ..) => assert!(is_ean13(text) && barcodes.insert(text), "{place}"),
                    ("picture", ..) => assert!(pictures.insert(format!("{text}.svg")), "{place}"),
                    ("journal_id", ..) => {}
                    (name, ..) => assert!(!name.ends_with("_id") && !name.ends_with("_ids"), "{place}"),
                }
            }
        }
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/demo/pictures");
        let files =
            std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
        assert_eq!(files.collect::<BTreeSet<_>>(), pictures, "drawn, and named by a product");
        assert_eq!(pictures.len(), shop.iter().filter(|made| made.kind == "product").count());
        for name in pictures {
            let picture = std::fs::read_to_string(folder.join(&name)).unwrap();
            assert!(picture.len() < PICTURE_BYTES_MAX, "{name} has {} bytes", picture.len());
            let foreign = ["<script", "<text", "href", "url("].iter().find(|part| picture.contains(**part));
            assert_eq!((picture.contains(r#"viewBox="0 0 96 72""#), foreign), (true, None), "{name}");
        }
    }
}

//! A line of an order, as the screen has it and as it is written.

use crate::config::TillConfig;
use crate::ms_info::{self, MsInfo};
use crate::wire::{number, truthy, whole};
use serde_json::{Value, json};

/// One product of an order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub(crate) uid: String,
    /// From the page's counter; another till's for a line that came with its order.
    pub(crate) id: i64,
    pub(crate) product_id: i64,
    pub(crate) qty: f64,
    pub(crate) price: f64,
    pub(crate) discount: f64,
    /// The price was typed on this till: a list price does not bring it back.
    pub(crate) price_typed: bool,
    pub(crate) note: String,
    /// `pack_lot_ids`, kept as it came.
    pub(crate) lots: Value,
    pub(crate) ms_info: MsInfo,
    /// Typed here, and no update of the order was answered since.
    pub(crate) offline: bool,
}

impl Line {
    /// A line as the till makes it, one piece at this price.
    pub(crate) fn new(uid: String, id: i64, product_id: i64, price: f64) -> Self {
        Self {
            uid,
            id,
            product_id,
            qty: 1.0,
            price,
            discount: 0.0,
            price_typed: false,
            note: String::new(),
            lots: json!([]),
            ms_info: MsInfo::new(),
            offline: false,
        }
    }

    /// A line of a written order. Its uid and its `ms_info` are not read: the client gives it a uid of its own.
    pub(crate) fn from_json(data: &Value, uid: String, id: i64) -> Self {
        let mut line = Self::new(uid, id, whole(&data["product_id"]).unwrap_or_default(), 0.0);
        line.price = data["price_unit"].as_f64().unwrap_or_default();
        line.discount = percent(data["discount"].as_f64().unwrap_or_default());
        line.qty = data["qty"].as_f64().unwrap_or_default();
        line.note = data["note"].as_str().unwrap_or_default().to_owned();
        if data["pack_lot_ids"].is_array() {
            line.lots = data["pack_lot_ids"].clone();
        }
        line
    }

    /// A typed quantity brings the list price back, unless the price was typed too.
    pub(crate) fn set_qty(&mut self, qty: f64, config: &TillConfig) {
        self.qty = qty;
        if let Some(price) = config.list_prices.get(&self.product_id)
            && !self.price_typed
        {
            self.price = *price;
        }
    }

    /// The line's price, rounded to the cent.
    pub(crate) fn subtotal(&self) -> f64 {
        (self.qty * self.price * (1.0 - self.discount / 100.0) * 100.0).round() / 100.0
    }

    /// Whether one more of this product adds to this line, instead of making another.
    pub(crate) fn merges(&self, product_id: i64, price: f64) -> bool {
        self.product_id == product_id && self.discount == 0.0 && self.price == price && self.note.is_empty()
    }

    /// The key of this line in `multiprint_resume`.
    pub(crate) fn print_key(&self) -> String {
        if self.note.is_empty() { self.uid.clone() } else { format!("{}|{}", self.uid, self.note) }
    }

    pub(crate) fn export(&self, restaurant: bool) -> Value {
        let mut data = json!({
            "qty": number(self.qty),
            "price_unit": number(self.price),
            "price_subtotal": number(self.subtotal()),
            "price_subtotal_incl": number(self.subtotal()),
            "discount": number(self.discount),
            "product_id": self.product_id,
            "tax_ids": [[6, false, []]],
            "id": self.id,
            "pack_lot_ids": self.lots,
            "uid": self.uid,
            "ms_info": self.ms_info,
        });
        if restaurant {
            data["note"] = json!(self.note);
        }
        data
    }
}

/// A discount that the client accepts.
pub(crate) fn percent(value: f64) -> f64 {
    value.clamp(0.0, 100.0)
}

/// What a message says about a line that the till has, or is about to add. A missing key says nothing.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Received {
    pub(crate) uid: String,
    pub(crate) product_id: i64,
    pub(crate) qty: Option<f64>,
    pub(crate) price: Option<f64>,
    pub(crate) discount: Option<f64>,
    pub(crate) note: Option<String>,
    pub(crate) ms_info: MsInfo,
    pub(crate) is_changed: bool,
}

impl Received {
    pub(crate) fn read(data: &Value) -> Self {
        Self {
            uid: data["uid"].as_str().unwrap_or_default().to_owned(),
            product_id: whole(&data["product_id"]).unwrap_or_default(),
            qty: data["qty"].as_f64(),
            price: data["price_unit"].as_f64(),
            discount: data["discount"].as_f64(),
            note: data["note"].as_str().map(ToOwned::to_owned),
            ms_info: ms_info::read(&data["ms_info"]),
            is_changed: truthy(&data["is_changed"]),
        }
    }
}

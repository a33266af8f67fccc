//! Hands in a restaurant: the floor, tables, guests, notes, the kitchen.

use crate::till::Till;
use serde_json::{Map, Value, json};

impl Till {
    /// A click on a table of the floor: its first order is selected, or a new one made and sent. The order's uid.
    pub fn open_table(&mut self, table_id: i64) -> Option<String> {
        let table = self.config.table(table_id)?.clone();
        if !self.is_loaded() {
            return None;
        }
        self.page.table = Some(table);
        self.page.current = self.shown().first().copied();
        let key = self.page.current.unwrap_or_else(|| self.add_new_order());
        self.settle();
        self.page.orders.get(&key).map(|order| order.uid.clone())
    }

    /// Back to the floor plan: no order is selected.
    pub fn leave_table(&mut self) {
        if self.config.is_restaurant() {
            self.page.current = None;
        }
    }

    /// *Transfer*: the selected order goes to another table, and the screen with it.
    pub fn set_table(&mut self, table_id: i64) {
        let Some(key) = self.editable() else { return };
        let Some(table) = self.config.table(table_id).cloned() else { return };
        let Some(order) = self.page.orders.get_mut(&key) else { return };
        order.table = Some(table.clone());
        self.page.wish_update(key);
        self.page.table = Some(table);
        self.page.current = self.shown().first().copied();
        self.settle();
    }

    /// How many guests sit at the selected order's table.
    pub fn set_guests(&mut self, guests: i64) {
        let Some(key) = self.editable() else { return };
        if let Some(order) = self.page.orders.get_mut(&key) {
            order.guests = guests.max(0);
        }
        self.page.wish_update(key);
        self.settle();
    }

    /// A note for the kitchen on a line of the selected order, which a click selects. Shops have none.
    pub fn set_note(&mut self, line_uid: &str, note: &str) {
        if self.config.is_restaurant() && self.select_line(line_uid) {
            self.type_into_line(|line, _| note.clone_into(&mut line.note));
        }
    }

    /// *Order*: the kitchen gets what is new, and `multiprint_resume` says what it has.
    pub fn send_to_kitchen(&mut self) {
        let Some(key) = self.editable().filter(|_| self.config.is_restaurant()) else { return };
        let Some(order) = self.page.orders.get_mut(&key) else { return };
        let mut resume = Map::new();
        for line in &order.lines {
            let entry = resume.entry(line.print_key()).or_insert_with(|| {
                let name = format!("Product {}", line.product_id);
                json!({ "qty": 0.0, "note": line.note, "product_id": line.product_id, "product_name_wrapped": [name] })
            });
            entry["qty"] = crate::wire::number(entry["qty"].as_f64().unwrap_or_default() + line.qty);
        }
        order.printed = Some(Value::Object(resume));
        self.page.wish_update(key);
        self.settle();
    }
}

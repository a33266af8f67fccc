//! How the demo looks: what a person did, and what a till's screen shows then.

use std::io::IsTerminal;

use tillsync_odoo_till::{LineView, OrderView};

use crate::say::say;

/// What the shop sells: Odoo's product id, its name, its price.
pub const PRODUCTS: [(i64, &str, f64); 4] =
    [(1, "Espresso", 2.50), (2, "Croissant", 2.20), (3, "Orange juice", 3.80), (4, "Cheesecake", 4.50)];

/// The terminal.
pub struct Show {
    is_terminal: bool,
}

impl Show {
    /// Colours where somebody looks.
    pub fn new() -> Self {
        Self { is_terminal: std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none() }
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.is_terminal { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// A heading.
    pub fn title(&self, text: &str) {
        say!("\n{}", self.paint("1", text));
    }

    /// Who did what.
    pub fn did(&self, text: &str) {
        say!("\n{} {}", self.paint("1;36", ">"), self.paint("1", text));
    }

    /// A plain line.
    pub fn says(&self, text: &str) {
        say!("{text}");
    }

    /// What a till's screen shows.
    pub fn screen(&self, pos: &str, orders: &[OrderView]) {
        let orders: Vec<&OrderView> = orders.iter().filter(|order| !order.new_order).collect();
        say!("  {}", self.paint("2", &format!("{pos}'s screen:")));
        if orders.is_empty() {
            say!("    no open order");
        }
        for order in orders {
            let number =
                if order.order_on_server { format!("Order {}", order.number) } else { "New".to_owned() };
            say!("    {}", self.paint("1;33", &number));
            for line in &order.lines {
                let name =
                    PRODUCTS.iter().find(|(id, ..)| *id == line.product_id).map_or("?", |(_, name, _)| name);
                let qty = format!("{} x", line.qty);
                say!("      {qty:>4} {name:<13} {}", self.paint("2", &authors(line)));
            }
        }
    }
}

/// `added by Ann (Bar), edited by Bob (Counter)`
fn authors(line: &LineView) -> String {
    let Some(created) = &line.created else { return "added by nobody that the till knows".to_owned() };
    let mut text = format!("added by {} ({})", created.user.1, created.pos.1);
    if let Some(changed) = line.changed.as_ref().filter(|changed| changed.pos != created.pos) {
        text.push_str(&format!(", edited by {} ({})", changed.user.1, changed.pos.1));
    }
    text
}

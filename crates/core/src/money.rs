//! What was taken, as the tills said it with their payments: amounts are summed exactly.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;

use crate::json::amount;
use crate::order::{Order, Payment};

/// The money of one order, or of many.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Money {
    /// What was sold, taxes included.
    pub total: Decimal,
    /// The taxes in it.
    pub tax: Decimal,
    /// What was given back of what was given.
    pub change: Decimal,
    /// What was given, by method, in the order of their journals.
    pub methods: Vec<Method>,
}

/// A way to pay.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Method {
    /// Odoo's `journal_id`.
    pub journal: i64,
    /// What the tills call it.
    pub name: String,
    /// How often.
    pub payments: u64,
    /// How much.
    pub amount: Decimal,
}

impl Money {
    /// What an order was paid with. One order can have payments that did not pay it: these are not in it.
    pub fn of(order: &Order) -> Self {
        Self::by(payments_of(order))
    }

    /// What these payments of one order say, in their order.
    pub fn by<'a>(payments: impl Iterator<Item = &'a Payment>) -> Self {
        let mut money = Self::default();
        for payment in payments {
            let said = |field: &str| payment.fields.get(field).and_then(|value| amount(value).ok());
            // Each payment says the whole order's amounts as they were then: the last one is right.
            money.total = said("amount_total").unwrap_or(money.total);
            money.tax = said("amount_tax").unwrap_or(money.tax);
            money.change = said("amount_return").unwrap_or(money.change);
            let lines = payment.fields.get("statement_ids").and_then(Value::as_array);
            // Odoo writes each line as [0, 0, {…}].
            for line in lines.into_iter().flatten().filter_map(|line| line.get(2)) {
                money.add_line(line);
            }
        }
        money
    }

    /// What an order comes to: what was said when it was paid, or, of one that was not, what its lines add up to as
    /// they are priced.
    pub fn worth(order: &Order) -> Decimal {
        if payments_of(order).next().is_some() {
            return Self::of(order).total;
        }
        let of_line = |line: &std::sync::Arc<crate::order::Line>| {
            let said =
                |field: &str| line.fields.get(field).and_then(|value| amount(value).ok()).unwrap_or_default();
            let off = said("discount") / Decimal::ONE_HUNDRED;
            (said("price_unit") * line.qty() * (Decimal::ONE - off)).round_dp(2)
        };
        order.lines.iter().map(of_line).sum()
    }

    /// All that was given.
    pub fn given(&self) -> Decimal {
        self.methods.iter().map(|method| method.amount).sum()
    }

    /// Adds what was given with these payments, and nothing else of them.
    pub fn add_given<'a>(&mut self, payments: impl Iterator<Item = &'a Payment>) {
        self.add(Self { methods: Self::by(payments).methods, ..Self::default() });
    }

    /// Adds another order's.
    pub fn add(&mut self, other: Money) {
        self.total += other.total;
        self.tax += other.tax;
        self.change += other.change;
        let mut methods: BTreeMap<(i64, String), Method> = BTreeMap::new();
        for method in self.methods.drain(..).chain(other.methods) {
            let key = (method.journal, method.name.clone());
            match methods.get_mut(&key) {
                Some(known) => {
                    known.payments += method.payments;
                    known.amount += method.amount;
                }
                None => {
                    methods.insert(key, method);
                }
            }
        }
        self.methods = methods.into_values().collect();
    }

    fn add_line(&mut self, line: &Value) {
        let text = line.get("name").and_then(Value::as_str).unwrap_or_default();
        let method = Method {
            journal: line.get("journal_id").and_then(Value::as_i64).unwrap_or_default(),
            name: text.to_owned(),
            payments: 1,
            amount: line.get("amount").and_then(|value| amount(value).ok()).unwrap_or_default(),
        };
        self.add(Money { methods: vec![method], ..Money::default() });
    }
}

/// The payments that an order was paid with.
pub fn payments_of(order: &Order) -> impl Iterator<Item = &Payment> {
    let paid_it = |payment: &&Payment| order.paid_with.is_empty() || order.paid_with.contains(&payment.id);
    order.payments.iter().filter(paid_it)
}

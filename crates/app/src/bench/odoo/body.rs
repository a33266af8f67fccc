//! What a load till sends, as Odoo's client writes it.

use std::fmt::Write;

/// A till of the bench: its POS and its session have the same number.
#[derive(Debug, Clone, Copy)]
pub struct Identity {
    /// The database, as it stands within JSON.
    pub database: &'static str,
    /// The multi-session.
    pub multi_session: usize,
    /// The POS.
    pub pos: usize,
    /// The login, the same for all tills of a bench.
    pub login: u32,
}

/// POSes of multi-session `m` have ids from `m * POSES_MAX + 1`.
pub const POSES_MAX: usize = 10_000;

impl Identity {
    /// The uid of the till's order.
    pub fn order(self) -> String {
        format!("{:05}-{:03}-0001", self.pos, self.login)
    }

    fn call(self, message: &str) -> String {
        let Identity { database, multi_session, pos, .. } = self;
        format!(
            "{{\"jsonrpc\":\"2.0\",\"method\":\"call\",\"params\":{{\"multi_session_id\":{multi_session},\
             \"message\":{message},\"dbname\":\"{database}\",\"user_ID\":{pos}}},\"id\":1}}"
        )
    }

    /// The page loads.
    pub fn page_load(self) -> String {
        let Identity { pos, login, .. } = self;
        self.call(&format!(
            "{{\"action\":\"sync_all\",\"data\":{{\"run_ID\":1,\"pos_id\":{pos},\"nonce\":\"load{login}\"}},\
             \"immediate_rerendering\":true,\"session_id\":{pos},\"login_number\":{login}}}"
        ))
    }

    /// A poll after `last`.
    pub fn poll(self, last: u64) -> String {
        let Identity { database, pos, .. } = self;
        format!(
            "{{\"jsonrpc\":\"2.0\",\"method\":\"call\",\"params\":{{\"channels\":[\
             \"[\\\"{database}\\\",\\\"pos.longpolling\\\",\\\"{pos}\\\"]\",\
             \"[\\\"{database}\\\",\\\"pos.multi_session\\\",\\\"{pos}\\\"]\"],\"last\":{last},\
             \"options\":{{\"bus_inactivity\":1000}}}},\"id\":2}}"
        )
    }

    /// The order, whole: `edit` counts the till's edits from 1; each types a quantity into one of the lines.
    pub fn update(self, lines: usize, edit: usize, revision: u64) -> String {
        let Identity { pos, login, .. } = self;
        let uid = self.order();
        let who = format!(
            "{{\"user\":{{\"id\":{pos},\"name\":\"Cashier {pos}\"}},\"pos\":{{\"id\":{pos},\"name\":\"POS{pos}\"}}}}"
        );
        let (mut list, mut total) = (String::with_capacity(lines * 400), 0.0);
        for line in 1..=lines {
            // Edits go round the lines: the line's last edit is some edits ago, or never was.
            let last = edit.checked_sub((edit + lines - line) % lines).filter(|last| *last > 0);
            let qty = last.map_or(1, |last| last + 1);
            let amount = qty as f64 * 2.5;
            total += amount;
            let comma = if line > 1 { "," } else { "" };
            let changed = last.map_or(String::new(), |_| format!(",\"changed\":{who}"));
            let flag = if last.is_some_and(|last| last == edit) { ",\"is_changed\":true" } else { "" };
            write!(
                list,
                "{comma}[0,0,{{\"qty\":{qty},\"price_unit\":2.5,\"price_subtotal\":{amount},\"price_subtotal_incl\":{amount},\
                 \"discount\":0,\"product_id\":{line},\"tax_ids\":[[6,false,[]]],\"id\":{line},\"pack_lot_ids\":[],\
                 \"uid\":\"{uid}-{line}\",\"ms_info\":{{\"created\":{who}{changed}}}{flag}}}]"
            )
            .expect("a String takes everything");
        }
        self.call(&format!(
            "{{\"action\":\"update_order\",\"data\":{{\"name\":\"Order {uid}\",\"amount_paid\":0,\"amount_total\":{total},\
             \"amount_tax\":0,\"amount_return\":0,\"lines\":[{list}],\"statement_ids\":[],\"pos_session_id\":{pos},\
             \"pricelist_id\":1,\"partner_id\":false,\"user_id\":{pos},\"uid\":\"{uid}\",\"sequence_number\":1,\
             \"creation_date\":\"2026-01-01 12:00:00\",\"fiscal_position_id\":false,\"ms_info\":{{\"created\":{who}}},\
             \"revision_ID\":{revision},\"new_order\":false,\"run_ID\":1,\"pos_id\":{pos},\"nonce\":\"{pos}-{edit}\"}},\
             \"session_id\":{pos},\"login_number\":{login}}}"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn each_edit_changes_one_line_and_keeps_the_others() {
        let till = Identity { database: "bench", multi_session: 1, pos: 10_001, login: 3 };
        let quantities = |edit: usize| -> Vec<i64> {
            let call: Value = serde_json::from_str(&till.update(3, edit, 1)).unwrap();
            let lines = call["params"]["message"]["data"]["lines"].as_array().unwrap().clone();
            lines.iter().map(|line| line[2]["qty"].as_i64().unwrap()).collect()
        };
        assert_eq!(quantities(0), [1, 1, 1]);
        for edit in 1..20 {
            let (before, after) = (quantities(edit - 1), quantities(edit));
            assert_eq!(
                before.iter().zip(&after).filter(|(one, other)| one != other).count(),
                1,
                "edit {edit}"
            );
        }
        let load: Value = serde_json::from_str(&till.page_load()).unwrap();
        assert_eq!(load["params"]["message"]["immediate_rerendering"], true);
        let poll: Value = serde_json::from_str(&till.poll(7)).unwrap();
        assert_eq!(poll["params"]["channels"][1], "[\"bench\",\"pos.multi_session\",\"10001\"]");
    }
}

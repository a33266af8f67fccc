//! What kind of field each key of an exported order is. The table stands in `docs/ODOO.md`.

use tillsync_core::diff::MergeRule;

/// What a field is to the merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Follows from other fields: never compared, carried as the last till sent it.
    Derived,
    /// The till's own: its session, its counters, its flags. Carried, never compared.
    Own,
    /// Ours: kept and restored by the server.
    Ours,
    /// Points at a record that the till may not know: `false` is an edit only from a till that had a value.
    Reference,
    /// Exported by the till but never taken from a message: an edit only when the till's own value changed.
    Sticky,
    /// Merged key by key.
    Map,
    /// One more is a tap and adds up; anything else was typed.
    Tap,
    /// Everything else, what extensions add included: the later one stands.
    Set,
}

impl Kind {
    /// Whether a change of the field is a person's edit.
    pub fn is_content(self) -> bool {
        match self {
            Kind::Derived | Kind::Own | Kind::Ours => false,
            Kind::Reference | Kind::Sticky | Kind::Map | Kind::Tap | Kind::Set => true,
        }
    }

    /// How two changes of the field meet.
    pub fn merge_rule(self) -> MergeRule {
        match self {
            Kind::Tap => MergeRule::Tap,
            Kind::Map => MergeRule::Map,
            Kind::Derived | Kind::Own | Kind::Ours | Kind::Reference | Kind::Sticky | Kind::Set => {
                MergeRule::Set
            }
        }
    }
}

/// The kind of an order's field.
pub fn order_kind(field: &str) -> Kind {
    match field {
        "amount_paid" | "amount_total" | "amount_tax" | "amount_return" => Kind::Derived,
        "lines" | "uid" | "id" | "name" | "user_id" | "pos_id" | "pos_session_id" | "session_id"
        | "login_number" | "statement_ids" | "creation_date" | "sequence_number" | "nonce" | "message_ID"
        | "new_order" | "order_on_server" | "run_ID" | "revision_ID" => Kind::Own,
        "ms_info" => Kind::Ours,
        "partner_id" | "fiscal_position_id" | "table" | "table_id" | "floor" | "floor_id"
        | "removed_table_id" => Kind::Reference,
        "pricelist_id" => Kind::Sticky,
        "multiprint_resume" => Kind::Map,
        _ => Kind::Set,
    }
}

/// The kind of an orderline's field.
pub fn line_kind(field: &str) -> Kind {
    match field {
        "price_subtotal" | "price_subtotal_incl" | "tax_ids" => Kind::Derived,
        "id" | "uid" | "is_changed" => Kind::Own,
        "ms_info" => Kind::Ours,
        "pack_lot_ids" => Kind::Sticky,
        "qty" => Kind::Tap,
        _ => Kind::Set,
    }
}

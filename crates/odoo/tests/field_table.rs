//! The table of field kinds in `docs/ODOO.md` says what `src/fields.rs` says.

use std::collections::BTreeMap;

use tillsync_odoo::fields::{Kind, line_kind, order_kind};

const DOCUMENT: &str = include_str!("../../../docs/ODOO.md");
const CODE: &str = include_str!("../src/fields.rs");

/// What the cell of the kind `set` says, which is for all fields that stand nowhere else.
const EVERY_OTHER: &str = "every other";

/// Each field of a column and its kind.
type Column = BTreeMap<String, String>;

/// How the document calls a kind.
fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Derived => "derived",
        Kind::Own => "own",
        Kind::Ours => "ours",
        Kind::Reference => "reference",
        Kind::Sticky => "sticky",
        Kind::Map => "map",
        Kind::Tap => "tap",
        Kind::Set => "set",
    }
}

/// The columns of the document: the fields of an order, and of a line.
fn documented() -> [Column; 2] {
    let rows = DOCUMENT.lines().skip_while(|line| !line.starts_with("| kind | fields of an order |")).skip(2);
    let mut columns = [Column::new(), Column::new()];
    for row in rows.take_while(|line| line.starts_with('|')) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [kind, cells @ ..] = cells.as_slice() else { panic!("a row without cells: {row}") };
        assert_eq!(cells.len(), columns.len(), "{row}");
        for (cell, column) in cells.iter().zip(&mut columns) {
            if *kind == word(Kind::Set) {
                assert_eq!(*cell, EVERY_OTHER, "{row}");
                continue;
            }
            for field in
                cell.split(',').map(|field| field.trim().trim_matches('`')).filter(|field| !field.is_empty())
            {
                let before = column.insert(field.to_owned(), (*kind).to_owned());
                assert_eq!(before, None, "{field} is there twice");
            }
        }
    }
    columns
}

/// The fields that a function of the code names.
fn named_in_code(function: &str) -> Vec<String> {
    let body = CODE.split(&format!("pub fn {function}(")).nth(1).expect("the function is there");
    let body = body.split("\n}\n").next().expect("it ends");
    body.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

fn check(column: &Column, function: &str, kind: fn(&str) -> Kind) {
    assert!(!column.is_empty(), "{function}: no table in docs/ODOO.md");
    for (field, documented) in column {
        assert_eq!(documented, word(kind(field)), "{function}: {field} in docs/ODOO.md");
    }
    for field in named_in_code(function) {
        assert!(column.contains_key(&field), "{function}: {field} is not in docs/ODOO.md");
    }
    assert_eq!(kind("a_field_of_an_extension"), Kind::Set);
}

#[test]
fn the_document_has_the_kinds_of_the_code() {
    let [orders, lines] = documented();
    check(&orders, "order_kind", order_kind);
    check(&lines, "line_kind", line_kind);
}

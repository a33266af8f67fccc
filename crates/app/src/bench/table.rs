//! A table for people: one row for a figure, one column for a server, and how many times the floors' it is.

/// A row: what it is called, and how it is found.
pub type Row<M> = (&'static str, fn(&M) -> Option<f64>);

/// The rows, of the first column and of each floor beside it with the ratio.
pub fn table<M>(rows: &[Row<M>], (name, measured): (&str, &M), floors: &[(&str, &M)]) -> String {
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0) + 1;
    let mut text = format!("{:width$}{name:>12}", "");
    for (name, _) in floors {
        text.push_str(&format!("{name:>12}{:>10}", "ratio"));
    }
    text.push('\n');
    for (name, value) in rows {
        let here = value(measured);
        text.push_str(&format!("{name:width$}{:>12}", shown(here)));
        for (_, floor) in floors {
            let there = value(floor);
            let ratio = here.zip(there).filter(|(_, there)| *there > 0.0).map(|(here, there)| here / there);
            text.push_str(&format!("{:>12}{:>10}", shown(there), shown(ratio)));
        }
        text.push('\n');
    }
    text
}

/// A figure with as many decimals as say something.
fn shown(value: Option<f64>) -> String {
    match value {
        Some(value) if value.fract() == 0.0 => format!("{value}"),
        Some(value) if value >= 100.0 => format!("{value:.0}"),
        Some(value) => format!("{value:.2}"),
        None => "-".to_owned(),
    }
}

//! Standard output, which may be a pipe whose reader has seen enough.

/// Writes a line to standard output. When nobody reads it any more (`tillsync odoo list | head`), the process ends
/// quietly.
macro_rules! say {
    ($($text:tt)*) => { $crate::say::line(&format!($($text)*)) };
}
pub(crate) use say;

/// See [`say!`].
pub fn line(text: &str) {
    use std::io::Write;
    if writeln!(std::io::stdout().lock(), "{text}").is_err() {
        std::process::exit(0);
    }
}

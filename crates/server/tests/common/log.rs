//! What is logged, kept for a test to read.

use std::io::Write;
use std::sync::{Arc, Mutex};

use tracing::{Level, Subscriber};

/// A log in memory.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// What keeps the lines of this level and above.
    pub fn keeps(&self, level: Level) -> impl Subscriber + Send + Sync + use<> {
        let writer = self.clone();
        tracing_subscriber::fmt()
            .with_max_level(level)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish()
    }

    /// All that was logged.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&super::lock(&self.0)).into_owned()
    }

    /// The lines that have this in them.
    pub fn lines(&self, needle: &str) -> Vec<String> {
        self.text().lines().filter(|line| line.contains(needle)).map(str::to_owned).collect()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        super::lock(&self.0).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

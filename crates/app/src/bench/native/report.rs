//! What `bench native` measured, as a table and as JSON.

use serde_json::{Value, json};

use super::measured::{NativeMeasured, rows};

use crate::bench::table::table;

/// What was measured.
pub struct Report {
    /// Tills.
    pub tills: usize,
    /// Tills that edit.
    pub editing: usize,
    /// Tills that only listen, in multi-sessions in which nothing happens.
    pub idle: usize,
    /// Multi-sessions.
    pub multi_sessions: usize,
    /// Lines of an order.
    pub lines: usize,
    /// Updates a second of an editing till.
    pub rate: f64,
    /// At the server.
    pub measured: NativeMeasured,
    /// The floors: a bare WebSocket broadcast, and a bare SQLite group commit.
    pub floors: Option<Floors>,
}

/// The least that any server must do.
pub struct Floors {
    /// Broadcasts the same bytes to the same tills.
    pub sockets: NativeMeasured,
    /// Commits the same rows.
    pub disk: NativeMeasured,
}

impl Report {
    /// As JSON.
    pub fn json(&self) -> Value {
        json!({
            "tills": self.tills, "editing": self.editing, "idle": self.idle, "multi_sessions": self.multi_sessions,
            "lines": self.lines, "rate": self.rate, "server": self.measured.json(),
            "floor_sockets": self.floors.as_ref().map(|floors| floors.sockets.json()),
            "floor_disk": self.floors.as_ref().map(|floors| floors.disk.json()),
            "cpu_ratio_to_both_floors": self.cpu_ratio(),
        })
    }

    /// For people.
    pub fn table(&self) -> String {
        let mut text = format!(
            "{} tills in {} multi-sessions, {} of them edit orders of {} lines, {} updates a second each\n",
            self.tills, self.multi_sessions, self.editing, self.lines, self.rate
        );
        if self.idle > 0 {
            text.push_str(&format!("{} more tills only listen\n", self.idle));
        }
        text.push('\n');
        let floors: Vec<(&str, &NativeMeasured)> = match &self.floors {
            Some(floors) => vec![("sockets", &floors.sockets), ("disk", &floors.disk)],
            None => Vec::new(),
        };
        text.push_str(&table(&rows(), ("server", &self.measured), &floors));
        if let Some(ratio) = self.cpu_ratio() {
            text.push_str(&format!("\nCPU time per update: {ratio:.2} times that of both floors together\n"));
        }
        text.push_str(&self.measured.load.complaints("server"));
        floors.iter().for_each(|(name, floor)| text.push_str(&floor.load.complaints(name)));
        text
    }

    /// The server's CPU time per update over that of both floors: it has to do both.
    fn cpu_ratio(&self) -> Option<f64> {
        let floors = self.floors.as_ref()?;
        let both = floors.sockets.load.cpu_us_per_update()? + floors.disk.load.cpu_us_per_update()?;
        self.measured.load.cpu_us_per_update().filter(|_| both > 0.0).map(|here| here / both)
    }
}

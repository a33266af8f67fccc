//! Refused requests in the log.
//!
//! A till that is refused asks again and again. So the same refusal of the same caller is logged once a minute,
//! with how often it came meanwhile, and there is a bound on how many different ones are logged in a minute.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::HeaderMap;
use tillsync_odoo::error::WireError;

use crate::keys::key_hint;

/// How long the same refusal of the same caller is only counted once it was logged.
const QUIET: Duration = Duration::from_secs(60);

/// Different refusals that are logged within [`QUIET`].
const LINES_MAX: usize = 256;

/// Who asked, as far as the log may know: a key stands in it by its first characters only.
#[derive(Debug, Clone, Hash)]
pub struct Caller {
    /// The key's first characters; none for an address without a key.
    key: Option<String>,
    /// The other end of the connection.
    peer: Option<IpAddr>,
    /// Whom the nearest proxy says that it speaks for.
    forwarded_for: Option<IpAddr>,
}

impl Caller {
    /// Who sent a request with this key in its path.
    pub fn of(key: Option<&str>, peer: Option<SocketAddr>, headers: &HeaderMap) -> Self {
        let forwarded = headers.get("x-forwarded-for").and_then(|value| value.to_str().ok());
        let nearest = forwarded.and_then(|list| list.rsplit(',').next()?.trim().parse().ok());
        Self { key: key.map(key_hint), peer: peer.map(|peer| peer.ip()), forwarded_for: nearest }
    }
}

/// What was logged of refusals lately.
#[derive(Debug, Default)]
pub struct Refusals {
    lately: Mutex<Lately>,
}

#[derive(Debug, Default)]
struct Lately {
    /// By the hash of caller and reason.
    lines: HashMap<u64, Line>,
    /// Refusals that had no place among the lines, since that was last said.
    left_out: u64,
}

#[derive(Debug)]
struct Line {
    logged: Instant,
    /// How often the same came since.
    repeated: u64,
}

/// What becomes of a refusal.
#[derive(Debug, PartialEq, Eq)]
enum Turn {
    /// It is logged.
    Logged {
        /// How often the same was refused since it was last logged.
        repeated: u64,
        /// How many others were left out since that was last said.
        left_out: u64,
    },
    /// It is counted.
    Counted,
}

impl Refusals {
    /// Logs a refusal, or counts it.
    pub fn log(&self, caller: &Caller, error: &WireError) {
        match self.turn(caller, &error.text, Instant::now()) {
            Turn::Logged { repeated, left_out } => {
                let Caller { key, peer, forwarded_for } = caller;
                tracing::warn!(
                    key,
                    peer = peer.map(tracing::field::display),
                    forwarded_for = forwarded_for.map(tracing::field::display),
                    repeated = (repeated > 0).then_some(repeated),
                    left_out = (left_out > 0).then_some(left_out),
                    error = error.text.as_str(),
                    "an Odoo request was refused"
                );
            }
            Turn::Counted => {}
        }
    }

    fn turn(&self, caller: &Caller, reason: &str, now: Instant) -> Turn {
        let mut hash = DefaultHasher::new();
        (caller, reason).hash(&mut hash);
        let hash = hash.finish();
        let mut lately = self.lately.lock().unwrap_or_else(PoisonError::into_inner);
        let is_quiet = |line: &Line| now.duration_since(line.logged) < QUIET;
        if let Some(line) = lately.lines.get_mut(&hash).filter(|line| is_quiet(line)) {
            line.repeated += 1;
            return Turn::Counted;
        }
        let repeated = lately.lines.remove(&hash).map_or(0, |line| line.repeated);
        if lately.lines.len() >= LINES_MAX {
            lately.lines.retain(|_, line| is_quiet(line));
        }
        if lately.lines.len() >= LINES_MAX {
            lately.left_out += 1;
            return Turn::Counted;
        }
        lately.lines.insert(hash, Line { logged: now, repeated: 0 });
        Turn::Logged { repeated, left_out: std::mem::take(&mut lately.left_out) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(key: &str, last_byte: u8) -> Caller {
        let peer = SocketAddr::from(([192, 168, 1, last_byte], 50_000));
        Caller::of(Some(key), Some(peer), &HeaderMap::new())
    }

    fn logged(repeated: u64, left_out: u64) -> Turn {
        Turn::Logged { repeated, left_out }
    }

    #[test]
    fn the_same_refusal_of_the_same_caller_is_logged_once_a_minute_with_its_count() {
        let (refusals, began) = (Refusals::default(), Instant::now());
        let rows = [
            (0, "Zq7Tes", 1, "no key", logged(0, 0)),
            (1, "Zq7Tes", 1, "no key", Turn::Counted),
            (2, "Zq7Tes", 2, "no key", logged(0, 0)),
            (3, "Another", 1, "no key", logged(0, 0)),
            (4, "Zq7Tes", 1, "wrong database", logged(0, 0)),
            (59, "Zq7Tes", 1, "no key", Turn::Counted),
            (60, "Zq7Tes", 1, "no key", logged(2, 0)),
            (119, "Zq7Tes", 1, "no key", Turn::Counted),
            (500, "Zq7Tes", 1, "no key", logged(1, 0)),
        ];
        for (second, key, peer, reason, expected) in rows {
            let turn = refusals.turn(&caller(key, peer), reason, began + Duration::from_secs(second));
            assert_eq!(turn, expected, "second {second}, {key}, {peer}, {reason}");
        }
    }

    #[test]
    fn callers_without_end_neither_fill_the_memory_nor_the_log() {
        let (refusals, began) = (Refusals::default(), Instant::now());
        let lines = |at: Instant| {
            let turns = (0..2_000).map(|n| refusals.turn(&caller("guess", 1), &format!("reason {n}"), at));
            turns.filter(|turn| *turn != Turn::Counted).count()
        };
        assert_eq!(lines(began), LINES_MAX);
        assert!(lately(&refusals) <= LINES_MAX);
        let left_out = 2_000 - LINES_MAX as u64;
        let later = began + QUIET;
        assert_eq!(refusals.turn(&caller("till", 2), "no key", later), logged(0, left_out));
        assert_eq!(lines(later), LINES_MAX - 1, "there is room again");
        assert!(lately(&refusals) <= LINES_MAX);
    }

    fn lately(refusals: &Refusals) -> usize {
        refusals.lately.lock().expect("no test panicked").lines.len()
    }

    #[test]
    fn a_caller_is_told_apart_by_what_the_nearest_proxy_says() {
        for (header, expected) in [
            ("10.0.0.7", Some("10.0.0.7")),
            ("1.2.3.4, 10.0.0.7", Some("10.0.0.7")),
            ("fd00::7", Some("fd00::7")),
            ("a key, say", None),
            ("", None),
        ] {
            let headers = HeaderMap::from_iter([(
                "x-forwarded-for".parse().expect("a name"),
                header.parse().expect("a value"),
            )]);
            let caller = Caller::of(None, None, &headers);
            assert_eq!(caller.forwarded_for.map(|ip| ip.to_string()).as_deref(), expected, "{header}");
        }
    }
}

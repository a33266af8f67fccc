//! A shop over real sockets: a server in this process, tills that talk HTTP as browsers do, and between each till
//! and the server a network that fails when a test says so.
//!
//! [`shop`] has the server and its store, [`client`] a till in its browser, [`own`] one of our own, [`proxy`] its network, [`wire`] requests
//! that are written by hand, [`screen`] compares what a till shows with what the store has, [`log`] keeps what is
//! logged.
#![allow(dead_code, reason = "each test binary uses its part")]

pub mod client;
pub mod log;
pub mod own;
pub mod proxy;
pub mod screen;
pub mod shop;
pub mod wire;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long anything may take that has to happen. Generous: it only decides how late a failing test fails.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// Asks again and again until the answer is there; panics after [`DEADLINE`] with what was missing last.
pub async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Result<T, String>) -> T {
    let until = tokio::time::Instant::now() + DEADLINE;
    loop {
        match ask().await {
            Ok(answer) => return answer,
            Err(missing) if tokio::time::Instant::now() > until => panic!("{what}: {missing}"),
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

/// Waits for something that has to happen; panics after [`DEADLINE`].
pub async fn soon<T>(what: &str, happens: impl Future<Output = T>) -> T {
    let waited = tokio::time::timeout(DEADLINE, happens).await;
    waited.unwrap_or_else(|_| panic!("it did not happen within {DEADLINE:?}: {what}"))
}

/// Locks; a test that panicked beside it is reported on its own.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

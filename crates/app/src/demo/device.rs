//! A simulated Odoo till on a real network: what it wants to send is sent, what comes back is handed to it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tillsync_odoo_till::{Answer, Outgoing, RequestId, Till, TillConfig};
use tillsync_server::clock::now_ms;
use tokio::task::JoinHandle;

use crate::replay::http::Http;

/// How often the till looks at its clock and its network.
const TURN: Duration = Duration::from_millis(3);

/// What the network does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// It works.
    Up,
    /// Nothing gets through.
    Down,
    /// What is sent arrives; what comes back is still on its way.
    Slow,
}

struct Inside {
    till: Till,
    network: Network,
    /// Milliseconds by which the till's clock was moved on.
    ahead_ms: u64,
    flights: HashMap<RequestId, JoinHandle<()>>,
    late: Vec<(RequestId, Answer)>,
}

/// A till that works on.
pub struct Device {
    inside: Arc<Mutex<Inside>>,
    pump: JoinHandle<()>,
}

impl Device {
    /// Switches a till on.
    pub fn new(config: TillConfig, http: Http) -> Self {
        let mut till = Till::new(config);
        till.open();
        let flights = HashMap::new();
        let inside = Inside { till, network: Network::Up, ahead_ms: 0, flights, late: Vec::new() };
        let inside = Arc::new(Mutex::new(inside));
        let pump = tokio::spawn(pump(inside.clone(), http));
        Self { inside, pump }
    }

    /// Hands work on the till, or somebody looks at it.
    pub fn with<T>(&self, work: impl FnOnce(&mut Till) -> T) -> T {
        work(&mut lock(&self.inside).till)
    }

    /// Changes the network.
    pub fn set_network(&self, network: Network) {
        let mut inside = lock(&self.inside);
        inside.network = network;
        if network == Network::Down {
            let cut: Vec<RequestId> =
                inside.flights.drain().map(|(id, flight)| (flight.abort(), id).1).collect();
            cut.into_iter().for_each(|id| inside.till.answer(id, Answer::Failed));
        }
        if network == Network::Up {
            let late = std::mem::take(&mut inside.late);
            late.into_iter().for_each(|(id, answer)| inside.till.answer(id, answer));
        }
    }

    /// Moves the till's clock on to its next try, so that nobody has to wait for it.
    pub fn hurry(&self) {
        let mut inside = lock(&self.inside);
        let now = now_ms() + inside.ahead_ms;
        if let Some(next) = inside.till.next_tick_ms().filter(|next| *next > now) {
            inside.ahead_ms += (next - now).min(20_000);
        }
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        self.pump.abort();
    }
}

async fn pump(inside: Arc<Mutex<Inside>>, http: Http) {
    loop {
        turn(&inside, &http);
        tokio::time::sleep(TURN).await;
    }
}

fn turn(shared: &Arc<Mutex<Inside>>, http: &Http) {
    let mut inside = lock(shared);
    let now = now_ms() + inside.ahead_ms;
    inside.till.tick(now);
    let mut wanted = inside.till.take_requests();
    wanted.extend(inside.till.take_poll());
    for id in inside.till.take_aborted() {
        if let Some(flight) = inside.flights.remove(&id) {
            flight.abort();
        }
    }
    for out in wanted {
        let id = out.id;
        if inside.network == Network::Down {
            inside.till.answer(id, Answer::Failed);
            continue;
        }
        let flight = tokio::spawn(flight(shared.clone(), http.clone(), out));
        inside.flights.insert(id, flight);
    }
}

async fn flight(shared: Arc<Mutex<Inside>>, http: Http, out: Outgoing) {
    let headers = [("content-type".to_owned(), "application/json".to_owned())];
    let answer = match http.post(out.path, &headers, &out.body).await {
        Ok(answer) if answer.status == 200 => Answer::Ok(answer.body),
        Ok(_) | Err(_) => Answer::Failed,
    };
    let mut inside = lock(&shared);
    inside.flights.remove(&out.id);
    match inside.network {
        Network::Up => inside.till.answer(out.id, answer),
        Network::Slow => inside.late.push((out.id, answer)),
        Network::Down => inside.till.answer(out.id, Answer::Failed),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

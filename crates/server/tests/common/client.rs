//! A till in its browser: a simulated till whose requests go over real HTTP.
//!
//! Requests are concurrent and share keep-alive connections, the poll has one of its own, an aborted request's
//! connection is closed. Time is real, except that a till that only waits for its own timers (a retry, a sale) may
//! be made to hurry: then its clock jumps to the next timer.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client as Http;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tillsync_odoo_till::{Answer, Outgoing, POLL_PATH, Popup, RequestId, Till, TillConfig};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::{AbortHandle, JoinSet};

use super::proxy::Proxy;

/// The page that the till's browser shows.
pub const ORIGIN: &str = "https://odoo.example";

/// How long the first poll is out before the client aborts it for the second.
const FIRST_POLL: Duration = Duration::from_millis(10);

/// A hurrying till waits this long in truth for each timer.
const HURRY: Duration = Duration::from_millis(15);

/// A till in its browser.
pub struct Client {
    /// Its network.
    pub net: Proxy,
    shared: Arc<Shared>,
    task: AbortHandle,
}

struct Shared {
    base: String,
    browser: String,
    desk: Mutex<Desk>,
    hurry: AtomicBool,
    changed: watch::Sender<u64>,
    hands: Notify,
    http: Http<HttpConnector, Full<Bytes>>,
}

struct Desk {
    till: Till,
    began: Instant,
    jumped_ms: u64,
    log: Vec<Exchange>,
}

/// A request that has ended.
#[derive(Debug, Clone)]
pub struct Exchange {
    pub request: Outgoing,
    /// The JSON-RPC response; none where none came.
    pub response: Option<Value>,
}

impl Exchange {
    /// `result` of the response, null without one.
    pub fn result(&self) -> &Value {
        self.response.as_ref().map_or(&Value::Null, |response| &response["result"])
    }
}

impl Client {
    /// A till behind its network. `path` is what follows the host in the address that was typed.
    pub fn new(config: TillConfig, net: Proxy, path: &str) -> Self {
        let browser = format!("Chromium at POS {}", config.pos.0);
        Self::in_browser(config, net, path, browser)
    }

    /// The same, in a browser of this name: two devices of one POS may look alike.
    pub fn in_browser(config: TillConfig, net: Proxy, path: &str, browser: String) -> Self {
        let shared = Arc::new(Shared {
            base: format!("http://{}{path}", net.address),
            browser,
            desk: Mutex::new(Desk {
                till: Till::new(config),
                began: Instant::now(),
                jumped_ms: 0,
                log: Vec::new(),
            }),
            hurry: AtomicBool::new(true),
            changed: watch::Sender::new(0),
            hands: Notify::new(),
            http: Http::builder(TokioExecutor::new()).build_http(),
        });
        let task = tokio::spawn(pump(shared.clone())).abort_handle();
        Self { net, shared, task }
    }

    /// Loads the page and waits until it is there.
    pub async fn open(&self) {
        self.hands(Till::open);
        self.until("the page is loaded", |till| till.is_loaded() && till.is_quiet()).await;
    }

    /// Hands on the till; what they cause is sent at once.
    pub fn hands<T>(&self, work: impl FnOnce(&mut Till) -> T) -> T {
        let done = {
            let mut desk = self.shared.desk();
            desk.tick();
            work(&mut desk.till)
        };
        self.shared.changed();
        self.shared.hands.notify_one();
        done
    }

    /// A look at the till.
    pub fn look<T>(&self, at: impl FnOnce(&Till) -> T) -> T {
        at(&self.shared.desk().till)
    }

    /// Waits until the till is so.
    pub async fn until(&self, what: &str, is_so: impl FnMut(&Till) -> bool) {
        let mut is_so = is_so;
        let mut changed = self.shared.changed.subscribe();
        let wait = async {
            while !self.look(&mut is_so) {
                changed.changed().await.expect("the client lives");
            }
        };
        if tokio::time::timeout(super::DEADLINE, wait).await.is_err() {
            let orders = self.look(super::screen::of_till);
            let state =
                self.look(|till| (till.is_loaded(), till.is_online(), till.unsent(), till.popups().to_vec()));
            panic!(
                "not within {:?}: {what}; loaded, online, unsent, popups: {state:?}; {orders:#?}",
                super::DEADLINE
            );
        }
    }

    /// Waits until nothing is under way.
    pub async fn quiet(&self) {
        self.until("the till is quiet", |till| till.is_loaded() && till.is_online() && till.is_quiet()).await;
    }

    /// Whether the clock jumps over waits. A test of timing turns it off.
    pub fn set_hurry(&self, hurry: bool) {
        self.shared.hurry.store(hurry, Ordering::Relaxed);
        self.shared.hands.notify_one();
    }

    /// What was asked and answered so far.
    pub fn log(&self) -> Vec<Exchange> {
        self.shared.desk().log.clone()
    }

    /// What was asked and answered, short, for a test that fails.
    pub fn story(&self) -> String {
        let tell = |exchange: &Exchange| {
            let asked = match exchange.request.action() {
                "" => exchange.request.path.to_owned(),
                action => format!("{action} {}", short(&exchange.request.message()["data"])),
            };
            let result = match exchange.result() {
                Value::Array(entries) => entries.iter().map(|entry| told(&entry["message"])).collect(),
                other => vec![told(other)],
            };
            format!("{asked}\n    -> {}\n", result.join("\n    -> "))
        };
        self.log().iter().map(tell).collect()
    }

    /// The exchanges of one action, `update_order` and the like.
    pub fn exchanges(&self, action: &str) -> Vec<Exchange> {
        self.log().into_iter().filter(|exchange| exchange.request.action() == action).collect()
    }

    /// What the polls have brought so far: `message` of each entry.
    pub fn messages(&self) -> Vec<Value> {
        let polls = self.log().into_iter().filter(|exchange| exchange.request.path == POLL_PATH);
        let entries = polls.flat_map(|poll| poll.result().as_array().cloned().unwrap_or_default());
        entries.map(|entry| entry["message"].clone()).collect()
    }

    /// Popups other than "No connection", which no till should ever show.
    pub fn bad_popups(&self) -> Vec<Popup> {
        self.look(|till| {
            till.popups().iter().filter(|popup| **popup != Popup::NoConnection).cloned().collect()
        })
    }

    /// Hears of every change of the till.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.shared.changed.subscribe()
    }
}

/// An order in short: uid, revision, and of each line its name, quantity, product, and `!` where it is repainted.
fn short(data: &Value) -> String {
    let lines = super::wire::lines(data);
    let lines = lines.iter().map(|line| {
        let paint = if line["is_changed"] == true { "!" } else { "" };
        format!(" {}={}x{}{paint}", line["uid"], line["qty"], line["product_id"])
    });
    format!("{} r{}{}", data["uid"], data["revision_ID"], lines.collect::<String>())
}

fn told(message: &Value) -> String {
    let data = &message["data"];
    let orders =
        data["orders"].as_array().into_iter().flatten().map(|order| format!("; {}", short(&order["data"])));
    let from = (&message["session_id"], &message["login_number"], &data["message_ID"]);
    match &message["action"] {
        Value::String(action) => {
            format!("{action} {} from {from:?}{}", short(data), orders.collect::<String>())
        }
        _ => message.to_string(),
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        super::lock(&self.desk)
    }

    fn changed(&self) {
        self.changed.send_modify(|changes| *changes += 1);
    }

    async fn post(&self, request: &Outgoing) -> Option<Value> {
        let post = hyper::Request::post(format!("{}{}", self.base, request.path))
            .header("content-type", "application/json")
            .header("origin", ORIGIN)
            .header("user-agent", &self.browser)
            .body(Full::from(request.body.to_string()))
            .expect("a request");
        let response = self.http.request(post).await.ok()?;
        // Without it the browser does not let the page read the answer.
        let allowed = response.headers().get("access-control-allow-origin")?.to_str().ok()?;
        if response.status() != 200 || !["*", ORIGIN].contains(&allowed) {
            return None;
        }
        let body = response.into_body().collect().await.ok()?.to_bytes();
        serde_json::from_slice(&body).ok()
    }
}

impl Desk {
    fn now_ms(&self) -> u64 {
        let elapsed = u64::try_from(self.began.elapsed().as_millis()).expect("a short test");
        1_795_000_000_000 + elapsed + self.jumped_ms
    }

    fn tick(&mut self) {
        let now = self.now_ms();
        self.till.tick(now);
    }

    /// How long until the till's next timer.
    fn pause(&self) -> Duration {
        let next = self.till.next_tick_ms().map(|next| next.saturating_sub(self.now_ms()));
        Duration::from_millis(next.unwrap_or(1_000).clamp(1, 1_000))
    }
}

/// Lets the till live: sends what it wants to send, hands it what comes back, lets time pass.
async fn pump(shared: Arc<Shared>) {
    let mut flights: HashMap<RequestId, (AbortHandle, Outgoing)> = HashMap::new();
    let mut tasks = JoinSet::new();
    let (answered, mut answers) = mpsc::unbounded_channel();
    let mut poll_not_before = Instant::now();
    loop {
        let (pause, jumps) = {
            let mut desk = shared.desk();
            desk.tick();
            let mut requests = desk.till.take_requests();
            if poll_not_before <= Instant::now()
                && let Some(poll) = desk.till.take_poll()
            {
                if poll.body["params"]["channels"].as_array().is_some_and(|channels| channels.len() == 1) {
                    poll_not_before = Instant::now() + FIRST_POLL;
                }
                requests.push(poll);
            }
            for request in requests {
                let (shared, answered, sent) = (shared.clone(), answered.clone(), request.clone());
                let id = request.id;
                let flight = tasks.spawn(async move {
                    let response = shared.post(&request).await;
                    answered.send((id, response)).ok();
                });
                flights.insert(id, (flight, sent));
            }
            for id in desk.till.take_aborted() {
                if let Some((flight, _)) = flights.remove(&id) {
                    flight.abort();
                }
            }
            let is_poll = |(_, request): &&(AbortHandle, Outgoing)| request.path == POLL_PATH;
            let polls = flights.values().filter(is_poll).count();
            let waits =
                polls == 0 || !desk.till.is_loaded() || !desk.till.is_online() || desk.till.unsent() > 0;
            // Between the two first polls no PONG can come: a jump would make the till believe that it is offline.
            let jumps = shared.hurry.load(Ordering::Relaxed)
                && flights.len() == polls
                && waits
                && poll_not_before <= Instant::now();
            (desk.pause().min(if jumps { HURRY } else { FIRST_POLL.max(Duration::from_millis(100)) }), jumps)
        };
        let first_poll = poll_not_before.saturating_duration_since(Instant::now());
        let pause =
            if first_poll.is_zero() { pause } else { pause.min(first_poll + Duration::from_millis(1)) };
        tokio::select! {
            Some((id, response)) = answers.recv() => {
                let Some((_, request)) = flights.remove(&id) else { continue };
                let mut desk = shared.desk();
                desk.tick();
                desk.log.push(Exchange { request, response: response.clone() });
                desk.till.answer(id, response.map_or(Answer::Failed, Answer::Ok));
            }
            Some(_) = tasks.join_next() => continue,
            () = shared.hands.notified() => continue,
            () = tokio::time::sleep(pause) => {
                if !jumps {
                    continue;
                }
                let mut desk = shared.desk();
                let next = desk.till.next_tick_ms().map(|next| next.saturating_sub(desk.now_ms()));
                // Beyond a retry's pause there is only the PING, which nobody waits for.
                if let Some(next) = next.filter(|next| *next <= 60_000) {
                    desk.jumped_ms += next;
                    desk.tick();
                }
            }
        }
        shared.changed();
    }
}

//! A server in this process on a port of its own, its store in a temporary folder, and its tills.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;
use tillsync_core::order::{Order, OrderState};
use tillsync_odoo_till::{Popup, TillConfig};
use tillsync_server::config::{Config, OdooAccess, OnFatal};
use tillsync_server::{Running, serve};
use tillsync_store::sqlite::{OpenMode, Options, SqliteStore};
use tillsync_store::{KeyStore, ListStore, RecordStore, RoomId, Store};
use tokio::net::TcpListener;

use super::client::Client;
use super::proxy::{Proxy, Upstream};
use super::wire::{Hand, news};
use super::{eventually, screen};

/// A shop: its server and its store.
pub struct Shop {
    pub dir: TempDir,
    /// The store that the server works on; none while it is stopped.
    store: Option<Arc<SqliteStore>>,
    running: Option<Running>,
    config: Config,
    upstream: Upstream,
}

/// What tests set: everyone is served, and nothing ends the process.
pub fn open_config() -> Config {
    Config { odoo: OdooAccess::Open, on_fatal: OnFatal::Report, ..Config::default() }
}

/// The multi-session of tills that are told nothing else.
pub fn room() -> RoomId {
    RoomId::new("odoo", 1)
}

/// Starts a server on a free port.
pub async fn start<S: Store + KeyStore + RecordStore + ListStore>(config: Config, store: Arc<S>) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    serve(config, store, listener, None).await.expect("the server starts")
}

impl Shop {
    /// A shop that serves everyone.
    pub async fn open() -> Self {
        Self::with(open_config()).await
    }

    /// A shop that answers polls after a moment with nothing: for tests that poll by hand.
    pub async fn impatient() -> Self {
        Self::with(Config { poll_hold: std::time::Duration::from_millis(150), ..open_config() }).await
    }

    /// Hands 1 to `N` whose pages have loaded and who have heard everything, and their `last`.
    pub async fn hands<const N: usize>(&self) -> [(Hand, u64); N] {
        let mut hands = Vec::new();
        for number in 1..=N {
            let hand = Hand::numbered(self.address(), number as i64);
            hand.load().await;
            hand.sync_all().await;
            hands.push((hand, 0));
        }
        for (hand, last) in &mut hands {
            while !news(hand, last).await.is_empty() {}
        }
        hands.try_into().unwrap_or_else(|_| unreachable!("as many as were asked for"))
    }

    pub async fn with(config: Config) -> Self {
        let dir = tempfile::tempdir().expect("a folder for temporary files");
        let store = Arc::new(open_store(dir.path(), OpenMode::Serve).await);
        let running = start(config.clone(), store.clone()).await;
        let upstream = Upstream::new(running.address);
        Self { dir, store: Some(store), running: Some(running), config, upstream }
    }

    /// A shop on a server that was started by other means, on this store in this folder.
    pub fn on(dir: TempDir, store: Arc<SqliteStore>, running: Running) -> Self {
        let upstream = Upstream::new(running.address);
        Self { dir, store: Some(store), running: Some(running), config: open_config(), upstream }
    }

    /// Stops the server. Nothing of it is left: its store closes.
    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
        if let Some(store) = self.store.take() {
            assert_eq!(Arc::strong_count(&store), 1, "after a stop nothing of the server holds the store");
        }
    }

    /// Starts it again on the same folder, on another port; tills find it.
    pub async fn start(&mut self) {
        let store = Arc::new(open_store(self.dir.path(), OpenMode::Serve).await);
        let running = start(self.config.clone(), store.clone()).await;
        self.upstream.set(running.address);
        (self.store, self.running) = (Some(store), Some(running));
    }

    pub async fn restart(&mut self) {
        self.stop().await;
        self.start().await;
    }

    pub fn store(&self) -> &Arc<SqliteStore> {
        self.store.as_ref().expect("the server runs")
    }

    /// Where the server listens.
    pub fn address(&self) -> std::net::SocketAddr {
        self.upstream.get()
    }

    /// Tills of this shop talk to another shop's server from now on.
    pub fn point_at(&self, other: &Shop) {
        self.upstream.set(other.address());
    }

    /// Another handle on the data, as the command line has one.
    pub async fn beside(&self) -> SqliteStore {
        open_store(self.dir.path(), OpenMode::Beside).await
    }

    /// A till, its page not loaded yet, behind a network of its own.
    pub async fn closed_till(&self, config: TillConfig) -> Client {
        Client::new(config, self.network().await, "")
    }

    /// A till whose page is there.
    pub async fn till(&self, config: TillConfig) -> Client {
        let client = self.closed_till(config).await;
        client.open().await;
        client
    }

    /// A network between a till and the server.
    pub async fn network(&self) -> Proxy {
        Proxy::start(self.upstream.clone()).await
    }

    /// Tills 1 to `N`, open.
    pub async fn tills<const N: usize>(&self) -> [Client; N] {
        let mut tills = Vec::new();
        for number in 1..=N {
            tills.push(self.till(TillConfig::numbered(number as i64)).await);
        }
        tills.try_into().unwrap_or_else(|_| unreachable!("as many as were asked for"))
    }

    /// Tills 1 to `N`, and an order that till 1 made of product 2 (5.0 each) and product 1 (3.0 each), selected on
    /// all; its uid.
    pub async fn tills_at_order<const N: usize>(&self) -> ([Client; N], String) {
        let tills: [Client; N] = self.tills().await;
        let uid = tills[0].hands(|till| {
            till.tap(2, 5.0);
            till.tap(1, 3.0);
            till.selected().expect("an order").uid
        });
        self.whole(&tills.each_ref()).await;
        for till in &tills {
            till.until("the order is there", |till| {
                till.order(&uid).is_some_and(|order| order.lines.len() == 2)
            })
            .await;
            assert!(till.hands(|till| till.select_order(&uid)));
        }
        (tills, uid)
    }

    /// The orders of the usual multi-session that a room has in memory.
    pub async fn orders(&self) -> Vec<Arc<Order>> {
        self.orders_of(&room()).await
    }

    pub async fn orders_of(&self, room: &RoomId) -> Vec<Arc<Order>> {
        let loaded = self.store().load(room).await.expect("the store reads");
        loaded.map(|loaded| loaded.orders.into_iter().map(Arc::new).collect()).unwrap_or_default()
    }

    pub async fn drafts(&self) -> Vec<Arc<Order>> {
        self.orders().await.into_iter().filter(|order| order.state == OrderState::Draft).collect()
    }

    /// The order of this uid, whatever its state.
    pub async fn order(&self, uid: &str) -> Order {
        let uid = tillsync_core::id::OrderUid::new(uid);
        self.store().order(&room(), &uid).await.expect("the store reads").expect("the order is in the store")
    }

    /// The position in the log.
    pub async fn seq(&self) -> u64 {
        self.store().summary(&room()).await.expect("the store reads").map_or(0, |summary| summary.seq)
    }

    /// Pieces of a product over open and paid orders: what was sold or will be.
    pub async fn pieces(&self, product: i64) -> f64 {
        let orders = self.orders().await;
        let counted =
            orders.iter().filter(|order| matches!(order.state, OrderState::Draft | OrderState::Paid));
        let lines = counted.flat_map(|order| order.lines.iter());
        let of_product = lines.filter(|line| line.fields["product_id"].as_i64() == Some(product));
        of_product.map(|line| line.fields["qty"].as_f64().expect("a quantity")).sum()
    }

    /// Waits until the tills are quiet and show what the store has, and asserts what must always be true then: no
    /// popup but "No connection", numbers from 1 without a hole, line ids unique.
    pub async fn whole(&self, tills: &[&Client]) {
        let until = tokio::time::Instant::now() + super::DEADLINE;
        loop {
            let orders = self.orders().await;
            let Err(missing) = tills.iter().try_for_each(|till| is_whole(till, &orders)) else { break };
            if tokio::time::Instant::now() > until {
                let stories: Vec<String> = tills.iter().map(|till| till.story()).collect();
                panic!("not every till shows what the store has: {missing}\n{}", stories.join("\n"));
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        for till in tills {
            assert_eq!(till.bad_popups(), [], "POS {}", till.look(|till| till.config().pos.0));
        }
        self.sound().await;
    }

    /// Asserts what must be true of the store at any time.
    pub async fn sound(&self) {
        check_sound(&self.orders().await);
    }
}

/// Whether a till is quiet and shows these orders.
pub fn is_whole(till: &Client, orders: &[Arc<Order>]) -> Result<(), String> {
    till.look(|till| {
        if !(till.is_loaded() && till.is_online() && till.is_quiet()) {
            return Err(format!("the till of POS {} is not quiet", till.config().pos.0));
        }
        screen::difference(till, orders).map_or(Ok(()), Err)
    })
}

/// Numbers of each run are 1 to n without a hole; line ids are unique within an order.
pub fn check_sound(orders: &[Arc<Order>]) {
    let runs: BTreeSet<u32> = orders.iter().map(|order| order.run).collect();
    for run in runs {
        let mut numbers: Vec<u32> =
            orders.iter().filter(|order| order.run == run).map(|order| order.number).collect();
        numbers.sort_unstable();
        let whole: Vec<u32> = (1..=u32::try_from(numbers.len()).expect("few orders")).collect();
        assert_eq!(numbers, whole, "the numbers of run {run}");
    }
    for order in orders {
        let ids: Vec<i64> = order.lines.iter().filter_map(|line| line.carried.get("id")?.as_i64()).collect();
        let unique: BTreeSet<i64> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len(), "line ids of order {}: {ids:?}", order.uid);
    }
}

/// Whether the till lost the server at some time.
pub fn was_offline(till: &Client) -> bool {
    let was = till.look(|till| till.popups().contains(&Popup::NoConnection));
    if was {
        // Who reads a failing test wants to know why.
        eprintln!("a till was offline; its story:\n{}", till.story());
    }
    was
}

async fn open_store(dir: &Path, mode: OpenMode) -> SqliteStore {
    eventually("the store opens", async || {
        SqliteStore::open(dir, &Options::new(mode)).map_err(|error| error.to_string())
    })
    .await
}

//! The network between one till and the server: it can be cut, stall, be slow, lose an answer, be gone and come back.
//!
//! It carries bytes of HTTP/1.1 without pipelining: what a client has said since the last answer is one request.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::lock;

/// Where the server is: shared by all networks of a shop, so that a restarted server is found again.
#[derive(Clone)]
pub struct Upstream(Arc<Mutex<SocketAddr>>);

impl Upstream {
    pub fn new(address: SocketAddr) -> Self {
        Self(Arc::new(Mutex::new(address)))
    }

    pub fn set(&self, address: SocketAddr) {
        *lock(&self.0) = address;
    }

    pub fn get(&self) -> SocketAddr {
        *lock(&self.0)
    }
}

/// The network of one till.
pub struct Proxy {
    /// What the till takes for the server.
    pub address: SocketAddr,
    shared: Arc<Shared>,
    task: AbortHandle,
}

struct Shared {
    upstream: Upstream,
    mode: watch::Sender<Mode>,
    cuts: watch::Sender<u64>,
    armed: Mutex<Vec<(String, Fate)>>,
    delay: Mutex<Duration>,
    /// Faults that have struck.
    struck: watch::Sender<u64>,
    /// Answers that are held go on when this is more than what it was.
    released: watch::Sender<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Through,
    /// Connections stay, nothing comes through.
    Stalled,
    /// No connection is taken.
    Gone,
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It never arrives: the connection breaks.
    Swallowed,
    /// It is served, and the connection breaks when the answer comes.
    AnswerLost,
    /// It is served, and the answer waits.
    AnswerHeld,
}

impl Proxy {
    pub async fn start(upstream: Upstream) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            upstream,
            mode: watch::Sender::new(Mode::Through),
            cuts: watch::Sender::new(0),
            armed: Mutex::default(),
            delay: Mutex::default(),
            struck: watch::Sender::new(0),
            released: watch::Sender::new(0),
        });
        let task = tokio::spawn(accept(listener, shared.clone())).abort_handle();
        Self { address, shared, task }
    }

    /// Breaks all connections; new ones are taken.
    pub fn cut(&self) {
        self.shared.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// The network is gone.
    pub fn go_offline(&self) {
        self.shared.mode.send_replace(Mode::Gone);
        self.cut();
    }

    /// The network is there and lets everything through, also what stalled.
    pub fn come_back(&self) {
        self.shared.mode.send_replace(Mode::Through);
    }

    /// Nothing comes through, but nobody is told.
    pub fn stall(&self) {
        self.shared.mode.send_replace(Mode::Stalled);
    }

    /// Each piece of data takes this long, in either direction.
    pub fn slow_down(&self, delay: Duration) {
        *lock(&self.shared.delay) = delay;
    }

    /// The next request that has `needle` in it is served, and its answer lost.
    pub fn lose_answer_to(&self, needle: &str) {
        self.arm(needle, Fate::AnswerLost);
    }

    /// The next request that has `needle` in it is served, and its answer waits for [`Proxy::release`].
    pub fn hold_answer_to(&self, needle: &str) {
        self.arm(needle, Fate::AnswerHeld);
    }

    /// The next request that has `needle` in it does not arrive.
    pub fn swallow(&self, needle: &str) {
        self.arm(needle, Fate::Swallowed);
    }

    /// Lets held answers go.
    pub fn release(&self) {
        self.shared.released.send_modify(|released| *released += 1);
    }

    /// How many faults have struck so far.
    pub fn struck(&self) -> u64 {
        *self.shared.struck.borrow()
    }

    /// Waits until so many faults have struck.
    pub async fn has_struck(&self, times: u64) {
        let mut struck = self.shared.struck.subscribe();
        super::soon("a fault strikes", struck.wait_for(|struck| *struck >= times))
            .await
            .expect("the proxy lives");
    }

    fn arm(&self, needle: &str, fate: Fate) {
        lock(&self.shared.armed).push((needle.to_owned(), fate));
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
        self.cut();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        let Ok((client, _)) = listener.accept().await else { continue };
        if *shared.mode.borrow() == Mode::Gone {
            continue;
        }
        let shared = shared.clone();
        tokio::spawn(async move {
            let mut cuts = shared.cuts.subscribe();
            tokio::select! {
                // A connection that breaks is what it is for; nobody to tell.
                _ = carry(client, &shared) => {}
                _ = cuts.changed() => {}
            }
        });
    }
}

async fn carry(client: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let server = TcpStream::connect(shared.upstream.get()).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
        (client.into_split(), server.into_split());
    let (mut asked, mut fate) = (Vec::new(), None);
    let (mut up, mut down) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    loop {
        tokio::select! {
            read = from_client.read(&mut up) => {
                let bytes = &up[..read?];
                if bytes.is_empty() {
                    return Ok(());
                }
                asked.extend_from_slice(bytes);
                fate = fate.or_else(|| shared.fate_of(&asked));
                if fate == Some(Fate::Swallowed) {
                    shared.strike();
                    return Ok(());
                }
                shared.pass().await;
                to_server.write_all(bytes).await?;
            }
            read = from_server.read(&mut down) => {
                let bytes = &down[..read?];
                if bytes.is_empty() {
                    return Ok(());
                }
                match fate.take() {
                    Some(Fate::AnswerLost) => {
                        shared.strike();
                        return Ok(());
                    }
                    Some(Fate::AnswerHeld) => {
                        let mut released = shared.released.subscribe();
                        shared.strike();
                        released.changed().await.ok();
                    }
                    Some(Fate::Swallowed) | None => {}
                }
                asked.clear();
                shared.pass().await;
                to_client.write_all(bytes).await?;
            }
        }
    }
}

impl Shared {
    fn fate_of(&self, asked: &[u8]) -> Option<Fate> {
        let mut armed = lock(&self.armed);
        let has = |needle: &str| asked.windows(needle.len()).any(|window| window == needle.as_bytes());
        let at = armed.iter().position(|(needle, _)| has(needle))?;
        Some(armed.remove(at).1)
    }

    fn strike(&self) {
        self.struck.send_modify(|struck| *struck += 1);
    }

    /// Takes as long as the network does.
    async fn pass(&self) {
        let delay = *lock(&self.delay);
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        self.mode.subscribe().wait_for(|mode| *mode == Mode::Through).await.ok();
    }
}

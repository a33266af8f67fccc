//! The program as a child process.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tillsync_core::order::Order;
use tillsync_odoo_till::TillConfig;
use tillsync_store::Store;
use tillsync_store::sqlite::{OpenMode, Options, SqliteStore};

use crate::common::client::Client;
use crate::common::proxy::{Proxy, Upstream};
use crate::common::shop::{check_sound, is_whole, room};
use crate::common::{DEADLINE, eventually};

/// The program that these tests were built with.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_tillsync");

/// A server that runs as a child process; killed when dropped.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

impl Server {
    /// Starts `tillsync serve` on a folder, on a free port, open to all tills; returns when it says that it is ready.
    pub fn start(dir: &Path) -> Self {
        Self::start_with(Command::new(PROGRAM), dir, &["--odoo-open"])
    }

    /// The same by another command line, which gets `serve` and its flags appended.
    pub fn start_with(mut command: Command, dir: &Path, flags: &[&str]) -> Self {
        let mut child = command
            .args(["serve", "--listen", "127.0.0.1:0", "--log", "warn", "--data"])
            .arg(dir)
            .args(flags)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().expect("its output")).read_line(&mut line).expect("a line");
        let Some(address) = line.trim().strip_prefix("Tillsync is ready on http://") else {
            child.wait().expect("it is gone");
            let mut errors = String::new();
            child.stderr.take().expect("its errors").read_to_string(&mut errors).expect("text");
            panic!("the server is not ready: {line:?} {errors}");
        };
        let address = address.parse().expect("an address");
        // What it logs must not fill the pipe.
        let mut errors = child.stderr.take().expect("its errors");
        std::thread::spawn(move || std::io::copy(&mut errors, &mut std::io::sink()));
        Self { child, address }
    }

    /// Sends a signal: `TERM`, `INT`, `KILL`.
    pub fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        let status = Command::new("sh").args(["-c", &kill]).status().expect("a shell");
        assert!(status.success(), "{kill}");
    }

    /// `kill -9`, and it is gone.
    pub fn kill(mut self) {
        self.child.kill().expect("SIGKILL");
        self.child.wait().expect("it is gone");
    }

    /// Waits until it has ended; how, and how long that took.
    pub fn ends(mut self) -> (ExitStatus, Duration) {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("its state") {
                return (status, began.elapsed());
            }
            assert!(began.elapsed() < DEADLINE, "the server does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Runs the program to its end.
pub fn run(args: &[&str]) -> Output {
    Command::new(PROGRAM).args(args).output().expect("the program runs")
}

/// Standard output and standard error as text.
pub fn said(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

/// Tills of a server that comes and goes.
pub struct Floor {
    pub tills: Vec<Client>,
    pub upstream: Upstream,
}

impl Floor {
    /// Tills 1 to `count`, open; `path` follows the host in their address.
    pub async fn open(server: &Server, count: i64, path: &str) -> Self {
        let upstream = Upstream::new(server.address);
        let mut tills = Vec::new();
        for number in 1..=count {
            let net = Proxy::start(upstream.clone()).await;
            let till = Client::new(TillConfig::numbered(number), net, path);
            till.open().await;
            tills.push(till);
        }
        Self { tills, upstream }
    }

    /// Waits until every till is quiet and shows what the store in the folder has.
    pub async fn whole(&self, dir: &Path) {
        let store = beside(dir);
        eventually("every till shows what the store has", async || {
            let orders = orders(&store).await;
            let differs = self.tills.iter().find_map(|till| Some((till, is_whole(till, &orders).err()?)));
            differs.map_or(Ok(()), |(till, missing)| Err(format!("{missing}\n{}", till.story())))
        })
        .await;
        for till in &self.tills {
            assert_eq!(till.bad_popups(), []);
        }
        check_sound(&orders(&store).await);
    }

    pub async fn quiet(&self) {
        for till in &self.tills {
            till.quiet().await;
        }
    }
}

/// Another handle on the data of a server.
pub fn beside(dir: &Path) -> SqliteStore {
    SqliteStore::open(dir, &Options::new(OpenMode::Beside)).expect("the store opens")
}

/// The orders of the usual multi-session.
pub async fn orders(store: &SqliteStore) -> Vec<Arc<Order>> {
    let loaded = store.load(&room()).await.expect("the store reads");
    loaded.map(|loaded| loaded.orders.into_iter().map(Arc::new).collect()).unwrap_or_default()
}

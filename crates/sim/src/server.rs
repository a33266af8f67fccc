//! The real server, in a runtime of its own that can lose its power at any await.

use std::future::Future;
use std::sync::Arc;

use tillsync_server::config::{Config, OnFatal, TillAccess};
use tillsync_server::hub::{Access, Hub};
use tillsync_server::native::connection::Connection;
use tillsync_server::native::message::Text;
use tillsync_server::room::audience::Inbox;
use tillsync_store::Store;
use tokio::runtime::Runtime;
use tokio::sync::watch;

/// A server that runs.
pub struct Server {
    runtime: Runtime,
    hub: Arc<Hub>,
    _stop: watch::Sender<bool>,
}

/// What came of opening a connection.
pub enum Opening {
    /// It is open: the connection, its welcome, what comes.
    Open(Connection, Text, Inbox),
    /// The server said why not.
    Refused(String),
    /// The network broke off before there was an answer.
    Broken,
}

impl Server {
    /// Starts on a disk.
    pub fn start(store: Arc<dyn Store>) -> anyhow::Result<Self> {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
        let (stop, stopping) = watch::channel(false);
        let config = Config { tills: TillAccess::Open, on_fatal: OnFatal::Report, ..Config::default() };
        let hub = runtime.block_on(Hub::new(config, store, stopping))?;
        Ok(Self { runtime, hub: Arc::new(hub), _stop: stop })
    }

    /// Lets it work for so many turns of its tasks.
    pub fn work(&self, turns: u32) {
        self.runtime.block_on(yields(turns));
    }

    /// Opens a connection; it breaks off after so many turns.
    pub fn open(&self, hello: &str, turns: u32) -> Opening {
        let access = Access { database: None, multi_session: None, origins: Vec::new() };
        let opened = self.within(turns, Connection::open(&self.hub, &access, hello));
        match opened {
            Some(Ok((connection, welcome, inbox))) => Opening::Open(connection, welcome, inbox),
            Some(Err(goodbye)) => Opening::Refused(goodbye.text),
            None => Opening::Broken,
        }
    }

    /// A message arrives; why the connection ends, if it does.
    pub fn take(&self, connection: &Connection, message: &str, turns: u32) -> Result<(), String> {
        match self.within(turns, connection.take(message)) {
            Some(Ok(())) => Ok(()),
            Some(Err(goodbye)) => Err(goodbye.text),
            None => Err("broken off".into()),
        }
    }

    /// A connection ends.
    pub fn close(&self, connection: Connection) {
        let _in_runtime = self.runtime.enter();
        drop(connection);
    }

    fn within<T>(&self, turns: u32, work: impl Future<Output = T>) -> Option<T> {
        self.runtime.block_on(async {
            tokio::select! {
                biased;
                done = work => Some(done),
                () = yields(turns) => None,
            }
        })
    }
}

async fn yields(turns: u32) {
    for _ in 0..turns {
        tokio::task::yield_now().await;
    }
}

//! `tillsync serve`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use tillsync_server::config::{Config, OdooAccess, TillAccess};
use tillsync_store::sqlite::{OpenMode, Options, SqliteStore};
use tokio::net::TcpListener;

use crate::arguments;
use crate::logging::{self, LogFormat};
use crate::numbers;
use crate::say::say;

/// Run the Sync Server.
#[derive(Debug, Clone, Args)]
pub struct Serve {
    /// The folder that holds the database; made if it is not there.
    #[arg(long, env = "TILLSYNC_DATA", default_value = "./tillsync-data", value_name = "DIR")]
    pub data: PathBuf,
    /// Where to listen. 0.0.0.0:8090 lets the shop's network in.
    #[arg(long, env = "TILLSYNC_LISTEN", default_value = "127.0.0.1:8090", value_name = "ADDR", value_parser = arguments::listen_address)]
    pub listen: SocketAddr,
    /// Serve Odoo's tills without a key: whoever reaches the port can read and change every order. Only for a
    /// network on which you trust everyone.
    #[arg(long, env = "TILLSYNC_ODOO_OPEN", value_parser = arguments::switch)]
    pub odoo_open: bool,
    /// Serve tills of our own without a key: as for --odoo-open, only for a network on which you trust everyone.
    #[arg(long, env = "TILLSYNC_TILL_OPEN", value_parser = arguments::switch)]
    pub till_open: bool,
    /// What to log: error, warn, info, debug, trace, or a filter such as info,tillsync_server=debug.
    #[arg(long, env = "TILLSYNC_LOG", default_value = "info", value_name = "LEVEL")]
    pub log: String,
    /// How to write the log.
    #[arg(long, env = "TILLSYNC_LOG_FORMAT", value_enum, default_value_t, value_name = "FORMAT")]
    pub log_format: LogFormat,
}

impl Serve {
    /// Serves until SIGINT or SIGTERM.
    pub async fn run(self) -> anyhow::Result<()> {
        logging::start(self.log_format, &self.log)?;
        let metrics = numbers::collector()?.install_recorder().context("the metrics could not start")?;
        // The port first: a server that cannot listen leaves no database behind.
        let listener = TcpListener::bind(self.listen)
            .await
            .with_context(|| format!("cannot listen on {}; is another server there?", self.listen))?;
        let store = SqliteStore::open(&self.data, &Options::new(OpenMode::Serve))
            .with_context(|| format!("the database in {} could not be opened", self.data.display()))?;
        let odoo = if self.odoo_open { OdooAccess::Open } else { OdooAccess::Keys };
        if odoo == OdooAccess::Open {
            tracing::warn!(
                "--odoo-open: Odoo's tills are served WITHOUT A KEY: whoever reaches {} can read and change every order",
                self.listen
            );
        }
        let tills = if self.till_open { TillAccess::Open } else { TillAccess::Keys };
        if tills == TillAccess::Open {
            tracing::warn!(
                "--till-open: tills are served WITHOUT A KEY: whoever reaches {} can read and change every order",
                self.listen
            );
        }
        let config = Config { odoo, tills, ..Config::default() };
        let running = tillsync_server::serve(config, Arc::new(store), listener, Some(metrics)).await?;
        // The one line on standard output, for people and for scripts that wait for it.
        say!("Tillsync is ready on http://{}", running.address);
        tracing::info!(address = %running.address, data = %self.data.display(), "ready");
        stop_signal().await?;
        tracing::info!("stopping");
        running.stop().await;
        tracing::info!("stopped");
        Ok(())
    }
}

/// Resolves on SIGINT or SIGTERM.
pub async fn stop_signal() -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be heard")?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted.context("SIGINT cannot be heard")?,
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.context("Ctrl-C cannot be heard")?;
    Ok(())
}

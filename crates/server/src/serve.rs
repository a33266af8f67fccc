//! Listening, serving, stopping.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::ConnectInfo;
use axum::http::Uri;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use metrics_exporter_prometheus::PrometheusHandle;
use tillsync_store::{KeyStore, ListStore, RecordStore, Result, Store};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};
use tower::ServiceExt;

use crate::config::{CONNECTIONS_MAX, Config, REQUEST_READ_MAX, STOP_GRACE, STORE_CLOSE_MAX};
use crate::hub::Hub;
use crate::keys::Keys;
use crate::router::{fold_slashes, router};

/// A server that is running.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// Turns to true at the stop. Whoever works on the store has a receiver, and drops it after the store.
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Running {
    /// Stops: takes no more, ends held polls, lets what is under way finish, within [`STOP_GRACE`]. Then nothing of
    /// the server holds the store any more, so that it closes, unless that takes longer than [`STORE_CLOSE_MAX`].
    pub async fn stop(self) {
        self.stop.send_replace(true);
        self.task.await.ok();
        if tokio::time::timeout(STORE_CLOSE_MAX, self.stop.closed()).await.is_err() {
            tracing::warn!(
                "the store does not close; what nobody was answered yet may be on the disk or not"
            );
        }
    }
}

/// Serves a store on a listener until it is stopped.
pub async fn serve<S: Store + KeyStore + RecordStore + ListStore>(
    config: Config,
    store: Arc<S>,
    listener: TcpListener,
    metrics: Option<PrometheusHandle>,
) -> Result<Running, io::Error> {
    let (stop, stopping) = watch::channel(false);
    let hub = Hub::new(config, store.clone(), stopping.clone()).await.map_err(io::Error::other)?;
    let keys = Arc::new(Keys::new(store.clone()));
    let address = listener.local_addr()?;
    let app = router(Arc::new(hub), keys, store.clone(), store, metrics);
    let task = tokio::spawn(accept(listener, app, stopping));
    Ok(Running { address, stop, task })
}

async fn accept(listener: TcpListener, app: axum::Router, mut stopping: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = stopping.changed() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    // Beyond the bound a connection is closed at once; the till tries again.
                    let Ok(place) = places.clone().try_acquire_owned() else { continue };
                    let (app, stopping) = (app.clone(), stopping.clone());
                    connections.spawn(async move {
                        connection(stream, peer, app, stopping).await;
                        drop(place);
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    let rest = async { while connections.join_next().await.is_some() {} };
    tokio::time::timeout(STOP_GRACE, rest).await.ok();
    connections.shutdown().await;
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    app: axum::Router,
    mut stopping: watch::Receiver<bool>,
) {
    stream.set_nodelay(true).ok();
    // The time for a request's head begins with its first byte; who says nothing at all has as long for that.
    let speaks = tokio::time::timeout(REQUEST_READ_MAX, stream.readable());
    tokio::select! {
        spoken = speaks => if spoken.is_err() { return },
        _ = stopping.changed() => return,
    }
    let service = hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
        fold(request.uri_mut());
        request.extensions_mut().insert(ConnectInfo(peer));
        app.clone().oneshot(request.map(axum::body::Body::new))
    });
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(REQUEST_READ_MAX).keep_alive(true);
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
    tokio::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stopping.changed() => {}
    }
    connection.as_mut().graceful_shutdown();
    connection.await.ok();
}

/// Folds doubled slashes in a request's path.
fn fold(uri: &mut Uri) {
    if !uri.path().contains("//") {
        return;
    }
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    if let Ok(folded) = format!("{}{query}", fold_slashes(uri.path())).parse() {
        *uri = folded;
    }
}

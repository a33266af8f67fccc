//! Whether the server is well, in one word and in numbers.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::json;

use crate::hub::Hub;

/// What the health routes work with.
#[derive(Clone)]
pub struct HealthState {
    /// All rooms.
    pub hub: Arc<Hub>,
    /// The numbers, if they are collected.
    pub metrics: Option<PrometheusHandle>,
}

/// `GET /healthz`: 200 while the store answers and the last change could be written, 503 otherwise.
pub async fn healthz(State(state): State<HealthState>) -> Response {
    let (rooms, polls) = state.hub.load();
    if let Some(why) = state.hub.ailing.why() {
        let body = axum::Json(json!({"status": format!("changes cannot be written: {why}")}));
        return (StatusCode::SERVICE_UNAVAILABLE, body).into_response();
    }
    match state.hub.store().epoch().await {
        Ok(epoch) => {
            let version = env!("CARGO_PKG_VERSION");
            let body =
                json!({"status": "ok", "version": version, "epoch": epoch, "rooms": rooms, "polls": polls});
            axum::Json(body).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "the store does not answer");
            let body = axum::Json(json!({"status": "the store does not answer; see the log"}));
            (StatusCode::SERVICE_UNAVAILABLE, body).into_response()
        }
    }
}

/// `GET /metrics`: Prometheus' text format.
pub async fn metrics(State(state): State<HealthState>) -> Response {
    let (rooms, polls) = state.hub.load();
    metrics::gauge!("tillsync_rooms_open").set(rooms as f64);
    metrics::gauge!("tillsync_polls_held").set(polls as f64);
    match &state.metrics {
        Some(handle) => {
            ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], handle.render()).into_response()
        }
        None => (StatusCode::NOT_FOUND, "metrics are not collected\n").into_response(),
    }
}

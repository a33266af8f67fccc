//! Every route, on one screen.

use std::sync::Arc;

use axum::Router;
use axum::routing::{any, get, post, put};
use metrics_exporter_prometheus::PrometheusHandle;

use tillsync_store::{ListStore, RecordStore};

use crate::address;
use crate::admin;
use crate::api::{ApiState, error, orders, partners, people, poses, sessions};
use crate::assets;
use crate::health::{self, HealthState};
use crate::hub::Hub;
use crate::keys::Keys;
use crate::native::door::Door;
use crate::native::long_poll::{self, LongPollState, LongPolls};
use crate::native::socket;
use crate::odoo::{self, OdooState};
use crate::pin::Tries;

/// The routes. People type an address with a trailing slash and Odoo's client appends to it, so paths come with
/// doubled slashes: they are folded before they get here.
pub fn router(
    hub: Arc<Hub>,
    keys: Arc<Keys>,
    records: Arc<dyn RecordStore>,
    lists: Arc<dyn ListStore>,
    metrics: Option<PrometheusHandle>,
) -> Router {
    let keys_of_tills = keys.clone();
    let odoo = Router::new()
        .route("/odoo/{key}/pos_multi_session_sync/update", any(odoo::update))
        .route("/odoo/{key}/longpolling/poll", any(odoo::poll))
        .route("/odoo/{key}/pos_longpolling/update", any(odoo::ping))
        .route("/odoo/{key}", get(address::look))
        .route("/odoo/{key}/", get(address::look))
        .route("/pos_multi_session_sync/update", any(odoo::update))
        .route("/longpolling/poll", any(odoo::poll))
        .route("/pos_longpolling/update", any(odoo::ping))
        .with_state(OdooState { hub: hub.clone(), keys, refusals: Arc::default() });
    let door = Door { hub: hub.clone(), keys: keys_of_tills };
    let polls = Arc::new(LongPolls::default());
    tokio::spawn(LongPolls::sweep(Arc::downgrade(&polls)));
    let sockets = Router::new()
        .route("/sync", get(socket::open))
        .route("/sync/{key}", get(socket::open))
        .with_state(door.clone());
    let long_polls = Router::new()
        .route("/sync/open", any(long_poll::open))
        .route("/sync/send/{connection}", any(long_poll::send_open))
        .route("/sync/poll/{connection}", any(long_poll::poll_open))
        .route("/sync/{key}/open", any(long_poll::open))
        .route("/sync/{key}/send/{connection}", any(long_poll::send))
        .route("/sync/{key}/poll/{connection}", any(long_poll::poll))
        .with_state(LongPollState { door: door.clone(), polls });
    let api = Router::new()
        .route("/api/poses", get(poses::list))
        .route("/api/poses/{id}", get(poses::till))
        .route("/api/poses/{id}/session", get(sessions::look).post(sessions::open))
        .route("/api/poses/{id}/session/cash", post(sessions::cash))
        .route("/api/poses/{id}/session/close", post(sessions::close))
        .route("/api/poses/{id}/orders", get(orders::list))
        .route("/api/poses/{id}/orders/{uid}", get(orders::one))
        .route("/api/poses/{id}/orders/{uid}/history", get(orders::history))
        .route("/api/people/{id}/pin", post(people::pin))
        .route("/api/partners", post(partners::create))
        .route("/api/partners/{id}", put(partners::update))
        .merge(admin::routes())
        .method_not_allowed_fallback(error::wrong_method)
        .route("/api/{*path}", any(error::nothing))
        .with_state(ApiState { door, records, lists, tries: Tries::default() });
    let register = Router::new()
        .route("/", get(assets::register))
        .route("/pos/{id}", get(assets::register))
        .route("/assets/{file}", get(assets::asset))
        .route("/admin", get(assets::back_office))
        .route("/admin/", get(assets::back_office))
        .route("/admin/{*path}", get(assets::back_office));
    let health = Router::new()
        .route("/healthz", get(health::healthz))
        .route("/metrics", get(health::metrics))
        .with_state(HealthState { hub, metrics });
    let all = odoo.merge(sockets).merge(long_polls).merge(health).merge(api).merge(register);
    all.fallback(assets::root_file)
}

/// A path with each run of slashes folded into one.
pub fn fold_slashes(path: &str) -> String {
    let mut folded = String::with_capacity(path.len());
    for c in path.chars() {
        if c != '/' || !folded.ends_with('/') {
            folded.push(c);
        }
    }
    folded
}

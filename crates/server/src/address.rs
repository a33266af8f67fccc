//! A till's address, opened in a browser by whoever wants to know whether it is right.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::keys::NoAccess;
use crate::odoo::OdooState;
use crate::refusals::Caller;

/// `GET …/odoo/KEY`: whether the key is good, and for which tills. It says nothing else.
pub async fn look(
    State(state): State<OdooState>,
    Path(key): Path<String>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Response {
    let (status, text) = match state.keys.access(&key).await {
        Ok(access) => {
            let database = access.database.as_deref().unwrap_or_default();
            let which = match access.multi_session {
                Some(id) => format!("of multi-session {id}'s POSes"),
                None => "of the multi-session's POSes".to_owned(),
            };
            let pages = match access.origins.is_empty() {
                true => "",
                false => "It serves only the pages that it was made for ('--origin').\n",
            };
            let text = format!(
                "This address is good. It is for the tills of the Odoo database '{database}'.\n{pages}\
                 Type it into the field Sync Server {which}.\n"
            );
            (StatusCode::OK, text)
        }
        Err(why) => {
            let status = match &why {
                NoAccess::Unknown => StatusCode::FORBIDDEN,
                NoAccess::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            };
            let error = why.into_wire();
            state.refuse(&Caller::of(Some(&key), Some(peer), &headers), &error);
            (status, format!("{error}\n"))
        }
    };
    (status, [(header::CACHE_CONTROL, "no-store")], text).into_response()
}

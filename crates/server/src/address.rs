//! The server's addresses, opened in a browser by whoever wants to know whether they are right.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use crate::keys::NoAccess;
use crate::odoo::OdooState;
use crate::page::Page;
use crate::refusals::Caller;

/// `GET …/odoo/KEY`: whether the key is good, and for which tills. It says nothing else.
pub async fn look(
    State(state): State<OdooState>,
    Path(key): Path<String>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Response {
    match state.keys.access(&key).await {
        Ok(access) => {
            let database = access.database.as_deref().unwrap_or_default();
            let which = match access.multi_session {
                Some(id) => format!("of multi-session {id}'s POSes"),
                None => "of the multi-session's POSes".to_owned(),
            };
            let page = Page::new(StatusCode::OK, "This address is good.")
                .and(format!("It is for the tills of the Odoo database '{database}'."));
            let page = match access.origins.is_empty() {
                true => page,
                false => page.and("It serves only the pages that it was made for ('--origin')."),
            };
            page.and(format!("Type it into the field Sync Server {which}.")).answer(&headers)
        }
        Err(why) => {
            let page = match &why {
                NoAccess::Unknown => Page::new(StatusCode::FORBIDDEN, "This address is not good.").and(
                    "It has no valid key: a letter may be missing, or the key was removed. Whoever runs the Sync \
                     Server can make another address ('tillsync odoo add').",
                ),
                NoAccess::Unavailable(_) => {
                    Page::new(StatusCode::SERVICE_UNAVAILABLE, "This address cannot be looked up now.")
                        .and("The Sync Server's database does not answer; its log says why.")
                }
            };
            state.refuse(&Caller::of(Some(&key), Some(peer), &headers), &why.into_wire());
            page.answer(&headers)
        }
    }
}

/// `GET /`: what this server is, to whoever wonders.
pub async fn front(headers: HeaderMap) -> Response {
    Page::new(StatusCode::OK, "Tillsync runs here.")
        .and(
            "It keeps the orders of a shop's tills the same. On the server, 'tillsync odoo add' makes the address with a \
             key that is typed into Odoo's field Sync Server.",
        )
        .and("Such an address, opened in a browser, says whether it is good.")
        .answer(&headers)
}

/// Any other path.
pub async fn nothing(headers: HeaderMap) -> Response {
    Page::new(StatusCode::NOT_FOUND, "There is nothing at this address.")
        .and(
            "The address of Odoo's tills is this server's, then /odoo/, then the key of 32 letters and digits that \
             'tillsync odoo add' printed. Is all of it there?",
        )
        .answer(&headers)
}

//! Who is let in to the wire of our own tills: by the key in the address, or everyone where that was chosen.

use std::sync::Arc;

use axum::http::{HeaderMap, Uri, header};
use tillsync_core::protocol::ErrorCode;

use super::message::{Goodbye, error};
use crate::config::TillAccess;
use crate::cors;
use crate::hub::{Access, Hub};
use crate::keys::{Keys, NoAccess};

/// What the routes of our own tills work with.
#[derive(Clone)]
pub struct Door {
    /// All rooms.
    pub hub: Arc<Hub>,
    /// All keys.
    pub keys: Arc<Keys>,
}

impl Door {
    /// What an address gives access to; the error to be told if it gives none, or if the page that asks comes from
    /// elsewhere.
    pub async fn access(&self, key: Option<&str>, headers: &HeaderMap) -> Result<Arc<Access>, Goodbye> {
        let refused = |text: &str| Err(error(ErrorCode::Access, text));
        let access = match key {
            Some(key) => match self.keys.access(key).await {
                Ok(access) => access,
                Err(NoAccess::Unknown) => return refused("this address has no valid key; ask for a new one"),
                Err(NoAccess::Unavailable(failed)) => {
                    tracing::error!(error = %failed, "a key could not be looked up");
                    return Err(error(
                        ErrorCode::Busy,
                        "the server cannot look the address up now; the till tries again by itself",
                    ));
                }
            },
            None if self.hub.config.tills == TillAccess::Open && is_same_origin(headers) => {
                Arc::new(Access { database: None, multi_session: None, origins: Vec::new() })
            }
            None if self.hub.config.tills == TillAccess::Open => {
                return refused("pages of other origins may not use this server without a key");
            }
            None => return refused("this server wants an address with a key: …/sync/KEY"),
        };
        if !cors::is_allowed(Some(&access), headers) {
            return refused("pages of this origin may not use this address");
        }
        Ok(access)
    }

    /// Resolves when a key that was good is not any more; never without a key.
    pub async fn removed(&self, key: Option<&str>) -> Goodbye {
        match key {
            Some(key) => {
                self.keys.removed(key).await;
                error(ErrorCode::Access, "the key of this address was removed; ask for a new one")
            }
            None => std::future::pending().await,
        }
    }
}

/// Whether a browser's page asks that came from this server; programs that are no browsers say no origin.
fn is_same_origin(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value: &http::HeaderValue| value.to_str().ok());
    let Some(origin) = text(header::ORIGIN) else { return true };
    let authority = origin.parse::<Uri>().ok().and_then(|origin| Some(origin.authority()?.to_string()));
    authority.is_some() && authority.as_deref() == text(header::HOST)
}

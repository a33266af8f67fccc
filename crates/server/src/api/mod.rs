//! What the Register asks besides the orders: which points of sale there are, and what one of them works with.
//!
//! Answers are JSON. What is refused is `{"error": {"code", "text"}}` with the status that fits; the text is for
//! people, and says what to do.

pub mod error;
pub mod input;
pub mod orders;
pub mod partners;
pub mod people;
pub mod pos;
pub mod poses;
pub mod sessions;
pub mod takings;

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::header;
use axum::http::request::Parts;
use serde::Deserialize;
use serde_json::Value;
use tillsync_store::{ListStore, Record, RecordChange, RecordStore, Records, RecordsChanged, StoreError};

use self::error::ApiError;
use crate::hub::{Access, Hub};
use crate::native::door::Door;
use crate::pin::Tries;

/// The built-in shop's database.
pub const MAIN: &str = "main";

/// What the API's routes work with.
#[derive(Clone)]
pub struct ApiState {
    /// Who is let in.
    pub door: Door,
    /// The shop's records.
    pub records: Arc<dyn RecordStore>,
    /// Lists over all of a database.
    pub lists: Arc<dyn ListStore>,
    /// Who typed wrong PINs lately.
    pub tries: Tries,
}

impl ApiState {
    /// All rooms.
    pub fn hub(&self) -> &Arc<Hub> {
        &self.door.hub
    }

    /// The records of these kinds that are in use: one that was put away stays for what was sold of it.
    pub async fn active(&self, database: &str, kinds: &[&str]) -> Result<Records, StoreError> {
        let mut found = self.records.records(database, kinds, 0).await?;
        found.records.retain(is_active);
        Ok(found)
    }

    /// One record that is in use.
    pub async fn active_one(
        &self,
        database: &str,
        kind: &str,
        id: i64,
    ) -> Result<Option<Record>, StoreError> {
        let found = self.records.record(database, kind, id).await?;
        Ok(found.filter(is_active))
    }

    /// Changes records, and tells the tills.
    pub async fn change_records(
        &self,
        database: &str,
        changes: Vec<RecordChange>,
    ) -> Result<RecordsChanged, StoreError> {
        let changed = self.records.change_records(database, changes).await?;
        if let RecordsChanged::Landed(landed) = &changed
            && let Some(last) = landed.first()
        {
            self.hub().records_changed(database, last.change);
        }
        Ok(changed)
    }
}

/// Whether a record is in use: by Odoo's field, left out: yes. A multi-session's field of that name is its setting.
pub fn is_active(record: &Record) -> bool {
    let is_put_away =
        |body: &Value| record.kind != "multi_session" && body.get("active") == Some(&Value::Bool(false));
    record.body.as_ref().is_some_and(|body| !is_put_away(body))
}

/// A request that was let in.
pub struct Caller {
    /// The database that it is about.
    pub database: Arc<str>,
    /// What it may reach.
    pub access: Arc<Access>,
}

#[derive(Deserialize)]
struct Asked {
    database: Option<String>,
}

impl<S: Sync> FromRequestParts<S> for Caller
where
    ApiState: FromRef<S>,
{
    type Rejection = ApiError;

    /// By the key in `Authorization: Bearer KEY`, or without one where that is allowed.
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let state = ApiState::from_ref(state);
        let said = parts.headers.get(header::AUTHORIZATION).map(|value| value.to_str());
        let key = match said {
            None => None,
            Some(Ok(said)) => Some(
                said.strip_prefix("Bearer ")
                    .ok_or_else(|| ApiError::access("Authorization has to be: Bearer KEY"))?,
            ),
            Some(Err(_)) => return Err(ApiError::access("Authorization has to be: Bearer KEY")),
        };
        let access = state.door.access(key, &parts.headers).await?;
        let asked = axum::extract::Query::<Asked>::try_from_uri(&parts.uri)
            .map_err(|error| ApiError::bad(&error.body_text()))?;
        let served = access.database.as_deref();
        let database = asked.0.database.unwrap_or_else(|| served.unwrap_or(MAIN).to_owned());
        if served.is_some_and(|served| served != database) {
            return Err(ApiError::access("this key is of another database"));
        }
        Ok(Self { database: database.into(), access })
    }
}

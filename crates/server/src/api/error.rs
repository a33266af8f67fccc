//! Refusals of the API.

use axum::Json;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tillsync_core::protocol::ErrorCode;
use tillsync_store::StoreError;

use crate::native::message::Goodbye;

/// Why a request is refused.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    code: &'static str,
    text: String,
    /// The field of a form that it is about.
    field: Option<String>,
}

impl ApiError {
    /// The request is not of the form that it should have.
    pub fn bad(text: &str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code: "bad_request", text: text.to_owned(), field: None }
    }

    /// A field is not what it should be.
    pub fn field(field: &str, text: &str) -> Self {
        Self { field: Some(field.to_owned()), ..Self::bad(text) }
    }

    /// Whoever asks may not.
    pub fn access(text: &str) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, code: "access", text: text.to_owned(), field: None }
    }

    /// It stands in the way of what there is.
    pub fn conflict(code: &'static str, text: &str) -> Self {
        Self { status: StatusCode::CONFLICT, code, text: text.to_owned(), field: None }
    }

    /// The PIN is not the person's.
    pub fn wrong_pin(text: &str) -> Self {
        Self { status: StatusCode::FORBIDDEN, code: "wrong_pin", text: text.to_owned(), field: None }
    }

    /// It comes too often.
    pub fn wait(text: &str) -> Self {
        Self { status: StatusCode::TOO_MANY_REQUESTS, code: "wait", text: text.to_owned(), field: None }
    }

    /// What is asked for is not there.
    pub fn not_found(text: &str) -> Self {
        Self { status: StatusCode::NOT_FOUND, code: "not_found", text: text.to_owned(), field: None }
    }
}

/// Any other path below `/api/`.
pub async fn nothing(uri: Uri) -> ApiError {
    ApiError::not_found(&format!("the API has nothing at {}", uri.path()))
}

/// A path that there is, asked for in another way.
pub async fn wrong_method(method: Method, uri: Uri) -> ApiError {
    let text = format!("{} is not asked for by {method}; the header Allow says how it is", uri.path());
    ApiError { status: StatusCode::METHOD_NOT_ALLOWED, code: "bad_request", text, field: None }
}

impl From<Goodbye> for ApiError {
    fn from(goodbye: Goodbye) -> Self {
        match goodbye.code {
            ErrorCode::Access => Self::access(&goodbye.text),
            _ => Self {
                status: StatusCode::SERVICE_UNAVAILABLE,
                code: "busy",
                text: goodbye.text,
                field: None,
            },
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        metrics::counter!("tillsync_store_errors_total").increment(1);
        let text = "the server cannot read or write now; try again, its log says why".to_owned();
        Self { status: StatusCode::SERVICE_UNAVAILABLE, code: "busy", text, field: None }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut body = json!({"error": {"code": self.code, "text": self.text}});
        if let Some(field) = self.field.filter(|field| !field.is_empty()) {
            body["error"]["field"] = field.into();
        }
        (self.status, Json(body)).into_response()
    }
}

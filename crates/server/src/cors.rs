//! What a browser asks before it lets a page of another origin use an address.

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::hub::Access;

/// How long a browser may remember the answer, in seconds: what Odoo's own configuration says.
const MAX_AGE_SECONDS: &str = "1728000";

/// Headers that Odoo's client sends.
const ALLOWED_HEADERS: &str = "Content-Type, X-Requested-With, X-Debug-Mode";

/// Whether a page of the request's origin may use the address. A request without an origin comes from no page.
pub fn is_allowed(access: Option<&Access>, headers: &HeaderMap) -> bool {
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    match (access, origin) {
        (Some(access), Some(origin)) => {
            access.origins.is_empty() || access.origins.iter().any(|other| other == origin)
        }
        (None, _) | (Some(_), None) => true,
    }
}

/// Answers `OPTIONS`.
pub fn preflight(access: Option<&Access>, request: &HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    allow(access, request, response.headers_mut());
    response
}

/// Adds what lets the page read the answer.
pub fn allow(access: Option<&Access>, request: &HeaderMap, response: &mut HeaderMap) {
    if !is_allowed(access, request) {
        return;
    }
    let any = access.is_none_or(|access| access.origins.is_empty());
    let origin = if any { Some(HeaderValue::from_static("*")) } else { request.get(header::ORIGIN).cloned() };
    if let Some(origin) = origin {
        response.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        response.insert(header::VARY, HeaderValue::from_static("Origin"));
    }
    response.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST, OPTIONS"));
    response.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(ALLOWED_HEADERS));
    response.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE_SECONDS));
    // Chrome asks before a public page may reach an address on the LAN.
    if request.contains_key("access-control-request-private-network") {
        response.insert("access-control-allow-private-network", HeaderValue::from_static("true"));
    }
}

/// Whether the request is a preflight.
pub fn is_preflight(method: &Method) -> bool {
    method == Method::OPTIONS
}

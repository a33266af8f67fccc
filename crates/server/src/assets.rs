//! The files of the Register and of the back office, which the binary carries.

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::address;

/// What `npm run build` made of `web/register`.
#[derive(RustEmbed)]
#[folder = "../../web/register/dist"]
struct Register;

/// What it made of `web/backoffice`.
#[derive(RustEmbed)]
#[folder = "../../web/backoffice/dist"]
struct BackOffice;

/// The page that all of an app's addresses show.
const PAGE: &str = "index.html";

/// What a page of ours may load: what this server has, and nothing else.
const POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; connect-src 'self' ws: wss:; object-src 'none'; \
                      base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// How long a file whose name carries its content's hash is good: for ever.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// How long any other file is good: until the server says otherwise.
const ASK_AGAIN: &str = "no-cache";

/// `/` and `/pos/ID`: the Register; what this server is where it carries none, and to whoever reads no pages.
pub async fn register(headers: HeaderMap) -> Response {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    match Register::get(PAGE).filter(|_| accept.contains("text/html")) {
        Some(page) => answer(PAGE, page, ASK_AGAIN, &headers),
        None => address::front(headers).await,
    }
}

/// `/assets/FILE`
pub async fn asset(Path(file): Path<String>, headers: HeaderMap) -> Response {
    let path = format!("assets/{file}");
    match Register::get(&path) {
        Some(found) => answer(&path, found, FOR_EVER, &headers),
        None => another_version(),
    }
}

/// `/admin` and whatever is below it: a file of the back office, or its page, which knows the address.
pub async fn back_office(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches("/admin").trim_start_matches('/');
    if let Some(found) = BackOffice::get(path).filter(|_| path != PAGE) {
        let caching = if path.starts_with("assets/") { FOR_EVER } else { ASK_AGAIN };
        return answer(path, found, caching, &headers);
    }
    if path.starts_with("assets/") {
        return another_version();
    }
    match BackOffice::get(PAGE) {
        Some(page) => answer(PAGE, page, ASK_AGAIN, &headers),
        None => address::nothing(headers).await,
    }
}

fn another_version() -> Response {
    (StatusCode::NOT_FOUND, "this file is of another version; load the page anew\n").into_response()
}

/// Whatever has no route: the Register's files beside its page (the icon), or nothing.
pub async fn root_file(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let file = uri.path().trim_start_matches('/');
    match Register::get(file).filter(|_| method == Method::GET && !file.contains('/')) {
        Some(found) => answer(file, found, ASK_AGAIN, &headers),
        None => address::nothing(headers).await,
    }
}

fn answer(path: &str, file: EmbeddedFile, caching: &'static str, asked: &HeaderMap) -> Response {
    let hash = file.metadata.sha256_hash();
    let tag: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{tag}\"");
    let known = asked.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response = match known {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => Response::new(Body::from(file.data)),
    };
    let kind = match path.rsplit_once('.').map(|(_, kind)| kind) {
        Some("webmanifest") => "application/manifest+json",
        _ => file.metadata.mimetype(),
    };
    let headers = response.headers_mut();
    for (name, value) in [(header::CONTENT_TYPE, kind), (header::ETAG, tag.as_str())] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

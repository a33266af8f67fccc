//! A browser's side of HTTP: POST and OPTIONS over connections that are kept.

use std::time::Duration;

use anyhow::{Context, bail};
use http::{HeaderMap, Method, Request, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

/// How long an answer may take; a poll is held for 50 s.
const ANSWER_MAX: Duration = Duration::from_secs(65);

/// An answer.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as JSON; null where it is none.
    pub body: Value,
}

/// Talks to a Sync Server.
#[derive(Clone)]
pub struct Http {
    base: String,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Http {
    /// Talks to the Sync Server at this address, as people type it: with or without a slash at its end.
    pub fn new(url: &str) -> anyhow::Result<Self> {
        let base = url.trim().trim_end_matches('/').to_owned();
        let base = if base.starts_with("//") { format!("http:{base}") } else { base };
        let uri: Uri = base.parse().with_context(|| format!("'{url}' is no address"))?;
        match uri.scheme_str() {
            Some("http") => (),
            Some(_) | None => bail!("'{url}' is not served here: give an address that begins with http://"),
        }
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Ok(Self { base, client: Client::builder(TokioExecutor::new()).build(connector) })
    }

    /// Sends a request and waits for the whole answer.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(String, String)],
        body: &Value,
    ) -> anyhow::Result<Answer> {
        let mut request = Request::builder().method(method.clone()).uri(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let body = if method == Method::OPTIONS { String::new() } else { body.to_string() };
        let request = request.body(Full::new(Bytes::from(body)))?;
        let response = tokio::time::timeout(ANSWER_MAX, self.client.request(request));
        let response = response.await.context("no answer in time")?.context("no answer")?;
        let (parts, body) = response.into_parts();
        let bytes =
            tokio::time::timeout(ANSWER_MAX, body.collect()).await.context("the answer broke off")??;
        let body = serde_json::from_slice(&bytes.to_bytes()).unwrap_or(Value::Null);
        Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body })
    }

    /// Sends a JSON-RPC call.
    pub async fn post(
        &self,
        path: &str,
        headers: &[(String, String)],
        body: &Value,
    ) -> anyhow::Result<Answer> {
        self.send(Method::POST, path, headers, body).await
    }
}

/// What a page on this origin needs to be allowed to read an answer; none if it is there.
pub fn cors_fault(headers: &HeaderMap, origin: &str) -> Option<String> {
    let allowed = header(headers, "access-control-allow-origin");
    (allowed != "*" && allowed != origin)
        .then(|| format!("access-control-allow-origin is '{allowed}', the page is at {origin}"))
}

/// What a preflight's answer lacks; none if a browser would go on.
pub fn preflight_fault(answer: &Answer, origin: &str, asked: &str) -> Option<String> {
    if !(200..300).contains(&answer.status) {
        return Some(format!("a preflight is answered with status {}", answer.status));
    }
    let methods = header(&answer.headers, "access-control-allow-methods");
    if !methods.split(',').any(|method| method.trim() == "POST") {
        return Some(format!("access-control-allow-methods is '{methods}', without POST"));
    }
    let allowed = header(&answer.headers, "access-control-allow-headers").to_ascii_lowercase();
    let lacks = asked.split(',').map(str::trim).find(|name| {
        let name = name.to_ascii_lowercase();
        !allowed.split(',').any(|other| other.trim() == name)
    });
    match lacks {
        Some(name) => Some(format!("access-control-allow-headers is '{allowed}', without {name}")),
        None => cors_fault(&answer.headers, origin),
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

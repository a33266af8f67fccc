//! The few sentences that a person gets who opens one of the server's addresses: as a page in a browser, as plain
//! text from `curl`.

use std::fmt::Write as _;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// How it looks. It stands in the page itself, since a proxy may have put the server under any path.
const STYLE: &str = include_str!("page.css");

/// What a person is told.
#[derive(Debug)]
pub struct Page {
    /// The answer's status.
    pub status: StatusCode,
    /// What it comes to, in one sentence.
    pub title: String,
    /// What else there is to know, a paragraph each.
    pub more: Vec<String>,
}

impl Page {
    /// A page of this status.
    pub fn new(status: StatusCode, title: &str) -> Self {
        Self { status, title: title.to_owned(), more: Vec::new() }
    }

    /// With one more paragraph.
    #[must_use]
    pub fn and(mut self, text: impl Into<String>) -> Self {
        self.more.push(text.into());
        self
    }

    /// The answer, as the one who asks reads it. Nobody may keep it: it is about this moment.
    pub fn answer(&self, headers: &HeaderMap) -> Response {
        let not_kept = (header::CACHE_CONTROL, "no-store".to_owned());
        if !is_browser(headers) {
            return (self.status, [not_kept], self.text()).into_response();
        }
        let style = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
        let headers = [
            not_kept,
            (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
            (header::CONTENT_SECURITY_POLICY, policy),
            // The address in the browser's bar may hold a key.
            (header::REFERRER_POLICY, "no-referrer".to_owned()),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        ];
        (self.status, headers, self.html()).into_response()
    }

    fn text(&self) -> String {
        std::iter::once(&self.title).chain(&self.more).map(|line| format!("{line}\n")).collect()
    }

    fn html(&self) -> String {
        let mood = if self.status.is_success() { "good" } else { "bad" };
        let title = escaped(&self.title);
        let mut html = format!(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
             <title>{title} · Tillsync</title><style>{STYLE}</style>\
             <main class=\"{mood}\"><p class=\"name\">Tillsync</p><h1>{title}</h1>"
        );
        for text in &self.more {
            // Writing into a string cannot fail.
            let _ = write!(html, "<p>{}</p>", escaped(text));
        }
        html.push_str("</main></html>\n");
        html
    }
}

fn is_browser(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|types| types.contains("text/html"))
}

fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut safe, c| {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c => safe.push(c),
        }
        safe
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_page_is_text_and_no_markup() {
        let page = Page::new(StatusCode::OK, "a & b").and("database '<script>alert(\"1\")</script>'");
        let html = page.html();
        assert!(html.contains("<h1>a &amp; b</h1>"), "{html}");
        assert!(html.contains("&lt;script&gt;alert(&quot;1&quot;)") && !html.contains("<script"), "{html}");
        assert_eq!(page.text(), "a & b\ndatabase '<script>alert(\"1\")</script>'\n");
    }
}

//! Where the server under load is.

use anyhow::{Context, bail};
use http::Uri;

/// Where the server is.
#[derive(Debug, Clone)]
pub struct Address {
    /// Its host and port.
    pub host: String,
    /// What stands before every path of its wire; empty, or with a slash at its beginning and none at its end.
    pub path: String,
}

impl Address {
    /// Reads `http://host:port/path` or `ws://host:port/path`. An error does not repeat the path, which may have a key.
    pub fn read(url: &str) -> anyhow::Result<Self> {
        let uri: Uri = url
            .trim_end_matches('/')
            .parse()
            .context("--url is no address; it is like http://HOST:PORT/odoo/KEY")?;
        let host = uri.authority().map(ToString::to_string).unwrap_or_default();
        if !matches!(uri.scheme_str(), Some("http" | "ws")) || host.is_empty() {
            bail!(
                "--url is like http://HOST:PORT/odoo/KEY; the bench speaks no TLS: name the server behind the proxy"
            );
        }
        let host = if uri.port().is_some() { host } else { format!("{host}:80") };
        Ok(Self { host, path: uri.path().trim_end_matches('/').to_owned() })
    }
}

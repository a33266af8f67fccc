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
    /// Reads `http://host:port/path` or `ws://host:port/path`; only this machine.
    pub fn read(url: &str) -> anyhow::Result<Self> {
        let uri: Uri = url.trim_end_matches('/').parse().with_context(|| format!("'{url}' is no address"))?;
        let host = uri.authority().map(ToString::to_string).unwrap_or_default();
        let name = uri.host().unwrap_or_default();
        let is_known = matches!(uri.scheme_str(), Some("http" | "ws"));
        if !is_known || !["127.0.0.1", "localhost", "[::1]"].contains(&name) {
            bail!("'{url}' is not on this machine: the bench loads only http://127.0.0.1:PORT");
        }
        let host = if uri.port().is_some() { host } else { format!("{host}:80") };
        Ok(Self { host, path: uri.path().trim_end_matches('/').to_owned() })
    }
}

//! The addresses of Odoo's tills, which hold a key: made and removed.

use anyhow::bail;
use clap::Args;
use rand::RngExt;
use tillsync_server::clock::now_ms;
use tillsync_server::keys::{KEY_CHARS, key_hash, key_hint};
use tillsync_store::sqlite::{OpenMode, SqliteStore};
use tillsync_store::{Key, KeyStore, NewKey};

use crate::arguments;
use crate::data::DataDir;
use crate::say::say;

/// Make an address for the tills of a database.
///
/// It holds a key, and is shown only now: the database keeps no more than the key's hash.
#[derive(Debug, Args)]
pub struct Add {
    #[command(flatten)]
    data: DataDir,
    /// The Odoo database's name, as its tills say it.
    #[arg(long, value_name = "NAME", value_parser = arguments::database)]
    database: String,
    /// Serve only this multi-session (its id in Odoo); all of the database without it.
    #[arg(long, value_name = "ID", value_parser = arguments::multi_session)]
    multi_session: Option<i64>,
    /// Let only pages of this origin use the address, such as https://pos.example.com. Can be given more than
    /// once.
    #[arg(long, value_name = "URL", value_parser = origin)]
    origin: Vec<String>,
}

/// Remove an address: its tills are served no longer.
#[derive(Debug, Args)]
pub struct Remove {
    #[command(flatten)]
    data: DataDir,
    /// The key's number, as 'tillsync odoo list' shows it.
    #[arg(value_name = "KEY_NUMBER", value_parser = arguments::key_number)]
    id: i64,
}

impl Add {
    /// Carries the command out.
    pub async fn run(self) -> anyhow::Result<()> {
        // An address may be made before the server runs for the first time.
        let is_new = !self.data.has_database()?;
        let store = self.data.open_or_make(OpenMode::Beside)?;
        let (secret, key) = make(&store, self.database, self.multi_session, self.origin).await?;
        say!("/odoo/{secret}");
        eprintln!("Key {} for database '{}', {}.", key.id, key.database, scope(key.multi_session));
        eprintln!(
            "Type into the field Sync Server: the server's address followed by this path, for instance"
        );
        eprintln!("  http://192.168.1.20:8090/odoo/{secret}");
        eprintln!("It is shown only now; whoever has it can read and change these orders.");
        if is_new {
            eprintln!("There was no database, so this made one: {}", self.data.file().display());
            eprintln!(
                "A server that is given another folder does not know the key: then give --data that folder."
            );
        }
        Ok(())
    }
}

/// Makes a key; gives its secret, which is nowhere else.
pub async fn make(
    store: &SqliteStore,
    database: String,
    multi_session: Option<i64>,
    origins: Vec<String>,
) -> anyhow::Result<(String, Key)> {
    let secret = secret();
    let key = NewKey { database, multi_session, origins, created_ms: now_ms(), hint: key_hint(&secret) };
    let key = store.add_key(key, &key_hash(&secret)).await?;
    Ok((secret, key))
}

/// A random key of letters and digits: 32 of 62 are 190 bits.
fn secret() -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut random = rand::rng();
    (0..KEY_CHARS).map(|_| char::from(LETTERS[random.random_range(0..LETTERS.len())])).collect()
}

/// An origin as browsers send it: lowercase, without the port that goes without saying.
fn origin(text: &str) -> Result<String, String> {
    let lower = text.to_lowercase();
    let parts = [("https://", ":443"), ("http://", ":80")];
    let part = parts.iter().find_map(|(scheme, port)| Some((scheme, lower.strip_prefix(scheme)?, port)));
    let is_host = |host: &str| {
        !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-._:[]".contains(c))
    };
    match part {
        Some((scheme, host, port)) if is_host(host) => {
            Ok(format!("{scheme}{}", host.strip_suffix(port).unwrap_or(host)))
        }
        Some(_) | None => {
            Err("an origin is http:// or https:// and a host as browsers write it, maybe with a port, \
             without a path: https://pos.example.com"
                .into())
        }
    }
}

/// Whose tills a key serves, in words.
pub fn scope(multi_session: Option<i64>) -> String {
    multi_session.map_or("all multi-sessions".to_owned(), |id| format!("multi-session {id}"))
}

impl Remove {
    /// Carries the command out.
    pub async fn run(self) -> anyhow::Result<()> {
        let store = self.data.open(OpenMode::Beside)?;
        let key = store.keys().await?.into_iter().find(|key| key.id == self.id);
        let Some(key) = key else { bail!("there is no key {}; 'tillsync odoo list' shows them", self.id) };
        if key.removed_ms.is_some() {
            bail!(
                "key {} (/odoo/{}…) was removed before; 'tillsync odoo list' shows those that are good",
                key.id,
                key.hint
            );
        }
        store.remove_key(key.id, now_ms()).await?;
        say!("Key {} (/odoo/{}…) is removed; its tills are served no longer.", key.id, key.hint);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_kept_as_browsers_send_them() {
        for (given, kept) in [
            ("https://POS.example.com:443", Some("https://pos.example.com")),
            ("HTTP://a:80", Some("http://a")),
            ("http://a:8069", Some("http://a:8069")),
            ("http://[::1]:8069", Some("http://[::1]:8069")),
            ("https://pos.example.com/", None),
            ("pos.example.com", None),
            ("https://", None),
            ("https://b\u{fc}cher.example", None),
        ] {
            assert_eq!(origin(given).ok().as_deref(), kept, "{given}");
        }
    }
}

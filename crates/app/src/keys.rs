//! `tillsync odoo`: addresses for Odoo's tills, and what a technician can put right in their multi-sessions.

use anyhow::bail;
use clap::{Args, Subcommand};
use rand::RngExt;
use tillsync_core::command::{Action, ResetRun, Restore};
use tillsync_core::id::{OrderUid, is_name};
use tillsync_core::order::OrderState;
use tillsync_server::clock::now_ms;
use tillsync_server::keys::{KEY_CHARS, key_hash, key_hint};
use tillsync_store::sqlite::OpenMode;
use tillsync_store::{KeyStore, NewKey};

use crate::data::DataDir;
use crate::say::say;
use crate::shop::Shop;

/// Make and remove the addresses of Odoo's tills, and put their orders and runs right.
///
/// Each of these works while the server runs, and counts at once.
#[derive(Debug, Subcommand)]
pub enum OdooCommand {
    Add(Add),
    List(List),
    Remove(Remove),
    Restore(RestoreOrders),
    ResetRun(ResetRunArgs),
}

/// Make an address for the tills of a database.
///
/// It holds a key, and is shown only now: the database keeps no more than the key's hash.
#[derive(Debug, Args)]
pub struct Add {
    #[command(flatten)]
    data: DataDir,
    /// The Odoo database's name, as its tills say it.
    #[arg(long, value_name = "NAME")]
    database: String,
    /// Serve only this multi-session (its id in Odoo); all of the database without it.
    #[arg(long, value_name = "ID", value_parser = clap::value_parser!(i64).range(1..=i64::from(i32::MAX)))]
    multi_session: Option<i64>,
    /// Let only pages of this origin use the address, such as https://pos.example.com. Can be given more than
    /// once.
    #[arg(long, value_name = "URL", value_parser = origin)]
    origin: Vec<String>,
}

/// List the addresses, and the multi-sessions with their runs.
#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    data: DataDir,
}

/// Remove an address: its tills are served no longer.
#[derive(Debug, Args)]
pub struct Remove {
    #[command(flatten)]
    data: DataDir,
    /// The key's number, as 'tillsync odoo list' shows it.
    #[arg(value_name = "KEY_NUMBER")]
    id: i64,
}

/// Open unpaid (or deleted) orders again, in the current run.
///
/// Unpaid is what was still open when its run ended.
#[derive(Debug, Args)]
pub struct RestoreOrders {
    #[command(flatten)]
    data: DataDir,
    /// The Odoo database's name.
    #[arg(long, value_name = "NAME")]
    database: String,
    /// The multi-session's id in Odoo.
    #[arg(long, value_name = "ID")]
    multi_session: i64,
    /// The orders, such as 00001-001-0007; without any, the unpaid ones are listed and none is opened.
    #[arg(value_name = "UID")]
    uids: Vec<String>,
    /// Open every unpaid order of the multi-session.
    #[arg(long, conflicts_with = "uids")]
    all: bool,
}

/// Put a wrong run_ID right.
///
/// For a multi-session whose run here is not the one that Odoo says, as after a restore of Odoo's database.
#[derive(Debug, Args)]
pub struct ResetRunArgs {
    #[command(flatten)]
    data: DataDir,
    /// The Odoo database's name.
    #[arg(long, value_name = "NAME")]
    database: String,
    /// The multi-session's id in Odoo.
    #[arg(long, value_name = "ID")]
    multi_session: i64,
    /// The run_ID that Odoo has for the multi-session.
    #[arg(value_name = "RUN_ID")]
    run: u32,
}

impl OdooCommand {
    /// Carries the command out.
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            OdooCommand::Add(add) => add.run().await,
            OdooCommand::List(list) => list.run().await,
            OdooCommand::Remove(remove) => remove.run().await,
            OdooCommand::Restore(restore) => restore.run().await,
            OdooCommand::ResetRun(reset) => reset.run().await,
        }
    }
}

impl Add {
    async fn run(self) -> anyhow::Result<()> {
        if !is_name(&self.database) {
            bail!("'{}' is no database's name", self.database);
        }
        // An address may be made before the server runs for the first time.
        let is_new = !self.data.has_database()?;
        let store = self.data.open_or_make(OpenMode::Beside)?;
        let secret = secret();
        let key = NewKey {
            database: self.database,
            multi_session: self.multi_session,
            origins: self.origin,
            created_ms: now_ms(),
            hint: key_hint(&secret),
        };
        let key = store.add_key(key, &key_hash(&secret)).await?;
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

fn scope(multi_session: Option<i64>) -> String {
    multi_session.map_or("all multi-sessions".to_owned(), |id| format!("multi-session {id}"))
}

impl List {
    async fn run(self) -> anyhow::Result<()> {
        use tillsync_store::Store;
        let store = self.data.open(OpenMode::Beside)?;
        let keys = store.keys().await?;
        say!("Addresses:");
        for key in keys.iter().filter(|key| key.removed_ms.is_none()) {
            let origins =
                if key.origins.is_empty() { "any origin".to_owned() } else { key.origins.join(", ") };
            say!(
                "  {}  /odoo/{}…  database '{}', {}, {origins}",
                key.id,
                key.hint,
                key.database,
                scope(key.multi_session)
            );
        }
        if keys.iter().all(|key| key.removed_ms.is_some()) {
            say!("  none; 'tillsync odoo add --database NAME' makes one");
        }
        say!("Multi-sessions:");
        for room in store.rooms().await? {
            let Some(loaded) = store.load(&room).await? else { continue };
            let run = loaded.summary.run;
            let in_state = |state| loaded.orders.iter().filter(move |order| order.state == state);
            // Orders of tills that are still in a run that is over are not on the other tills' screens.
            let open = in_state(OrderState::Draft).filter(|order| order.run == run).count();
            let unpaid = in_state(OrderState::Unpaid).count();
            say!(
                "  database '{}', multi-session {}: run_ID {run}, last order number {}, {open} open, {unpaid} unpaid, POSes {}",
                room.database,
                room.multi_session,
                loaded.summary.numbers.get(&run).copied().unwrap_or(0),
                loaded.summary.poses.values().map(|seat| seat.name.as_str()).collect::<Vec<_>>().join(", "),
            );
        }
        Ok(())
    }
}

impl Remove {
    async fn run(self) -> anyhow::Result<()> {
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

impl RestoreOrders {
    async fn run(self) -> anyhow::Result<()> {
        let shop = Shop::open(self.data.open(OpenMode::Beside)?, &self.database, self.multi_session).await?;
        let unpaid = shop.state.unpaid();
        if self.uids.is_empty() && !self.all {
            say!("Unpaid orders of multi-session {}:", self.multi_session);
            for order in &unpaid {
                let lines = match order.lines.len() {
                    1 => "1 line".to_owned(),
                    many => format!("{many} lines"),
                };
                say!("  {}  number {} of run {}, {lines}", order.uid, order.number, order.run);
            }
            if unpaid.is_empty() {
                say!("  none");
            } else {
                say!("Name the ones to restore, or give --all.");
            }
            return Ok(());
        }
        let wanted: Vec<OrderUid> = if self.all {
            unpaid.iter().map(|order| order.uid.clone()).collect()
        } else {
            self.uids.iter().map(OrderUid::new).collect()
        };
        if wanted.is_empty() {
            say!("There is no unpaid order to restore.");
            return Ok(());
        }
        let mut shop = shop;
        for uid in &wanted {
            shop.know(uid).await?;
        }
        let were_open: Vec<&OrderUid> = wanted
            .iter()
            .filter(|uid| shop.state.order(uid).is_some_and(|order| order.state == OrderState::Draft))
            .collect();
        let restore = |uid: &OrderUid| Action::Restore(Restore { order: uid.clone() });
        for some in wanted.chunks(tillsync_core::command::ACTIONS_MAX) {
            shop.take(some.iter().map(restore).collect()).await?;
        }
        for uid in &wanted {
            if let Some(order) = shop.state.order(uid) {
                let how = if were_open.contains(&uid) { "was open already" } else { "is open again" };
                say!("Order {uid} {how}: number {} of run {}.", order.number, order.run);
            }
        }
        say!("The tills are told at once if the server runs, and with their next sync otherwise.");
        Ok(())
    }
}

impl ResetRunArgs {
    async fn run(self) -> anyhow::Result<()> {
        let mut shop =
            Shop::open(self.data.open(OpenMode::Beside)?, &self.database, self.multi_session).await?;
        let before = shop.state.run;
        shop.take(vec![Action::ResetRun(ResetRun { run: self.run })]).await?;
        say!(
            "Multi-session {}: run_ID was {before} and is {}; the next order gets number {}.",
            self.multi_session,
            shop.state.run,
            shop.state.next_number(shop.state.run)
        );
        say!("Reload the tills' pages, so that they take the run from Odoo.");
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

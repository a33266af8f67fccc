//! `tillsync bench lists`.

mod dataset;

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, bail};
use clap::Args;
use http::Method;
use serde_json::{Value, json};
use tillsync_server::config::{Config, TillAccess};
use tillsync_store::sqlite::{OpenMode, Options, SqliteStore};
use tokio::net::TcpListener;

use self::dataset::Dataset;
use super::folder::Folder;
use super::tally::Times;
use crate::replay::http::Http;
use crate::say::say;

/// How often each list is asked for.
const ASKED: usize = 30;

/// The small shop that the large one is compared with.
const FEW: usize = 1_000;

/// Orders of a dataset at most.
const ORDERS_MAX: usize = 10_000_000;

/// Measure the back office's lists and reports with many orders.
///
/// Makes a shop with 1,000 orders and one with as many as are asked for, spread over a year, and asks both for the same
/// pages over HTTP: what matters is the ratio. With --data the large shop is kept, to be looked at with `tillsync serve`.
#[derive(Debug, Args)]
pub struct BenchLists {
    /// Orders of the large shop.
    #[arg(long, default_value_t = 1_000_000, value_name = "COUNT")]
    orders: usize,
    /// Keep the large shop in this folder, which must not be there yet; without it, it is made in a temporary folder and
    /// removed.
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

/// What is asked for.
struct Page {
    name: &'static str,
    path: String,
}

impl BenchLists {
    /// Measures and prints.
    pub async fn run(self) -> anyhow::Result<()> {
        if !(FEW..=ORDERS_MAX).contains(&self.orders) {
            bail!("--orders has to be from {FEW} to {ORDERS_MAX}");
        }
        if let Some(folder) = self.data.as_ref().filter(|folder| folder.exists()) {
            bail!("{} is there already: name a folder that is not", folder.display());
        }
        let small = Folder::new();
        let few = measure(small.0.clone(), FEW).await?;
        let large = Folder::new();
        let folder = self.data.clone().unwrap_or_else(|| large.0.clone());
        let many = measure(folder, self.orders).await?;
        self.print(&few, &many);
        Ok(())
    }

    fn print(&self, few: &[(&'static str, Times)], many: &[(&'static str, Times)]) {
        let p50 = |times: &Times| times.p50_ms().unwrap_or(0.0);
        if self.json {
            let rows: Vec<Value> = few
                .iter()
                .zip(many)
                .map(|((name, few), (_, many))| {
                    json!({"page": name, "few": few.json(), "many": many.json(), "ratio": p50(many) / p50(few).max(0.001)})
                })
                .collect();
            say!("{}", json!({"few": FEW, "many": self.orders, "pages": rows}));
            return;
        }
        say!("{:34}{:>14}{:>14}{:>8}", "p50 in ms, of orders", FEW, self.orders, "ratio");
        for ((name, few), (_, many)) in few.iter().zip(many) {
            let (few, many) = (p50(few), p50(many));
            say!("{name:34}{few:>14.2}{many:>14.2}{:>8.2}", many / few.max(0.001));
        }
    }
}

/// Makes a shop and asks it for everything.
async fn measure(folder: PathBuf, orders: usize) -> anyhow::Result<Vec<(&'static str, Times)>> {
    let open = folder.clone();
    let store = tokio::task::spawn_blocking(move || SqliteStore::open(&open, &Options::new(OpenMode::Serve)));
    let store = Arc::new(store.await??);
    let began = Instant::now();
    let dataset = Dataset::make(&*store, orders).await?;
    say!("{orders} orders were made in {:.1} s.", began.elapsed().as_secs_f64());
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("a port to listen on")?;
    let config = Config { tills: TillAccess::Open, ..Config::default() };
    let running = tillsync_server::serve(config, store, listener, None).await?;
    let http = Http::new(&format!("http://{}", running.address))?;
    let mut measured = Vec::new();
    for Page { name, path } in pages(&dataset) {
        let times = Times::new();
        for _ in 0..ASKED {
            let asked = Instant::now();
            let answer = http.send(Method::GET, &path, &[], &Value::Null).await?;
            times.since(asked);
            if answer.status != 200 {
                bail!("{path}: {} {}", answer.status, answer.body);
            }
        }
        measured.push((name, times));
    }
    drop(http);
    running.stop().await;
    Ok(measured)
}

fn pages(dataset: &Dataset) -> Vec<Page> {
    let (day, month) = (dataset.day(1), dataset.day(30));
    let list = |name, filter: &str| Page { name, path: format!("/api/admin/orders?{filter}") };
    vec![
        list("orders, the latest", ""),
        list("orders, the earliest", "sort=time"),
        list("orders, the largest", "sort=-total"),
        list("orders, paid", "state=paid"),
        list("orders, deleted", "state=deleted"),
        list("orders of a POS", "pos=3"),
        list("orders of a cashier", "user=4"),
        list("orders of a customer", "customer=17"),
        list("orders with a product", "product=44"),
        list("orders with a number", "number=12"),
        list("orders with removals", "mark=removals"),
        list(
            "orders of a day, half a year ago",
            &format!("from_ms={}&to_ms={}", dataset.day(180).0, dataset.day(180).1),
        ),
        list("deleted, of a POS and a cashier", "state=deleted&pos=3&user=4"),
        list("a search that finds", "q=product+44"),
        list("a search that finds nothing", "q=nothing+at+all"),
        Page { name: "sessions", path: "/api/admin/sessions".into() },
        Page {
            name: "sales of a day",
            path: format!("/api/admin/reports/sales?from_ms={}&to_ms={}", day.0, day.1),
        },
        Page {
            name: "sales of a day, a month ago",
            path: format!("/api/admin/reports/sales?from_ms={}&to_ms={}", month.0, month.1),
        },
        Page { name: "customers, by name", path: "/api/admin/customers?offset=900".into() },
    ]
}

//! The demo's little story: two tills of one café, at work on the same orders.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tillsync_odoo_till::{OrderView, Popup, Till, TillConfig};

use super::device::{Device, Network};
use super::show::{PRODUCTS, Show};
use crate::replay::http::Http;

/// How long a screen may take to show what it should.
const SHOWS_MAX: Duration = Duration::from_secs(10);

const ESPRESSO: i64 = 1;
const CROISSANT: i64 = 2;
const JUICE: i64 = 3;
const CHEESECAKE: i64 = 4;

/// The café.
pub struct Story<'a> {
    show: &'a Show,
    pace: Duration,
    /// Ann's till at the bar.
    bar: Device,
    /// Bob's till at the counter.
    counter: Device,
}

/// Where the story plays.
pub struct Place<'a> {
    /// The database.
    pub database: &'a str,
    /// The multi-session.
    pub multi_session: i64,
    /// The run that begins; the logins, too, have this number.
    pub run: i64,
}

impl<'a> Story<'a> {
    /// Switches the tills on.
    pub async fn open(
        show: &'a Show,
        pace: Duration,
        http: &Http,
        place: &Place<'_>,
    ) -> anyhow::Result<Self> {
        let till = |number: i64, pos: &str, user: &str| {
            let mut config = TillConfig::numbered(number);
            config.database = place.database.to_owned();
            config.multi_session_id = place.multi_session;
            config.pos.1 = pos.to_owned();
            config.user.1 = user.to_owned();
            (config.run_id, config.login_number) = (place.run, place.run);
            Device::new(config, http.clone())
        };
        let story = Self { show, pace, bar: till(11, "Bar", "Ann"), counter: till(12, "Counter", "Bob") };
        for device in [&story.bar, &story.counter] {
            wait("its page has loaded", device, |till| till.is_loaded() && till.is_quiet()).await?;
        }
        Ok(story)
    }

    /// Plays it; an error if a screen does not come to show what it should.
    pub async fn play(&self) -> anyhow::Result<()> {
        let (ann, bob) = (&self.bar, &self.counter);
        self.show.did("Ann (Bar) makes an order: an espresso and a croissant");
        let uid = ann.with(|till| {
            tap(till, ESPRESSO);
            tap(till, CROISSANT);
            till.selected().map(|order| order.uid)
        });
        let uid = uid.context("the bar's till has no order")?;
        self.shows("Counter", bob, |till| has(till, &uid, &[(ESPRESSO, 1.0), (CROISSANT, 1.0)])).await?;

        self.show.did("Bob (Counter) adds an orange juice to it");
        bob.with(|till| {
            till.select_order(&uid);
            tap(till, JUICE);
        });
        self.shows("Bar", ann, |till| has(till, &uid, &[(ESPRESSO, 1.0), (CROISSANT, 1.0), (JUICE, 1.0)]))
            .await?;

        self.show.did("Ann and Bob tap orange juice on that line, both at once: both count");
        let both = |till: &Till| has(till, &uid, &[(ESPRESSO, 1.0), (CROISSANT, 1.0), (JUICE, 3.0)]);
        for device in [ann, bob] {
            device.set_network(Network::Slow);
            device.with(|till| tap(till, JUICE));
        }
        wait("what was tapped has left", ann, |till| !till.is_quiet()).await?;
        for device in [ann, bob] {
            device.set_network(Network::Up);
        }
        wait("both taps count", bob, both).await?;
        self.shows("Bar", ann, both).await?;

        self.show.did("Bob's network goes. He sells on: a new order, a cheesecake");
        bob.set_network(Network::Down);
        let sold = bob.with(|till| {
            let uid = till.new_order();
            tap(till, CHEESECAKE);
            uid
        });
        let sold = sold.context("the counter's till has no new order")?;
        wait("Bob is told that the network is gone", bob, |till| {
            till.popups().contains(&Popup::NoConnection)
        })
        .await?;
        self.screen("Counter", bob).await;
        self.show.did("Meanwhile Ann takes the croissant twice");
        ann.with(|till| {
            let line = till
                .order(&uid)
                .and_then(|it| it.lines.iter().find(|it| it.product_id == CROISSANT).cloned());
            till.select_line(&line.map(|line| line.uid).unwrap_or_default());
            till.type_qty(2.0);
        });
        wait("Ann's till has sent it", ann, Till::is_quiet).await?;
        self.show.did("Bob's network is back: his order reaches the bar, Ann's croissants reach him");
        bob.set_network(Network::Up);
        let returned = Instant::now();
        while !ann.with(|till| has(till, &sold, &[(CHEESECAKE, 1.0)])) && returned.elapsed() < SHOWS_MAX {
            bob.hurry();
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        self.shows("Bar", ann, |till| has(till, &sold, &[(CHEESECAKE, 1.0)])).await?;
        self.shows("Counter", bob, |till| {
            has(till, &uid, &[(ESPRESSO, 1.0), (CROISSANT, 2.0), (JUICE, 3.0)])
        })
        .await?;

        self.show.did("Bob adds an espresso to the first order while Ann deletes it, not having seen that: it comes back");
        self.unseen(&uid, ESPRESSO).await?;
        ann.with(|till| {
            till.select_order(&uid);
            till.delete_order();
        });
        ann.set_network(Network::Up);
        self.shows("Bar", ann, |till| has(till, &uid, &[(ESPRESSO, 2.0), (CROISSANT, 2.0), (JUICE, 3.0)]))
            .await?;

        self.show.did("Bob adds a cheesecake while Ann takes the money, not having seen that: what she saw is paid, the rest is an order of its own");
        self.unseen(&uid, CHEESECAKE).await?;
        ann.with(|till| {
            till.select_order(&uid);
            till.pay();
        });
        ann.set_network(Network::Up);
        let paid = |till: &Till| {
            let open = till.orders();
            let rest =
                |order: &&OrderView| order.uid != uid && order.uid != sold && order.pieces(CHEESECAKE) == 1.0;
            till.order(&uid).is_none() && open.iter().filter(rest).count() == 1
        };
        wait("the rest is an order of its own", bob, paid).await?;
        self.shows("Bar", ann, paid).await
    }

    /// Bob taps something; it has reached the server, and is still on its way to Ann.
    async fn unseen(&self, uid: &str, product: i64) -> anyhow::Result<()> {
        wait("Ann's till is at rest", &self.bar, Till::is_quiet).await?;
        self.bar.set_network(Network::Slow);
        self.counter.with(|till| {
            till.select_order(uid);
            tap(till, product);
        });
        wait("Bob's till has sent it", &self.counter, Till::is_quiet).await
    }

    async fn shows(
        &self,
        pos: &str,
        device: &Device,
        is_right: impl Fn(&Till) -> bool,
    ) -> anyhow::Result<()> {
        let right = wait(&format!("{pos}'s screen shows it"), device, is_right).await;
        self.screen(pos, device).await;
        right
    }

    async fn screen(&self, pos: &str, device: &Device) {
        self.show.screen(pos, &device.with(|till| till.orders()));
        tokio::time::sleep(self.pace).await;
    }
}

fn tap(till: &mut Till, product: i64) {
    let price = PRODUCTS.iter().find(|(id, ..)| *id == product).map_or(1.0, |(.., price)| *price);
    till.tap(product, price);
}

/// Whether the till shows the order with exactly these pieces.
fn has(till: &Till, uid: &str, pieces: &[(i64, f64)]) -> bool {
    let Some(order) = till.order(uid) else { return false };
    let all: f64 = order.lines.iter().map(|line| line.qty).sum();
    let wanted: f64 = pieces.iter().map(|(_, qty)| qty).sum();
    // A till that has just created it from a message does not know yet who added what.
    let marked = order.lines.iter().all(|line| line.created.is_some());
    marked && all == wanted && pieces.iter().all(|(product, qty)| order.pieces(*product) == *qty)
}

async fn wait(what: &str, device: &Device, is_so: impl Fn(&Till) -> bool) -> anyhow::Result<()> {
    let began = Instant::now();
    while !device.with(|till| is_so(till)) {
        if began.elapsed() > SHOWS_MAX {
            let shown = device.with(|till| format!("{:?}, popups {:?}", till.orders(), till.popups()));
            bail!("the demo went wrong: {what} did not come true within {SHOWS_MAX:?}; the till has {shown}");
        }
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    Ok(())
}

//! The contract as checks, for every engine.
//!
//! An engine's test file says how to make an empty place and how to open it, and gets one test for each check:
//!
//! ```text
//! contract_suite!(MyEngine::new());
//! ```
//!
//! A check panics with what is not as the contract says.

pub mod answers;
pub mod append;
pub mod closed;
pub mod counters;
pub mod keys;
pub mod lists;
pub mod memory;
pub mod poses;
pub mod race;
pub mod read;
pub mod records;
pub mod shop;
pub mod side;
pub mod together;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::timeout;

use crate::{Append, Appended, KeyStore, ListStore, RecordStore, Store};

/// How long a check waits for what has to happen.
const WAIT_MS_MAX: u64 = 10_000;

/// A place for data, empty at first, that can be opened again and again.
#[async_trait]
pub trait Engine: Send + Sync {
    /// Opens the place as a server does. What was opened before is gone by then.
    async fn open(&self) -> Opened;

    /// Opens the place as another process does, beside what is open.
    async fn open_beside(&self) -> Opened;
}

/// An open store, under each of its traits.
#[derive(Clone)]
pub struct Opened {
    /// The logs.
    pub store: Arc<dyn Store>,
    /// The keys.
    pub keys: Arc<dyn KeyStore>,
    /// The records.
    pub records: Arc<dyn RecordStore>,
    /// The lists.
    pub lists: Arc<dyn ListStore>,
}

impl Opened {
    /// All traits of one store.
    pub fn new<S: Store + KeyStore + RecordStore + ListStore>(store: S) -> Self {
        let store = Arc::new(store);
        Self { store: store.clone(), keys: store.clone(), records: store.clone(), lists: store }
    }
}

/// Makes a test of each check of the contract. The expression makes a place, empty, for one check.
#[macro_export]
macro_rules! contract_suite {
    ($engine:expr) => {
        $crate::contract_suite! { @tests $engine;
            append::a_batch_lands_whole
            append::what_is_stale_writes_nothing
            append::what_would_leave_a_hole_is_refused
            append::refusals_land_without_an_event
            append::a_big_batch_lands
            append::values_come_back_as_they_went
            append::databases_are_apart
            race::one_lands_at_each_seq
            race::one_lands_at_each_seq_of_two_processes
            race::many_rooms_do_not_disturb_each_other
            race::a_failing_batch_hinders_nobody_else
            race::who_is_elsewhere_is_noticed
            read::what_was_reopened_is_equal
            read::the_log_gives_the_orders_and_the_summary
            read::the_tail_comes_in_pages
            read::an_order_has_its_history
            read::a_room_loads_what_it_needs
            read::an_unknown_room_has_nothing
            read::rooms_are_listed
            closed::the_newest_come_first_and_in_pages
            closed::a_session_has_its_own
            answers::answers_are_kept
            answers::the_first_answer_stands
            answers::old_answers_are_dropped
            side::rows_come_and_go
            side::a_prefix_is_a_prefix
            together::all_land_or_none
            together::one_stale_makes_all_stale
            poses::a_pos_is_in_one_multi_session
            poses::a_pos_moves_in_one_transaction
            counters::session_ids_are_never_given_twice
            counters::the_server_id_stays
            counters::epochs_count_up
            keys::keys_are_found_by_their_hash
            keys::keys_are_bounded
            records::records_come_and_go
            records::the_second_editor_is_told
            lists::every_filter_finds_what_it_says
            lists::an_order_that_comes_back_is_in_no_list
            lists::sessions_are_listed
            lists::records_are_sorted_and_found
        }
    };
    (@tests $engine:expr; $($noun:ident :: $check:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $check() {
            $crate::suite::$noun::$check(&$engine).await;
        }
    )*};
}

/// Appends what has to land.
pub async fn land(store: &dyn Store, batch: Append) {
    let room = batch.room.clone();
    match store.append(batch).await {
        Ok(Appended::Landed) => {}
        other => panic!("a batch for {room} should have landed: {other:?}"),
    }
}

/// Waits for what has to happen, for a bounded time.
async fn soon<T>(what: &str, happens: impl Future<Output = T>) -> T {
    let waited = timeout(Duration::from_millis(WAIT_MS_MAX), happens).await;
    waited.unwrap_or_else(|_| panic!("it took more than {WAIT_MS_MAX} ms: {what}"))
}

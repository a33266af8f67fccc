//! The answers that commands got.

use serde_json::json;
use tillsync_core::id::CommandId;

use super::shop::{Shop, create};
use super::{Engine, land};
use crate::{ANSWERS_KEPT, StoredAnswer};

/// Each command's answer is kept, each room's for itself, and the newest commands are loaded, oldest first.
pub async fn answers_are_kept(engine: &dyn Engine) {
    let store = engine.open().await.store;
    let (mut shop, mut other) = (Shop::new(1), Shop::new(2));
    let batch = shop.does_all((0..20).map(|n| create(&format!("order {n}"), 1)).collect());
    let refused = shop.refuses();
    let mut foreign = other.refuses();
    // The same id in another room is another command.
    foreign.answers[0].command = batch.answers[0].command.clone();
    for batch in [&batch, &refused, &foreign] {
        land(&*store, batch.clone()).await;
    }
    for (room, stored) in [(&shop.room, &batch.answers[0]), (&shop.room, &refused.answers[0])] {
        assert_eq!(store.answer(room, &stored.command).await, Ok(Some(stored.answer.clone())));
    }
    let theirs = store.answer(&other.room, &foreign.answers[0].command).await;
    assert_eq!(theirs, Ok(Some(foreign.answers[0].answer.clone())));
    assert_eq!(store.answer(&shop.room, &CommandId::new("nobody's")).await, Ok(None));
    let loaded = store.load(&shop.room).await.expect("it loads").expect("it is there");
    let given = batch.answers.iter().chain(&refused.answers);
    assert_eq!(loaded.commands, given.map(|stored| stored.command.clone()).collect::<Vec<_>>());
}

/// Sent again, a command gets the answer that it got: a later one does not replace it (rule A4).
pub async fn the_first_answer_stands(engine: &dyn Engine) {
    let store = engine.open().await.store;
    let mut shop = Shop::new(1);
    let first = shop.refuses();
    land(&*store, first.clone()).await;
    let mut again = shop.nothing();
    let command = first.answers[0].command.clone();
    again.answers.push(StoredAnswer { command: command.clone(), answer: json!("another") });
    land(&*store, again).await;
    assert_eq!(store.answer(&shop.room, &command).await, Ok(Some(first.answers[0].answer.clone())));
    let loaded = store.load(&shop.room).await.expect("it loads").expect("it is there");
    assert_eq!(loaded.commands, [command]);
}

/// Of a room's answers the newest are kept; another room's do not count.
pub async fn old_answers_are_dropped(engine: &dyn Engine) {
    let store = engine.open().await.store;
    let (shop, mut other) = (Shop::new(1), Shop::new(2));
    let others = other.refuses();
    land(&*store, others.clone()).await;
    let command = |n: usize| CommandId::new(format!("command {n}"));
    let all = ANSWERS_KEPT + 2_000;
    for from in (0..all).step_by(4_000) {
        let mut batch = shop.nothing();
        let answer = |n| StoredAnswer { command: command(n), answer: json!(n) };
        batch.answers = (from..(from + 4_000).min(all)).map(answer).collect();
        land(&*store, batch).await;
    }
    let newest = all - ANSWERS_KEPT;
    for (n, kept) in [(0, false), (1_000, false), (newest, true), (newest + 1, true), (all - 1, true)] {
        let answer = store.answer(&shop.room, &command(n)).await;
        assert_eq!(answer, Ok(kept.then(|| json!(n))), "the answer to command {n} of {all}");
    }
    let loaded = store.load(&shop.room).await.expect("it loads").expect("it is there");
    assert_eq!(loaded.commands.len(), ANSWERS_KEPT);
    assert_eq!(loaded.commands.first(), Some(&command(newest)));
    assert_eq!(loaded.commands.last(), Some(&command(all - 1)));
    let theirs = store.answer(&other.room, &others.answers[0].command).await;
    assert_eq!(theirs, Ok(Some(others.answers[0].answer.clone())));
}

//! What the bench's tills say and what they read of what they are told (docs/PROTOCOL.md, "The wire").

use std::fmt::Write;
use std::time::SystemTime;

use serde::Deserialize;
use serde_json::Value;

use super::seat::Seat;

/// Commands that a till may send before the first of them is answered (W8).
pub use tillsync_core::protocol::COMMANDS_UNANSWERED_MAX;

/// What a load till reads of a message, of whatever type. The names of the bench need no escapes, so that they can
/// be borrowed.
#[derive(Debug, Deserialize)]
pub struct Heard<'a> {
    /// The kind of the message.
    #[serde(rename = "type")]
    pub kind: &'a str,
    /// Of `welcome`, `event` and `accepted`.
    #[serde(default)]
    pub seq: u64,
    /// Of `event`, `accepted` and `refused`.
    #[serde(default)]
    pub number: u64,
    /// Of `welcome` and `event`.
    #[serde(default)]
    pub till: Option<&'a str>,
    /// Of `welcome`.
    #[serde(default)]
    pub session: Option<u32>,
    /// Of `welcome`.
    #[serde(default)]
    pub login: Option<u32>,
    /// Of `welcome`.
    #[serde(default)]
    pub run: u32,
    /// Of `event`.
    #[serde(default, borrow)]
    pub changes: Vec<Change<'a>>,
    /// Of `accepted`.
    #[serde(default, borrow)]
    pub answer: Option<Answer<'a>>,
    /// Of `refused`.
    #[serde(default)]
    pub refusal: Option<Value>,
    /// Of `error`.
    #[serde(default)]
    pub text: Option<String>,
    /// Of `ping`.
    #[serde(default)]
    pub at: Option<Value>,
}

/// What of a change a load till follows: how far its order is.
#[derive(Debug, Deserialize)]
pub struct Change<'a> {
    /// The order.
    #[serde(default)]
    pub order: Option<&'a str>,
    /// The revision that it has then.
    #[serde(default)]
    pub revision: u64,
}

/// What a command came to.
#[derive(Debug, Deserialize)]
pub struct Answer<'a> {
    /// The order under the uid that it has now.
    #[serde(default)]
    pub order: Option<&'a str>,
    /// The revision that it has now.
    #[serde(default)]
    pub revision: u64,
    /// Who else had changed it.
    #[serde(default)]
    pub merged_with: Vec<Value>,
}

/// Somebody at a till says `hello`. `device` is the till's storage.
pub fn hello(seat: &Seat, device: &str) -> String {
    let (multi_session, pos) = (seat.multi_session, seat.pos());
    format!(
        "{{\"type\":\"hello\",\"protocol\":1,\"app\":\"bench\",\"database\":\"bench\",\"multi_session\":{multi_session},\
         \"pos\":{{\"id\":{pos},\"name\":\"POS{pos}\"}},\"user\":{user},\"device\":\"{device}\",\"open_session\":true}}",
        user = user(seat)
    )
}

/// Makes an order with so many lines: the till's first command.
pub fn create(seat: &Seat, id: &str, order: &str, run: u32, lines: usize) -> String {
    let mut list = String::with_capacity(lines * 100);
    for line in 1..=lines {
        let comma = if line > 1 { "," } else { "" };
        write!(
            list,
            "{comma}{{\"uid\":\"{order}-{line}\",\"fields\":{{\"product_id\":{line},\"qty\":1,\"price_unit\":2.5,\
             \"discount\":0,\"tax_ids\":[]}}}}"
        )
        .expect("a String takes everything");
    }
    let action = format!(
        "{{\"action\":\"create\",\"order\":\"{order}\",\"creation\":\"{id}\",\"run\":{run},\
         \"fields\":{{\"pricelist_id\":1,\"partner_id\":false}},\"lines\":[{list}]}}"
    );
    command(seat, 1, id, 0, &action)
}

/// A tap on a line: one more. `answered` is the last number that was answered, `base` the revision that the till has.
pub fn tap(seat: &Seat, number: u64, id: &str, answered: u64, line: usize, order: &str, base: u64) -> String {
    let action = format!(
        "{{\"action\":\"update\",\"order\":\"{order}\",\"base\":{base},\"operations\":[\
         {{\"op\":\"increment\",\"line\":\"{order}-{line}\",\"field\":\"qty\",\"by\":1}}]}}"
    );
    command(seat, number, id, answered, &action)
}

/// The answer to a `ping`.
pub fn pong(at: Option<&Value>) -> String {
    format!("{{\"type\":\"pong\",\"at\":{}}}", at.unwrap_or(&Value::Null))
}

fn command(seat: &Seat, number: u64, id: &str, answered: u64, action: &str) -> String {
    let user = user(seat);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis();
    format!(
        "{{\"type\":\"command\",\"number\":{number},\"id\":\"{id}\",\"answered\":{answered},\"user\":{user},\
         \"device_time_ms\":{now},\"actions\":[{action}]}}"
    )
}

fn user(seat: &Seat) -> String {
    let pos = seat.pos();
    format!("{{\"id\":{pos},\"name\":\"Cashier {pos}\"}}")
}

#[cfg(test)]
mod tests {
    use tillsync_core::command::Action;
    use tillsync_core::protocol::TillMessage;

    use super::super::seat::working;
    use super::*;

    #[test]
    fn tills_say_what_the_protocol_knows() {
        let seat = working(1, 1)[0];
        let read = |text: &str| serde_json::from_str::<TillMessage>(text).unwrap();
        assert!(matches!(read(&hello(&seat, "d")), TillMessage::Hello(hello) if hello.open_session));
        let TillMessage::Command(made) = read(&create(&seat, "c-1", "00001-001-0001", 1, 3)) else {
            panic!()
        };
        assert!(matches!(&made.actions[..], [Action::Create(create)] if create.lines.len() == 3));
        let TillMessage::Command(tap) = read(&tap(&seat, 7, "c-7", 6, 2, "00001-001-0001", 3)) else {
            panic!()
        };
        assert_eq!((tap.number, tap.answered), (7, 6));
        assert!(matches!(&tap.actions[..], [Action::Update(update)] if update.base == 3));
        assert!(matches!(read(&pong(Some(&5.into()))), TillMessage::Pong { at } if at == 5));
    }

    #[test]
    fn tills_read_what_they_are_told() {
        let event = r#"{"type":"event","seq":4,"time_ms":1,"till":"b/00001-001","number":2,"user":{"id":1,"name":"\"A\""},
            "pos":{"id":1,"name":"P"},"changes":[{"change":"run_began","run":4},
            {"change":"updated","order":"o","revision":5,"operations":[]}]}"#;
        let event: Heard<'_> = serde_json::from_str(event).unwrap();
        assert_eq!((event.kind, event.seq, event.number, event.till), ("event", 4, 2, Some("b/00001-001")));
        assert_eq!(event.changes[1].order.zip(Some(event.changes[1].revision)), Some(("o", 5)));
        let accepted = r#"{"type":"accepted","number":7,"seq":9,"answer":{"order":"o","number":2,"revision":6,"merged_with":[{}]}}"#;
        let accepted: Heard<'_> = serde_json::from_str(accepted).unwrap();
        assert_eq!(accepted.answer.map(|answer| (answer.revision, answer.merged_with.len())), Some((6, 1)));
    }
}

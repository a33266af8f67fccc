//! Requests of all kinds by the document, right and wrong: whatever comes, nothing fails.

use hyper::Method;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use tillsync_server::admin::document::document;

use crate::common::own::Till;
use crate::common::shop::Shop;
use crate::{furnished, opened, send_from};

/// Requests of one run.
const REQUESTS: usize = 3_000;

/// Draws values by a schema: right ones, and often enough wrong ones.
struct Dice {
    chance: StdRng,
    schemas: Value,
}

impl Dice {
    fn one_in(&mut self, n: u32) -> bool {
        self.chance.random_ratio(1, n)
    }

    fn text(&mut self) -> String {
        let texts = [
            "",
            "Tea",
            "00001-001-0001",
            "1",
            "-1",
            "99999999999999999999",
            "1e400",
            "NaN",
            "%",
            "%00",
            "../..",
            "'; DROP TABLE log;--",
            "\u{202e}gnihton",
            "é¼𝄞",
            "=1+1",
            "true",
            "null",
            "\"1\"",
            "{}",
            "0.1",
            "-time",
            "paid",
            "removals",
            "by_product",
            "Cash",
        ];
        match self.one_in(30) {
            true => "x".repeat(self.chance.random_range(200..5_000)),
            false => texts[self.chance.random_range(0..texts.len())].to_owned(),
        }
    }

    fn integer(&mut self) -> i64 {
        let all = [0, 1, 2, 3, 7, -1, 50, 1_000_000_003, i64::MAX, i64::MIN, 4_294_967_296];
        all[self.chance.random_range(0..all.len())]
    }

    fn value(&mut self, schema: &Value, depth: usize) -> Value {
        if depth > 12 || self.one_in(25) {
            let strays = [
                json!(null),
                json!([]),
                json!({}),
                json!("x"),
                json!(1e308),
                json!(true),
                json!(-1),
                json!([[[]]]),
            ];
            return strays[self.chance.random_range(0..strays.len())].clone();
        }
        if let Some(name) = schema["$ref"].as_str() {
            let schema = self.schemas[name.trim_start_matches("#/components/schemas/")].clone();
            return self.value(&schema, depth + 1);
        }
        if let Some(all) = schema["allOf"].as_array() {
            let mut whole = serde_json::Map::new();
            for part in all {
                if let Value::Object(members) = self.value(part, depth + 1) {
                    whole.extend(members);
                }
            }
            return Value::Object(whole);
        }
        if let Some(some) = schema["oneOf"].as_array().filter(|some| !some.is_empty()) {
            let at = self.chance.random_range(0..some.len());
            return self.value(&some[at].clone(), depth + 1);
        }
        if let Some(values) = schema["enum"].as_array().filter(|values| !values.is_empty()) {
            return values[self.chance.random_range(0..values.len())].clone();
        }
        let kind =
            schema["type"].as_str().or_else(|| schema["type"][0].as_str()).unwrap_or("object").to_owned();
        match kind.as_str() {
            "string" => self.text().into(),
            "integer" => self.integer().into(),
            "number" => json!([0.0, 2.5, -1.0, 1e13, 100.0][self.chance.random_range(0..5)]),
            "boolean" => self.one_in(2).into(),
            "array" => {
                let count = self.chance.random_range(0..4);
                let items = if schema["items"].is_object() {
                    schema["items"].clone()
                } else {
                    json!({"type": "integer"})
                };
                (0..count).map(|_| self.value(&items, depth + 1)).collect()
            }
            _ => {
                let needed: Vec<&str> =
                    schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                let mut members = serde_json::Map::new();
                for (name, schema) in schema["properties"].as_object().cloned().unwrap_or_default() {
                    let is_there =
                        if needed.contains(&name.as_str()) { !self.one_in(12) } else { self.one_in(2) };
                    if is_there {
                        members.insert(name, self.value(&schema, depth + 1));
                    }
                }
                Value::Object(members)
            }
        }
    }
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' => (byte as char).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

async fn run(seed: u64, shop: &Shop) {
    let document = document();
    let mut dice =
        Dice { chance: StdRng::seed_from_u64(seed), schemas: document["components"]["schemas"].clone() };
    let mut operations = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            // A stream does not end; it has a test of its own.
            if operation["operationId"] != "events" {
                operations.push((path.clone(), method.clone(), operation.clone()));
            }
        }
    }
    let mut taken = std::collections::BTreeSet::new();
    for n in 0..REQUESTS {
        let (path, method, operation) = operations[dice.chance.random_range(0..operations.len())].clone();
        let (mut address, mut query, mut headers) = (path.clone(), Vec::new(), Vec::new());
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap_or_default().to_owned();
            let value = plain(&dice.value(&parameter["schema"], 0));
            match parameter["in"].as_str() {
                Some("path") => address = address.replace(&format!("{{{name}}}"), &encoded(&value)),
                Some("query") if parameter["required"] == true || dice.one_in(3) => {
                    query.push(format!("{name}={}", encoded(&value)));
                }
                Some("header") if name == "If-Match" && !dice.one_in(10) => {
                    headers.push((name, format!("\"{}\"", dice.chance.random_range(1..4))));
                }
                Some("header")
                    if dice.one_in(8) && value.is_ascii() && !value.contains(['\n', '\r', '\0']) =>
                {
                    headers.push((name, value));
                }
                _ => {}
            }
        }
        let body = &operation["requestBody"]["content"];
        let body = match (body["application/json"]["schema"].clone(), body["text/csv"].is_object()) {
            (Value::Null, false) => String::new(),
            (Value::Null, true) => format!("id,name\n{},{}\n", dice.integer(), dice.text()),
            _ if dice.one_in(40) => "{\"half\": ".into(),
            (schema, _) => dice.value(&schema, 0).to_string(),
        };
        let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
        let answer =
            send_from(shop.address(), method.clone(), &format!("{address}{query}"), body.clone(), &headers)
                .await;
        let said = format!(
            "seed {seed}, request {n}: {method} {address}{query} {headers:?}\n{body}\n-> {} {}",
            answer.status, answer.text
        );
        assert!(answer.status < 500, "{said}");
        if answer.status < 300 {
            taken.insert(operation["operationId"].to_string());
        }
        let known = operation["responses"].get(answer.status.to_string());
        if answer.status >= 400 && answer.status != 412 {
            assert!(answer.json()["error"]["text"].is_string(), "a refusal says what to do: {said}");
        } else {
            assert!(known.is_some(), "the document does not name this answer: {said}");
        }
    }
    // Not only refusals: most of what there is was done as well.
    let (taken, all) = (taken.len(), operations.len());
    assert!(taken * 3 > all * 2, "seed {seed}: of {all} kinds of requests {taken} were taken");
}

/// A shop that was asked everything still sells.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_asked_nothing_fails() {
    let shop = furnished().await;
    opened(&shop, 1).await;
    let mut till = Till::open(&shop, 1, "Bar", "bar").await;
    till.sells("00001-001-0001", 1, json!({})).await;
    let seed = rand::random();
    run(seed, &shop).await;
    let order = till.begins("00001-001-0002").await;
    assert_eq!(order["type"], "accepted", "seed {seed}: {order}");
}

//! What a shop is made of besides its orders.

use serde_json::json;

use super::Engine;
use crate::records::{Record, RecordChange, RecordStore, RecordsChanged};

fn put(kind: &str, id: Option<i64>, seen: Option<u64>, name: &str) -> RecordChange {
    RecordChange { kind: kind.into(), id, seen, body: Some(json!({ "name": name })) }
}

async fn lands(records: &dyn RecordStore, database: &str, changes: Vec<RecordChange>) -> Vec<Record> {
    match records.change_records(database, changes).await {
        Ok(RecordsChanged::Landed(records)) => records,
        other => panic!("it should have landed: {other:?}"),
    }
}

fn names(records: &[Record]) -> Vec<(i64, u64, String)> {
    let name = |record: &Record| record.body.as_ref().map_or("gone".into(), |body| body["name"].to_string());
    records.iter().map(|record| (record.id, record.version, name(record))).collect()
}

/// Records are found by kind, also after a restart; a removed one is told to whoever asks for news, and its id is not
/// given again.
pub async fn records_come_and_go(engine: &dyn Engine) {
    let records = engine.open().await.records;
    let none = records.records("main", &["product"], 0).await.expect("they are read");
    assert_eq!((none.change, none.records.len()), (0, 0));
    let made = vec![
        put("product", None, Some(0), "tea"),
        put("product", Some(7), Some(0), "coffee"),
        put("tax", None, None, "20 %"),
    ];
    let made = lands(&*records, "main", made).await;
    assert_eq!(
        made.iter().map(|record| (record.id, record.change)).collect::<Vec<_>>(),
        [(1, 1), (7, 1), (1, 1)]
    );
    let next = lands(&*records, "main", vec![put("product", None, None, "juice")]).await;
    assert_eq!((next[0].id, next[0].change), (8, 2));
    let gone = RecordChange { kind: "product".into(), id: Some(8), seen: Some(1), body: None };
    lands(&*records, "main", vec![gone, put("product", Some(1), Some(1), "green tea")]).await;
    drop(records);
    let records = engine.open().await.records;
    let all = records.records("main", &["tax", "product"], 0).await.expect("they are read");
    assert_eq!(all.change, 3);
    let expected = [(1, 1, "\"20 %\"".into()), (1, 2, "\"green tea\"".into()), (7, 1, "\"coffee\"".into())];
    assert_eq!(names(&all.records), expected);
    let news = records.records("main", &["tax", "product"], 1).await.expect("they are read");
    assert_eq!(names(&news.records), [(1, 2, "\"green tea\"".into()), (8, 2, "gone".into())]);
    assert_eq!(records.record("main", "product", 8).await, Ok(None));
    let again = lands(&*records, "main", vec![put("product", None, None, "water")]).await;
    assert_eq!(again[0].id, 9);
    let elsewhere = records.records("other", &["product"], 0).await.expect("they are read");
    assert_eq!((elsewhere.change, elsewhere.records.len()), (0, 0), "databases are apart");
}

/// Of two who change the same record the second is told, and nothing of hers is written.
pub async fn the_second_editor_is_told(engine: &dyn Engine) {
    let records = engine.open().await.records;
    lands(&*records, "main", vec![put("product", Some(1), Some(0), "tea")]).await;
    lands(&*records, "main", vec![put("product", Some(1), Some(1), "green tea")]).await;
    let late = vec![put("product", Some(2), Some(0), "milk"), put("product", Some(1), Some(1), "black tea")];
    match records.change_records("main", late).await {
        Ok(RecordsChanged::Stale(Some(record))) => {
            assert_eq!(names(&[record]), [(1, 2, "\"green tea\"".into())])
        }
        other => panic!("it should be stale: {other:?}"),
    }
    let never = vec![put("product", Some(5), Some(3), "salt")];
    assert_eq!(records.change_records("main", never).await, Ok(RecordsChanged::Stale(None)));
    let all = records.records("main", &["product"], 0).await.expect("they are read");
    assert_eq!((all.change, names(&all.records)), (2, vec![(1, 2, "\"green tea\"".into())]));
}

//! The document of the back office's API is in the tree, since the web's types are made of it.

use std::path::Path;

use tillsync_server::admin::document::document;

/// `TILLSYNC_WRITE_OPENAPI=1` writes it anew; then `npm run api` in `web/backoffice` makes the types.
#[test]
fn the_document_in_the_tree_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/backoffice/openapi.json");
    let text = serde_json::to_string_pretty(&document()).expect("it is JSON") + "\n";
    if std::env::var_os("TILLSYNC_WRITE_OPENAPI").is_some() {
        std::fs::write(&path, &text).expect("it can be written");
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == text,
        "it is not what the code says: TILLSYNC_WRITE_OPENAPI=1 cargo nextest run -p tillsync-server"
    );
}

//! What a person is told who opens one of the server's addresses.

use hyper::Method;
use tillsync_store::KeyStore;

use crate::common::eventually;
use crate::common::wire::{send, send_from};
use crate::keys::{add, shop_with_keys};

/// What a browser says that it reads.
const BROWSER: &[(&str, &str)] =
    &[("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_in_a_browser_says_whether_its_key_is_good_and_nothing_else() {
    let shop = shop_with_keys().await;
    let key = add(&shop, "secret-one", Some(7), &["https://pos.example"]).await;
    for (path, status) in [
        ("/odoo/secret-one", 200),
        ("/odoo/secret-one/", 200),
        ("//odoo//secret-one//", 200),
        ("/odoo/secret-two", 403),
        ("/odoo/secret-two/", 403),
        (&format!("/odoo/{}", "k".repeat(5_000)), 403),
    ] {
        let answer = send_from(shop.address(), Method::GET, path, "", &[]).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text);
        assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
        match status {
            200 => {
                for said in ["is good", "'odoo'", "multi-session 7's", "'--origin'"] {
                    assert!(answer.text.contains(said), "{}", answer.text);
                }
            }
            _ => assert!(
                answer.text.starts_with("This address is not good.\nIt has no valid key"),
                "{}",
                answer.text
            ),
        }
        assert!(!answer.text.contains("secret") && !answer.text.contains("pos.example"), "{}", answer.text);
    }
    shop.beside().await.remove_key(key.id, 2).await.expect("it is removed");
    eventually("it is good no more", async || {
        let answer = send(shop.address(), Method::GET, "/odoo/secret-one", "").await;
        if answer.status == 403 { Ok(()) } else { Err(answer.text) }
    })
    .await;
    for path in ["/odoo/secret-one", "/odoo/secret-one/"] {
        assert_eq!(send(shop.address(), Method::POST, path, "{}").await.status, 405, "it is for people");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_gets_a_page_that_can_load_and_run_nothing() {
    let shop = shop_with_keys().await;
    add(&shop, "secret-one", None, &[]).await;
    // A browser gets the Register here, where the program carries it.
    let front = send_from(shop.address(), Method::GET, "/", "", &[]).await;
    assert_eq!((front.status, front.text.lines().next()), (200, Some("Tillsync runs here.")));
    for (path, status, said) in [
        ("/odoo/secret-one", 200, "This address is good."),
        ("/odoo/secret-two", 403, "This address is not good."),
        ("/odoo", 404, "There is nothing at this address."),
        ("/favicon.ico", 404, "There is nothing at this address."),
    ] {
        let plain = send_from(shop.address(), Method::GET, path, "", &[]).await;
        assert_eq!(plain.status, status, "{path}");
        assert_eq!(plain.text.lines().next(), Some(said), "{path}");
        let page = send_from(shop.address(), Method::GET, path, "", BROWSER).await;
        assert_eq!((page.status, page.header("content-type")), (status, Some("text/html; charset=utf-8")));
        assert!(page.text.contains(&format!("<h1>{said}</h1>")), "{}", page.text);
        let policy = page.header("content-security-policy").expect("a policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert!(!page.text.contains("secret"), "{}", page.text);
    }
}

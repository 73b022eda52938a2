//! Headers with which a browser lets a page of another origin make the exchange and read its response.

use renumerate_sandbox::Sandbox;

use crate::support::{PATH, Response, exchange, send};
use crate::token::token;

/// Headers that Chromium sends with the preflight of an exchange.
const PREFLIGHT: &str = "origin: https://shop.example\r\naccess-control-request-method: POST\r\n\
                         access-control-request-headers: content-type\r\nsec-fetch-mode: cors\r\n\
                         sec-fetch-site: cross-site\r\n";

fn assert_readable(response: &Response) {
    assert_eq!(response.header("access-control-allow-origin"), Some("*"), "{response:?}");
    assert_eq!(response.header("access-control-expose-headers"), Some("x-renumerate-sandbox-note"));
}

#[tokio::test]
async fn preflight_allows_the_exchange_and_is_not_recorded() {
    let sandbox = Sandbox::start().await.unwrap();
    let response = send(&sandbox, "OPTIONS", PATH, PREFLIGHT, "").await;
    assert_eq!((response.status, response.body.as_str()), (204, ""));
    assert_readable(&response);
    assert_eq!(response.header("access-control-allow-methods"), Some("post, options"));
    assert_eq!(response.header("access-control-allow-headers"), Some("content-type"));
    assert!(sandbox.requests().is_empty());
}

#[tokio::test]
async fn each_response_is_readable() {
    let sandbox = Sandbox::start().await.unwrap();
    for sent in
        [&token("cus_1"), "invalid", &token("cus_not_found"), &token("cus_html"), &token("cus_bad_json")]
    {
        assert_readable(&exchange(&sandbox, sent).await);
    }
    assert_readable(&send(&sandbox, "GET", PATH, "", "").await);
}

/// Only the browser makes an exchange. Pages must not be able to use the endpoints that need the private key.
#[tokio::test]
async fn endpoints_with_a_private_key_are_not_readable() {
    let sandbox = Sandbox::start().await.unwrap();
    for path in ["/v1/retention/session", "/v1/subscription/session", "/_sandbox/requests", "/elsewhere"] {
        let response = send(&sandbox, "OPTIONS", path, PREFLIGHT, "").await;
        assert!(!response.head.contains("access-control"), "{path}: {}", response.head);
    }
}

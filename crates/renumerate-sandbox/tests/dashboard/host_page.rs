//! The host page.

use crate::support::{CANARY_KEY, get, start, with_widgets};

#[tokio::test]
async fn sessions_of_the_query_are_mounted_and_invalid_ones_rejected() {
    let sandbox = with_widgets("host_page").await;
    let url = sandbox.widgets_url().unwrap();
    let (retention, subscription) = ("ret_gLDTK1oiejL-GsltN_9RMf==", "sub__FZ1PXM7vi3xH6pU");
    let (head, page) =
        get(&sandbox, &format!("/_sandbox/host?retention={retention}&subscription={subscription}")).await;
    for header in [
        format!("frame-src {url}; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"),
        "referrer-policy: strict-origin-when-cross-origin".to_owned(),
        "x-content-type-options: nosniff".to_owned(),
        "cache-control: no-store".to_owned(),
    ] {
        assert!(head.contains(&header), "{head}");
    }
    for text in [
        format!(r#"data-widgets-url="{url}""#),
        format!(r#"id="cancel-button" data-session="{retention}""#),
        format!(r#"id="hub" data-session="{subscription}""#),
        sandbox.ca_certificate().unwrap().display().to_string(),
    ] {
        assert!(page.contains(&text), "{text}: {page}");
    }
    assert!(!page.contains(CANARY_KEY));
    let (_, page) = get(&sandbox, &format!("/_sandbox/host?retention={subscription}")).await;
    assert!(page.contains(r#"id="cancel-button""#) && !page.contains(r#"id="hub""#), "{page}");
    let (_, page) = get(&sandbox, "/_sandbox/host?handshake=r10_a").await;
    assert_eq!(page.matches(r#" data-session="r10_a""#).count(), 2, "both widgets have this session: {page}");

    for invalid in [
        "",
        "?retention=",
        "?retention=cus_1",
        "?retention=ret_%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
        "?retention=ret_a&subscription=https://evil.example",
        "?retention=ret_a%26b",
        "?retention=%ff",
    ] {
        let (head, body) = get(&sandbox, &format!("/_sandbox/host{invalid}")).await;
        assert!(head.starts_with("HTTP/1.0 400 "), "{invalid}: {head}");
        assert!(
            !body.contains('<') && !body.contains("alert") && !body.contains("evil"),
            "{invalid}: {body}"
        );
    }
    assert!(get(&sandbox, "/").await.1.contains("<body data-widgets>"));
}

#[tokio::test]
async fn page_without_widgets_contains_the_command_that_starts_them() {
    let sandbox = start().await;
    let (head, page) = get(&sandbox, "/_sandbox/host?retention=ret_a").await;
    assert!(head.starts_with("HTTP/1.0 404 ") && head.contains("frame-src 'none'"), "{head}");
    assert!(page.contains("renumerate sandbox --widgets"), "{page}");
}

//! The page as a team has it.

use crate::asking::{PLANTED, get, start, with_widgets};

#[tokio::test]
async fn the_host_page_mounts_what_its_query_names() {
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
    assert!(!page.contains(PLANTED));
    let (_, page) = get(&sandbox, &format!("/_sandbox/host?retention={subscription}")).await;
    assert!(page.contains(r#"id="cancel-button""#) && !page.contains(r#"id="hub""#), "{page}");

    for odd in [
        "",
        "?retention=",
        "?retention=cus_1",
        "?retention=ret_%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
        "?retention=ret_a&subscription=https://evil.example",
        "?retention=ret_a%26b",
        "?retention=%ff",
    ] {
        let (head, body) = get(&sandbox, &format!("/_sandbox/host{odd}")).await;
        assert!(head.starts_with("HTTP/1.0 400 "), "{odd}: {head}");
        assert!(!body.contains('<') && !body.contains("alert") && !body.contains("evil"), "{odd}: {body}");
    }
    assert!(get(&sandbox, "/").await.1.contains("<body data-widgets>"));
}

#[tokio::test]
async fn without_widgets_the_host_page_says_how_to_get_them() {
    let sandbox = start().await;
    let (head, page) = get(&sandbox, "/_sandbox/host?retention=ret_a").await;
    assert!(head.starts_with("HTTP/1.0 404 ") && head.contains("frame-src 'none'"), "{head}");
    assert!(page.contains("renumerate sandbox --widgets"), "{page}");
}

//! The main page and its assets.

use std::net::Ipv4Addr;

use renumerate_sandbox::Sandbox;

use crate::support::{CANARY_KEY, builder, get, send, start, with_widgets};

#[tokio::test]
async fn page_has_secure_headers_and_is_not_recorded() {
    let sandbox = start().await;
    let (head, page) = get(&sandbox, "/").await;
    for header in [
        "HTTP/1.0 200 OK",
        "content-type: text/html; charset=utf-8",
        "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
         img-src 'self'; frame-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
        "x-content-type-options: nosniff",
        "cache-control: no-store",
        "referrer-policy: no-referrer",
        "cross-origin-resource-policy: same-origin",
    ] {
        assert!(head.lines().any(|line| line == header), "{header}: {head}");
    }
    assert_eq!(page.matches("<h1").count(), 1);
    assert!(page.contains(&format!(">{}<", sandbox.url())), "{page}");
    // The key is in the settings and in the export line.
    assert_eq!(page.matches(CANARY_KEY).count(), 2, "{page}");
    assert!(page.contains("\nexport RENUMERATE_PUBLIC_KEY=pk_sandbox_local</code>"), "{page}");
    assert!(page.contains("--widgets") && page.contains(r#"data-customer="cus_closes_idle""#), "{page}");
    for inline in ["<style", "style=", "onclick", "<script>", "javascript:"] {
        assert!(!page.contains(inline), "{inline}");
    }
    assert_eq!((sandbox.requests().len(), sandbox.counts().requests), (0, 0));
}

#[tokio::test]
async fn page_for_other_machines_asks_for_the_key() {
    let sandbox = builder().host(Ipv4Addr::UNSPECIFIED.into()).start().await.unwrap();
    let (head, page) = get(&sandbox, "/").await;
    assert!(head.starts_with("HTTP/1.0 200 "), "{head}");
    assert!(!page.contains(CANARY_KEY), "{page}");
    assert!(page.contains("the key that the sandbox was started with"), "{page}");
    let key_fields = page.matches(r#"<input name="private_key" type="password""#).count();
    assert_eq!(key_fields, 2, "the forms of sessions and tokens: {page}");
    assert!(page.contains("RENUMERATE_BASE_URL") && !page.contains("RENUMERATE_PRIVATE_KEY="), "{page}");
    let (_, local) = get(&start().await, "/").await;
    assert!(!local.contains(r#"type="password""#), "{local}");
}

#[tokio::test]
async fn assets_of_the_pages_are_served() {
    let sandbox = with_widgets("assets").await;
    let pages = [get(&sandbox, "/").await.1, get(&sandbox, "/_sandbox/host?retention=ret_a").await.1];
    let mut paths: Vec<&str> = pages
        .iter()
        .flat_map(|page| page.split('"').filter(|text| text.starts_with("/_sandbox/dashboard/")))
        .collect();
    // Other scripts import these.
    paths.extend([
        "/_sandbox/dashboard/loader.js",
        "/_sandbox/dashboard/page.js",
        "/_sandbox/dashboard/request.js",
    ]);
    paths.sort_unstable();
    paths.dedup();
    assert_eq!(paths.len(), 9);
    for path in paths {
        let (head, text) = get(&sandbox, path).await;
        let content_type = match path.rsplit_once('.').unwrap().1 {
            "js" => "content-type: text/javascript; charset=utf-8",
            "css" => "content-type: text/css; charset=utf-8",
            _ => "content-type: image/svg+xml",
        };
        assert!(head.starts_with("HTTP/1.0 200 ") && head.contains(content_type), "{path}: {head}");
        assert!(head.contains("x-content-type-options: nosniff") && !text.is_empty(), "{path}: {head}");
        assert!(!text.contains(CANARY_KEY) && !text.contains("innerHTML"), "{path}");
    }
    assert!(get(&sandbox, "/_sandbox/dashboard/other.js").await.0.starts_with("HTTP/1.0 404 "));
    assert_eq!(sandbox.counts().requests, 0);
}

#[tokio::test]
async fn paths_of_the_dashboard_are_recorded_requests_without_it() {
    let sandbox = Sandbox::start().await.unwrap();
    for path in ["/", "/_sandbox/events", "/_sandbox/host", "/_sandbox/dashboard/index.js"] {
        let (head, body) = get(&sandbox, path).await;
        assert!(head.starts_with("HTTP/1.0 404 ") && body == "Not found", "{path}: {head} {body}");
    }
    assert_eq!(sandbox.requests().len(), 4);

    // With a dashboard, other methods at its path are requests to the service.
    let sandbox = start().await;
    let (head, _) = send(&sandbox, "POST /", &[("host", "evil.example")], "").await;
    assert!(head.starts_with("HTTP/1.0 404 "), "{head}");
    assert_eq!(sandbox.requests().len(), 1);
}

#[test]
fn snippets_match_the_readmes() {
    let read =
        |path: &str| std::fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let (snippets, readme) = (read("assets/dashboard/snippets.md"), read("../../README.md"));
    let sections: Vec<&str> = snippets.split("\n## ").skip(1).map(str::trim_end).collect();
    assert_eq!(sections.len(), 5);
    for section in sections {
        let (session, token) = section.split_once("\n```\n\n```").unwrap();
        assert!(readme.contains(&format!("\n## {session}\n```\n")), "the README differs:\n{session}");
        let package = match section.split_once('\n').unwrap().0 {
            "Rust" => "../renumerate".to_owned(),
            language => format!("../../bindings/{}", language.to_lowercase()),
        };
        let path = format!("{package}/README.md");
        assert!(read(&path).contains(&format!("\n```{token}\n")), "{path} differs:\n{token}");
    }
}

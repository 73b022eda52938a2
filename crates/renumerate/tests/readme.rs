//! Tests that the Rust examples of both READMEs (project and crate) are those of the folder `examples`, and that they
//! run.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

mod support;

use std::path::Path;

use renumerate_sandbox::Sandbox;

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

#[test]
fn readme_examples_match_the_files() {
    for (path, example) in [
        ("../../README.md", "examples/quickstart.rs"),
        ("README.md", "examples/quickstart.rs"),
        ("README.md", "examples/handshake_token.rs"),
    ] {
        let file = read(example);
        let readme = read(path);
        let blocks: Vec<_> =
            readme.split("```rust\n").skip(1).filter_map(|rest| rest.split_once("```")).collect();
        assert!(
            blocks.iter().any(|(block, _)| file.ends_with(&format!("\n\n{block}"))),
            "{path} differs from {example}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn quickstart_creates_a_session() {
    let sandbox = Sandbox::start().await.unwrap();
    let output = support::run_example(
        "quickstart",
        &[("RENUMERATE_BASE_URL", sandbox.url()), ("RENUMERATE_PRIVATE_KEY", sandbox.private_key())],
    );
    let id = String::from_utf8(output.stdout).unwrap();
    assert!(sandbox.session(id.trim_end()).is_some(), "{id} {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn handshake_token_is_printed_without_a_request() {
    let variables =
        [("RENUMERATE_PRIVATE_KEY", "sk_live_example"), ("RENUMERATE_PUBLIC_KEY", "pk_live_example")];
    let output = support::run_example("handshake_token", &variables);
    assert!(output.stdout.starts_with(b"eyJ"), "{}", String::from_utf8_lossy(&output.stderr));
}

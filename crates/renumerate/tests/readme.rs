//! Tests that the Rust example of both READMEs (project and crate) is `examples/quickstart.rs`, and that it runs.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

mod support;

use std::path::Path;

use renumerate_sandbox::Sandbox;

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

#[test]
fn readme_examples_match_the_quickstart() {
    let file = read("examples/quickstart.rs");
    for path in ["../../README.md", "README.md"] {
        let readme = read(path);
        let blocks: Vec<_> =
            readme.split("```rust\n").skip(1).filter_map(|rest| rest.split_once("```")).collect();
        assert!(
            blocks.iter().any(|(block, _)| file.ends_with(&format!("\n\n{block}"))),
            "{path} differs from examples/quickstart.rs"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn quickstart_creates_a_session() {
    let sandbox = Sandbox::start().await.unwrap();
    let output = support::quickstart(&[
        ("RENUMERATE_BASE_URL", sandbox.url()),
        ("RENUMERATE_PRIVATE_KEY", sandbox.private_key()),
    ]);
    let id = String::from_utf8(output.stdout).unwrap();
    assert!(sandbox.session(id.trim_end()).is_some(), "{id} {}", String::from_utf8_lossy(&output.stderr));
}

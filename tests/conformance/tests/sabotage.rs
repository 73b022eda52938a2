//! The suite reports a failure for a driver that misbehaves, for the right scenarios and no others.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

/// Scenarios that take little time.
const SCENARIOS: [&str; 6] = [
    "not_found",
    "html_not_found",
    "retried_reset_before_status",
    "total_stall_before_headers",
    "valid_certificate",
    "key_echoed_in_an_error",
];

/// Plays them with both Rust clients. The driver misbehaves as `sabotage` says.
fn suite(sabotage: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_renumerate-conformance"));
    command.args(["--flavor", "rust-async", "--flavor", "rust-blocking", "test", "--skip", "mutations::"]);
    command.arg("--files").arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("sabotage-{sabotage}")));
    command.env("RUST_DRIVER", env!("CARGO_BIN_EXE_renumerate-conformance-driver"));
    command.env("DRIVER_SABOTAGE", sabotage);
    command.args(SCENARIOS.iter().flat_map(|name| ["--scenario", name])).output().unwrap()
}

/// Names of the scenarios that failed, with either client.
fn failed(output: &Output) -> BTreeSet<String> {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let name = |line: &str| {
        let line = line.strip_prefix("test ")?.strip_suffix(" ... FAILED")?;
        Some(line.rsplit_once("::")?.1.trim().to_owned())
    };
    text.lines().filter_map(name).collect()
}

fn fails(sabotage: &str, scenarios: &[&str]) {
    let output = suite(sabotage);
    assert!(!output.status.success(), "{sabotage}: {output:?}");
    assert_eq!(
        failed(&output),
        scenarios.iter().map(|name| (*name).to_owned()).collect(),
        "{sabotage}: {output:?}"
    );
}

#[test]
fn correct_clients_pass() {
    let output = suite("");
    assert!(output.status.success() && failed(&output).is_empty(), "{output:?}");
}

#[test]
fn missing_retries_are_reported() {
    fails("retries", &["retried_reset_before_status"]);
}

#[test]
fn late_timeouts_are_reported() {
    fails("timeout", &["total_stall_before_headers"]);
}

#[test]
fn missing_ca_bundle_is_reported() {
    fails("trust", &["valid_certificate"]);
}

#[test]
fn wrong_error_codes_are_reported() {
    fails("code", &["not_found", "html_not_found", "total_stall_before_headers", "key_echoed_in_an_error"]);
}

#[test]
fn leaked_keys_are_reported() {
    fails("leak", &SCENARIOS);
}

#[test]
fn keys_leaked_in_base64_are_reported() {
    fails("leak-base64", &SCENARIOS);
}

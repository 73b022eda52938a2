//! A client that is broken on purpose turns the scoreboard red, where it should and nowhere else.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

/// Faults that are quickly played.
const FAULTS: [&str; 6] =
    ["not_found", "html_404", "reset_then_session", "stall_until_the_end", "good_certificate", "wrong_key"];

/// Plays them with both clients of Rust, sabotaged so.
fn scoreboard(sabotage: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_renumerate-trials"));
    command.args(["--face", "rust-async", "--face", "rust-blocking", "scoreboard"]);
    command.args(FAULTS.iter().flat_map(|fault| ["--fault", fault]));
    command.arg("--files").arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("sabotage-{sabotage}")));
    command.env("RUST_DRIVER", env!("CARGO_BIN_EXE_renumerate-trials-driver"));
    command.env("DRIVER_SABOTAGE", sabotage);
    command.output().unwrap()
}

/// The faults that are red, in either column.
fn red(output: &Output) -> BTreeSet<String> {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let named =
        |line: &str| line.strip_prefix("✗ ")?.split_once(", ")?.1.split(':').next().map(str::to_owned);
    text.lines().filter_map(named).collect()
}

fn turns_red(sabotage: &str, faults: &[&str]) {
    let output = scoreboard(sabotage);
    assert!(!output.status.success(), "{sabotage}: {output:?}");
    assert_eq!(
        red(&output),
        faults.iter().map(|fault| (*fault).to_owned()).collect(),
        "{sabotage}: {output:?}"
    );
}

#[test]
fn the_clients_as_they_are_pass() {
    let output = scoreboard("");
    assert!(output.status.success() && red(&output).is_empty(), "{output:?}");
}

#[test]
fn no_retries() {
    turns_red("retries", &["reset_then_session"]);
}

#[test]
fn too_much_patience() {
    turns_red("patience", &["stall_until_the_end"]);
}

#[test]
fn no_trust() {
    turns_red("trust", &["good_certificate"]);
}

#[test]
fn another_code() {
    turns_red("code", &["not_found", "html_404", "stall_until_the_end", "wrong_key"]);
}

#[test]
fn a_leaked_key() {
    turns_red("leak", &FAULTS);
}

#[test]
fn a_piece_of_the_key_in_base64() {
    turns_red("leak-base64", &FAULTS);
}

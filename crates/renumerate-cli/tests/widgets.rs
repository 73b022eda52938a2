//! `renumerate sandbox --widgets` as a shell sees it: where the widgets are, and what a browser must trust.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail loudly")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// A user's home, gone with the test.
struct Home(PathBuf);

impl Home {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("renumerate-home-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn sandbox(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_renumerate"));
        command.args(["sandbox", "--port", "0", "--until-stdin-ends"]).args(arguments);
        command.env_clear().env("HOME", &self.0).stdin(Stdio::piped()).stdout(Stdio::piped());
        command
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _best_effort = fs::remove_dir_all(&self.0);
    }
}

/// The lines that it prints, up to the one with this part. It ends with its standard input.
fn lines(running: &mut Child, last: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for line in BufReader::new(running.stdout.take().unwrap()).lines() {
        lines.push(line.unwrap());
        if lines.last().unwrap().contains(last) {
            break;
        }
    }
    drop(running.stdin.take());
    assert!(running.wait().unwrap().success());
    lines
}

#[test]
fn it_says_where_the_widgets_are_and_keeps_the_authority_among_the_users_data() {
    let home = Home::new("json");
    let copy = home.0.join("copy.pem");
    let arguments = ["--widgets", "--widgets-port", "0", "--json", "--ca-out", copy.to_str().unwrap()];
    let start = || {
        let mut running = home.sandbox(&arguments).spawn().unwrap();
        let told: Value = serde_json::from_str(&lines(&mut running, "{")[0]).unwrap();
        assert!(told["widgets_url"].as_str().unwrap().starts_with("https://localhost:"), "{told}");
        let ca = told["ca"].as_str().unwrap().to_owned();
        assert!(Path::new(&ca).starts_with(&home.0) && ca.ends_with("renumerate/ca.pem"), "{ca}");
        assert_eq!(fs::read_to_string(&ca).unwrap(), fs::read_to_string(&copy).unwrap());
        fs::read_to_string(ca).unwrap()
    };
    assert_eq!(start(), start(), "what is trusted once stays trusted");
}

#[test]
fn people_are_told_how_to_trust_it() {
    let home = Home::new("text");
    let mut running = home.sandbox(&["--widgets", "--widgets-port", "0"]).spawn().unwrap();
    let text = lines(&mut running, "Ctrl-C").join("\n");
    let ca = home.0.join(".local/share/renumerate/ca.pem");
    let parts =
        ["The widgets are on https://localhost:", "window.RENUMERATE_LOCAL = true", "To trust it, once"];
    assert!(parts.iter().all(|part| text.contains(part)), "{text}");
    if cfg!(target_os = "linux") {
        assert!(text.contains(&format!("-i '{}'", ca.display())), "{text}");
    }
    assert!(!text.contains("PRIVATE KEY-----"), "{text}");
}

#[test]
fn the_authoritys_own_files_are_no_place_for_a_copy() {
    let home = Home::new("copy");
    let data = home.0.join(".local/share/renumerate");
    let start = |arguments: &[&str]| {
        let arguments = [&["--widgets", "--widgets-port", "0", "--json"], arguments].concat();
        home.sandbox(&arguments).stdin(Stdio::null()).output().unwrap()
    };
    assert!(start(&[]).status.success());
    for name in ["ca.pem", "ca-key.pem", "other.pem"] {
        let before = fs::read(data.join(name)).ok();
        let refused = start(&["--ca-out", data.join(name).to_str().unwrap()]);
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
        assert_eq!(fs::read(data.join(name)).ok(), before, "{name}");
    }
}

#[test]
#[cfg(target_os = "linux")]
#[expect(clippy::disallowed_methods, reason = "CI is the test's own setting, not the command's")]
fn the_line_that_is_told_makes_a_new_home_trust_it() {
    if Command::new("certutil").arg("-H").output().is_err() {
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "certutil is missing: install libnss3-tools");
        return;
    }
    let home = Home::new("trust");
    let mut running = home.sandbox(&["--widgets", "--widgets-port", "0"]).spawn().unwrap();
    let lines = lines(&mut running, "Ctrl-C");
    let line = lines.iter().find(|line| line.contains("certutil -d")).unwrap();
    let own = format!("'{}'", home.0.join(".local/share/renumerate/ca.pem").display());
    let told = line.trim().replace(&own, "~/.local/share/renumerate/ca.pem");
    let readme = include_str!("../../../README.md").replace("\\\n    ", "");
    assert!(readme.contains(&told), "the README has another line than {told}");
    let listed = "certutil -d sql:$HOME/.pki/nssdb -L";
    for _ in 0..2 {
        let script = format!("set -e; {line}; {listed}");
        let run = Command::new("sh")
            .args(["-c", &script])
            .env("HOME", &home.0)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&run.stdout).into_owned();
        assert!(
            run.status.success() && text.contains("Renumerate sandbox CA") && text.contains("C,,"),
            "{run:?}"
        );
    }
}

#[test]
fn what_it_cannot_do_is_told_in_one_line() {
    let home = Home::new("refused");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let nowhere = home.0.join("no/folder/ca.pem");
    for (arguments, code, reason) in [
        (vec!["--widgets", "--widgets-port", &port], 1, "is not to be had for the widgets"),
        (vec!["--widgets", "--widgets-port", "0", "--ca-out", nowhere.to_str().unwrap()], 1, "no/folder"),
        (vec!["--widgets-port", "0"], 2, "--widgets"),
        (vec!["--widgets", "--session-lifetime", "-1"], 2, "--help"),
    ] {
        let output = home.sandbox(&arguments).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(reason) && said.lines().count() == 1, "{arguments:?}: {said}");
        assert_eq!(output.status.code(), Some(code), "{said}");
    }
}

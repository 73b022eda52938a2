//! Tests of `renumerate sandbox --widgets`: its output, and the files of the certificate authority (CA).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail loudly")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// Temporary home directory, removed on drop.
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

/// Returns the printed lines, up to the first one that contains `last`. Then stops the command by closing its stdin.
fn read_lines(running: &mut Child, last: &str) -> Vec<String> {
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
fn json_output_names_the_widgets_and_the_ca_is_kept_in_the_data_folder() {
    let home = Home::new("json");
    let copy = home.0.join("copy.pem");
    let arguments = ["--widgets", "--widgets-port", "0", "--json", "--ca-out", copy.to_str().unwrap()];
    let start = || {
        let mut running = home.sandbox(&arguments).spawn().unwrap();
        let info: Value = serde_json::from_str(&read_lines(&mut running, "{")[0]).unwrap();
        assert!(info["widgets_url"].as_str().unwrap().starts_with("https://localhost:"), "{info}");
        let ca = info["ca"].as_str().unwrap().to_owned();
        assert!(Path::new(&ca).starts_with(&home.0) && ca.ends_with("renumerate/ca.pem"), "{ca}");
        assert_eq!(fs::read_to_string(&ca).unwrap(), fs::read_to_string(&copy).unwrap());
        fs::read_to_string(ca).unwrap()
    };
    assert_eq!(start(), start(), "the CA certificate changed");
}

#[test]
fn text_output_explains_how_to_trust_the_ca() {
    let home = Home::new("text");
    let mut running = home.sandbox(&["--widgets", "--widgets-port", "0"]).spawn().unwrap();
    let text = read_lines(&mut running, "Ctrl-C").join("\n");
    let ca = home.0.join(".local/share/renumerate/ca.pem");
    let parts = [
        "The widgets are served on https://localhost:",
        "export RENUMERATE_PUBLIC_KEY=pk_sandbox_local",
        "window.RENUMERATE_LOCAL = true",
        "To make browsers trust this authority",
    ];
    assert!(parts.iter().all(|part| text.contains(part)), "{text}");
    if cfg!(target_os = "linux") {
        assert!(text.contains(&format!("-i '{}'", ca.display())), "{text}");
    }
    assert!(!text.contains("PRIVATE KEY-----"), "{text}");
}

#[test]
fn ca_certificate_is_not_copied_into_the_ca_folder() {
    let home = Home::new("copy");
    let data = home.0.join(".local/share/renumerate");
    let start = |arguments: &[&str]| {
        let arguments = [&["--widgets", "--widgets-port", "0", "--json"], arguments].concat();
        home.sandbox(&arguments).stdin(Stdio::null()).output().unwrap()
    };
    assert!(start(&[]).status.success());
    for name in ["ca.pem", "ca-key.pem", "other.pem"] {
        let before = fs::read(data.join(name)).ok();
        let output = start(&["--ca-out", data.join(name).to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert_eq!(fs::read(data.join(name)).ok(), before, "{name}");
    }
}

#[test]
#[cfg(target_os = "linux")]
#[expect(clippy::disallowed_methods, reason = "CI is a variable of the test, not of the command")]
fn printed_command_makes_a_new_home_trust_the_ca() {
    if Command::new("certutil").arg("-H").output().is_err() {
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "certutil is missing: install libnss3-tools");
        return;
    }
    let home = Home::new("trust");
    let mut running = home.sandbox(&["--widgets", "--widgets-port", "0"]).spawn().unwrap();
    let lines = read_lines(&mut running, "Ctrl-C");
    let command = lines.iter().find(|line| line.contains("certutil -d")).unwrap();
    let quoted_path = format!("'{}'", home.0.join(".local/share/renumerate/ca.pem").display());
    let documented = command.trim().replace(&quoted_path, "~/.local/share/renumerate/ca.pem");
    let readme = include_str!("../../../README.md").replace("\\\n    ", "");
    assert!(readme.contains(&documented), "the README does not contain this command: {documented}");
    let list_command = "certutil -d sql:$HOME/.pki/nssdb -L";
    for _ in 0..2 {
        let script = format!("set -e; {command}; {list_command}");
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
fn startup_failures_are_reported_in_one_line() {
    let home = Home::new("failures");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let missing_folder = home.0.join("no/folder/ca.pem");
    for (arguments, exit_code, reason) in [
        (
            vec!["--widgets", "--widgets-port", &port],
            1,
            "is in use, but the vendor's library looks for the widgets there",
        ),
        (
            vec!["--widgets", "--widgets-port", "0", "--ca-out", missing_folder.to_str().unwrap()],
            1,
            "no/folder",
        ),
        (vec!["--widgets-port", "0"], 2, "--widgets"),
        (
            vec!["--widgets", "--widgets-port", "0", "--brand-color", "red"],
            2,
            "the brand color \"red\" is invalid",
        ),
        (vec!["--brand-color", "#2450C5"], 2, "--widgets"),
        (vec!["--widgets", "--session-lifetime", "-1"], 2, "a whole number of seconds, 0 or more"),
    ] {
        let output = home.sandbox(&arguments).output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(errors.contains(reason) && errors.lines().count() == 1, "{arguments:?}: {errors}");
        assert_eq!(output.status.code(), Some(exit_code), "{errors}");
    }
}

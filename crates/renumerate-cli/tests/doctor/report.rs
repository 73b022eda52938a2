//! The report of one run, read in both of its forms.

use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// The checks, in the order of the report.
const NAMES: [&str; 9] = ["settings", "key", "proxy", "dns", "tcp", "tunnel", "tls", "clock", "call"];

/// No run takes longer on a machine that has other things to do: with `--timeout 1` the steps add up to less.
const LONGEST: Duration = Duration::from_secs(30);

/// A key that must show nowhere.
pub(crate) const KEY: (&str, &str) = ("RENUMERATE_PRIVATE_KEY", "sk_live_planted");

/// A name that has no address, since it cannot be one: no name server is asked, which might be slow or not there.
pub(crate) const NO_NAME: &str = "a-part-of-a-name-has-sixty-three-characters-at-most-and-this-more.invalid";

/// Limits that a fault which never ends is ended by.
pub(crate) const SOON: [&str; 2] = ["--timeout", "1"];

pub(crate) struct Report {
    pub(crate) exit_code: i32,
    json: Value,
    pub(crate) text: String,
}

/// Runs the doctor with these variables and no others, for a person and for a program: both must say the same, and
/// neither the key.
pub(crate) fn doctor(arguments: &[&str], variables: &[(&str, &str)]) -> Report {
    let text = run(&[&["doctor"], arguments].concat(), variables);
    let json = run(&[&["doctor", "--json"], arguments].concat(), variables);
    assert_eq!(text.status.code(), json.status.code(), "{text:?} {json:?}");
    let report = Report {
        exit_code: json.status.code().unwrap(),
        json: serde_json::from_slice(&json.stdout).unwrap_or_else(|error| panic!("{error}: {json:?}")),
        text: String::from_utf8(text.stdout.clone()).unwrap(),
    };
    report.agrees_with_itself(&String::from_utf8(text.stderr).unwrap());
    report
}

fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let started = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_renumerate"));
    command.args(arguments).env_clear().env("RENUMERATE_LOG", "trace").envs(variables.iter().copied());
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(started.elapsed() < LONGEST, "it took {:?}: {output:?}", started.elapsed());
    for stream in [&output.stdout, &output.stderr] {
        assert!(
            !String::from_utf8_lossy(stream).contains("planted"),
            "a secret is in the output: {output:?}"
        );
    }
    output
}

impl Report {
    fn agrees_with_itself(&self, errors: &str) {
        let checks = self.json["checks"].as_array().unwrap();
        let names: Vec<&str> = checks.iter().map(|check| check["check"].as_str().unwrap()).collect();
        assert_eq!(names, NAMES, "{}", self.json);
        let lines: Vec<&str> = self.text.lines().filter(|line| !line.starts_with(' ')).collect();
        for (check, line) in checks.iter().zip(&lines) {
            let (status, name) = (check["status"].as_str().unwrap(), check["check"].as_str().unwrap());
            assert!(line.starts_with(&format!("{status:<7}  {name:<8}  ")), "{line} for {check}");
            let helps = check.get("remedy").is_some();
            assert_eq!(helps, matches!(status, "warning" | "failed"), "{check}");
        }
        assert_eq!(lines.len(), NAMES.len(), "{}", self.text);
        let remedies = checks.iter().filter_map(|check| check["remedy"].as_str());
        assert!(
            remedies.clone().all(|remedy| self.text.contains(&format!("remedy: {remedy}\n"))),
            "{}",
            self.text
        );
        assert_eq!(self.text.matches("remedy: ").count(), remedies.count());
        let first_failed = checks.iter().find(|check| check["status"] == "failed");
        assert_eq!(self.json["ok"], first_failed.is_none(), "{}", self.json);
        assert_eq!(self.json["exit_code"], self.exit_code);
        assert_eq!(self.exit_code == 0, first_failed.is_none(), "{}", self.json);
        let complaints: Vec<&str> = errors.lines().filter(|line| line.starts_with("error: ")).collect();
        let expected: Vec<String> = first_failed
            .map(|check| {
                format!(
                    "error: the check {} failed; the report explains it",
                    check["check"].as_str().unwrap()
                )
            })
            .into_iter()
            .collect();
        assert_eq!(complaints, expected);
        assert!(!self.text.contains('\u{1b}'), "there is colour where there is no terminal");
    }

    fn check(&self, name: &str) -> &Value {
        self.json["checks"].as_array().unwrap().iter().find(|check| check["check"] == name).unwrap()
    }

    pub(crate) fn status(&self, name: &str) -> &str {
        self.check(name)["status"].as_str().unwrap()
    }

    pub(crate) fn seen(&self, name: &str) -> &str {
        self.check(name)["seen"].as_str().unwrap()
    }

    pub(crate) fn remedy(&self, name: &str) -> &str {
        self.check(name)["remedy"].as_str().unwrap_or_else(|| panic!("{name} has no remedy: {}", self.text))
    }

    /// A fact by its pointer, `/certificate/issuer`.
    pub(crate) fn fact(&self, name: &str, pointer: &str) -> &Value {
        self.check(name)["facts"]
            .pointer(pointer)
            .unwrap_or_else(|| panic!("{name} has no {pointer}: {}", self.json))
    }

    /// Nothing failed and nothing is doubtful.
    pub(crate) fn is_green(&self) -> &Self {
        for name in NAMES {
            assert!(matches!(self.status(name), "ok" | "skipped"), "{}", self.text);
        }
        assert_eq!(self.status("call"), "ok", "{}", self.text);
        self
    }

    /// This check is the first that failed, with this exit code; what comes after it is skipped because of it.
    pub(crate) fn fails_at(&self, failed: &str, exit_code: i32) -> &Self {
        assert_eq!((self.status(failed), self.exit_code), ("failed", exit_code), "{}", self.text);
        let place = NAMES.iter().position(|name| *name == failed).unwrap();
        for (at, name) in NAMES.iter().enumerate().filter(|(at, _)| *at != place) {
            let status = self.status(name);
            if at > place && !(failed == "tls" && *name == "clock") {
                assert_eq!(status, "skipped", "{name}: {}", self.text);
                assert_eq!(self.seen(name), format!("the check {failed} failed"));
            } else {
                assert_ne!(status, "failed", "{name}: {}", self.text);
            }
        }
        self
    }
}

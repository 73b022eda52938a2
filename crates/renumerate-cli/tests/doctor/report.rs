//! Runs the doctor and parses its report, as text and as JSON.

use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Names of the checks, in the order of the report.
const NAMES: [&str; 10] =
    ["settings", "key", "tokens", "proxy", "dns", "tcp", "tunnel", "tls", "clock", "call"];

/// Maximum duration of a run, with a reserve for a loaded machine.
const MAX_DURATION: Duration = Duration::from_secs(30);

/// Variable with a canary key. No output may contain `planted`.
pub(crate) const KEY: (&str, &str) = ("RENUMERATE_PRIVATE_KEY", "sk_live_planted");

/// Host name that is too long to be valid, so that its lookup fails without a DNS server.
pub(crate) const INVALID_HOST: &str =
    "a-part-of-a-name-has-sixty-three-characters-at-most-and-this-more.invalid";

/// Arguments for tests that wait for a timeout.
pub(crate) const SHORT_TIMEOUT: [&str; 2] = ["--timeout", "1"];

pub(crate) struct Report {
    pub(crate) exit_code: i32,
    json: Value,
    pub(crate) text: String,
}

/// Runs the doctor with only these variables, once for the text and once for the JSON. Checks that both reports are
/// consistent, and that neither contains a secret.
pub(crate) fn doctor(arguments: &[&str], variables: &[(&str, &str)]) -> Report {
    let text = run(&[&["doctor"], arguments].concat(), variables);
    let json = run(&[&["doctor", "--json"], arguments].concat(), variables);
    assert_eq!(text.status.code(), json.status.code(), "{text:?} {json:?}");
    let report = Report {
        exit_code: json.status.code().unwrap(),
        json: serde_json::from_slice(&json.stdout).unwrap_or_else(|error| panic!("{error}: {json:?}")),
        text: String::from_utf8(text.stdout.clone()).unwrap(),
    };
    report.assert_consistent(&String::from_utf8(text.stderr).unwrap());
    report.assert_agrees_with_a_call(arguments, variables);
    report
}

fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let started = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_renumerate"));
    command.args(arguments).env_clear().env("RENUMERATE_LOG", "trace").envs(variables.iter().copied());
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(started.elapsed() < MAX_DURATION, "the run took {:?}: {output:?}", started.elapsed());
    for stream in [&output.stdout, &output.stderr] {
        assert!(
            !String::from_utf8_lossy(stream).contains("planted"),
            "the output contains a secret: {output:?}"
        );
    }
    output
}

/// Removes the time of this machine from a remedy, because the text and the JSON come from two runs.
fn without_time(text: &str) -> String {
    let Some((before, after)) = text.split_once("clock says ") else { return text.to_owned() };
    before.to_owned() + after.split_once(" GMT").unwrap().1
}

impl Report {
    /// Makes a call with the same settings, or creates a token if its check failed. Asserts that this fails with the
    /// remedy and the exit code of the first check that failed.
    fn assert_agrees_with_a_call(&self, arguments: &[&str], variables: &[(&str, &str)]) {
        let checks = self.json["checks"].as_array().unwrap();
        let Some(failed) = checks.iter().find(|check| check["status"] == "failed") else { return };
        let mut call = vec!["session", "retention"];
        if !arguments.contains(&"--customer-id") {
            call.extend(["--customer-id", "cus_1"]);
        }
        if !arguments.contains(&"--max-retries") {
            call.extend(["--max-retries", "0"]);
        }
        call.extend(arguments);
        if failed["check"] == "tokens" {
            call = vec!["token", "--customer-id", "cus_1"];
        }
        let output = run(&call, variables);
        let errors = String::from_utf8(output.stderr).unwrap();
        let error = errors.lines().find(|line| line.starts_with("error: ")).unwrap_or_default();
        let remedy = without_time(failed["remedy"].as_str().unwrap());
        // The error of a number out of range states the range, which is its remedy.
        let agrees = remedy == "use a valid value" || without_time(error).ends_with(&format!("; {remedy}"));
        assert!(agrees, "the call failed with {error:?}, the doctor: {}", self.text);
        assert_eq!(output.status.code(), Some(self.exit_code), "{error} {}", self.text);
    }

    fn assert_consistent(&self, errors: &str) {
        let checks = self.json["checks"].as_array().unwrap();
        let names: Vec<&str> = checks.iter().map(|check| check["check"].as_str().unwrap()).collect();
        assert_eq!(names, NAMES, "{}", self.json);
        let lines: Vec<&str> = self.text.lines().filter(|line| !line.starts_with(' ')).collect();
        for (check, line) in checks.iter().zip(&lines) {
            let (status, name) = (check["status"].as_str().unwrap(), check["check"].as_str().unwrap());
            assert!(line.starts_with(&format!("{status:<7}  {name:<8}  ")), "{line} for {check}");
            let has_remedy = check.get("remedy").is_some();
            assert_eq!(has_remedy, matches!(status, "warning" | "failed"), "{check}");
        }
        assert_eq!(lines.len(), NAMES.len(), "{}", self.text);
        let remedies = checks.iter().filter_map(|check| check["remedy"].as_str());
        let text = without_time(&self.text);
        assert!(
            remedies.clone().all(|remedy| text.contains(&format!("remedy: {}\n", without_time(remedy)))),
            "{}",
            self.text
        );
        assert_eq!(self.text.matches("remedy: ").count(), remedies.count());
        let first_failed = checks.iter().find(|check| check["status"] == "failed");
        assert_eq!(self.json["ok"], first_failed.is_none(), "{}", self.json);
        assert_eq!(self.json["exit_code"], self.exit_code);
        assert_eq!(self.exit_code == 0, first_failed.is_none(), "{}", self.json);
        let error_lines: Vec<&str> = errors.lines().filter(|line| line.starts_with("error: ")).collect();
        let expected: Vec<String> = first_failed
            .map(|check| {
                format!(
                    "error: the check {} failed; see its remedy in the report",
                    check["check"].as_str().unwrap()
                )
            })
            .into_iter()
            .collect();
        assert_eq!(error_lines, expected);
        assert!(!self.text.contains('\u{1b}'), "output that is not a terminal has colours: {}", self.text);
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

    /// Returns a fact of a check by its JSON pointer, such as `/certificate/issuer`.
    pub(crate) fn fact(&self, name: &str, pointer: &str) -> &Value {
        self.check(name)["facts"]
            .pointer(pointer)
            .unwrap_or_else(|| panic!("{name} has no {pointer}: {}", self.json))
    }

    /// Asserts that no check failed or has a warning.
    pub(crate) fn assert_ok(&self) -> &Self {
        for name in NAMES {
            assert!(matches!(self.status(name), "ok" | "skipped"), "{}", self.text);
        }
        assert_eq!(self.status("call"), "ok", "{}", self.text);
        self
    }

    /// Asserts that this check is the first that failed, with this exit code, and that the checks after it are skipped.
    pub(crate) fn assert_fails_at(&self, failed: &str, exit_code: i32) -> &Self {
        assert_eq!((self.status(failed), self.exit_code), ("failed", exit_code), "{}", self.text);
        let failed_index = NAMES.iter().position(|name| *name == failed).unwrap();
        for (index, name) in NAMES.iter().enumerate().filter(|(index, _)| *index != failed_index) {
            let status = self.status(name);
            if index > failed_index && !(failed == "tls" && *name == "clock") {
                assert_eq!(status, "skipped", "{name}: {}", self.text);
                assert_eq!(self.seen(name), format!("the check {failed} failed"));
            } else {
                assert_ne!(status, "failed", "{name}: {}", self.text);
            }
        }
        self
    }
}

//! Every case of `tests/vectors`, through the public API and over a real socket; and the checks on the checks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod alter;
mod rules;
mod runner;
mod transcript;
mod vectors;

use std::io::Write;

use renumerate_sandbox::{CaseFile, Sandbox};

use runner::Run;
use transcript::Transcript;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_case_holds_and_none_leaks() {
    let transcript = Transcript::start();
    let cases = vectors::cases();
    let sandbox = Sandbox::builder().cases(cases.clone()).start().await.unwrap();
    let mut failures = Vec::new();
    let mut secrets = Vec::new();
    for case in &cases {
        let run = Run::new(&sandbox, case);
        if let Err(difference) = run.play(transcript).await {
            failures.push(format!("{}: {difference}", case.name));
        }
        secrets.extend(run.secrets());
    }
    let (ran, failed) = (cases.len(), failures.len());
    tell(&format!("{ran} cases of {} ran through the async client", vectors::count()));
    assert_eq!(ran, vectors::count());
    assert!(failures.is_empty(), "{failed} of {ran} cases failed:\n{}", failures.join("\n"));

    // What was logged at trace level and printed in any way holds no key, no session id and no e-mail.
    for secret in &secrets {
        assert!(!transcript.holds(secret), "{secret:?} is in the transcript");
    }
    assert!(transcript.holds("answered") && transcript.holds("reqwest"), "the logs are in the transcript");
    transcript.note("a deliberate leak", &secrets.first().unwrap());
    assert!(transcript.holds(secrets.first().unwrap()), "the search finds what is there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_altered_expectation_is_caught() {
    let transcript = Transcript::start();
    let mut unnoticed = Vec::new();
    let mut altered = 0;
    let sandbox = Sandbox::start().await.unwrap();
    for (what, case) in vectors::cases().iter().flat_map(alter::alterations) {
        sandbox.add_cases([case.clone()]);
        altered += 1;
        if Run::new(&sandbox, &case).play(transcript).await.is_ok() {
            unnoticed.push(format!("{}: {what}", case.name));
        }
    }
    tell(&format!("{altered} altered expectations, {} unnoticed", unnoticed.len()));
    assert!(altered > vectors::count(), "each case is altered at least once");
    assert!(unnoticed.is_empty(), "nobody noticed:\n{}", unnoticed.join("\n"));
}

/// Says it past the test harness, which keeps what a passing test prints to itself.
#[expect(clippy::explicit_write, reason = "eprintln! is what the harness keeps")]
fn tell(line: &str) {
    writeln!(std::io::stderr(), "conformance: {line}").unwrap();
}

#[test]
fn every_rule_has_a_case_or_a_named_test() {
    let shown = rules::shown();
    let missing: Vec<_> = rules::listed().into_iter().filter(|rule| !shown.contains_key(rule)).collect();
    assert!(missing.is_empty(), "no case and no test names {missing:?}");
    let listed = rules::listed();
    let unknown: Vec<_> = shown.iter().filter(|(rule, _)| !listed.contains(*rule)).collect();
    assert!(unknown.is_empty(), "RULES.md does not list {unknown:?}");
}

#[test]
fn the_schema_is_that_of_the_case_files() {
    let schema = format!("{:#}\n", CaseFile::json_schema());
    let file = vectors::folder().join("schema/cases.schema.json");
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == schema, "{} is out of date: run `just schema`", file.display());
}

//! Every case of `tests/vectors`, through the public API and over a real socket; and the checks on the checks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod rules;
mod runner;
mod transcript;
mod vectors;

use std::io::Write;

use renumerate_sandbox::{Case, CaseFile, MutatedCase, Sandbox};
use tokio::runtime::{Builder, Runtime};

use runner::{Face, Run};
use transcript::Transcript;

/// How many cases run side by side: most of their time is waiting.
const LANES: usize = 16;

/// A runtime for the sandbox, which must answer while callers block.
fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// Runs the work for every case, some at a time, and collects what it finds.
fn for_each_case<T: Send>(cases: &[Case], work: impl Fn(&Case) -> Vec<T> + Sync) -> Vec<T> {
    let work = &work;
    std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..LANES)
            .map(|lane| {
                scope.spawn(move || cases.iter().skip(lane).step_by(LANES).flat_map(work).collect::<Vec<_>>())
            })
            .collect();
        lanes.into_iter().flat_map(|lane| lane.join().unwrap()).collect()
    })
}

const FACES: [(&str, Face); 2] = [("async", Face::Async), ("blocking", Face::Blocking)];

#[test]
fn every_case_holds_and_none_leaks() {
    let transcript = Transcript::start();
    let runtime = runtime();
    let cases = vectors::cases();
    let sandbox = runtime.block_on(Sandbox::builder().cases(cases.clone()).start()).unwrap();
    let mut secrets = Vec::new();
    for (name, face) in FACES {
        let runs = for_each_case(&cases, |case| {
            let run = Run::new(&sandbox, case);
            let failure =
                run.play(face, transcript).err().map(|difference| format!("{}: {difference}", case.name));
            vec![(failure, run.secrets())]
        });
        let ran = runs.len();
        let (failures, planted): (Vec<_>, Vec<_>) = runs.into_iter().unzip();
        let failures: Vec<_> = failures.into_iter().flatten().collect();
        tell(&format!("{ran} cases of {} ran through the {name} client", vectors::count()));
        assert_eq!(ran, vectors::count());
        assert!(failures.is_empty(), "{} of {ran} cases failed:\n{}", failures.len(), failures.join("\n"));
        secrets.extend(planted.into_iter().flatten());
    }

    // What was logged at trace level and printed in any way holds no key, no session id and no e-mail.
    let text = transcript.text();
    for secret in &secrets {
        assert!(!text.contains(secret), "{secret:?} is in the transcript");
    }
    assert!(text.contains("answered") && text.contains("reqwest"), "the logs are in the transcript");
    transcript.note("a deliberate leak", &secrets.first().unwrap());
    assert!(transcript.text().contains(secrets.first().unwrap()), "the search finds what is there");
}

#[test]
fn every_altered_expectation_is_caught() {
    // Not the process's: a judge's words repeat what came over the wire.
    let transcript = Transcript::default();
    let runtime = runtime();
    let cases = vectors::cases();
    for (name, face) in FACES {
        // Each run has a sandbox of its own, since it plays another case under the same name.
        let unnoticed = for_each_case(&cases, |case| {
            let sandbox = runtime.block_on(Sandbox::start()).unwrap();
            let unnoticed =
                case.mutations().unwrap().into_iter().map(|MutatedCase { what, case: altered }| {
                    sandbox.add_cases([altered.clone()]);
                    let noticed = Run::new(&sandbox, &altered).play(face, &transcript).is_err();
                    (!noticed).then(|| format!("{}: {what}", case.name))
                });
            unnoticed.collect()
        });
        let altered = unnoticed.len();
        let unnoticed: Vec<_> = unnoticed.into_iter().flatten().collect();
        tell(&format!("{altered} altered expectations met the {name} client, {} unnoticed", unnoticed.len()));
        assert!(altered > vectors::count(), "each case is altered at least once");
        assert!(unnoticed.is_empty(), "nobody noticed:\n{}", unnoticed.join("\n"));
    }
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

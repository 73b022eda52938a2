//! The fault matrix: what a caller sees for each fault, with each flavor.

use std::fmt::Write as _;

use renumerate_sandbox::{Case, Outcome};

use crate::compare::GRACE;
use crate::flavor::Flavor;
use crate::report::{CallReport, summary};
use crate::scenario::{Scenario, Scenarios};

#[derive(Debug)]
pub(crate) struct Matrix {
    flavors: Vec<&'static Flavor>,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    title: String,
    place: usize,
    rules: String,
    expected: String,
    /// Whether the file must not say which of two correct outcomes was observed.
    either: bool,
    /// Text per flavor; empty if the scenario was not played.
    cells: Vec<String>,
}

impl Matrix {
    pub(crate) fn new(flavors: &[&'static Flavor], scenarios: &Scenarios) -> Self {
        let row = |(title, place): &(String, usize)| {
            let scenario = scenarios.all.get(*place)?;
            Some(Row {
                title: title.clone(),
                place: *place,
                rules: scenario.case.rules.join(" "),
                expected: expected(scenario),
                either: scenario.one_more_attempt,
                cells: flavors
                    .iter()
                    .map(|flavor| if scenario.applies_to(flavor) { String::new() } else { "–".to_owned() })
                    .collect(),
            })
        };
        Self { flavors: flavors.to_vec(), rows: scenarios.rows.iter().filter_map(row).collect() }
    }

    pub(crate) fn add(&mut self, flavor: &Flavor, place: usize, report: &CallReport, differences: &[String]) {
        let Some(column) = self.flavors.iter().position(|each| each.name == flavor.name) else { return };
        for row in self.rows.iter_mut().filter(|row| row.place == place) {
            let Some(cell) = row.cells.get_mut(column) else { continue };
            let mark = if differences.is_empty() { "✓" } else { "✗" };
            let seen =
                if row.either && differences.is_empty() { row.expected.clone() } else { report.summary() };
            *cell = format!("{mark} {seen}");
        }
    }

    /// Returns the table, without anything that differs between runs.
    pub(crate) fn markdown(&self) -> String {
        let mut text = format!(
            "# Fault matrix\n\n\
            The outcome of each fault that a caller observes, with each client flavor. `./justw fault-matrix` writes this file \
            from test cases in `tests/vectors` and faults in `tests/conformance/faults.json`. ✓ means that every detail is as \
            expected. ×3 means three attempts.\n\n\
            Each cell also means that the call ended within its total timeout plus {GRACE} s (except for the frozen process, \
            whose timeouts were stopped), that the server received exactly the expected requests, and that the key, the \
            session id and the e-mail address of the call appear in nothing that the language prints or logs.\n\n"
        );
        let titles: Vec<&str> = self.flavors.iter().map(|flavor| flavor.title).collect();
        let _never_fails = writeln!(text, "| Fault | Rules | Expected | {} |", titles.join(" | "));
        let _never_fails = writeln!(text, "|{}", "---|".repeat(3 + titles.len()));
        for Row { title, rules, expected, cells, .. } in &self.rows {
            let _never_fails = writeln!(text, "| {title} | {rules} | {expected} | {} |", cells.join(" | "));
        }
        text
    }
}

/// Expected outcome in the words of the table.
fn expected(Scenario { case: Case { outcome, .. }, one_more_attempt, .. }: &Scenario) -> String {
    match outcome {
        Some(Outcome::Session(_)) if *one_more_attempt => "session, at once or ×2".to_owned(),
        Some(Outcome::Session(session)) => summary(&["session".to_owned()], session.attempts),
        Some(Outcome::Token(_)) => "token".to_owned(),
        Some(Outcome::Error(error)) => {
            let details =
                [error.phase.clone(), error.timeout.clone(), error.status.map(|status| status.to_string())];
            let words: Vec<_> =
                std::iter::once(error.code.clone()).chain(details.into_iter().flatten()).collect();
            summary(&words, error.attempts)
        }
        None => String::new(),
    }
}

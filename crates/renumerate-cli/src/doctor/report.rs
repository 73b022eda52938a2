//! Report of the doctor, which is printed as text line by line, or as one JSON document at the end.

use anstyle::Style;
use serde_json::{Value, json};

use super::check::{Check, NAMES, Status, millis};
use crate::error::CliError;
use crate::output::{DIM, ERROR, SUCCESS, WARNING, print_check, print_line};

/// Results of the checks that have been completed so far.
#[derive(Debug)]
pub(crate) struct Report {
    as_json: bool,
    checks: Vec<Check>,
}

impl Report {
    pub(crate) fn new(as_json: bool) -> Self {
        Self { as_json, checks: Vec::new() }
    }

    /// Adds the result of a check. If the report is text, prints the result at once.
    pub(crate) fn add(&mut self, check: Check) -> Result<(), CliError> {
        if !self.as_json {
            print(&check)?;
        }
        self.checks.push(check);
        Ok(())
    }

    /// Adds the result of a check, and returns the check's output, which the next check needs. If there is no output,
    /// reports the remaining checks as skipped.
    pub(crate) fn record_step<T>(
        &mut self,
        (check, output): (Check, Option<T>),
    ) -> Result<Option<T>, CliError> {
        let name = check.name;
        self.add(check)?;
        if output.is_none() {
            self.skip_rest(name)?;
        }
        Ok(output)
    }

    /// Reports the remaining checks as skipped, because the check `failed` has failed.
    pub(crate) fn skip_rest(&mut self, failed: &str) -> Result<(), CliError> {
        for name in NAMES {
            if !self.checks.iter().any(|check| check.name == name) {
                self.add(Check::skipped(name, format!("the check {failed} failed")))?;
            }
        }
        Ok(())
    }

    /// Ends the report. If the report is JSON, prints the document.
    ///
    /// # Errors
    ///
    /// Returns [`CliError::Diagnosed`] with the exit code of the first failed check, if a check failed.
    pub(crate) fn finish(self) -> Result<(), CliError> {
        let failed = self.checks.iter().find(|check| check.has_failed());
        let exit_code = failed.map_or(0, |check| check.exit_code);
        if self.as_json {
            let checks: Vec<Value> = self.checks.iter().map(Check::to_json).collect();
            print_line(json!({
                "ok": failed.is_none(),
                "exit_code": exit_code,
                "version": env!("CARGO_PKG_VERSION"),
                "checks": checks,
            }))?;
        }
        match failed {
            Some(check) => Err(CliError::Diagnosed { check: check.name, exit_code }),
            None => Ok(()),
        }
    }
}

/// Prints a check, and its remedy below it.
fn print(check: &Check) -> Result<(), CliError> {
    let style = match check.status {
        Status::Ok => SUCCESS,
        Status::Warning => WARNING,
        Status::Failed => ERROR,
        Status::Skipped => DIM,
    };
    let text = if check.status == Status::Skipped { DIM } else { Style::new() };
    let Check { name, seen, .. } = check;
    let elapsed = check.elapsed.map(|elapsed| format!(" ({} ms)", millis(elapsed))).unwrap_or_default();
    let seen = format!("{text}{seen}{elapsed}{text:#}");
    Ok(print_check(style, check.status.as_str(), name, &seen, check.remedy.as_deref())?)
}

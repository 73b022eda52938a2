//! Comparison of what a driver and the server observed with the expectations of a scenario.

use std::fmt::Debug;

use renumerate_sandbox::{ExpectedError, ExpectedSession, ExpectedToken, Outcome, Record};
use serde_json::json;

use crate::names::NameStyle;
use crate::play::Observation;
use crate::report::{ErrorReport, SessionReport, TokenReport};
use crate::scenario::Scenario;

/// Time in seconds by which a call may exceed its total timeout. It is long because the machine may be busy. A call that
/// ignores its timeout takes longer than that: the next timeout of a scenario is at least this much later.
pub(crate) const GRACE: f64 = 1.0;

/// Returns every difference between an observation and the expectations of its scenario.
pub(crate) fn differences(scenario: &Scenario, seen: &Observation, names: NameStyle) -> Vec<String> {
    let mut found = Differences(Vec::new());
    match (&seen.report.session, &seen.report.error, &scenario.case.outcome) {
        (Some(session), None, Some(Outcome::Session(expected))) => found.session(session, expected, scenario),
        (None, None, Some(Outcome::Token(expected))) => found.token(seen.report.token.as_ref(), expected),
        (None, Some(error), Some(Outcome::Error(expected))) => found.error(error, expected, names),
        (_, Some(error), _) => found.add(format!("the call failed: {}", error.text)),
        (session, ..) => found.add(format!("the call returned {session:?}, not an error")),
    }
    found.requests(scenario, &seen.requests);
    // Some scenarios have an invalid timeout.
    let (seconds, timeout) = (seen.report.seconds, scenario.total_timeout().max(0.0));
    // While the process was frozen, its timeouts could not end the call.
    if seconds > timeout + GRACE && !scenario.freeze {
        found.add(format!("the call took {seconds:.3} s, and its total timeout is {timeout} s"));
    }
    if let Some(limit) = scenario.max_growth_mb.filter(|limit| seen.grown_mb > *limit) {
        found.add(format!("the process grew by {} MB, and the limit is {limit} MB", seen.grown_mb));
    }
    found.0
}

struct Differences(Vec<String>);

impl Differences {
    fn add(&mut self, difference: String) {
        self.0.push(difference);
    }

    fn compare<T: PartialEq<U> + Debug, U: Debug>(&mut self, what: &str, seen: &T, expected: &U) {
        if seen != expected {
            self.add(format!("{what} is {seen:?}, expected {expected:?}"));
        }
    }

    fn session(&mut self, seen: &SessionReport, expected: &ExpectedSession, scenario: &Scenario) {
        self.compare("id", &seen.id, &expected.id);
        if let Some(url) = &expected.url {
            self.compare("url", &seen.url, url);
        }
        self.compare("request_id", &seen.request_id, &expected.request_id);
        if !(scenario.one_more_attempt && seen.attempts == expected.attempts + 1) {
            self.compare("attempts", &seen.attempts, &expected.attempts);
        }
    }

    fn token(&mut self, seen: Option<&TokenReport>, expected: &ExpectedToken) {
        let Some(TokenReport { text, expires_at, json }) = seen else {
            return self.add("the call returned no token".to_owned());
        };
        self.compare("token", text, &expected.text);
        self.compare("expires_at", expires_at, &expected.expires_at);
        self.compare("json", json, &json!({"token": text}));
    }

    fn error(&mut self, seen: &ErrorReport, expected: &ExpectedError, names: NameStyle) {
        self.compare("typed", &seen.typed, &true);
        // The JVM's exceptions have the suffix that is usual there.
        let class = seen.class.strip_suffix("Exception").map(|name| format!("{name}Error"));
        self.compare("class", class.as_ref().unwrap_or(&seen.class), &expected.class);
        self.compare("code", &seen.code.as_deref(), &Some(expected.code.as_str()));
        self.compare("retryable", &seen.retryable, &expected.retryable);
        self.compare("attempts", &seen.attempts, &expected.attempts);
        self.compare("status", &seen.status, &expected.status);
        self.compare("field", &seen.field, &expected.field.as_ref().map(|field| names.name(field)));
        self.compare("request_id", &seen.request_id, &expected.request_id);
        self.compare("phase", &seen.phase, &expected.phase);
        self.compare("timeout", &seen.timeout, &expected.timeout);
        self.compare("retry_after", &seen.retry_after, &expected.retry_after);
        for (what, seen, expected) in
            [("message", &seen.message, &expected.message), ("body", &seen.body, &expected.body)]
        {
            if expected.is_some() {
                self.compare(what, seen, expected);
            }
        }
        if let Some(text) = &expected.text {
            self.compare("text", &seen.text, &names.name(text));
        }
        if let Some(host) = &expected.host {
            self.compare("host", &seen.host.as_ref(), &Some(host));
            let setting = expected.host_setting.as_ref().map(|setting| names.name(setting));
            self.compare("host_setting", &seen.host_setting, &setting);
        }
        // Texts name options as the language does, but repeat the service's texts unchanged.
        let contains = |part: &String| seen.text.contains(part) || seen.text.contains(&names.name(part));
        for part in expected.says.iter().filter(|part| !contains(part)) {
            self.add(format!("{:?} does not contain {part:?}", seen.text));
        }
        for part in expected.omits.iter().filter(|part| contains(part)) {
            self.add(format!("{:?} contains {part:?}", seen.text));
        }
        if seen.text.contains('\n') {
            self.add(format!("{:?} has more than one line", seen.text));
        }
    }

    fn requests(&mut self, scenario: &Scenario, requests: &[Record]) {
        for problem in requests.iter().filter_map(|request| request.problem.as_ref()) {
            self.add(format!("a request differs: {problem}"));
        }
        let exchanges = &scenario.case.exchanges;
        self.compare("number of requests", &requests.len(), &exchanges.len());
        for (pair, exchange) in requests.windows(2).zip(exchanges.iter().skip(1)) {
            let [before, request] = pair else { continue };
            let gap = request.at_ms - before.at_ms;
            let expected =
                exchange.request.as_ref().and_then(|request| request.min_gap_ms).unwrap_or_default();
            if gap < expected {
                self.add(format!(
                    "a request came {gap} ms after the one before it, expected at least {expected} ms"
                ));
            }
        }
    }
}

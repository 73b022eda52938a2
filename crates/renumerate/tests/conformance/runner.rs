//! One run of one case: build the client, make the call, compare what came of it and what went over the wire.

use std::error::Error as _;
use std::fmt::Debug;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use renumerate::{
    CallOptions, Client, Error, OptionValue, Result, RetentionSessionRequest, Session, SessionKind,
    SubscriptionSessionRequest, blocking,
};
use renumerate_sandbox::{
    Call, Case, CaseOption, Exchange, ExpectedError, ExpectedSession, Outcome, Record, Sandbox,
};
use tokio::runtime::Builder;

use crate::transcript::Transcript;

/// Which client makes the calls.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Face {
    Async,
    Blocking,
}

/// One run of a case, with a key of its own.
pub(crate) struct Run<'a> {
    sandbox: &'a Sandbox,
    case: Case,
    key: String,
}

/// What a caller can see of a session, of either kind.
struct SeenSession {
    id: String,
    url: String,
    request_id: Option<String>,
    attempts: usize,
}

impl<'a> Run<'a> {
    pub(crate) fn new(sandbox: &'a Sandbox, case: &Case) -> Self {
        static RUNS: AtomicUsize = AtomicUsize::new(0);
        let key = format!("sk_case_{}.planted{}x", case.name, RUNS.fetch_add(1, Ordering::Relaxed));
        let case = case.filled(&key, sandbox.url()).unwrap();
        Self { sandbox, case, key }
    }

    /// What must not be printed anywhere: the key's own part, the session's id, the customer's e-mail.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let nonce = self.key.split_once('.').unwrap().1.to_owned();
        let id = match &self.case.outcome {
            Some(Outcome::Session(session)) if session.id.len() > 64 => Some(session.id.clone()),
            _ => None,
        };
        let email =
            self.case.call.as_ref().and_then(|call| call.parameters.get("customer_email").cloned().flatten());
        let mut secrets = vec![nonce];
        secrets.extend(id);
        secrets.extend(email.filter(|email| email.contains("john.doe@")));
        secrets
    }

    /// Plays the case; the error is the first difference from what it expects.
    pub(crate) fn play(&self, face: Face, transcript: &Transcript) -> std::result::Result<(), String> {
        let seen = self.call(face, transcript);
        match (&seen, self.case.outcome.as_ref().unwrap()) {
            (Ok(session), Outcome::Session(expected)) => same_session(session, expected)?,
            (Err(error), Outcome::Error(expected)) => same_error(error, expected)?,
            (Ok(_), Outcome::Error(_)) => {
                return Err("there is a session where an error should be".to_owned());
            }
            (Err(error), Outcome::Session(_)) => return Err(format!("there is an error: {error}")),
        }
        self.same_wire()
    }

    fn call(&self, face: Face, transcript: &Transcript) -> Result<SeenSession> {
        let result = self.build_and_call(face, transcript);
        if let Err(error) = &result {
            transcript.note("error", error);
            transcript.push(&format!("{error} {:?} {:?}\n", error.message(), error.body()));
            let mut cause = error.source();
            while let Some(error) = cause {
                transcript.push(&format!("{error} {error:?}\n"));
                cause = error.source();
            }
        }
        result
    }

    fn build_and_call(&self, face: Face, transcript: &Transcript) -> Result<SeenSession> {
        let mut settings = self.case.client.clone();
        settings.entry("private_key".to_owned()).or_insert(CaseOption::Text(self.key.clone()));
        settings.entry("base_url".to_owned()).or_insert(CaseOption::Text(self.sandbox.url().to_owned()));
        let mut builder = Client::builder();
        for (name, value) in &settings {
            builder = builder.option(name, value_of(value))?;
            transcript.note("builder", &builder);
        }
        match face {
            Face::Async => {
                let runtime = Builder::new_current_thread().enable_all().build().unwrap();
                let client = builder.build()?;
                transcript.note("client", &client);
                self.calls(transcript, |call| runtime.block_on(call_async(&client, call, transcript)))
            }
            Face::Blocking => {
                let client = builder.blocking().build()?;
                transcript.note("client", &client);
                self.calls(transcript, |call| call_blocking(&client, call, transcript))
            }
        }
    }

    /// The calls before the one that counts, and that one.
    fn calls(
        &self,
        transcript: &Transcript,
        call: impl Fn(&Call) -> Result<SeenSession>,
    ) -> Result<SeenSession> {
        let wanted = self.case.call.as_ref().unwrap();
        for _ in 0..self.case.warm_up.unwrap_or_default() {
            if let Err(error) = call(wanted) {
                transcript.note("warm-up", &error);
            }
        }
        self.wait_for_closed_connections();
        call(wanted)
    }

    /// Waits for the sandbox to close what its answers so far say that it will.
    fn wait_for_closed_connections(&self) {
        let given_up = Instant::now() + Duration::from_secs(10);
        let open = |(exchange, record): (&Exchange, &Record)| {
            exchange.answer.close_after_ms.is_some() && record.problem.is_none() && !record.closed
        };
        while self.case.exchanges.iter().zip(&self.sandbox.requests_of(&self.key)).any(open) {
            assert!(
                Instant::now() < given_up,
                "the sandbox does not close the connection of {}",
                self.case.name
            );
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// The requests that came are as many as the case expects, and none differed.
    fn same_wire(&self) -> std::result::Result<(), String> {
        let requests = self.sandbox.requests_of(&self.key);
        if let Some(problem) = requests.iter().find_map(|request| request.problem.as_ref()) {
            return Err(format!("the wire differs: {problem}"));
        }
        same("requests on the wire", &requests.len(), &self.case.exchanges.len())?;
        for (pair, exchange) in requests.windows(2).zip(self.case.exchanges.iter().skip(1)) {
            let gap = pair.last().unwrap().at_ms - pair.first().unwrap().at_ms;
            let wanted = exchange.request.as_ref().and_then(|request| request.min_gap_ms).unwrap_or_default();
            if gap < wanted {
                return Err(format!(
                    "a request came {gap} ms after the one before it, and not {wanted} or more"
                ));
            }
        }
        Ok(())
    }
}

async fn call_async(client: &Client, call: &Call, transcript: &Transcript) -> Result<SeenSession> {
    let options = options_of(call)?;
    match call.method.as_str() {
        "create_retention_session" => {
            let request = RetentionSessionRequest::from_fields(call.parameters.clone())?;
            Ok(seen(&client.create_retention_session_with(&request, &options).await?, transcript))
        }
        "create_subscription_session" => {
            let request = SubscriptionSessionRequest::from_fields(call.parameters.clone())?;
            Ok(seen(&client.create_subscription_session_with(&request, &options).await?, transcript))
        }
        other => panic!("a case calls {other}"),
    }
}

fn call_blocking(client: &blocking::Client, call: &Call, transcript: &Transcript) -> Result<SeenSession> {
    let options = options_of(call)?;
    match call.method.as_str() {
        "create_retention_session" => {
            let request = RetentionSessionRequest::from_fields(call.parameters.clone())?;
            Ok(seen(&client.create_retention_session_with(&request, &options)?, transcript))
        }
        "create_subscription_session" => {
            let request = SubscriptionSessionRequest::from_fields(call.parameters.clone())?;
            Ok(seen(&client.create_subscription_session_with(&request, &options)?, transcript))
        }
        other => panic!("a case calls {other}"),
    }
}

fn options_of(call: &Call) -> Result<CallOptions> {
    call.options
        .iter()
        .try_fold(CallOptions::new(), |options, (name, value)| options.option(name, value_of(value)))
}

fn value_of(setting: &CaseOption) -> OptionValue<'_> {
    match setting {
        CaseOption::Number(number) => OptionValue::from(*number),
        CaseOption::Text(text) => OptionValue::from(text.as_str()),
    }
}

fn seen<K: SessionKind>(session: &Session<K>, transcript: &Transcript) -> SeenSession {
    transcript.note("session", session);
    transcript.note("id", session.id());
    SeenSession {
        id: session.id().as_str().to_owned(),
        url: session.url().to_owned(),
        request_id: session.request_id().map(str::to_owned),
        attempts: session.attempts().len(),
    }
}

fn same<T: PartialEq + Debug>(what: &str, seen: &T, expected: &T) -> std::result::Result<(), String> {
    if seen == expected { Ok(()) } else { Err(format!("{what}: {seen:?}, and should be {expected:?}")) }
}

fn same_session(seen: &SeenSession, expected: &ExpectedSession) -> std::result::Result<(), String> {
    same("id", &seen.id, &expected.id)?;
    if let Some(url) = &expected.url {
        same("url", &seen.url, url)?;
    }
    same("request id", &seen.request_id, &expected.request_id)?;
    same("attempts", &seen.attempts, &expected.attempts)
}

fn same_error(error: &Error, expected: &ExpectedError) -> std::result::Result<(), String> {
    let text = error.to_string();
    same("code", &error.code(), &expected.code.as_str())?;
    same("class", &error.kind().class_name(), &expected.class.as_str())?;
    same("status", &error.status(), &expected.status)?;
    same("field", &error.field(), &expected.field.as_deref())?;
    same("retryable", &error.retryable(), &expected.retryable)?;
    same("attempts", &error.attempts().len(), &expected.attempts)?;
    same("request id", &error.request_id(), &expected.request_id.as_deref())?;
    same("phase", &error.phase().map(renumerate::NetworkPhase::as_str), &expected.phase.as_deref())?;
    same(
        "timeout",
        &error.timeout_scope().map(renumerate::TimeoutScope::as_str),
        &expected.timeout.as_deref(),
    )?;
    same("retry after", &error.retry_after().map(|wait| wait.as_secs_f64()), &expected.retry_after)?;
    if let Some(message) = &expected.message {
        same("message", &error.message(), &message.as_str())?;
    }
    if let Some(body) = &expected.body {
        same("body", &error.body(), &Some(body.as_str()))?;
    }
    if let Some(part) = expected.omits.iter().find(|part| text.contains(*part)) {
        return Err(format!("{text:?} says {part:?}"));
    }
    match expected.says.iter().find(|part| !text.contains(*part)) {
        Some(part) => Err(format!("{text:?} does not say {part:?}")),
        None if text.contains('\n') => Err(format!("{text:?} is more than one line")),
        None => Ok(()),
    }
}

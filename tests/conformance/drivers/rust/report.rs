//! Reports about sessions and errors, with everything that Rust prints about them.

use std::fmt::Debug;
use std::time::{Instant, UNIX_EPOCH};

use renumerate::{
    CallOptions, Error, HandshakeToken, Result, RetentionSessionRequest, Session, SessionKind,
    SubscriptionSessionRequest,
};
use serde_json::{Value, json};

/// Number of calls by outcome.
#[derive(Default)]
pub(crate) struct Tally {
    sessions: usize,
    errors: std::collections::BTreeMap<&'static str, usize>,
    attempts: usize,
    pub(crate) cancelled: usize,
}

impl Tally {
    pub(crate) fn count<K: SessionKind>(&mut self, result: &Result<Session<K>>) {
        match result {
            Ok(session) => {
                self.sessions += 1;
                self.attempts += session.attempts().len();
            }
            Err(error) => {
                *self.errors.entry(error.code()).or_default() += 1;
                self.attempts += error.attempts().len();
            }
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.sessions += other.sessions;
        self.attempts += other.attempts;
        self.cancelled += other.cancelled;
        for (code, count) in other.errors {
            *self.errors.entry(code).or_default() += count;
        }
    }

    /// All errors have the SDK's type, because the methods return no other.
    pub(crate) fn report(&self) -> Value {
        json!({"sessions": self.sessions, "errors": self.errors, "attempts": self.attempts, "untyped": 0})
    }

    pub(crate) fn cancellation_report(&self) -> Value {
        json!({"cancelled": self.cancelled, "sessions": self.sessions, "errors": self.errors, "untyped": 0})
    }
}

/// Request of a call.
pub(crate) enum Request {
    Retention(RetentionSessionRequest),
    Subscription(SubscriptionSessionRequest),
    Token(String),
}

pub(crate) fn request(command: &Value) -> Result<Request> {
    let parameters = command.get("parameters").and_then(Value::as_object).into_iter().flatten();
    let fields: Vec<(String, Option<String>)> =
        parameters.map(|(name, value)| (name.clone(), value.as_str().map(str::to_owned))).collect();
    Ok(match command.get("method").and_then(Value::as_str) {
        Some("create_retention_session") => Request::Retention(RetentionSessionRequest::from_fields(fields)?),
        Some("create_subscription_session") => {
            Request::Subscription(SubscriptionSessionRequest::from_fields(fields)?)
        }
        Some("create_handshake_token") => {
            let id = command.pointer("/parameters/customer_id").and_then(Value::as_str);
            Request::Token(id.unwrap_or_default().to_owned())
        }
        other => panic!("unknown method {other:?}"),
    })
}

pub(crate) fn options(command: &Value) -> Result<CallOptions> {
    let options = command.get("options").and_then(Value::as_object).into_iter().flatten();
    options.into_iter().try_fold(CallOptions::new(), |options, (name, value)| match value {
        Value::Number(number) => options.option(name, number.as_f64().unwrap()),
        value => options.option(name, value.as_str().unwrap()),
    })
}

/// Report about a call that began at this time with this client.
pub(crate) fn outcome<K: SessionKind>(
    result: Result<Session<K>>,
    began: Instant,
    client: &dyn Debug,
) -> Value {
    let seconds = began.elapsed().as_secs_f64();
    let mut shown = vec![format!("{client:?} {client:#?}")];
    let mut report = match result {
        Ok(session) => {
            shown.push(format!("{session:?} {session:#?} {:?}", session.attempts()));
            json!({"session": {
                "id": session.id().as_str(), "url": session.url(), "request_id": session.request_id(),
                "attempts": session.attempts().len(),
            }, "shown": shown})
        }
        Err(failure) => error(&failure, shown),
    };
    report.as_object_mut().unwrap().insert("seconds".to_owned(), seconds.into());
    report
}

/// Report about a token that this client has created.
pub(crate) fn token(result: Result<HandshakeToken>, client: &dyn Debug) -> Value {
    let shown = vec![format!("{client:?} {client:#?}"), format!("{result:?} {result:#?}")];
    match result {
        Ok(token) => json!({"token": {
            "text": token.token(),
            "expires_at": token.expires_at().duration_since(UNIX_EPOCH).unwrap().as_secs_f64(),
            "json": token,
        }, "seconds": 0.0, "shown": shown}),
        Err(failure) => error(&failure, shown),
    }
}

pub(crate) fn error(error: &Error, mut shown: Vec<String>) -> Value {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        shown.push(format!("{error} {error:?} {error:#?}"));
        cause = error.source();
    }
    shown.push(format!("{} {:?} {:?}", error.message(), error.body(), error.attempts()));
    shown.push(panicked(error));
    json!({"error": {
        "typed": true, "class": error.kind().class_name(), "code": error.code(), "text": error.to_string(),
        "retryable": error.retryable(), "attempts": error.attempts().len(), "message": error.message(),
        "body": error.body(), "status": error.status(), "request_id": error.request_id(),
        "phase": error.phase().map(renumerate::NetworkPhase::as_str),
        "host": error.host(),
        "host_setting": error.host_setting(),
        "timeout": error.timeout_scope().map(renumerate::TimeoutScope::as_str),
        "retry_after": error.retry_after().map(|wait| wait.as_secs_f64()), "field": error.field(),
    }, "seconds": 0.0, "shown": shown})
}

/// Returns the panic message of a program that unwraps the error.
fn panicked(error: &Error) -> String {
    let previous = std::panic::take_hook();
    let message = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let hook_message = std::sync::Arc::clone(&message);
    std::panic::set_hook(Box::new(move |info| *hook_message.lock().unwrap() = info.to_string()));
    let _panics = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let failed = || -> std::result::Result<(), &Error> { Err(error) };
        failed().unwrap();
    }));
    std::panic::set_hook(previous);
    message.lock().unwrap().clone()
}

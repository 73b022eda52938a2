//! Log records of calls and of handshake tokens. A call has one record for each attempt and one for its end, in a span that
//! identifies the call. A handshake token has one record if it cannot be created.
//!
//! No field contains the key, an id of the service, an e-mail address or text from the server.

use std::fmt;
use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tracing::{Instrument, Span};

use crate::config::{CLIENT_OPTIONS, VARIABLES, names};
use crate::error::{Attempt, AttemptOutcome, Error, ErrorKind, NetworkPhase, Result, TimeoutScope, millis};
use crate::model::{AnySession, Endpoint};

/// Creates the span of a call, in which all records of the call are logged. `host` is unknown if the client has no key
/// or is closed.
///
/// The span has the level of the most severe record, because a filter must not keep a record but drop its span.
pub(crate) fn call_span(endpoint: &Endpoint, host: Option<&str>) -> Span {
    tracing::warn_span!(
        target: "renumerate", "create_session", call_id = %CallId::next(), endpoint = endpoint.name, host
    )
}

/// Runs a call in its span and logs its end. `elapsed` returns the duration of the call so far.
///
/// # Errors
///
/// The error of the call.
pub(crate) async fn log_call<F: Future<Output = Result<AnySession>>>(
    span: Span,
    elapsed: impl FnOnce() -> Duration,
    call: impl FnOnce() -> F,
) -> Result<AnySession> {
    // A span without a subscriber has no effect, but entering it at each poll takes time. Each branch creates the
    // future itself: the future is large, and a variable for it would be a further copy.
    if span.is_disabled() {
        return call().await;
    }
    let logged = async {
        let result = call().await;
        log_end(&result, elapsed());
        result
    };
    logged.instrument(span).await
}

/// Logs the end of a failed call outside its span: of a call that has not started, or that had no subscriber while it
/// ran.
pub(crate) fn log_failed_call(endpoint: &Endpoint, host: Option<&str>, error: &Error, elapsed: Duration) {
    call_span(endpoint, host).in_scope(|| log_failure(error, elapsed));
}

/// Logs the end of a call.
pub(crate) fn log_end(result: &Result<AnySession>, elapsed: Duration) {
    match result {
        Ok(AnySession { attempts, .. }) => {
            let (attempt, elapsed_ms) = (attempts.len(), millis(elapsed));
            tracing::debug!(target: "renumerate", attempt, outcome = "success", elapsed_ms, "call succeeded");
        }
        Err(error) => log_failure(error, elapsed),
    }
}

fn log_failure(error: &Error, elapsed: Duration) {
    macro_rules! log {
        ($level:ident) => {
            tracing::$level!(
                target: "renumerate",
                attempt = error.attempts().len(),
                outcome = error.code(),
                status = error.status(),
                setting = setting(error),
                phase = error.phase().map(NetworkPhase::as_str),
                limit = error.timeout_scope().map(TimeoutScope::as_str),
                elapsed_ms = millis(elapsed),
                "call failed"
            )
        };
    }
    if needs_operator(error.kind()) { log!(warn) } else { log!(info) }
}

/// Logs that a handshake token could not be created. This is no call, so the record belongs to no span.
pub(crate) fn log_failed_token(error: &Error) {
    macro_rules! log {
        ($level:ident) => {
            tracing::$level!(
                target: "renumerate",
                outcome = error.code(),
                setting = setting(error),
                "token failed"
            )
        };
    }
    if needs_operator(error.kind()) { log!(warn) } else { log!(info) }
}

/// Returns the invalid option or environment variable of a configuration error. Returns `None` if the caller has used an
/// unknown name, because it could be any text.
fn setting(error: &Error) -> Option<&str> {
    if error.kind() != ErrorKind::Configuration {
        return None; // a parameter, which may be called like an option by mistake
    }
    let is_known = |name: &&str| VARIABLES.contains(name) || names(&CLIENT_OPTIONS).contains(name);
    error.field().filter(is_known)
}

/// Returns whether an error of this kind is a problem of the network, the service, the settings or the SDK. The caller of
/// the SDK handles the other kinds, such as an unknown customer.
const fn needs_operator(kind: ErrorKind) -> bool {
    match kind {
        ErrorKind::Configuration
        | ErrorKind::Authentication
        | ErrorKind::Server
        | ErrorKind::Network
        | ErrorKind::Timeout
        | ErrorKind::UnexpectedResponse
        | ErrorKind::Internal => true,
        ErrorKind::Validation
        | ErrorKind::BadRequest
        | ErrorKind::NotFound
        | ErrorKind::RateLimited
        | ErrorKind::Api
        | ErrorKind::Closed => false,
    }
}

/// Logs an attempt. The first attempt of a call has the number 1.
pub(crate) fn log_attempt(number: usize, attempt: &Attempt) {
    let (outcome, status, phase, limit) = match attempt.outcome() {
        AttemptOutcome::Status(status) => ("status", Some(status), None, None),
        AttemptOutcome::Network(phase) => ("network", None, Some(phase.as_str()), None),
        AttemptOutcome::Timeout(scope) => ("timeout", None, None, Some(scope.as_str())),
    };
    let elapsed_ms = millis(attempt.elapsed());
    tracing::debug!(
        target: "renumerate", attempt = number, outcome, status, phase, limit, elapsed_ms, "attempt ended"
    );
}

/// Logs the wait before an attempt with this number.
pub(crate) fn log_retry(number: usize, wait: Duration) {
    tracing::debug!(target: "renumerate", attempt = number, wait_ms = millis(wait), "retrying request");
}

/// Id of a call in log records, such as `5f0c9b1e-17`: eight hexadecimal digits that identify the process, and a number
/// that identifies the call in this process. Only calls that are logged have a number.
struct CallId {
    process: u64,
    number: u64,
}

impl CallId {
    fn next() -> Self {
        static CALLS: AtomicU64 = AtomicU64::new(0);
        let number = CALLS.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        Self { process: process_number(), number }
    }
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}-{}", self.process, self.number)
    }
}

/// Returns a random number of 32 bits that belongs to this process. A process id alone is not enough: in a container,
/// the application often has the process id 1.
fn process_number() -> u64 {
    // Not a `OnceLock`: if the process forks while another thread initializes it, the child waits forever.
    static SEED: AtomicU64 = AtomicU64::new(0);
    let mut seed = SEED.load(Ordering::Relaxed);
    if seed == 0 {
        let random = RandomState::new().hash_one(0) | 1;
        let stored = SEED.compare_exchange(0, random, Ordering::Relaxed, Ordering::Relaxed);
        seed = stored.err().unwrap_or(random);
    }
    // A forked child has the seed of its parent, and another process id.
    let mut hasher = DefaultHasher::new();
    (seed, process_id()).hash(&mut hasher);
    hasher.finish() >> 32
}

#[cfg(feature = "client")]
fn process_id() -> u32 {
    std::process::id()
}

/// Returns 0: targets without a client, such as WebAssembly, may have no process id.
#[cfg(not(feature = "client"))]
fn process_id() -> u32 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rules: S18
    #[test]
    fn call_ids_share_a_process_number_and_count_calls() {
        let ids: Vec<_> = (0..3).map(|_| CallId::next().to_string()).collect();
        let parts: Vec<_> = ids.iter().map(|id| id.split_once('-').unwrap()).collect();
        assert!(parts.iter().all(|(process, _)| *process == parts[0].0 && process.len() == 8), "{ids:?}");
        assert!(ids[0] != ids[1] && ids[1] != ids[2], "{ids:?}");
    }
}

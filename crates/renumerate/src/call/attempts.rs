//! Retry loop that all clients share.
//!
//! `SendOnce` does the I/O, `Clock` measures time, and the `retry` module decides whether to retry. The loop itself can
//! therefore be tested without a network and without waiting.

use std::time::Duration;

use super::clock::Clock;
use crate::error::{Attempt, AttemptOutcome, Error, ErrorKind, Result, seconds};
use crate::log::{log_attempt, log_retry};
use crate::retry::{
    Deadline, FailedAttempt, FailureClass, Limits, RetryDecision, RetryState, TokenBucket, decide,
};

/// Result of one attempt.
#[derive(Debug)]
pub(super) struct AttemptResult<T> {
    pub(super) outcome: AttemptOutcome,
    pub(super) result: Result<T>,
    /// Whether the server closed a reused connection before it sent a response.
    pub(super) stale: bool,
    /// Whether a reused connection has failed. All later attempts of the call then open new connections, because other
    /// pooled connections are probably dead too.
    pub(super) failed_on_reused: bool,
}

/// Sends a request until an attempt succeeds or the `retry` module decides to stop. Returns the decoded result and a
/// record of each attempt. The second argument of `send` tells it to open a new connection.
///
/// # Errors
///
/// The error of the last attempt, with the record of all attempts. A hint is added if retries stopped because the
/// token bucket is empty or `Retry-After` is too long.
pub(super) async fn run_with_retries<T, F: Future<Output = AttemptResult<T>>>(
    send: impl Fn(Deadline, bool) -> F,
    clock: &impl Clock,
    limits: Limits,
    bucket: &TokenBucket,
) -> Result<(T, Vec<Attempt>)> {
    let mut state = RetryState { max_retries: limits.max_retries, ..RetryState::default() };
    let mut attempts = Vec::with_capacity(1);
    let mut waited = Duration::ZERO;
    let mut last_cost = None;
    let mut new_connection = false;
    loop {
        let attempt_start = clock.now();
        let attempted = send(limits.deadline(attempt_start), new_connection).await;
        let AttemptResult { outcome, result, stale, failed_on_reused } = attempted;
        new_connection |= failed_on_reused;
        let attempt = Attempt::new(outcome, waited, clock.now().saturating_sub(attempt_start));
        log_attempt(attempts.len() + 1, &attempt);
        attempts.push(attempt);
        let error = match result {
            Ok(decoded) => {
                bucket.deposit(last_cost);
                return Ok((decoded, attempts));
            }
            Err(error) => error,
        };
        state.left = limits.total.saturating_sub(clock.now());
        let hint = match decide(classify(&error, stale), state, bucket, fastrand::f64()) {
            RetryDecision::RetryNow => {
                state.free_retry_spent = true;
                waited = Duration::ZERO;
                continue;
            }
            RetryDecision::RetryAfter(wait, cost) => {
                log_retry(attempts.len() + 1, wait);
                clock.sleep(wait).await;
                state.retries += 1;
                waited = wait;
                last_cost = Some(cost);
                continue;
            }
            RetryDecision::Stop => return Err(error.with_attempts(attempts)),
            RetryDecision::StopBucketEmpty => {
                "try again later; not retried, because this client's retry budget is spent".to_owned()
            }
            RetryDecision::StopForRetryAfter(wait) => {
                format!("try again after {}, as the response asks", seconds(wait))
            }
        };
        return Err(error.with_hint(hint).with_attempts(attempts));
    }
}

/// Classifies a failure for the retry decision.
fn classify(error: &Error, stale: bool) -> FailedAttempt {
    let class = match (error.kind(), error.status()) {
        _ if !error.retryable() => FailureClass::Permanent,
        _ if stale => FailureClass::Stale,
        (ErrorKind::Timeout, _) => FailureClass::TimedOut,
        (_, Some(429 | 503)) => FailureClass::Throttled,
        _ => FailureClass::Transient,
    };
    FailedAttempt { class, retry_after: error.retry_after() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{NetworkPhase, TimeoutScope};
    use std::cell::{Cell, RefCell};
    use std::collections::VecDeque;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};
    use std::time::SystemTime;

    /// Clock that advances only when the test or a `sleep` advances it.
    #[derive(Default)]
    struct TestClock(Cell<Duration>);

    impl Clock for TestClock {
        fn now(&self) -> Duration {
            self.0.get()
        }

        fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
            self.0.set(self.0.get() + duration);
            std::future::ready(())
        }

        fn system_time(&self) -> SystemTime {
            SystemTime::UNIX_EPOCH + self.0.get()
        }
    }

    /// Scripted attempts of a call, each with its duration in milliseconds and its outcome.
    struct Script<'a> {
        clock: &'a TestClock,
        steps: RefCell<VecDeque<(u64, Step)>>,
    }

    #[derive(Clone, Copy)]
    enum Step {
        Success,
        Status(u16, Option<u64>),
        Stale,
        NoResponse,
    }

    impl Script<'_> {
        async fn send_once(&self, deadline: Deadline) -> AttemptResult<()> {
            let (millis, step) = self.steps.borrow_mut().pop_front().unwrap();
            self.clock.sleep(Duration::from_millis(millis)).await;
            let network = || Error::network(NetworkPhase::Read, "cut", "cut".into()).with_retryable(true);
            let (outcome, result) = match step {
                Step::Success => (AttemptOutcome::Status(200), Ok(())),
                Step::Status(status, retry_after_ms) => {
                    let retry_after = retry_after_ms.map(Duration::from_millis);
                    let response =
                        crate::error::ResponseContext { status, retry_after, ..Default::default() };
                    let retryable = crate::retry::is_retryable_status(status);
                    (
                        AttemptOutcome::Status(status),
                        Err(Error::api(String::new(), response).with_retryable(retryable)),
                    )
                }
                Step::Stale => (AttemptOutcome::Network(NetworkPhase::Read), Err(network())),
                Step::NoResponse => {
                    self.clock.sleep(deadline.after).await;
                    let phase = Some(NetworkPhase::Read);
                    let error = Error::timeout(deadline.scope, deadline.limit, phase).with_retryable(true);
                    (AttemptOutcome::Timeout(deadline.scope), Err(error))
                }
            };
            let stale = matches!(step, Step::Stale);
            AttemptResult { outcome, result, stale, failed_on_reused: stale }
        }
    }

    const LIMITS: Limits =
        Limits { total: Duration::from_secs(25), attempt: Duration::from_secs(10), max_retries: 2 };

    /// Runs a scripted call and returns its result, with the time that it took on the test clock.
    fn run_script(
        steps: &[(u64, Step)],
        limits: Limits,
        bucket: &TokenBucket,
    ) -> (Result<Vec<Attempt>>, Duration) {
        let clock = TestClock::default();
        let script = Script { clock: &clock, steps: RefCell::new(steps.iter().copied().collect()) };
        let call = pin!(run_with_retries(|deadline, _| script.send_once(deadline), &clock, limits, bucket));
        let Poll::Ready(result) = call.poll(&mut Context::from_waker(Waker::noop())) else {
            panic!("the call waits for something other than the test clock")
        };
        (result.map(|((), attempts)| attempts), clock.now())
    }

    /// Rules: S3, S4
    #[test]
    fn attempts_without_response_end_at_the_total_timeout() {
        let (result, elapsed) = run_script(&[(0, Step::NoResponse); 3], LIMITS, &TokenBucket::default());
        let error = result.unwrap_err();
        assert_eq!(error.timeout_scope(), Some(TimeoutScope::Total));
        assert_eq!(error.attempts().len(), 3);
        assert!(elapsed == LIMITS.total, "{elapsed:?}");
    }

    /// Rules: S8, S9
    #[test]
    fn attempts_record_their_waits_and_durations() {
        let steps = [(30, Step::Status(500, None)), (40, Step::Status(429, Some(3000))), (50, Step::Success)];
        let (result, elapsed) = run_script(&steps, LIMITS, &TokenBucket::default());
        let attempts = result.unwrap();
        let elapsed_ms: Vec<_> = attempts.iter().map(|attempt| attempt.elapsed().as_millis()).collect();
        assert_eq!(elapsed_ms, [30, 40, 50]);
        let waited: Vec<_> = attempts.iter().map(|attempt| attempt.waited().as_millis()).collect();
        assert!(waited[0] == 0 && (100..=200).contains(&waited[1]) && waited[2] == 3000, "{waited:?}");
        let sum: Duration = attempts.iter().map(|attempt| attempt.waited() + attempt.elapsed()).sum();
        assert!(elapsed == sum, "{elapsed:?} for {sum:?}");
    }

    /// Rules: S7
    #[test]
    fn free_retry_needs_no_wait_no_retries_and_no_tokens() {
        let bucket = TokenBucket::default();
        assert!(bucket.withdraw(500));
        let no_retries = Limits { max_retries: 0, ..LIMITS };
        let (result, elapsed) = run_script(&[(0, Step::Stale), (0, Step::Success)], no_retries, &bucket);
        assert_eq!((result.unwrap().len(), elapsed), (2, Duration::ZERO));
        let (result, _) =
            run_script(&[(0, Step::Stale), (0, Step::Stale)], no_retries, &TokenBucket::default());
        assert_eq!(result.unwrap_err().attempts().len(), 2);
    }

    /// Rules: S10
    #[test]
    fn empty_bucket_stops_retries_until_successes_refill_it() {
        let bucket = TokenBucket::default();
        assert!(bucket.withdraw(500));
        let failing = [(0, Step::Status(500, Some(0))), (0, Step::Success)];
        let error = run_script(&failing, LIMITS, &bucket).0.unwrap_err();
        assert!(
            error.attempts().len() == 1 && error.to_string().contains("retry budget is spent"),
            "{error}"
        );
        for _ in 0..5 {
            run_script(&[(0, Step::Success)], LIMITS, &bucket).0.unwrap();
        }
        assert_eq!(run_script(&failing, LIMITS, &bucket).0.unwrap().len(), 2);
        // The previous call put back the tokens that its retry had used, so there are enough for one more retry.
        assert_eq!(run_script(&failing, LIMITS, &bucket).0.unwrap().len(), 2);
    }
}

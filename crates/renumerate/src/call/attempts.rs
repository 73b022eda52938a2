//! The retry loop of all clients. It sends through `SendOnce`, waits on a `Clock`, and lets `retry` decide.

use std::time::Duration;

use super::Clock;
use crate::error::{Attempt, AttemptOutcome, Error, ErrorKind, Result, millis};
use crate::retry::{
    Deadline, FailedAttempt, FailureClass, Limits, RetryDecision, RetryState, TokenBucket, decide,
};

/// The outcome of one attempt.
#[derive(Debug)]
pub(super) struct AttemptResult<T> {
    pub(super) outcome: AttemptOutcome,
    pub(super) result: Result<T>,
    /// A reused connection was closed before a response.
    pub(super) stale: bool,
}

/// Attempts until one succeeds or another one is not worth it. Returns its result and a record of each attempt.
pub(super) async fn run_with_retries<T, F: Future<Output = AttemptResult<T>>>(
    send: impl Fn(Deadline) -> F,
    clock: &impl Clock,
    limits: Limits,
    bucket: &TokenBucket,
) -> Result<(T, Vec<Attempt>)> {
    let start = clock.now();
    let elapsed = || clock.now().saturating_sub(start);
    let mut state = RetryState { max_retries: limits.max_retries, ..RetryState::default() };
    let mut attempts = Vec::with_capacity(1);
    let mut waited = Duration::ZERO;
    let mut last_cost = None;
    loop {
        let begun = elapsed();
        let AttemptResult { outcome, result, stale } = send(limits.deadline(begun)).await;
        let attempt = Attempt::new(outcome, waited, elapsed().saturating_sub(begun));
        log(attempts.len() + 1, &attempt);
        attempts.push(attempt);
        let error = match result {
            Ok(granted) => {
                bucket.deposit(last_cost);
                return Ok((granted, attempts));
            }
            Err(error) => error,
        };
        state.left = limits.total.saturating_sub(elapsed());
        let note = match decide(classify(&error, stale), state, bucket, fastrand::f64()) {
            RetryDecision::RetryNow => {
                state.free_retry_spent = true;
                waited = Duration::ZERO;
                continue;
            }
            RetryDecision::RetryAfter(wait, cost) => {
                tracing::debug!(target: "renumerate", wait_ms = millis(wait), "trying again");
                clock.sleep(wait).await;
                state.retries += 1;
                waited = wait;
                last_cost = Some(cost);
                continue;
            }
            RetryDecision::Stop => return Err(error.with_attempts(attempts)),
            RetryDecision::StopBucketEmpty => {
                "it was not tried again: too many calls of this client fail, and its retry budget is spent"
                    .to_owned()
            }
            RetryDecision::StopForRetryAfter(wait) => {
                format!("it was not tried again: the service asks to wait {wait:?}")
            }
        };
        return Err(error.with_hint(note).with_attempts(attempts));
    }
}

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

/// What a log may say of an attempt: never the key, an id, an e-mail or a server's text.
fn log(number: usize, attempt: &Attempt) {
    let elapsed_ms = millis(attempt.elapsed());
    match attempt.outcome() {
        AttemptOutcome::Status(status) => {
            tracing::debug!(target: "renumerate", attempt = number, status, elapsed_ms, "answered");
        }
        AttemptOutcome::Network(phase) => {
            let phase = phase.as_str();
            tracing::debug!(target: "renumerate", attempt = number, phase, elapsed_ms, "the network failed");
        }
        AttemptOutcome::Timeout(scope) => {
            let limit = scope.as_str();
            tracing::debug!(target: "renumerate", attempt = number, limit, elapsed_ms, "timed out");
        }
    }
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

    /// A clock that only the test moves.
    #[derive(Default)]
    struct TestClock(Cell<Duration>);

    impl Clock for TestClock {
        fn now(&self) -> Duration {
            self.0.get()
        }

        fn sleep(&self, time: Duration) -> impl Future<Output = ()> + Send {
            self.0.set(self.0.get() + time);
            std::future::ready(())
        }

        fn system_time(&self) -> SystemTime {
            SystemTime::UNIX_EPOCH + self.0.get()
        }
    }

    /// The attempts of a call: class long each takes, and its outcome.
    struct Script<'a> {
        clock: &'a TestClock,
        steps: RefCell<VecDeque<(u64, Step)>>,
    }

    #[derive(Clone, Copy)]
    enum Step {
        DecodedSession,
        Status(u16, Option<u64>),
        Stale,
        NeverAnswers,
    }

    impl Script<'_> {
        async fn attempt(&self, deadline: Deadline) -> AttemptResult<()> {
            let (millis, step) = self.steps.borrow_mut().pop_front().unwrap();
            self.clock.sleep(Duration::from_millis(millis)).await;
            let network = || Error::network(NetworkPhase::Read, "cut".into()).with_retryable(true);
            let (outcome, result) = match step {
                Step::DecodedSession => (AttemptOutcome::Status(200), Ok(())),
                Step::Status(status, retry_after_ms) => {
                    let retry_after = retry_after_ms.map(Duration::from_millis);
                    let answer = crate::error::ResponseContext { status, retry_after, ..Default::default() };
                    let retryable = crate::retry::is_retryable_status(status);
                    (
                        AttemptOutcome::Status(status),
                        Err(Error::api(String::new(), answer).with_retryable(retryable)),
                    )
                }
                Step::Stale => (AttemptOutcome::Network(NetworkPhase::Read), Err(network())),
                Step::NeverAnswers => {
                    self.clock.sleep(deadline.after).await;
                    let error = Error::timeout(deadline.scope, deadline.limit).with_retryable(true);
                    (AttemptOutcome::Timeout(deadline.scope), Err(error))
                }
            };
            AttemptResult { outcome, result, stale: matches!(step, Step::Stale) }
        }
    }

    const LIMITS: Limits =
        Limits { total: Duration::from_secs(25), attempt: Duration::from_secs(10), max_retries: 2 };

    /// Plays a script and returns its result with the time that it took on the test's clock.
    fn play(steps: &[(u64, Step)], limits: Limits, bucket: &TokenBucket) -> (Result<Vec<Attempt>>, Duration) {
        let clock = TestClock::default();
        let script = Script { clock: &clock, steps: RefCell::new(steps.iter().copied().collect()) };
        let call = pin!(run_with_retries(|deadline| script.attempt(deadline), &clock, limits, bucket));
        let Poll::Ready(done) = call.poll(&mut Context::from_waker(Waker::noop())) else {
            panic!("nothing waits for anything but the test's clock")
        };
        (done.map(|((), attempts)| attempts), clock.now())
    }

    /// Rules: S3, S4
    #[test]
    fn three_attempts_that_never_answer_end_with_the_whole_call() {
        let (done, elapsed) = play(&[(0, Step::NeverAnswers); 3], LIMITS, &TokenBucket::default());
        let error = done.unwrap_err();
        assert_eq!(error.timeout_scope(), Some(TimeoutScope::Total));
        assert_eq!(error.attempts().len(), 3);
        assert!(elapsed == LIMITS.total, "{elapsed:?}");
    }

    /// Rules: S8, S9
    #[test]
    fn waits_are_those_of_the_verdict_and_are_told() {
        let steps =
            [(30, Step::Status(500, None)), (40, Step::Status(429, Some(3000))), (50, Step::DecodedSession)];
        let (done, elapsed) = play(&steps, LIMITS, &TokenBucket::default());
        let attempts = done.unwrap();
        let elapsed_ms: Vec<_> = attempts.iter().map(|attempt| attempt.elapsed().as_millis()).collect();
        assert_eq!(elapsed_ms, [30, 40, 50]);
        let waited: Vec<_> = attempts.iter().map(|attempt| attempt.waited().as_millis()).collect();
        assert!(waited[0] == 0 && (100..=200).contains(&waited[1]) && waited[2] == 3000, "{waited:?}");
        let all: Duration = attempts.iter().map(|attempt| attempt.waited() + attempt.elapsed()).sum();
        assert!(elapsed == all, "{elapsed:?} for {all:?}");
    }

    /// Rules: S7
    #[test]
    fn the_free_retry_takes_no_time_and_none_of_the_budget() {
        let bucket = TokenBucket::default();
        assert!(bucket.withdraw(500));
        let none = Limits { max_retries: 0, ..LIMITS };
        let (done, elapsed) = play(&[(0, Step::Stale), (0, Step::DecodedSession)], none, &bucket);
        assert_eq!((done.unwrap().len(), elapsed), (2, Duration::ZERO));
        let (done, _) = play(&[(0, Step::Stale), (0, Step::Stale)], none, &TokenBucket::default());
        assert_eq!(done.unwrap_err().attempts().len(), 2);
    }

    /// Rules: S10
    #[test]
    fn a_spent_budget_says_so_and_successes_fill_it_again() {
        let bucket = TokenBucket::default();
        assert!(bucket.withdraw(500));
        let failing = [(0, Step::Status(500, Some(0))), (0, Step::DecodedSession)];
        let error = play(&failing, LIMITS, &bucket).0.unwrap_err();
        assert!(
            error.attempts().len() == 1 && error.to_string().contains("retry budget is spent"),
            "{error}"
        );
        for _ in 0..5 {
            play(&[(0, Step::DecodedSession)], LIMITS, &bucket).0.unwrap();
        }
        assert_eq!(play(&failing, LIMITS, &bucket).0.unwrap().len(), 2);
        // The success gave back what its retry had cost.
        assert_eq!(play(&failing, LIMITS, &bucket).0.unwrap().len(), 2);
    }
}

//! The one loop of attempts, for async and blocking callers alike: each attempt under its deadlines, and the pure
//! verdict of `retry` between them.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::error::{Error, ErrorKind, Result, TimeoutScope};
use crate::model::{Attempt, AttemptOutcome, millis};
use crate::retry::{Budget, Failed, How, Progress, Verdict, verdict};

/// The limits of one call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) total: Duration,
    pub(crate) attempt: Duration,
    pub(crate) max_retries: u32,
}

/// When an attempt must end, and which limit says so.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    pub(crate) at: Instant,
    pub(crate) scope: TimeoutScope,
    pub(crate) limit: Duration,
}

/// What came of an attempt.
#[derive(Debug)]
pub(crate) struct Tried<T> {
    pub(crate) outcome: AttemptOutcome,
    pub(crate) result: Result<T>,
    /// A connection that was used before closed without an answer.
    pub(crate) stale: bool,
}

/// One request that can be sent again and again.
pub(crate) trait Attempting {
    /// What a success gives.
    type Granted;

    /// Sends it once, and ends by the deadline.
    fn attempt(&self, deadline: Deadline) -> impl Future<Output = Tried<Self::Granted>> + Send;
}

/// Attempts until one succeeds, or until the verdict is that none will: what it gave and what each attempt met.
pub(crate) async fn attempt_all<A: Attempting>(
    call: &A,
    limits: Limits,
    budget: &Budget,
) -> Result<(A::Granted, Vec<Attempt>)> {
    let end = Instant::now() + limits.total;
    let mut progress = Progress { max_retries: limits.max_retries, ..Progress::default() };
    let mut attempts = Vec::with_capacity(1);
    let mut waited = Duration::ZERO;
    let mut last_cost = None;
    loop {
        let begun = Instant::now();
        let Tried { outcome, result, stale } = call.attempt(deadline(limits, begun, end)).await;
        let attempt = Attempt::new(outcome, waited, begun.elapsed());
        log(attempts.len() + 1, &attempt);
        attempts.push(attempt);
        let error = match result {
            Ok(granted) => {
                budget.give_back(last_cost);
                return Ok((granted, attempts));
            }
            Err(error) => error,
        };
        progress.left = end.saturating_duration_since(Instant::now());
        let note = match verdict(failed(&error, stale), progress, budget, fastrand::f64()) {
            Verdict::Free => {
                progress.free_retry_spent = true;
                waited = Duration::ZERO;
                continue;
            }
            Verdict::After(wait, cost) => {
                tracing::debug!(target: "renumerate", wait_ms = millis(wait), "trying again");
                sleep(wait).await;
                progress.retries += 1;
                waited = wait;
                last_cost = Some(cost);
                continue;
            }
            Verdict::Stop => return Err(error.with_attempts(attempts)),
            Verdict::StopForBudget => {
                "it was not tried again: too many calls of this client fail, and its retry budget is spent"
                    .to_owned()
            }
            Verdict::StopForRetryAfter(wait) => {
                format!("it was not tried again: the service asks to wait {wait:?}")
            }
        };
        return Err(error.with_hint(note).with_attempts(attempts));
    }
}

/// The end of an attempt that begins now: its own, or that of the whole call where that is nearer.
pub(crate) fn deadline(limits: Limits, begun: Instant, end: Instant) -> Deadline {
    let own = begun + limits.attempt;
    if own < end {
        Deadline { at: own, scope: TimeoutScope::Attempt, limit: limits.attempt }
    } else {
        Deadline { at: end, scope: TimeoutScope::Total, limit: limits.total }
    }
}

fn failed(error: &Error, stale: bool) -> Failed {
    let how = match (error.kind(), error.status()) {
        _ if !error.retryable() => How::ForGood,
        _ if stale => How::Stale,
        (ErrorKind::Timeout, _) => How::TimedOut,
        (_, Some(429 | 503)) => How::Throttled,
        _ => How::ForNow,
    };
    Failed { how, retry_after: error.retry_after() }
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
    use crate::error::NetworkPhase;
    use std::cell::RefCell;
    use std::collections::VecDeque;
    use std::sync::Mutex;

    /// A call whose attempts go by a script: how long each takes, and what comes of it.
    struct Script(Mutex<RefCell<VecDeque<(u64, Step)>>>);

    #[derive(Clone, Copy)]
    enum Step {
        Granted,
        Status(u16, Option<u64>),
        Stale,
        NeverAnswers,
    }

    impl Attempting for Script {
        type Granted = ();

        async fn attempt(&self, deadline: Deadline) -> Tried<()> {
            let (millis, step) = self.0.lock().unwrap().borrow_mut().pop_front().unwrap();
            sleep(Duration::from_millis(millis)).await;
            let network = || Error::network(NetworkPhase::Read, "cut".into()).with_retryable(true);
            let (outcome, result) = match step {
                Step::Granted => (AttemptOutcome::Status(200), Ok(())),
                Step::Status(status, retry_after_ms) => {
                    let retry_after = retry_after_ms.map(Duration::from_millis);
                    let answer = crate::error::Answer { status, retry_after, ..Default::default() };
                    let retryable = crate::retry::is_retryable_status(status);
                    (
                        AttemptOutcome::Status(status),
                        Err(Error::api(String::new(), answer).with_retryable(retryable)),
                    )
                }
                Step::Stale => (AttemptOutcome::Network(NetworkPhase::Read), Err(network())),
                Step::NeverAnswers => {
                    tokio::time::sleep_until(deadline.at).await;
                    let error = Error::timeout(deadline.scope, deadline.limit).with_retryable(true);
                    (AttemptOutcome::Timeout(deadline.scope), Err(error))
                }
            };
            Tried { outcome, result, stale: matches!(step, Step::Stale) }
        }
    }

    const LIMITS: Limits =
        Limits { total: Duration::from_secs(25), attempt: Duration::from_secs(10), max_retries: 2 };

    /// Plays a script, and tells how long it took on the paused clock.
    async fn play(
        steps: &[(u64, Step)],
        limits: Limits,
        budget: &Budget,
    ) -> (Result<Vec<Attempt>>, Duration) {
        let script = Script(Mutex::new(RefCell::new(steps.iter().copied().collect())));
        let started = Instant::now();
        let done = attempt_all(&script, limits, budget).await.map(|((), attempts)| attempts);
        (done, started.elapsed())
    }

    /// Rules: S3, S4
    #[tokio::test(start_paused = true)]
    async fn three_attempts_that_never_answer_end_with_the_whole_call() {
        let (done, elapsed) = play(&[(0, Step::NeverAnswers); 3], LIMITS, &Budget::default()).await;
        let error = done.unwrap_err();
        assert_eq!(error.timeout_scope(), Some(TimeoutScope::Total));
        assert_eq!(error.attempts().len(), 3);
        assert!(elapsed >= LIMITS.total && elapsed < LIMITS.total + Duration::from_millis(10), "{elapsed:?}");
    }

    /// Rules: S8, S9
    #[tokio::test(start_paused = true)]
    async fn waits_are_those_of_the_verdict_and_are_told() {
        let steps = [(30, Step::Status(500, None)), (40, Step::Status(429, Some(3000))), (50, Step::Granted)];
        let (done, elapsed) = play(&steps, LIMITS, &Budget::default()).await;
        let attempts = done.unwrap();
        let elapsed_ms: Vec<_> = attempts.iter().map(|attempt| attempt.elapsed().as_millis()).collect();
        assert_eq!(elapsed_ms, [30, 40, 50]);
        let waited: Vec<_> = attempts.iter().map(|attempt| attempt.waited().as_millis()).collect();
        assert!(waited[0] == 0 && (100..=200).contains(&waited[1]) && waited[2] == 3000, "{waited:?}");
        let all: Duration = attempts.iter().map(|attempt| attempt.waited() + attempt.elapsed()).sum();
        assert!(elapsed >= all && elapsed < all + Duration::from_millis(10), "{elapsed:?} for {all:?}");
    }

    /// Rules: S7
    #[tokio::test(start_paused = true)]
    async fn the_free_retry_takes_no_time_and_none_of_the_budget() {
        let budget = Budget::default();
        assert!(budget.take(500));
        let none = Limits { max_retries: 0, ..LIMITS };
        let (done, elapsed) = play(&[(0, Step::Stale), (0, Step::Granted)], none, &budget).await;
        assert_eq!((done.unwrap().len(), elapsed), (2, Duration::ZERO));
        let (done, _) = play(&[(0, Step::Stale), (0, Step::Stale)], none, &Budget::default()).await;
        assert_eq!(done.unwrap_err().attempts().len(), 2);
    }

    /// Rules: S10
    #[tokio::test(start_paused = true)]
    async fn a_spent_budget_says_so_and_successes_fill_it_again() {
        let budget = Budget::default();
        assert!(budget.take(500));
        let failing = [(0, Step::Status(500, Some(0))), (0, Step::Granted)];
        let error = play(&failing, LIMITS, &budget).await.0.unwrap_err();
        assert!(
            error.attempts().len() == 1 && error.to_string().contains("retry budget is spent"),
            "{error}"
        );
        for _ in 0..5 {
            play(&[(0, Step::Granted)], LIMITS, &budget).await.0.unwrap();
        }
        assert_eq!(play(&failing, LIMITS, &budget).await.0.unwrap().len(), 2);
        // The success gave back what its retry had cost.
        assert_eq!(play(&failing, LIMITS, &budget).await.0.unwrap().len(), 2);
    }
}

//! What may be tried again, and when; no I/O.

use std::time::Duration;

use super::token_bucket::TokenBucket;

/// A server that asks for a longer wait than this is not waited for.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// The least that an attempt needs: a wait that leaves less ends the call with the error that is at hand, which says
/// more than a timeout would.
const MIN_ATTEMPT: Duration = Duration::from_millis(50);

/// What a retry costs of the bucket: a timeout says more of a service in trouble than any answer.
const RETRY_COST: u32 = 5;
const TIMEOUT_RETRY_COST: u32 = 10;

/// Statuses that another attempt may turn into a success: 500 is the vendor's generic error, 520–524 are those of
/// the proxies on the way. Creating a session has no documented effect but minting an id, so a repeat costs an
/// unused id at most.
pub(crate) const fn is_retryable_status(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500 | 502..=504 | 520..=524)
}

/// FailureClass an attempt failed, as far as another one depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailureClass {
    /// Another one would fail too.
    Permanent,
    /// Another one may succeed.
    Transient,
    /// The service asks for less traffic: 429, 503.
    Throttled,
    /// A limit ended it.
    TimedOut,
    /// A connection that was used before closed without an answer: the server had probably let it go.
    Stale,
}

/// An attempt that failed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FailedAttempt {
    pub(crate) class: FailureClass,
    /// FailureClass long the server asks to wait.
    pub(crate) retry_after: Option<Duration>,
}

/// FailureClass far a call has got.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RetryState {
    pub(crate) retries: u32,
    pub(crate) max_retries: u32,
    pub(crate) free_retry_spent: bool,
    /// The time that is left of the whole call.
    pub(crate) left: Duration,
}

/// What to do after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RetryDecision {
    /// The failure is the caller's to see.
    Stop,
    /// It would be tried again, but the server asks to wait for longer than can be waited.
    StopForRetryAfter(Duration),
    /// It would be tried again, but too many calls of this client fail.
    StopBucketEmpty,
    /// Try again at once; it counts for nothing.
    RetryNow,
    /// Wait, and try again, at this cost of the bucket.
    RetryAfter(Duration, u32),
}

/// Decides on another attempt. `random` is uniform in 0..1; the bucket is charged where the decide is to retry.
pub(crate) fn decide(
    failed: FailedAttempt,
    state: RetryState,
    bucket: &TokenBucket,
    random: f64,
) -> RetryDecision {
    if failed.class == FailureClass::Permanent || state.left.is_zero() {
        return RetryDecision::Stop;
    }
    if failed.class == FailureClass::Stale && !state.free_retry_spent {
        return RetryDecision::RetryNow;
    }
    if state.retries >= state.max_retries {
        return RetryDecision::Stop;
    }
    let longest = state.left.saturating_sub(MIN_ATTEMPT);
    let wait = match failed.retry_after {
        Some(wait) if wait > MAX_WAIT || wait >= longest => {
            return RetryDecision::StopForRetryAfter(wait);
        }
        Some(wait) => wait,
        None => backoff(state.retries, failed.class == FailureClass::Throttled, random),
    };
    if wait >= longest {
        return RetryDecision::Stop;
    }
    let cost = if failed.class == FailureClass::TimedOut { TIMEOUT_RETRY_COST } else { RETRY_COST };
    if bucket.withdraw(cost) { RetryDecision::RetryAfter(wait, cost) } else { RetryDecision::StopBucketEmpty }
}

/// The wait before a retry: 0.2 s, 0.4 s, … to 2 s, less up to half of it; where the service asks for less traffic
/// 1 s, 2 s, … to 8 s, anywhere from 0.25 s up. Many clients that fail together so come back apart.
fn backoff(retries: u32, throttled: bool, random: f64) -> Duration {
    let (base, cap) = if throttled { (1.0, 8.0) } else { (0.2, 2.0) };
    let whole = f64::min(cap, base * f64::from(2_u32.saturating_pow(retries)));
    let seconds = if throttled { f64::max(0.25, whole * random) } else { whole * (0.5 + random / 2.0) };
    Duration::from_secs_f64(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FAILED: FailedAttempt = FailedAttempt { class: FailureClass::Transient, retry_after: None };
    const PROGRESS: RetryState =
        RetryState { retries: 0, max_retries: 2, free_retry_spent: false, left: Duration::from_secs(25) };

    fn decided(failed: FailedAttempt, state: RetryState) -> RetryDecision {
        decide(failed, state, &TokenBucket::default(), 0.5)
    }

    fn wait(seconds: u64) -> FailedAttempt {
        FailedAttempt { retry_after: Some(Duration::from_secs(seconds)), ..FAILED }
    }

    /// Rules: R1, R2
    #[test]
    fn statuses_are_retried_by_the_list() {
        let retried: Vec<u16> = (100..=999).filter(|status| is_retryable_status(*status)).collect();
        assert_eq!(retried, [408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524]);
    }

    /// Rules: R2, S6
    #[test]
    fn what_cannot_succeed_or_has_no_time_or_no_retries_left_stops() {
        assert_eq!(
            decided(FailedAttempt { class: FailureClass::Permanent, ..FAILED }, PROGRESS),
            RetryDecision::Stop
        );
        assert_eq!(decided(FAILED, RetryState { left: Duration::ZERO, ..PROGRESS }), RetryDecision::Stop);
        assert_eq!(
            decided(FAILED, RetryState { left: Duration::from_millis(150), ..PROGRESS }),
            RetryDecision::Stop
        );
        assert_eq!(decided(FAILED, RetryState { retries: 2, ..PROGRESS }), RetryDecision::Stop);
        assert_eq!(decided(FAILED, RetryState { max_retries: 0, ..PROGRESS }), RetryDecision::Stop);
        assert_eq!(decided(FAILED, PROGRESS), RetryDecision::RetryAfter(Duration::from_millis(150), 5));
    }

    /// Rules: S7
    #[test]
    fn a_stale_connection_is_retried_once_for_free_even_without_retries() {
        let stale = FailedAttempt { class: FailureClass::Stale, ..FAILED };
        let none = RetryState { max_retries: 0, ..PROGRESS };
        assert_eq!(decided(stale, none), RetryDecision::RetryNow);
        assert_eq!(decided(stale, RetryState { free_retry_spent: true, ..none }), RetryDecision::Stop);
        assert!(matches!(
            decided(stale, RetryState { free_retry_spent: true, ..PROGRESS }),
            RetryDecision::RetryAfter(..)
        ));
    }

    /// Rules: S9
    #[test]
    fn a_servers_wait_is_kept_or_not_waited_for_at_all() {
        assert_eq!(decided(wait(24), PROGRESS), RetryDecision::RetryAfter(Duration::from_secs(24), 5));
        assert_eq!(decided(wait(0), PROGRESS), RetryDecision::RetryAfter(Duration::ZERO, 5));
        assert_eq!(decided(wait(25), PROGRESS), RetryDecision::StopForRetryAfter(Duration::from_secs(25)));
        let patient = RetryState { left: Duration::from_secs(600), ..PROGRESS };
        assert_eq!(decided(wait(60), patient), RetryDecision::RetryAfter(Duration::from_secs(60), 5));
        assert_eq!(decided(wait(61), patient), RetryDecision::StopForRetryAfter(Duration::from_secs(61)));
        assert_eq!(decided(wait(61), RetryState { retries: 2, ..PROGRESS }), RetryDecision::Stop);
    }

    /// Rules: S10
    #[test]
    fn a_spent_budget_stops_retries_and_a_timeout_spends_it_twice_as_fast() {
        let retries = |failed| {
            let bucket = TokenBucket::default();
            (0..1000)
                .take_while(|_| decide(failed, PROGRESS, &bucket, 0.5) != RetryDecision::StopBucketEmpty)
                .count()
        };
        assert_eq!(retries(FAILED), 100);
        assert_eq!(retries(FailedAttempt { class: FailureClass::TimedOut, ..FAILED }), 50);
    }

    proptest! {
        /// Rules: S8
        #[test]
        fn a_wait_is_within_its_bounds(retries in 0_u32..40, random in 0.0..1.0_f64) {
            let whole = f64::min(2.0, 0.2 * 2_f64.powi(i32::try_from(retries).unwrap()));
            let plain = backoff(retries, false, random).as_secs_f64();
            prop_assert!(plain >= whole / 2.0 - 1e-9 && plain <= whole, "{plain} of {whole}");
            let whole = f64::min(8.0, 2_f64.powi(i32::try_from(retries).unwrap()));
            let throttled = backoff(retries, true, random).as_secs_f64();
            prop_assert!(throttled >= 0.25 && throttled <= whole, "{throttled} of {whole}");
        }

        /// Rules: S3, S9
        #[test]
        fn no_wait_reaches_the_deadline(
            retries in 0_u32..9, left in 0_u64..100_000, asked in prop::option::of(0_u64..200_000),
            class in prop::sample::select(vec![FailureClass::Transient, FailureClass::Throttled, FailureClass::TimedOut, FailureClass::Stale]),
            random in 0.0..1.0_f64,
        ) {
            let retry_after = asked.map(Duration::from_millis);
            let left = Duration::from_millis(left);
            let failed = FailedAttempt { class, retry_after };
            let state = RetryState { retries, max_retries: 10, free_retry_spent: true, left };
            if let RetryDecision::RetryAfter(wait, _) = decide(failed, state, &TokenBucket::default(), random) {
                prop_assert!(wait + MIN_ATTEMPT < left && wait <= MAX_WAIT);
                prop_assert!(retry_after.is_none_or(|asked| asked == wait));
            }
        }
    }
}

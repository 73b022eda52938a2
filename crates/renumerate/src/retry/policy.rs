//! Retry policy: decides whether and when a failed attempt is retried.

use std::time::Duration;

use super::token_bucket::TokenBucket;

/// Maximum `Retry-After` delay that is honored. If the service asks for a longer delay, there is no retry.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// Minimum time that must remain for an attempt after a delay. If less time would remain, the call ends with the
/// current error, which is more informative than a timeout error.
const MIN_ATTEMPT: Duration = Duration::from_millis(50);

/// Number of tokens of the [`TokenBucket`] that a retry costs. A retry after a timeout costs more, because timeouts
/// indicate an overloaded service.
const RETRY_COST: u32 = 5;
const TIMEOUT_RETRY_COST: u32 = 10;

/// Returns whether a retry may succeed after this status. The list includes 500, which is the vendor's generic error
/// status, and 520–524, which proxies send.
///
/// A retry is safe: creating a session has no documented side effect, so a repeated request leaves at most an unused
/// session.
pub(crate) const fn is_retryable_status(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500 | 502..=504 | 520..=524)
}

/// The class of a failure. The retry decision depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailureClass {
    /// A retry would fail too.
    Permanent,
    /// A retry may succeed.
    Transient,
    /// The service asks for less traffic: status 429 or 503.
    Throttled,
    /// A timeout ended the attempt.
    TimedOut,
    /// A reused connection was closed before a response arrived. The server had probably closed the connection while it
    /// was idle.
    Stale,
}

/// A failed attempt, as input of the retry decision.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FailedAttempt {
    pub(crate) class: FailureClass,
    /// The delay that the server asks for.
    pub(crate) retry_after: Option<Duration>,
}

/// The progress of a call, as input of the retry decision.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RetryState {
    pub(crate) retries: u32,
    pub(crate) max_retries: u32,
    pub(crate) free_retry_spent: bool,
    /// The remaining time of the call.
    pub(crate) left: Duration,
}

/// The action after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RetryDecision {
    /// Return the error to the caller.
    Stop,
    /// Return the error. The failure is retryable, but the server asks for this delay, which is too long.
    StopForRetryAfter(Duration),
    /// Return the error. The failure is retryable, but the token bucket has too few tokens.
    StopBucketEmpty,
    /// Retry immediately. This retry costs no tokens and does not count towards `max_retries`.
    RetryNow,
    /// Retry after this delay. The second value is the number of tokens withdrawn.
    RetryAfter(Duration, u32),
}

/// Decides whether to retry after a failed attempt. If the decision is `RetryAfter`, withdraws the tokens from the
/// bucket. `random` determines the jitter of the delay. It must be uniformly distributed in 0..1.
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
    let max_wait = state.left.saturating_sub(MIN_ATTEMPT);
    let wait = match failed.retry_after {
        Some(wait) if wait > MAX_WAIT || wait >= max_wait => {
            return RetryDecision::StopForRetryAfter(wait);
        }
        Some(wait) => wait,
        None => backoff(state.retries, failed.class == FailureClass::Throttled, random),
    };
    if wait >= max_wait {
        return RetryDecision::Stop;
    }
    let cost = if failed.class == FailureClass::TimedOut { TIMEOUT_RETRY_COST } else { RETRY_COST };
    if bucket.withdraw(cost) { RetryDecision::RetryAfter(wait, cost) } else { RetryDecision::StopBucketEmpty }
}

/// Returns the delay before a retry: exponential backoff with jitter. The jitter keeps clients that failed at the same
/// time from retrying at the same time.
///
/// The base delay doubles with each retry: 0.2 s, 0.4 s, … up to 2 s. Jitter reduces the base delay by up to half.
/// If `throttled` is set, the base delay is 1 s, 2 s, … up to 8 s, and jitter can reduce it to 0.25 s.
fn backoff(retries: u32, throttled: bool, random: f64) -> Duration {
    let (base, cap) = if throttled { (1.0, 8.0) } else { (0.2, 2.0) };
    let full = f64::min(cap, base * f64::from(2_u32.saturating_pow(retries)));
    let seconds = if throttled { f64::max(0.25, full * random) } else { full * (0.5 + random / 2.0) };
    Duration::from_secs_f64(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FAILED: FailedAttempt = FailedAttempt { class: FailureClass::Transient, retry_after: None };
    const STATE: RetryState =
        RetryState { retries: 0, max_retries: 2, free_retry_spent: false, left: Duration::from_secs(25) };

    fn decision(failed: FailedAttempt, state: RetryState) -> RetryDecision {
        decide(failed, state, &TokenBucket::default(), 0.5)
    }

    fn wait(seconds: u64) -> FailedAttempt {
        FailedAttempt { retry_after: Some(Duration::from_secs(seconds)), ..FAILED }
    }

    /// Rules: R1, R2
    #[test]
    fn only_listed_statuses_are_retryable() {
        let retried: Vec<u16> = (100..=999).filter(|status| is_retryable_status(*status)).collect();
        assert_eq!(retried, [408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524]);
    }

    /// Rules: R2, S6
    #[test]
    fn permanent_failure_or_exhausted_limit_stops_retries() {
        assert_eq!(
            decision(FailedAttempt { class: FailureClass::Permanent, ..FAILED }, STATE),
            RetryDecision::Stop
        );
        assert_eq!(decision(FAILED, RetryState { left: Duration::ZERO, ..STATE }), RetryDecision::Stop);
        assert_eq!(
            decision(FAILED, RetryState { left: Duration::from_millis(150), ..STATE }),
            RetryDecision::Stop
        );
        assert_eq!(decision(FAILED, RetryState { retries: 2, ..STATE }), RetryDecision::Stop);
        assert_eq!(decision(FAILED, RetryState { max_retries: 0, ..STATE }), RetryDecision::Stop);
        assert_eq!(decision(FAILED, STATE), RetryDecision::RetryAfter(Duration::from_millis(150), 5));
    }

    /// Rules: S7
    #[test]
    fn stale_connection_gets_one_free_retry() {
        let stale = FailedAttempt { class: FailureClass::Stale, ..FAILED };
        let none = RetryState { max_retries: 0, ..STATE };
        assert_eq!(decision(stale, none), RetryDecision::RetryNow);
        assert_eq!(decision(stale, RetryState { free_retry_spent: true, ..none }), RetryDecision::Stop);
        assert!(matches!(
            decision(stale, RetryState { free_retry_spent: true, ..STATE }),
            RetryDecision::RetryAfter(..)
        ));
    }

    /// Rules: S9
    #[test]
    fn retry_after_is_honored_or_stops_retries() {
        assert_eq!(decision(wait(24), STATE), RetryDecision::RetryAfter(Duration::from_secs(24), 5));
        assert_eq!(decision(wait(0), STATE), RetryDecision::RetryAfter(Duration::ZERO, 5));
        assert_eq!(decision(wait(25), STATE), RetryDecision::StopForRetryAfter(Duration::from_secs(25)));
        let patient = RetryState { left: Duration::from_secs(600), ..STATE };
        assert_eq!(decision(wait(60), patient), RetryDecision::RetryAfter(Duration::from_secs(60), 5));
        assert_eq!(decision(wait(61), patient), RetryDecision::StopForRetryAfter(Duration::from_secs(61)));
        assert_eq!(decision(wait(61), RetryState { retries: 2, ..STATE }), RetryDecision::Stop);
    }

    /// Rules: S10
    #[test]
    fn empty_bucket_stops_retries_and_timeouts_cost_double() {
        let retries = |failed| {
            let bucket = TokenBucket::default();
            (0..1000)
                .take_while(|_| decide(failed, STATE, &bucket, 0.5) != RetryDecision::StopBucketEmpty)
                .count()
        };
        assert_eq!(retries(FAILED), 100);
        assert_eq!(retries(FailedAttempt { class: FailureClass::TimedOut, ..FAILED }), 50);
    }

    proptest! {
        /// Rules: S8
        #[test]
        fn backoff_is_within_its_bounds(retries in 0_u32..40, random in 0.0..1.0_f64) {
            let whole = f64::min(2.0, 0.2 * 2_f64.powi(i32::try_from(retries).unwrap()));
            let plain = backoff(retries, false, random).as_secs_f64();
            prop_assert!(plain >= whole / 2.0 - 1e-9 && plain <= whole, "{plain} of {whole}");
            let whole = f64::min(8.0, 2_f64.powi(i32::try_from(retries).unwrap()));
            let throttled = backoff(retries, true, random).as_secs_f64();
            prop_assert!(throttled >= 0.25 && throttled <= whole, "{throttled} of {whole}");
        }

        /// Rules: S3, S9
        #[test]
        fn retry_delay_leaves_time_for_an_attempt(
            retries in 0_u32..9, left in 0_u64..100_000, requested in prop::option::of(0_u64..200_000),
            class in prop::sample::select(vec![FailureClass::Transient, FailureClass::Throttled, FailureClass::TimedOut, FailureClass::Stale]),
            random in 0.0..1.0_f64,
        ) {
            let retry_after = requested.map(Duration::from_millis);
            let left = Duration::from_millis(left);
            let failed = FailedAttempt { class, retry_after };
            let state = RetryState { retries, max_retries: 10, free_retry_spent: true, left };
            if let RetryDecision::RetryAfter(wait, _) = decide(failed, state, &TokenBucket::default(), random) {
                prop_assert!(wait + MIN_ATTEMPT < left && wait <= MAX_WAIT);
                prop_assert!(retry_after.is_none_or(|requested| requested == wait));
            }
        }
    }
}

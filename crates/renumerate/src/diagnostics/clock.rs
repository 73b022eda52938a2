//! Comparison of the local clock with the service's clock. A wrong local clock makes valid certificates look invalid.

use std::time::{Duration, SystemTime};

use hyper::header::{DATE, HeaderMap};

/// Maximum measured difference between two clocks that are both correct. Latency and the one-second resolution of
/// `Date` cause such differences.
const MAX_SKEW_SECONDS: u64 = 60;

/// The local clock and the service's clock at the same moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockComparison {
    /// Time of the service, from its `Date` header.
    pub service: SystemTime,
    /// Time of the local clock at the same moment.
    pub local: SystemTime,
    /// Number of seconds by which the local clock is ahead of the service's clock. Negative if the local clock is
    /// behind.
    pub ahead_seconds: i64,
    /// Whether the server was not verified because its certificate is expired or not yet valid according to the local
    /// clock.
    pub unverified: bool,
}

impl ClockComparison {
    /// Reads `Date` from the headers of a response that arrived `elapsed` after its request was sent. Returns `None` if
    /// the header is absent or invalid.
    pub(super) fn from_headers(headers: &HeaderMap, elapsed: Duration) -> Option<Self> {
        let service = httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()?;
        let now = SystemTime::now();
        let local = now.checked_sub(elapsed / 2).unwrap_or(now); // halfway through the exchange
        Some(Self { service, local, ahead_seconds: seconds_between(service, local), unverified: false })
    }

    /// Returns whether the clocks differ by more than a minute.
    pub fn is_skewed(&self) -> bool {
        self.ahead_seconds.unsigned_abs() > MAX_SKEW_SECONDS
    }
}

fn seconds_between(earlier: SystemTime, later: SystemTime) -> i64 {
    let seconds = |time: Duration| i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    match later.duration_since(earlier) {
        Ok(ahead) => seconds(ahead),
        Err(behind) => -seconds(behind.duration()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::HeaderValue;

    fn clock(ahead: i64) -> ClockComparison {
        let now = SystemTime::now();
        let service =
            now - Duration::from_secs(86_400) + Duration::from_secs((86_400 - ahead).unsigned_abs());
        let date = HeaderValue::from_str(&httpdate::fmt_http_date(service)).unwrap();
        ClockComparison::from_headers(&HeaderMap::from_iter([(DATE, date)]), Duration::ZERO).unwrap()
    }

    #[test]
    fn skew_is_detected_in_both_directions() {
        for (ahead, skewed) in [(0, false), (50, false), (-50, false), (100, true), (-100, true)] {
            let clock = clock(ahead);
            assert!((clock.ahead_seconds - ahead).abs() <= 2, "{ahead}: {clock:?}");
            assert_eq!(clock.is_skewed(), skewed, "{clock:?}");
        }
    }

    #[test]
    fn missing_or_invalid_date_gives_no_comparison() {
        assert_eq!(ClockComparison::from_headers(&HeaderMap::new(), Duration::ZERO), None);
        let invalid = HeaderMap::from_iter([(DATE, HeaderValue::from_static("noon"))]);
        assert_eq!(ClockComparison::from_headers(&invalid, Duration::ZERO), None);
    }
}

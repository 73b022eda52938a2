//! This machine's clock beside the service's.

use std::time::{Duration, SystemTime};

use hyper::header::{DATE, HeaderMap};

/// A difference beyond this is worth a word.
const TOLERATED_SECONDS: u64 = 60;

/// Both clocks, at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// What the service's `Date` says.
    pub service: SystemTime,
    /// What this machine said then.
    pub here: SystemTime,
    /// How many seconds this machine is ahead; behind where it is negative.
    pub ahead_seconds: i64,
    /// It is a clock that nobody vouches for: the certificate was not valid by this machine's clock.
    pub unverified: bool,
}

impl Clock {
    /// Reads the service's clock off an answer that came so long after its request.
    pub(super) fn read(headers: &HeaderMap, took: Duration) -> Option<Self> {
        let service = httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()?;
        let now = SystemTime::now();
        let here = now.checked_sub(took / 2).unwrap_or(now);
        Some(Self { service, here, ahead_seconds: seconds_between(service, here), unverified: false })
    }

    /// Whether they differ by more than the way of an answer and its rounding explain.
    pub fn is_skewed(&self) -> bool {
        self.ahead_seconds.unsigned_abs() > TOLERATED_SECONDS
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

    fn clock(ahead: i64) -> Clock {
        let now = SystemTime::now();
        let service =
            now - Duration::from_secs(86_400) + Duration::from_secs((86_400 - ahead).unsigned_abs());
        let date = HeaderValue::from_str(&httpdate::fmt_http_date(service)).unwrap();
        Clock::read(&HeaderMap::from_iter([(DATE, date)]), Duration::ZERO).unwrap()
    }

    #[test]
    fn a_clock_is_ahead_or_behind() {
        for (ahead, differ) in [(0, false), (50, false), (-50, false), (100, true), (-100, true)] {
            let clock = clock(ahead);
            assert!((clock.ahead_seconds - ahead).abs() <= 2, "{ahead}: {clock:?}");
            assert_eq!(clock.is_skewed(), differ, "{clock:?}");
        }
    }

    #[test]
    fn without_a_date_there_is_no_clock() {
        assert_eq!(Clock::read(&HeaderMap::new(), Duration::ZERO), None);
        let odd = HeaderMap::from_iter([(DATE, HeaderValue::from_static("noon"))]);
        assert_eq!(Clock::read(&odd, Duration::ZERO), None);
    }
}

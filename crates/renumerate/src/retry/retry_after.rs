//! Parser for the delay that a server asks for in its response headers.

use std::time::{Duration, SystemTime};

use http::header::{DATE, HeaderMap, RETRY_AFTER};

/// Maximum delay that the parser returns. Longer delays are not plausible, so they are reduced to this value.
const MAX_WAIT: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Returns the delay that a server asks for. The header `retry-after-ms` has precedence; its unit is milliseconds.
/// Otherwise, the header `Retry-After` applies; its value is a number of seconds or an HTTP date. A date is compared with
/// the response's own `Date`, because the clocks of both machines may differ, or with `now` if there is none.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    if let Some(wait) = text("retry-after-ms").and_then(|ms| parse_delay(ms, 1e-3)) {
        return Some(wait);
    }
    let value = text(RETRY_AFTER.as_str())?;
    parse_delay(value, 1.0).or_else(|| {
        let at = httpdate::parse_http_date(value).ok()?;
        let sent = text(DATE.as_str()).and_then(|date| httpdate::parse_http_date(date).ok());
        // A date in the past means that no delay is needed.
        Some(at.duration_since(sent.unwrap_or(now)).unwrap_or_default().min(MAX_WAIT))
    })
}

/// Parses a decimal number as a duration. `unit_seconds` is the unit of the number, in seconds: 0.001 for milliseconds.
fn parse_delay(text: &str, unit_seconds: f64) -> Option<Duration> {
    let is_decimal = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let seconds = is_decimal.then(|| text.parse::<f64>().ok())?? * unit_seconds;
    Some(Duration::try_from_secs_f64(seconds).map_or(MAX_WAIT, |wait| wait.min(MAX_WAIT)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::HeaderValue;
    use proptest::prelude::*;

    fn wait(headers: &[(&'static str, &str)], now: u64) -> Option<Duration> {
        let headers = headers.iter().map(|(name, value)| {
            (http::header::HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        });
        retry_after(&headers.collect(), SystemTime::UNIX_EPOCH + Duration::from_secs(now))
    }

    /// Rules: S9
    #[test]
    fn all_header_forms_are_parsed() {
        let seconds = |s| Some(Duration::from_secs_f64(s));
        assert_eq!(wait(&[("retry-after", "2")], 0), seconds(2.0));
        assert_eq!(wait(&[("retry-after", " 1.5 ")], 0), seconds(1.5));
        assert_eq!(wait(&[("retry-after-ms", "250"), ("retry-after", "9")], 0), seconds(0.25));
        assert_eq!(wait(&[("retry-after-ms", "soon"), ("retry-after", "9")], 0), seconds(9.0));
        let date = "Sun, 06 Nov 1994 08:49:37 GMT"; // 784111777 s after the epoch
        assert_eq!(wait(&[("retry-after", date)], 784_111_770), seconds(7.0));
        assert_eq!(wait(&[("retry-after", date)], 784_111_999), seconds(0.0));
        for now in [0, 784_111_999, 984_111_777] {
            let sent = ("date", "Sun, 06 Nov 1994 08:49:32 GMT");
            assert_eq!(wait(&[("retry-after", date), sent], now), seconds(5.0), "{now}");
            assert_eq!(wait(&[("retry-after", date), ("date", "today")], 784_111_770), seconds(7.0));
        }
        assert_eq!(wait(&[("retry-after", "9".repeat(400).as_str())], 0), Some(MAX_WAIT));
        for invalid in ["", "-1", "1e3", "NaN", "inf", "+5", "1.2.3", "soon", "."] {
            assert_eq!(wait(&[("retry-after", invalid)], 0), None, "{invalid}");
        }
    }

    proptest! {
        /// Rules: S9
        #[test]
        fn arbitrary_header_does_not_panic(text in "[ -~]{0,40}", now in any::<u32>()) {
            prop_assert!(wait(&[("retry-after", &text)], now.into()).is_none_or(|wait| wait <= MAX_WAIT));
        }

        /// Rules: S9
        #[test]
        fn whole_seconds_are_parsed(seconds in 0_u32..=1_000_000) {
            prop_assert_eq!(wait(&[("retry-after", &seconds.to_string())], 0), Some(Duration::from_secs(seconds.into())));
        }
    }
}

//! Wait times in the headers of a response.

use std::time::{Duration, SystemTime};

/// Maximum wait time that is accepted from a header.
const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

const WORDS: &[&str] = &[
    "0",
    "1",
    "9",
    ".",
    "-",
    "+",
    "e",
    "1e3",
    "NaN",
    "inf",
    " ",
    "\n",
    "Sun, 06 Nov 1994 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov  6 08:49:37 1994",
    "Sun, ",
    " Nov ",
    "9999",
    ":",
    " GMT",
    "31",
    "00",
    "18446744073709551616",
    "0000000000000000000000",
];

/// The lines of the input are `Retry-After`, `retry-after-ms`, and the time in seconds since the epoch.
#[test]
fn fuzz() {
    crate::fuzz!(WORDS, |input: &[u8]| {
        let mut lines = input.splitn(3, |byte| *byte == b'\n');
        let [seconds, millis, clock] = std::array::from_fn(|_| lines.next().unwrap_or_default());
        let clock =
            std::str::from_utf8(clock).ok().and_then(|text| text.parse::<u32>().ok()).unwrap_or_default();
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(clock.into());
        let both = [(&b"retry-after"[..], seconds), (b"retry-after-ms", millis)];
        let wait = renumerate::fuzzing::retry_after(&both, now);
        assert!(wait.is_none_or(|wait| wait <= YEAR), "{wait:?}");
        let first = |headers| renumerate::fuzzing::retry_after(headers, now);
        let (by_seconds, by_millis) = (first(&both[..1]), first(&both[1..]));
        assert_eq!(wait, by_millis.or(by_seconds), "retry-after-ms takes precedence");
        if let Some(count) = plain_count(seconds) {
            assert_eq!(by_seconds, Some(Duration::from_secs(count)));
        }
        if let Some(count) = plain_count(millis) {
            let wait = by_millis.expect("plain count was rejected");
            // The count is converted to a floating-point number of seconds.
            assert!(wait.abs_diff(Duration::from_millis(count)) < Duration::from_micros(1), "{wait:?}");
        }
    });
}

/// Parses a count of at most six digits.
fn plain_count(text: &[u8]) -> Option<u64> {
    let plain = (1..=6).contains(&text.len()) && text.iter().all(u8::is_ascii_digit);
    plain.then(|| std::str::from_utf8(text).ok()?.parse().ok()).flatten()
}

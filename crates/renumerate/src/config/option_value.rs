//! Values of options that are set by name, and the ranges of numeric options.

use std::borrow::Cow;
use std::ops::RangeInclusive;
use std::time::Duration;

use crate::error::{Error, Name, Result};

/// Maximum value of a timeout option.
const MAX_TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);

/// Range of `max_retries`.
const RETRIES: RangeInclusive<u32> = 0..=10;

/// Range of `max_connections`.
const CONNECTIONS: RangeInclusive<u32> = 1..=10_000;

/// The value of an option that is set by name. See [`ClientBuilder::option`](crate::ClientBuilder::option).
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum OptionValue<'a> {
    /// Text, such as a key, a URL, a path or a name.
    Text(Cow<'a, str>),
    /// A duration in seconds, or a count.
    Number(f64),
    /// A duration in milliseconds.
    Milliseconds(f64),
    /// No value: the option stays unchanged. An unknown option name is still an error.
    Absent,
}

impl<'a> From<&'a str> for OptionValue<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for OptionValue<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<f64> for OptionValue<'_> {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl OptionValue<'_> {
    pub(crate) fn into_text(self, name: &'static str) -> Result<String> {
        match self {
            Self::Text(text) => Ok(text.into_owned()),
            Self::Number(_) | Self::Milliseconds(_) | Self::Absent => {
                Err(Error::configuration(Name(name), Name(name) + " takes text, and got a number"))
            }
        }
    }

    /// Converts a whole number. A number that is not whole, or too large or small, becomes `u32::MAX`, which the ranges
    /// of all options exclude.
    pub(crate) fn into_whole_number(self, name: &'static str) -> Result<u32> {
        match self {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "the range is checked"
            )]
            Self::Number(number) if number.fract() == 0.0 && (0.0..f64::from(u32::MAX)).contains(&number) => {
                Ok(number as u32)
            }
            Self::Number(_) => Ok(u32::MAX),
            Self::Text(_) | Self::Milliseconds(_) | Self::Absent => Err(Error::configuration(
                Name(name),
                Name(name) + " takes a whole number, and got something else",
            )),
        }
    }

    pub(crate) fn into_seconds(self, name: &'static str) -> Result<Duration> {
        let (number, unit, seconds) = match self {
            Self::Number(seconds) => (seconds, "seconds", seconds),
            Self::Milliseconds(millis) => (millis, "milliseconds", millis / 1000.0),
            Self::Text(_) | Self::Absent => {
                let problem = " takes a number of seconds, and got text";
                return Err(Error::configuration(Name(name), Name(name) + problem));
            }
        };
        if seconds > 0.0 {
            // A number that is too large for `Duration` becomes `Duration::MAX`, and a number that is too small becomes
            // zero. `check_timeout` rejects both.
            return check_timeout(name, Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
        }
        let problem = format!(" is {number}: give a number of {unit} above zero, or leave it out");
        Err(Error::configuration(Name(name), Name(name) + problem))
    }
}

/// Validates a number of retries, 0–10.
///
/// # Errors
///
/// A configuration error if the value is out of range.
pub(crate) fn check_retries(name: &'static str, retries: u32) -> Result<u32> {
    check_range(name, retries, RETRIES)
}

/// Validates a number of connections, 1–10,000.
///
/// # Errors
///
/// A configuration error if the value is out of range.
pub(crate) fn check_connections(name: &'static str, connections: u32) -> Result<u32> {
    check_range(name, connections, CONNECTIONS)
}

fn check_range(name: &'static str, number: u32, range: RangeInclusive<u32>) -> Result<u32> {
    if range.contains(&number) {
        return Ok(number);
    }
    let problem = format!(" is out of range: give a whole number from {} to {}", range.start(), range.end());
    Err(Error::configuration(Name(name), Name(name) + problem))
}

/// Validates a timeout: above zero, at most 24 hours.
///
/// # Errors
///
/// A configuration error if the value is out of range.
pub(crate) fn check_timeout(name: &'static str, limit: Duration) -> Result<Duration> {
    let problem = if limit.is_zero() {
        " is zero: give a time above zero, or leave it out"
    } else if limit > MAX_TIMEOUT {
        " is over a day, which is no limit: give less, or leave it out"
    } else {
        return Ok(limit);
    };
    Err(Error::configuration(Name(name), Name(name) + problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rules: S6
    #[test]
    fn invalid_retry_count_is_rejected() {
        let name = "max_retries";
        let retries = |number: f64| check_retries(name, OptionValue::from(number).into_whole_number(name)?);
        assert_eq!([0.0, -0.0, 1.0, 10.0].map(|number| retries(number).unwrap()), [0, 0, 1, 10]);
        for invalid in [-1.0, 0.5, 11.0, 1e9, f64::NAN, f64::INFINITY] {
            assert_eq!(retries(invalid).unwrap_err().field(), Some("max_retries"), "{invalid}");
        }
        assert!(OptionValue::from("2").into_whole_number(name).is_err());
    }

    /// Rules: S20
    #[test]
    fn invalid_number_of_connections_is_rejected() {
        let name = "max_connections";
        let connections =
            |number: f64| check_connections(name, OptionValue::from(number).into_whole_number(name)?);
        assert_eq!([1.0, 100.0, 10_000.0].map(|number| connections(number).unwrap()), [1, 100, 10_000]);
        for invalid in [0.0, -1.0, 0.5, 10_001.0, 1e300, f64::NAN, f64::INFINITY] {
            assert_eq!(connections(invalid).unwrap_err().field(), Some("max_connections"), "{invalid}");
        }
    }

    /// Rules: S3
    #[test]
    fn invalid_timeout_is_rejected() {
        let invalid = [0.0, -0.0, -1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, 86_401.0, 1e-12];
        for seconds in invalid {
            let error = OptionValue::from(seconds).into_seconds("timeout").unwrap_err();
            assert_eq!((error.code(), error.field()), ("configuration", Some("timeout")), "{seconds}");
        }
        assert_eq!(OptionValue::from(0.25).into_seconds("timeout").unwrap(), Duration::from_millis(250));
        let millis = OptionValue::Milliseconds;
        assert_eq!(millis(250.0).into_seconds("timeout").unwrap(), Duration::from_millis(250));
        assert!(
            millis(-1.0)
                .into_seconds("timeout")
                .unwrap_err()
                .message()
                .contains("is -1: give a number of mill")
        );
        assert!(OptionValue::from("5").into_seconds("timeout").is_err());
        assert!(OptionValue::from(5.0).into_text("base_url").is_err());
    }
}

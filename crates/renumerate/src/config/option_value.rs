//! Values of options that are set by name, and the ranges of numeric options.

use std::borrow::Cow;
use std::ops::RangeInclusive;
use std::time::Duration;

use crate::error::{Error, Name, Result};

/// Maximum value of a timeout option.
const MAX_TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);

/// Range of `max_retries`.
pub(crate) const RETRIES: RangeInclusive<u32> = 0..=10;

/// Range of `max_connections`.
pub(crate) const CONNECTIONS: RangeInclusive<u32> = 1..=10_000;

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
            // The number itself may be a key without quotes.
            Self::Number(_) | Self::Milliseconds(_) => {
                Err(Error::invalid_value(Name(name), "a string", "a number"))
            }
            Self::Absent => Err(Error::invalid_value(Name(name), "a string", "absent")),
        }
    }

    /// Returns a whole number in this range.
    pub(crate) fn into_whole_number(self, name: &'static str, range: &RangeInclusive<u32>) -> Result<u32> {
        match self {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "the range is checked"
            )]
            Self::Number(number) if number.fract() == 0.0 && (0.0..f64::from(u32::MAX)).contains(&number) => {
                check_range(name, number as u32, range)
            }
            other => Err(Error::invalid_value(Name(name), &describe_range(range), &other.describe())),
        }
    }

    pub(crate) fn into_seconds(self, name: &'static str) -> Result<Duration> {
        let (unit, seconds) = match self {
            Self::Number(seconds) => ("s", seconds),
            Self::Milliseconds(millis) => ("ms", millis / 1000.0),
            Self::Text(_) | Self::Absent => {
                return Err(Error::invalid_value(Name(name), "a number of seconds", &self.describe()));
            }
        };
        if seconds > 0.0 {
            // A number that is too large for `Duration` becomes `Duration::MAX`, and a number that is too small becomes
            // zero. `check_timeout` rejects both.
            return check_timeout(name, Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
        }
        Err(Error::invalid_value(Name(name), "above zero", &format!("{} {unit}", self.describe())))
    }

    /// Returns a number as it is, but only the type of a text, which may be a secret.
    fn describe(&self) -> String {
        match self {
            Self::Text(_) => "a string".to_owned(),
            Self::Number(number) | Self::Milliseconds(number) => number.to_string(),
            Self::Absent => "absent".to_owned(),
        }
    }
}

/// Describes a range: `a whole number from 0 to 10`.
pub(crate) fn describe_range(range: &RangeInclusive<u32>) -> String {
    format!("a whole number from {} to {}", range.start(), range.end())
}

/// Validates that a number is in a range.
///
/// # Errors
///
/// A configuration error if the number is out of range.
pub(crate) fn check_range(name: &'static str, number: u32, range: &RangeInclusive<u32>) -> Result<u32> {
    if range.contains(&number) {
        return Ok(number);
    }
    Err(Error::invalid_value(Name(name), &describe_range(range), &number.to_string()))
}

/// Validates a timeout: above zero, at most 24 hours.
///
/// # Errors
///
/// A configuration error if the value is out of range.
pub(crate) fn check_timeout(name: &'static str, limit: Duration) -> Result<Duration> {
    let (requirement, got) = if limit.is_zero() {
        ("above zero", "zero")
    } else if limit > MAX_TIMEOUT {
        ("at most 24 hours", "more")
    } else {
        return Ok(limit);
    };
    Err(Error::invalid_value(Name(name), requirement, got))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rules: S6
    #[test]
    fn invalid_retry_count_is_rejected() {
        let name = "max_retries";
        let retries = |number: f64| OptionValue::from(number).into_whole_number(name, &RETRIES);
        assert_eq!([0.0, -0.0, 1.0, 10.0].map(|number| retries(number).unwrap()), [0, 0, 1, 10]);
        for invalid in [-1.0, 0.5, 11.0, 1e9, f64::NAN, f64::INFINITY] {
            assert_eq!(retries(invalid).unwrap_err().field(), Some("max_retries"), "{invalid}");
        }
        let error = OptionValue::from("2").into_whole_number(name, &RETRIES).unwrap_err();
        assert_eq!(error.to_string(), "max_retries must be a whole number from 0 to 10, not a string");
    }

    /// Rules: S1, X1
    #[test]
    fn number_for_a_text_option_is_rejected_without_the_number() {
        for number in [OptionValue::from(12_345_678.0), OptionValue::Milliseconds(12_345_678.0)] {
            let error = number.into_text("private_key").unwrap_err();
            assert_eq!(error.to_string(), "private_key must be a string, not a number");
        }
    }

    /// Rules: S20
    #[test]
    fn invalid_number_of_connections_is_rejected() {
        let name = "max_connections";
        let connections = |number: f64| OptionValue::from(number).into_whole_number(name, &CONNECTIONS);
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
        let error = millis(-1.0).into_seconds("timeout").unwrap_err();
        assert_eq!(error.to_string(), "timeout must be above zero, not -1 ms");
        assert!(OptionValue::from("5").into_seconds("timeout").is_err());
        assert!(OptionValue::from(5.0).into_text("base_url").is_err());
    }
}

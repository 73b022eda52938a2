//! Values of options that are set by name, and the ranges of numeric options.

use std::borrow::Cow;
use std::time::Duration;

use crate::error::{Error, Name, Result};

/// Maximum value of a timeout option.
const MAX_TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);

/// Maximum value of `max_retries`.
const MAX_RETRIES: u32 = 10;

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

    pub(crate) fn into_retries(self, name: &'static str) -> Result<u32> {
        match self {
            Self::Number(number) => (0..=MAX_RETRIES)
                .find(|count| (f64::from(*count) - number).abs() < f64::EPSILON)
                .ok_or_else(|| retries_out_of_range(name)),
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
    if retries <= MAX_RETRIES { Ok(retries) } else { Err(retries_out_of_range(name)) }
}

fn retries_out_of_range(name: &'static str) -> Error {
    let problem = format!(" is out of range: give a whole number from 0 to {MAX_RETRIES}");
    Error::configuration(Name(name), Name(name) + problem)
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
        let retries = |number: f64| OptionValue::from(number).into_retries("max_retries");
        assert_eq!([0.0, -0.0, 1.0, 10.0].map(|number| retries(number).unwrap()), [0, 0, 1, 10]);
        for invalid in [-1.0, 0.5, 11.0, 1e9, f64::NAN, f64::INFINITY] {
            assert_eq!(retries(invalid).unwrap_err().field(), Some("max_retries"), "{invalid}");
        }
        assert!(OptionValue::from("2").into_retries("max_retries").is_err());
        assert!(check_retries("max_retries", 10).is_ok() && check_retries("max_retries", 11).is_err());
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

//! Options by name, for callers that do not have the types: their names, and the ranges of their values.

use std::borrow::Cow;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::model::{bounded, nearest};

/// The longest time that a limit can be set to.
const LONGEST_LIMIT: Duration = Duration::from_secs(24 * 60 * 60);

const MOST_RETRIES: u32 = 10;

/// The value of an option that is set by its name: see [`ClientBuilder::option`](crate::ClientBuilder::option).
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum OptionValue<'a> {
    /// A key, a URL, a path, a name.
    Text(Cow<'a, str>),
    /// A time in seconds, or a count.
    Number(f64),
    /// A time in milliseconds.
    Milliseconds(f64),
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
            Self::Number(_) | Self::Milliseconds(_) => {
                Err(Error::configuration(name, format!("{name} takes text, and got a number")))
            }
        }
    }

    pub(crate) fn into_retries(self, name: &'static str) -> Result<u32> {
        match self {
            Self::Number(number) => (0..=MOST_RETRIES)
                .find(|count| (f64::from(*count) - number).abs() < f64::EPSILON)
                .ok_or_else(|| refuse_retries(name)),
            Self::Text(_) | Self::Milliseconds(_) => Err(Error::configuration(
                name,
                format!("{name} takes a whole number, and got something else"),
            )),
        }
    }

    pub(crate) fn into_seconds(self, name: &'static str) -> Result<Duration> {
        let (number, unit, seconds) = match self {
            Self::Number(seconds) => (seconds, "seconds", seconds),
            Self::Milliseconds(millis) => (millis, "milliseconds", millis / 1000.0),
            Self::Text(_) => {
                let reason = format!("{name} takes a number of seconds, and got text");
                return Err(Error::configuration(name, reason));
            }
        };
        if seconds > 0.0 {
            // Beyond what a duration can hold it is refused as too long, below its grain as zero.
            return check_limit(name, Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
        }
        let reason = format!("{name} is {number}: give a number of {unit} above zero, or leave it out");
        Err(Error::configuration(name, reason))
    }
}

/// More retries than this are a loop, not a remedy.
pub(crate) fn check_retries(name: &'static str, retries: u32) -> Result<u32> {
    if retries <= MOST_RETRIES { Ok(retries) } else { Err(refuse_retries(name)) }
}

fn refuse_retries(name: &'static str) -> Error {
    Error::configuration(
        name,
        format!("{name} is out of range: give a whole number from 0 to {MOST_RETRIES}"),
    )
}

/// A limit must leave time for something, and be one at all.
pub(crate) fn check_limit(name: &'static str, limit: Duration) -> Result<Duration> {
    let flaw = if limit.is_zero() {
        "is zero: give a time above zero, or leave it out"
    } else if limit > LONGEST_LIMIT {
        "is over a day, which is no limit: give less, or leave it out"
    } else {
        return Ok(limit);
    };
    Err(Error::configuration(name, format!("{name} {flaw}")))
}

fn option_of_the_client(name: &str) -> Error {
    let reason = format!("{name} is an option of the client, not of a call: give it there");
    Error::configuration(name.to_owned(), reason)
}

pub(crate) fn unknown_option(name: &str, known: &[&'static str]) -> Error {
    let advice = match nearest(name, known) {
        Some(nearest) => format!("did you mean {nearest}?"),
        None => format!("there are {}", known.join(", ")),
    };
    let name = bounded(name);
    Error::configuration(name.clone(), format!("there is no option {name:?}: {advice}"))
}

/// The same of a call, whose caller may have meant one of the client's.
pub(crate) fn unknown_call_option(name: &str, known: &[&'static str], of_client: &[&'static str]) -> Error {
    match (nearest(name, known), nearest(name, of_client)) {
        (_, Some(option)) if !known.contains(&option) => option_of_the_client(option),
        _ => unknown_option(name, known),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rules: S6
    #[test]
    fn a_count_that_is_no_count_is_refused() {
        let retries = |number: f64| OptionValue::from(number).into_retries("max_retries");
        assert_eq!([0.0, -0.0, 1.0, 10.0].map(|number| retries(number).unwrap()), [0, 0, 1, 10]);
        for odd in [-1.0, 0.5, 11.0, 1e9, f64::NAN, f64::INFINITY] {
            assert_eq!(retries(odd).unwrap_err().field(), Some("max_retries"), "{odd}");
        }
        assert!(OptionValue::from("2").into_retries("max_retries").is_err());
        assert!(check_retries("max_retries", 10).is_ok() && check_retries("max_retries", 11).is_err());
    }

    /// Rules: S3
    #[test]
    fn a_time_that_is_no_limit_is_refused() {
        let odd = [0.0, -0.0, -1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, 86_401.0, 1e-12];
        for seconds in odd {
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

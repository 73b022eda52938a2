//! Limits of cases, and the check whether a case can be played.

use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderName, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Answer, Case, Exchange, When};
use crate::error::SandboxError;

/// Maximum length of a response text, including its repetitions.
pub(crate) const TEXT_MAX_BYTES: usize = 16 * 1024 * 1024;

/// Maximum length of all header names and values of a response together. The length is limited, because the sandbox
/// sends all headers in one piece.
const HEADERS_MAX_BYTES: usize = 64 * 1024;

/// Maximum number of exchanges in a case.
pub(super) const MAX_EXCHANGES: usize = 1000;

pub(super) const TOO_MANY_EXCHANGES: &str = "more than 1000 exchanges; split the case";
pub(super) const STATUS_RANGE: &str = "use 200 to 999";
pub(crate) const TEXT_TOO_LONG: &str = "text, repeated, exceeds 16 MiB";
pub(crate) const INVALID_HEADER: &str = "a header is invalid after its placeholders are replaced";
pub(crate) const HEADERS_TOO_LONG: &str = "headers exceed 64 KiB";

impl Case {
    /// Returns an error if the sandbox cannot play the case.
    pub(crate) fn check(&self) -> Result<(), SandboxError> {
        let label = match &self.when {
            Some(when) => format!("script for {}", when.customer_id),
            None => format!("case {:?}", self.name),
        };
        let invalid = |reason: &str| Err(SandboxError::case_file(format!("{label}: {reason}")));
        let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if self.name.is_empty() || !self.name.chars().all(is_allowed) {
            return invalid(&format!(
                "the name {:?} is invalid; use lower-case letters, digits and _",
                self.name
            ));
        }
        if let Some(When { customer_id }) = &self.when
            && self.exchanges.is_empty()
        {
            let reason = format!("script({customer_id:?}) needs at least one response");
            return Err(SandboxError::case_file(reason));
        }
        if self.exchanges.len() > MAX_EXCHANGES {
            return invalid(TOO_MANY_EXCHANGES);
        }
        for (index, Exchange { answer, .. }) in self.exchanges.iter().enumerate() {
            match problem_of(answer) {
                Some(problem) if self.exchanges.len() == 1 => return invalid(&problem),
                Some(problem) => return invalid(&format!("response {}: {problem}", index + 1)),
                None => {}
            }
        }
        Ok(())
    }
}

/// Returns the reason why a response cannot be sent; `None` if it can be sent.
fn problem_of(answer: &Answer) -> Option<String> {
    let bodies = [answer.body.is_some(), answer.text.is_some(), answer.base64.is_some(), answer.mint];
    if bodies.into_iter().filter(|body| *body).count() > 1 {
        return Some("body, text, base64 and mint exclude each other; use one of them".to_owned());
    }
    if answer.base64.as_ref().is_some_and(|text| STANDARD.decode(text).is_err()) {
        return Some("base64 is not valid base64".to_owned());
    }
    let length = |text: &String| text.len().saturating_mul(answer.times());
    if answer.text.as_ref().is_some_and(|text| length(text) > TEXT_MAX_BYTES) {
        return Some(TEXT_TOO_LONG.to_owned());
    }
    if !(200..=999).contains(&answer.status) {
        return Some(format!("status {} is invalid; {STATUS_RANGE}", answer.status));
    }
    if bodies.contains(&true) && matches!(answer.status, 204 | 304) {
        return Some(format!("a response with status {} has no body; remove it", answer.status));
    }
    let is_invalid = |(name, value): &(&String, &String)| {
        HeaderName::try_from(*name).is_err()
            || (HeaderValue::try_from(*value).is_err() && !value.contains("${"))
    };
    if let Some((name, _)) = answer.headers.iter().find(is_invalid) {
        return Some(format!("the header {name:?} is invalid"));
    }
    if headers_are_too_long(answer.headers.iter()) {
        return Some(HEADERS_TOO_LONG.to_owned());
    }
    if answer.headers.keys().any(|name| name.eq_ignore_ascii_case(CONTENT_LENGTH.as_str())) {
        return Some(
            "content-length is always that of the body; use a fault to truncate the body".to_owned(),
        );
    }
    None
}

/// Returns whether the headers of a response exceed the maximum length.
pub(crate) fn headers_are_too_long(
    headers: impl Iterator<Item = (impl AsRef<str>, impl AsRef<str>)>,
) -> bool {
    headers.map(|(name, value)| name.as_ref().len() + value.as_ref().len()).sum::<usize>() > HEADERS_MAX_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::CaseFile;

    #[test]
    fn invalid_response_is_rejected() {
        let parse = |answer: &str| {
            let text = format!(r#"{{"cases":[{{"name":"a","exchanges":[{{"answer":{answer}}}]}}]}}"#);
            CaseFile::parse(&text).map(drop).map_err(|error| error.to_string())
        };
        for (answer, reason) in [
            (r#"{"text":"x","repeat":16777217}"#, "exceeds 16 MiB"),
            (r#"{"text":"xx","repeat":18446744073709551615}"#, "exceeds 16 MiB"),
            (r#"{"text":"x","headers":{"Content-Length":"5"}}"#, "content-length"),
        ] {
            assert!(parse(answer).unwrap_err().contains(reason), "{answer}");
        }
        let with_header = |length| parse(&format!(r#"{{"headers":{{"x":"{}"}}}}"#, "v".repeat(length)));
        assert_eq!(with_header(HEADERS_MAX_BYTES - 1), Ok(()));
        assert!(with_header(HEADERS_MAX_BYTES).unwrap_err().contains("exceed 64 KiB"));
        assert_eq!(parse(r#"{"text":"x","repeat":16777216}"#), Ok(()));
    }

    #[test]
    fn case_with_more_than_1000_exchanges_is_rejected() {
        for (count, fits) in [(1000, true), (1001, false)] {
            let exchanges = vec!["{}"; count].join(",");
            let text = format!(r#"{{"cases":[{{"name":"a","exchanges":[{exchanges}]}}]}}"#);
            match CaseFile::parse(&text) {
                Ok(_) => assert!(fits, "{count}"),
                Err(error) => assert!(!fits && error.to_string().contains("more than 1000 exchanges")),
            }
            let case =
                Case { name: "a".to_owned(), exchanges: vec![Exchange::default(); count], ..Case::default() };
            assert_eq!(case.check().is_ok(), fits);
        }
    }
}

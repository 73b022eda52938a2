//! Parser of case files, which rejects cases that cannot be played.

use std::fmt;
use std::path::Path;

use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderName, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Number;
use serde_json::value::RawValue;

use super::{Answer, Case, CaseFile, Exchange, When};
use crate::error::SandboxError;

/// Maximum size of a case file in a request.
pub(crate) const CASE_FILE_MAX_BYTES: usize = 1024 * 1024;

/// Maximum length of a repeated text.
pub(crate) const TEXT_MAX_BYTES: usize = 16 * 1024 * 1024;

/// Maximum length of all header names and values of a response together: the sandbox sends them in one piece.
const HEADERS_MAX_BYTES: usize = 64 * 1024;

/// Maximum number of exchanges of a case.
const MAX_EXCHANGES: usize = 1000;

const TOO_MANY_EXCHANGES: &str = "more than 1000 exchanges; split the case";
const STATUS_RANGE: &str = "use 200 to 999";
pub(crate) const TEXT_TOO_LONG: &str = "text, repeated, exceeds 16 MiB";
pub(crate) const INVALID_HEADER: &str = "a header is invalid after its placeholders are replaced";
pub(crate) const HEADERS_TOO_LONG: &str = "headers exceed 64 KiB";

/// Reads the exchanges of a case, up to the maximum: a parsed exchange is a hundred times as large as its shortest text.
pub(super) fn exchanges<'de, D: Deserializer<'de>>(list: D) -> Result<Vec<Exchange>, D::Error> {
    struct BoundedSeqVisitor;
    impl<'de> Visitor<'de> for BoundedSeqVisitor {
        type Value = Vec<Exchange>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of exchanges")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<Exchange>, A::Error> {
            let mut exchanges = Vec::new();
            while let Some(exchange) = list.next_element()? {
                if exchanges.len() == MAX_EXCHANGES {
                    return Err(A::Error::custom(TOO_MANY_EXCHANGES));
                }
                exchanges.push(exchange);
            }
            Ok(exchanges)
        }
    }
    list.deserialize_seq(BoundedSeqVisitor)
}

/// Reads an HTTP status.
pub(super) fn status<'de, D: Deserializer<'de>>(number: D) -> Result<u16, D::Error> {
    let number = Number::deserialize(number)?;
    let status = number.as_u64().and_then(|status| u16::try_from(status).ok());
    status.ok_or_else(|| D::Error::custom(format_args!("{number} is invalid; {STATUS_RANGE}")))
}

/// Reads a number of milliseconds.
pub(super) fn milliseconds<'de, D: Deserializer<'de>>(number: D) -> Result<u64, D::Error> {
    let number = Number::deserialize(number)?;
    let milliseconds = number.as_u64();
    milliseconds.ok_or_else(|| {
        D::Error::custom(format_args!("{number} is invalid; use a whole number of milliseconds"))
    })
}

/// Reads an optional number of milliseconds.
pub(super) fn optional_milliseconds<'de, D: Deserializer<'de>>(number: D) -> Result<Option<u64>, D::Error> {
    milliseconds(number).map(Some)
}

/// Case file whose cases are not parsed yet. A parsed case may be many times as large as its text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawCaseFile<'a> {
    #[serde(rename = "$schema")]
    schema: Option<String>,
    #[serde(default)]
    about: String,
    #[serde(borrow)]
    cases: Vec<&'a RawValue>,
}

impl<'a> RawCaseFile<'a> {
    pub(crate) fn parse(text: &'a str) -> Result<Self, SandboxError> {
        serde_json::from_str(text)
            .map_err(|error| SandboxError::case_file(format!("this is not a case file: {error}")))
    }

    /// Parses the cases one at a time.
    pub(crate) fn cases(&self) -> impl Iterator<Item = Result<Case, SandboxError>> {
        self.cases.iter().enumerate().map(|(index, case)| parse_case(case.get(), index))
    }
}

fn parse_case(text: &str, index: usize) -> Result<Case, SandboxError> {
    let parsed: Result<Case, _> =
        serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(text));
    match parsed {
        Ok(case) => case.check().map(|()| case),
        Err(error) => {
            let label = serde_json::from_str(text).map(|label: Label| label.text());
            let label = label.ok().flatten().unwrap_or_else(|| format!("case number {}", index + 1));
            // The position is that in the case, not in the file.
            let reason = error.inner().to_string();
            let reason = reason.rsplit_once(" at line ").map_or(reason.as_str(), |(reason, _)| reason);
            Err(SandboxError::case_file(match error.path().iter().next() {
                Some(_) => format!("{label}: {}: {reason}", error.path()),
                None => format!("{label}: {reason}"),
            }))
        }
    }
}

/// Fields that identify a case in an error message.
#[derive(Deserialize)]
struct Label {
    name: Option<String>,
    when: Option<When>,
}

impl Label {
    fn text(self) -> Option<String> {
        match self.when {
            Some(when) => Some(format!("script for {}", when.customer_id)),
            None => self.name.map(|name| format!("case {name:?}")),
        }
    }
}

impl CaseFile {
    /// Parses a case file.
    ///
    /// # Errors
    ///
    /// [`SandboxError::InvalidCaseFile`] if the text is not a case file, or if a case is invalid.
    pub fn parse(text: &str) -> Result<Self, SandboxError> {
        let file = RawCaseFile::parse(text)?;
        let cases = file.cases().collect::<Result<_, _>>()?;
        Ok(Self { schema: file.schema, about: file.about, cases })
    }

    /// Returns the JSON schema of case files.
    #[cfg(feature = "schema")]
    pub fn json_schema() -> serde_json::Value {
        schemars::schema_for!(Self).to_value()
    }

    /// Reads every `*.json` file of a folder, in the order of the file names.
    ///
    /// # Errors
    ///
    /// [`SandboxError::Read`] if the folder or a file cannot be read, and [`SandboxError::InvalidCaseFile`] with the
    /// path of a file that is invalid.
    pub fn read_dir(folder: &Path) -> Result<Vec<Case>, SandboxError> {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(|error| SandboxError::read(folder, error))? {
            let path = entry.map_err(|error| SandboxError::read(folder, error))?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                files.push(path);
            }
        }
        files.sort();
        let mut cases = Vec::new();
        for path in files {
            let text = std::fs::read_to_string(&path).map_err(|error| SandboxError::read(&path, error))?;
            cases.extend(Self::parse(&text).map_err(|error| error.in_file(&path))?.cases);
        }
        Ok(cases)
    }
}

impl Case {
    /// Checks whether the case can be played.
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

/// Returns the reason why a response cannot be sent.
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

/// Whether the headers of a response exceed the maximum length.
pub(crate) fn headers_are_too_long(
    headers: impl Iterator<Item = (impl AsRef<str>, impl AsRef<str>)>,
) -> bool {
    headers.map(|(name, value)| name.as_ref().len() + value.as_ref().len()).sum::<usize>() > HEADERS_MAX_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_keeps_its_last_digit() {
        let text = r#"{"cases":[{"name":"a","client":{"timeout":1.0033333333333333e17},"exchanges":[]}]}"#;
        let written = serde_json::to_string(&CaseFile::parse(text).unwrap()).unwrap();
        assert!(written.contains("1.0033333333333333e+17"), "{written}");
    }

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

    #[test]
    fn error_names_the_script_and_the_field_as_the_caller_wrote_it() {
        let parse = |answer: &str| {
            let text = format!(
                r#"{{"cases":[{{"name":"script_1","when":{{"customer_id":"cus_9"}},"exchanges":[{answer}]}}]}}"#
            );
            CaseFile::parse(&text).unwrap_err().to_string()
        };
        for (exchanges, message) in [
            ("", r#"script("cus_9") needs at least one response"#),
            (r#"{"answer":{"status":99}}"#, "script for cus_9: status 99 is invalid; use 200 to 999"),
            (
                r#"{},{"answer":{"status":99}}"#,
                "script for cus_9: response 2: status 99 is invalid; use 200 to 999",
            ),
            (
                r#"{"answer":{"status":70000}}"#,
                "script for cus_9: exchanges[0].answer.status: 70000 is invalid; use 200 to 999",
            ),
            (
                r#"{"answer":{"closeAfter":-1}}"#,
                "script for cus_9: exchanges[0].answer.closeAfter: -1 is invalid; use a whole number of milliseconds",
            ),
            (
                r#"{"answer":{"delay":"1 s"}}"#,
                "script for cus_9: exchanges[0].answer.delay: invalid type: string \"1 s\", expected a JSON number",
            ),
        ] {
            assert_eq!(parse(exchanges), message);
        }
    }
}

//! Reading case files, and refusing those that cannot be played.

use std::fmt;
use std::path::Path;

use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderName, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserializer;
use serde::de::{Error, SeqAccess, Visitor};

use crate::SandboxError;
use crate::case::{Answer, Case, CaseFile, Exchange};

/// The longest body that can be made of a text by repeating it.
pub(crate) const TEXT_MAX_BYTES: usize = 16 * 1024 * 1024;

/// How long the names and values of an answer's headers may be together: the sandbox writes them in one piece.
const HEADERS_MAX_BYTES: usize = 64 * 1024;

/// How many exchanges a case may have.
const EXCHANGES_MAX: usize = 1000;

const TOO_MANY: &str = "has more than 1000 exchanges: make several of it";
pub(crate) const TEXT_TOO_LONG: &str = "has an answer whose text, repeated, is over 16 MiB long";
pub(crate) const UNFIT_HEADER: &str = "has an answer with a header that is none";
pub(crate) const HEADERS_TOO_LONG: &str = "has an answer whose headers are over 64 KiB long";

/// Reads exchanges, and stops where there are too many: each takes a hundred times the room that it needs in a file.
pub(crate) fn exchanges<'de, D: Deserializer<'de>>(list: D) -> Result<Vec<Exchange>, D::Error> {
    struct AFew;
    impl<'de> Visitor<'de> for AFew {
        type Value = Vec<Exchange>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of exchanges")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<Exchange>, A::Error> {
            let mut exchanges = Vec::new();
            while let Some(exchange) = list.next_element()? {
                if exchanges.len() == EXCHANGES_MAX {
                    return Err(A::Error::custom(format!("a case {TOO_MANY}")));
                }
                exchanges.push(exchange);
            }
            Ok(exchanges)
        }
    }
    list.deserialize_seq(AFew)
}

impl CaseFile {
    /// Reads a case file's text.
    ///
    /// # Errors
    ///
    /// Where the text is not of the form, or a case contradicts itself.
    pub fn parse(text: &str) -> Result<Self, SandboxError> {
        let file: Self = serde_json::from_str(text)
            .map_err(|error| SandboxError::new(format!("not a case file: {error}")))?;
        file.cases.iter().try_for_each(Case::check)?;
        Ok(file)
    }

    /// The JSON schema of case files.
    #[cfg(feature = "schema")]
    pub fn json_schema() -> serde_json::Value {
        schemars::schema_for!(Self).to_value()
    }

    /// Reads every `*.json` of a folder, in the order of their names.
    ///
    /// # Errors
    ///
    /// Where the folder or a file cannot be read, or is not of the form; the file is named.
    pub fn read_dir(folder: &Path) -> Result<Vec<Case>, SandboxError> {
        let named =
            |path: &Path, error: &dyn fmt::Display| SandboxError::new(format!("{}: {error}", path.display()));
        let mut files = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(|error| named(folder, &error))? {
            let path = entry.map_err(|error| named(folder, &error))?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                files.push(path);
            }
        }
        files.sort();
        let mut cases = Vec::new();
        for path in files {
            let text = std::fs::read_to_string(&path).map_err(|error| named(&path, &error))?;
            cases.extend(Self::parse(&text).map_err(|error| named(&path, &error))?.cases);
        }
        Ok(cases)
    }
}

impl Case {
    /// Whether the case can be played at all.
    pub(crate) fn check(&self) -> Result<(), SandboxError> {
        let flaw = |reason: &str| Err(SandboxError::new(format!("the case {:?} {reason}", self.name)));
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if self.name.is_empty() || !self.name.chars().all(plain) {
            return flaw("has a name with more in it than lower-case letters, digits and _");
        }
        if self.when.is_some() && self.exchanges.is_empty() {
            return flaw("is to be played for a customer but has no exchanges");
        }
        if self.exchanges.len() > EXCHANGES_MAX {
            return flaw(TOO_MANY);
        }
        match self.exchanges.iter().find_map(|Exchange { answer, .. }| flaw_of(answer)) {
            Some(reason) => flaw(reason),
            None => Ok(()),
        }
    }
}

/// Why an answer cannot be given.
fn flaw_of(answer: &Answer) -> Option<&'static str> {
    let bodies = [answer.body.is_some(), answer.text.is_some(), answer.base64.is_some(), answer.mint];
    if bodies.into_iter().filter(|body| *body).count() > 1 {
        return Some("has an answer with more than one of body, text, base64 and mint");
    }
    if answer.base64.as_ref().is_some_and(|text| STANDARD.decode(text).is_err()) {
        return Some("has an answer whose base64 is not base64");
    }
    let length = |text: &String| text.len().saturating_mul(answer.times());
    if answer.text.as_ref().is_some_and(|text| length(text) > TEXT_MAX_BYTES) {
        return Some(TEXT_TOO_LONG);
    }
    if !(200..=999).contains(&answer.status) {
        return Some("has an answer whose status ends no request: it must be 200 to 999");
    }
    if bodies.contains(&true) && matches!(answer.status, 204 | 304) {
        return Some("has an answer with a body whose status allows none");
    }
    let unfit = |(name, value): (&String, &String)| {
        HeaderName::try_from(name).is_err()
            || (HeaderValue::try_from(value).is_err() && !value.contains("${"))
    };
    if answer.headers.iter().any(unfit) {
        return Some(UNFIT_HEADER);
    }
    if headers_are_too_long(answer.headers.iter()) {
        return Some(HEADERS_TOO_LONG);
    }
    if answer.headers.keys().any(|name| name.eq_ignore_ascii_case(CONTENT_LENGTH.as_str())) {
        return Some(
            "has an answer with a content-length, which is always the body's: use a fault to cut it short",
        );
    }
    None
}

/// Whether headers are longer together than an answer may have them.
pub(crate) fn headers_are_too_long(
    headers: impl Iterator<Item = (impl AsRef<str>, impl AsRef<str>)>,
) -> bool {
    headers.map(|(name, value)| name.as_ref().len() + value.as_ref().len()).sum::<usize>() > HEADERS_MAX_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_its_last_digit() {
        let text = r#"{"cases":[{"name":"a","client":{"timeout":1.0033333333333333e17},"exchanges":[]}]}"#;
        let written = serde_json::to_string(&CaseFile::parse(text).unwrap()).unwrap();
        assert!(written.contains("1.0033333333333333e+17"), "{written}");
    }

    #[test]
    fn an_answer_that_cannot_be_given_is_refused() {
        let parse = |answer: &str| {
            let text = format!(r#"{{"cases":[{{"name":"a","exchanges":[{{"answer":{answer}}}]}}]}}"#);
            CaseFile::parse(&text).map(drop).map_err(|error| error.to_string())
        };
        for (answer, reason) in [
            (r#"{"text":"x","repeat":16777217}"#, "over 16 MiB"),
            (r#"{"text":"xx","repeat":18446744073709551615}"#, "over 16 MiB"),
            (r#"{"text":"x","headers":{"Content-Length":"5"}}"#, "content-length"),
        ] {
            assert!(parse(answer).unwrap_err().contains(reason), "{answer}");
        }
        let with_header = |length| parse(&format!(r#"{{"headers":{{"x":"{}"}}}}"#, "v".repeat(length)));
        assert_eq!(with_header(HEADERS_MAX_BYTES - 1), Ok(()));
        assert!(with_header(HEADERS_MAX_BYTES).unwrap_err().contains("over 64 KiB"));
        assert_eq!(parse(r#"{"text":"x","repeat":16777216}"#), Ok(()));
    }

    #[test]
    fn a_case_has_a_thousand_exchanges_at_most() {
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

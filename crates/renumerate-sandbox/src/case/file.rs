//! Parser of case files. It rejects cases that the sandbox cannot play.

use std::fmt;
use std::path::Path;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Number;
use serde_json::value::RawValue;

use super::limits::{MAX_EXCHANGES, STATUS_RANGE, TOO_MANY_EXCHANGES};
use super::{Case, CaseFile, Exchange, When};
use crate::error::SandboxError;

/// Maximum size of a case file that a client sends in a request.
pub(crate) const CASE_FILE_MAX_BYTES: usize = 1024 * 1024;

/// Reads the exchanges of a case. Fails as soon as there are more than [`MAX_EXCHANGES`], because a parsed exchange may
/// need a hundred times as much memory as its text.
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

/// Case file whose cases are not parsed yet. The cases are parsed one at a time, because a parsed case may need many
/// times as much memory as its text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a JSON object")]
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

    /// Returns an iterator that parses the cases one at a time.
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
            // The error contains a position that is counted from the start of the case, not of the file, so the
            // position is removed.
            let reason = error.inner().to_string();
            let reason = reason.rsplit_once(" at line ").map_or(reason.as_str(), |(reason, _)| reason);
            Err(SandboxError::case_file(match error.path().iter().next() {
                Some(_) => format!("{label}: {}: {reason}", location(error.path())),
                None => format!("{label}: {reason}"),
            }))
        }
    }
}

/// Describes a path in a case for an error message: `exchanges[0].answer.delay` becomes `response 1: delay`.
fn location(path: &serde_path_to_error::Path) -> String {
    let path = path.to_string();
    let response = path.strip_prefix("exchanges[").and_then(|rest| rest.split_once("].answer"));
    match response.and_then(|(index, field)| Some((index.parse::<usize>().ok()?, field))) {
        Some((index, "")) => format!("response {}", index + 1),
        Some((index, field)) => format!("response {}: {}", index + 1, field.trim_start_matches('.')),
        None => path,
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

    /// Reads the cases of every `*.json` file in a folder, in the order of the file names.
    ///
    /// # Errors
    ///
    /// [`SandboxError::Read`] if the folder or a file cannot be read, and [`SandboxError::InvalidCaseFile`] with the
    /// path of the file if a file is invalid.
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
                "script for cus_9: response 1: status: 70000 is invalid; use 200 to 999",
            ),
            (
                r#"{"answer":{"closeAfter":-1}}"#,
                "script for cus_9: response 1: closeAfter: -1 is invalid; use a whole number of milliseconds",
            ),
            (
                r#"{"answer":500}"#,
                "script for cus_9: response 1: invalid type: integer `500`, expected a JSON object",
            ),
            (
                r#"{"answer":{"delay":"1 s"}}"#,
                "script for cus_9: response 1: delay: invalid type: string \"1 s\", expected a JSON number",
            ),
        ] {
            assert_eq!(parse(exchanges), message);
        }
    }
}

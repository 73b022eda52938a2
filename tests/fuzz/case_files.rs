//! Case files: a parsed file is the same after it is written and parsed again, and its placeholders can be filled in.

use renumerate_sandbox::CaseFile;

const WORDS: &[&str] = &[
    "{\"cases\":[",
    "]}",
    "{\"name\":\"a\"",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\"about\":",
    "\"rules\":",
    "\"when\":",
    "{\"customer_id\":\"cus_1\"}",
    "\"client\":",
    "\"warm_up\":",
    "\"call\":",
    "\"method\":\"create_retention_session\"",
    "\"parameters\":",
    "\"options\":",
    "\"exchanges\":[",
    "\"request\":",
    "\"method\":\"POST\"",
    "\"path\":\"/v1/retention/session\"",
    "\"headers\":",
    "\"min_gap_ms\":",
    "\"body\":",
    "\"body_text\":",
    "\"answer\":{",
    "\"status\":",
    "\"text\":",
    "\"repeat\":",
    "\"base64\":\"eA==\"",
    "\"mint\":true",
    "\"delay_ms\":",
    "\"fault\":",
    "\"slow_drip\"",
    "\"close_after_ms\":",
    "\"outcome\":",
    "{\"session\":",
    "{\"error\":",
    "\"id\":",
    "\"attempts\":1",
    "\"class\":",
    "\"code\":",
    "\"retryable\":true",
    "\"retry_after\":",
    "\"${key}\"",
    "\"${base_url}\"",
    "\"${host}\"",
    "null",
    "0",
    "200",
    "1e300",
    "0.1",
    "-1",
    "18446744073709551615",
    "\"timeout\":",
    "\"$schema\":",
];

#[test]
fn fuzz() {
    crate::fuzz!(WORDS, |input: &[u8]| {
        let Ok(file) = CaseFile::parse(&String::from_utf8_lossy(input)) else { return };
        let written = serde_json::to_string(&file).expect("cannot serialize a case file");
        let again = CaseFile::parse(&written).expect("cannot parse a serialized case file");
        assert_eq!(serde_json::to_string(&again).expect("cannot serialize a case file"), written);
        for case in &file.cases {
            let filled =
                case.filled("sk_case_a.1", "http://127.0.0.1:1").expect("cannot fill in placeholders");
            let written = serde_json::to_string(&filled).expect("cannot serialize a case");
            assert!(
                !["${key}", "${base_url}", "${host}"].iter().any(|placeholder| written.contains(placeholder)),
                "{written}"
            );
        }
    });
}

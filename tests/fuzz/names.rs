//! Parameters and options by name: valid ones are accepted, and an error names the invalid one.

use renumerate::fuzzing::encode;
use renumerate::{
    CallOptions, Client, Error, OptionValue, RetentionSessionRequest, SessionKind, SessionRequest,
    SubscriptionSessionRequest,
};
use serde_json::Value;

const WORDS: &[&str] = &[
    "customer_id",
    "customer_email",
    "subscription_id",
    "customerId",
    "custmer_id",
    "private_key",
    "public_key",
    "base_url",
    "timeout",
    "attempt_timeout",
    "connect_timeout",
    "max_retries",
    "max_connections",
    "proxy",
    "app_info",
    "widgets_base_url",
    "time_out",
    "=",
    "\n",
    "cus_1",
    "sub_",
    "ret_",
    "a@b",
    "@",
    " ",
    "\t",
    "\u{0}",
    "\u{e9}",
    "\"",
    "\\",
    "https://a.b",
    "http://",
    "0",
    "1",
    "-1",
    "0.5",
    "1e300",
    "1e-12",
    "NaN",
    "inf",
    "86400",
    "Shop/1.2",
    "planted",
    "_",
    "-",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
];

/// Maximum length of an error. Only the beginning of a long name is in the error.
const ERROR_MAX_CHARS: usize = 600;

/// The input's lines are `name=value`; a line without `=` is a name without a value.
#[test]
fn fuzz() {
    crate::fuzz!(WORDS, |input: &[u8]| {
        let text = String::from_utf8_lossy(input);
        let pairs: Vec<_> = text.split('\n').map(pair).collect();
        check_request(&pairs, RetentionSessionRequest::from_fields(pairs.iter().copied()), "retention", 3);
        check_request(
            &pairs,
            SubscriptionSessionRequest::from_fields(pairs.iter().copied()),
            "subscription",
            2,
        );
        check_client(&pairs);
        check_call(&pairs);
    });
}

fn pair(line: &str) -> (&str, Option<&str>) {
    line.split_once('=').map_or((line, None), |(name, value)| (name, Some(value)))
}

fn check_request<K: SessionKind>(
    pairs: &[(&str, Option<&str>)],
    result: Result<SessionRequest<K>, Error>,
    envelope: &str,
    known: usize,
) {
    let known = &["customer_id", "customer_email", "subscription_id"][..known];
    let present: Vec<_> = pairs.iter().filter_map(|(name, value)| Some((*name, (*value)?))).collect();
    let once = known.iter().all(|name| present.iter().filter(|(other, _)| other == name).count() <= 1);
    let all_known = pairs.iter().all(|(name, value)| {
        // A parameter of the other endpoint is accepted if its value is absent.
        known.contains(name) || *name == "subscription_id" && value.is_none()
    });
    let valid = present.iter().all(|(name, value)| is_valid(name, value));
    let has_customer = present.iter().any(|(name, _)| name.starts_with("customer_"));
    match result {
        Err(error) => {
            check_error(&error, "validation");
            assert!(!(once && all_known && valid && has_customer), "{pairs:?}: {error}");
        }
        Ok(request) => {
            assert!(once && all_known && valid && has_customer, "{pairs:?} was accepted");
            let body: Value =
                serde_json::from_slice(&encode(&request).expect("cannot encode")).expect("not JSON");
            let fields = present.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value)));
            assert_eq!(body, serde_json::json!({ envelope: Value::Object(fields.collect()) }));
        }
    }
}

/// Implements rules V3 to V5 independently of the library.
fn is_valid(name: &str, value: &str) -> bool {
    let length = value.chars().count();
    if name == "customer_email" {
        let trimmed = value.trim() == value && !value.chars().any(char::is_control);
        let inner = value.char_indices().skip(1).any(|(at, c)| c == '@' && at + 1 < value.len());
        return trimmed && inner && (1..=512).contains(&length);
    }
    let session_id = length > 64 && (value.starts_with("ret_") || value.starts_with("sub_"));
    (1..=255).contains(&length) && value.bytes().all(|byte| (b'!'..=b'~').contains(&byte)) && !session_id
}

/// Sets each line as an option of a client. An error must not contain a value, because a value may contain the key.
fn check_client(pairs: &[(&str, Option<&str>)]) {
    let mut builder = Client::builder().private_key("sk_live_planted");
    for (name, value) in pairs {
        // Skip the option that reads a file.
        if *name == "ca_bundle" {
            continue;
        }
        builder = match builder.option(name, value_of(value.unwrap_or_default())) {
            Ok(builder) => builder,
            Err(error) => return check_error(&error, "configuration"),
        };
    }
    let shown = format!("{builder:?}");
    match builder.build() {
        Ok(client) => assert!(!format!("{shown} {client:?}").contains("sk_live_planted")),
        Err(error) => {
            check_error(&error, "configuration");
            assert!(!format!("{shown} {error} {error:?}").contains("planted"), "{error:?}");
        }
    }
}

fn check_call(pairs: &[(&str, Option<&str>)]) {
    let mut options = CallOptions::new();
    for (name, value) in pairs {
        options = match options.option(name, value_of(value.unwrap_or_default())) {
            Ok(options) => options,
            Err(error) => return check_error(&error, "configuration"),
        };
    }
}

/// Converts a text to a number of milliseconds if it ends in `ms`, to a number if it is one, or else to a text.
fn value_of(text: &str) -> OptionValue<'_> {
    let millis = text.strip_suffix("ms").and_then(|text| text.parse().ok());
    match (millis, text.parse::<f64>()) {
        (Some(millis), _) => OptionValue::Milliseconds(millis),
        (None, Ok(number)) => OptionValue::from(number),
        (None, Err(_)) => OptionValue::from(text),
    }
}

fn check_error(error: &Error, code: &str) {
    let field = error.field().expect("error without the name of the option or parameter");
    let shown = error.to_string();
    assert_eq!(error.code(), code, "{shown}");
    assert!(field.chars().count() <= 65 && shown.chars().count() <= ERROR_MAX_CHARS, "{shown}");
    assert!(!shown.contains(char::is_control), "{shown:?}");
}

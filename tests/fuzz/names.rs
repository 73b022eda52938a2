//! Parameters and options by name: what is taken is what the rules allow, the rest is refused by its name.

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
    "base_url",
    "timeout",
    "attempt_timeout",
    "connect_timeout",
    "max_retries",
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

/// What an error says beside a name, which it keeps the beginning of.
const LONGEST_ERROR: usize = 600;

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
    made: Result<SessionRequest<K>, Error>,
    envelope: &str,
    known: usize,
) {
    let known = &["customer_id", "customer_email", "subscription_id"][..known];
    let given: Vec<_> = pairs.iter().filter_map(|(name, value)| Some((*name, (*value)?))).collect();
    let once = known.iter().all(|name| given.iter().filter(|(given, _)| given == name).count() <= 1);
    let all_known = pairs.iter().all(|(name, value)| {
        // An absent value of the other endpoint's parameter is absent.
        known.contains(name) || *name == "subscription_id" && value.is_none()
    });
    let fit = given.iter().all(|(name, value)| is_fit(name, value));
    let whom = given.iter().any(|(name, _)| name.starts_with("customer_"));
    match made {
        Err(error) => {
            check_error(&error, "validation");
            assert!(!(once && all_known && fit && whom), "{pairs:?}: {error}");
        }
        Ok(request) => {
            assert!(once && all_known && fit && whom, "{pairs:?} is taken");
            let body: Value = serde_json::from_slice(&encode(&request).expect("text is JSON")).expect("JSON");
            let given = given.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value)));
            assert_eq!(body, serde_json::json!({ envelope: Value::Object(given.collect()) }));
        }
    }
}

/// Rules V3 to V5, said once more.
fn is_fit(name: &str, value: &str) -> bool {
    let length = value.chars().count();
    if name == "customer_email" {
        let trimmed = value.trim() == value && !value.chars().any(char::is_control);
        let inner = value.char_indices().skip(1).any(|(at, c)| c == '@' && at + 1 < value.len());
        return trimmed && inner && (1..=512).contains(&length);
    }
    let session_id = length > 64 && (value.starts_with("ret_") || value.starts_with("sub_"));
    (1..=255).contains(&length) && value.bytes().all(|byte| (b'!'..=b'~').contains(&byte)) && !session_id
}

/// Every line is an option of a client; nothing that is refused may show a value, which may hold the key.
fn check_client(pairs: &[(&str, Option<&str>)]) {
    let mut builder = Client::builder().private_key("sk_live_planted");
    for (name, value) in pairs {
        // A file's name leads out of here.
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

/// A number where the text is one, of milliseconds where it ends so.
fn value_of(text: &str) -> OptionValue<'_> {
    let millis = text.strip_suffix("ms").and_then(|text| text.parse().ok());
    match (millis, text.parse::<f64>()) {
        (Some(millis), _) => OptionValue::Milliseconds(millis),
        (None, Ok(number)) => OptionValue::from(number),
        (None, Err(_)) => OptionValue::from(text),
    }
}

fn check_error(error: &Error, code: &str) {
    let field = error.field().expect("the name of what is at fault");
    let shown = error.to_string();
    assert_eq!(error.code(), code, "{shown}");
    assert!(field.chars().count() <= 65 && shown.chars().count() <= LONGEST_ERROR, "{shown}");
    assert!(!shown.contains(char::is_control), "{shown:?}");
}

//! The vendor's contract as the service implements it: the session endpoints, and the request bodies that these
//! endpoints accept.

use serde_json::{Map, Value};

/// Header with the brand's private key.
pub(crate) const KEY_HEADER: &str = "x-brand-key";

/// Maximum size of a request body.
pub(crate) const BODY_MAX_BYTES: usize = 64 * 1024;

/// Endpoint that creates sessions of one kind.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) path: &'static str,
    pub(crate) envelope: &'static str,
    pub(crate) id_prefix: &'static str,
    /// Number of random bytes after the prefix of an id. The vendor's sample ids have the same number of bytes.
    pub(crate) id_bytes: usize,
}

const ENDPOINTS: [Endpoint; 2] = [
    Endpoint { path: "/v1/retention/session", envelope: "retention", id_prefix: "ret_", id_bytes: 85 },
    Endpoint { path: "/v1/subscription/session", envelope: "subscription", id_prefix: "sub_", id_bytes: 93 },
];

/// Parameters of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SessionRequest {
    pub(crate) customer_id: Option<String>,
    pub(crate) customer_email: Option<String>,
    pub(crate) subscription_id: Option<String>,
}

pub(crate) fn endpoint_at(path: &str) -> Option<&'static Endpoint> {
    ENDPOINTS.iter().find(|endpoint| endpoint.path == path)
}

/// Parses the body of a session request. If the body is invalid, returns the reason for a 400 response.
pub(crate) fn parse_session_request(
    endpoint: &Endpoint,
    content_type: Option<&str>,
    body: &[u8],
) -> Result<SessionRequest, String> {
    let media_type = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err("The content-type must be application/json".to_owned());
    }
    if body.len() > BODY_MAX_BYTES {
        return Err(format!("The body is larger than {BODY_MAX_BYTES} bytes"));
    }
    let envelope = endpoint.envelope;
    let json: Value =
        serde_json::from_slice(body).map_err(|error| format!("The body isn't JSON: {error}"))?;
    let members = match json.get(envelope) {
        Some(Value::Object(members)) => members,
        Some(_) => return Err(format!("{envelope} must be an object")),
        None => return Err(format!("The body must contain {{\"{envelope}\": {{…}}}}")),
    };
    let request = SessionRequest {
        customer_id: optional_text(envelope, members, "customer_id")?,
        customer_email: optional_text(envelope, members, "customer_email")?,
        // The vendor's older pages document `subscription_id` for both endpoints, so both accept it.
        subscription_id: optional_text(envelope, members, "subscription_id")?,
    };
    if request.customer_id.is_none() && request.customer_email.is_none() {
        return Err(format!("Either {envelope}.customer_id or {envelope}.customer_email is required"));
    }
    Ok(request)
}

/// Returns the text of an optional member; `None` if the member is absent. `null` and an empty text are invalid.
fn optional_text(envelope: &str, members: &Map<String, Value>, name: &str) -> Result<Option<String>, String> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) if !text.is_empty() => Ok(Some(text.clone())),
        Some(Value::String(_)) => Err(format!("{envelope}.{name} must not be empty")),
        Some(_) => Err(format!("{envelope}.{name} must be a string")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(body: &str) -> String {
        parse_session_request(&ENDPOINTS[0], Some("application/json"), body.as_bytes()).unwrap_err()
    }

    #[test]
    fn invalid_body_is_rejected_with_the_reason() {
        for (body, part) in [
            ("", "isn't JSON"),
            ("[]", "must contain"),
            (r#"{"subscription":{"customer_id":"a"}}"#, "must contain"),
            (r#"{"retention":[]}"#, "must be an object"),
            (r#"{"retention":{}}"#, "is required"),
            (r#"{"retention":{"subscription_id":"sub_1"}}"#, "is required"),
            (r#"{"retention":{"customer_id":null}}"#, "customer_id must be a string"),
            (r#"{"retention":{"customer_id":""}}"#, "customer_id must not be empty"),
            (r#"{"retention":{"customer_id":"a","subscription_id":1}}"#, "subscription_id must be a string"),
            (&" ".repeat(BODY_MAX_BYTES + 1), "larger than"),
        ] {
            assert!(reason(body).contains(part), "{body}: {}", reason(body));
        }
        let no_type = parse_session_request(&ENDPOINTS[0], None, br#"{"retention":{"customer_id":"a"}}"#);
        assert!(no_type.unwrap_err().contains("content-type"));
    }

    #[test]
    fn one_customer_parameter_is_sufficient_and_unknown_members_are_ignored() {
        let body = br#"{"subscription":{"customer_email":"a@b","plan":{}},"more":1}"#;
        let request =
            parse_session_request(&ENDPOINTS[1], Some("Application/JSON; charset=utf-8"), body).unwrap();
        assert_eq!(
            request,
            SessionRequest { customer_email: Some("a@b".to_owned()), ..SessionRequest::default() }
        );
    }
}

//! The vendor's contract as the service implements it: the endpoints that create sessions, and their requests and
//! responses.

use serde_json::{Map, Value, json};

/// Header with the brand's private key.
pub(crate) const KEY_HEADER: &str = "x-brand-key";

/// Maximum size of a request body.
pub(crate) const BODY_MAX_BYTES: usize = 64 * 1024;

/// Endpoint that creates sessions of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) path: &'static str,
    /// Methods, for the header `Allow`.
    pub(crate) methods: &'static str,
    /// Kind of the sessions. The body of a request with a private key has a member of this name.
    pub(crate) kind: &'static str,
    pub(crate) id_prefix: &'static str,
    /// Number of random bytes after the prefix of an id. The vendor's sample ids of the first two kinds have the same
    /// number of bytes.
    pub(crate) id_bytes: usize,
}

/// Endpoint at which browsers exchange handshake tokens. Its requests have a token instead of a private key.
pub(crate) const EXCHANGE: Endpoint = Endpoint {
    path: "/v1/session/exchange",
    methods: "POST, OPTIONS",
    kind: "handshake",
    id_prefix: "r10_",
    id_bytes: 66,
};

const ENDPOINTS: [Endpoint; 3] = [
    Endpoint {
        path: "/v1/retention/session",
        methods: "POST",
        kind: "retention",
        id_prefix: "ret_",
        id_bytes: 85,
    },
    Endpoint {
        path: "/v1/subscription/session",
        methods: "POST",
        kind: "subscription",
        id_prefix: "sub_",
        id_bytes: 93,
    },
    EXCHANGE,
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

/// Returns the body of the response with a new session. `expires_at` is in Unix seconds.
pub(crate) fn session_response(endpoint: &Endpoint, id: &str, expires_at: u64) -> Value {
    if *endpoint == EXCHANGE {
        json!({"session": {"sessionId": id, "expiresAt": expires_at}})
    } else {
        json!({"id": id})
    }
}

/// Parses the body of a request to [`EXCHANGE`], and returns the token. If the body is invalid, returns the reason for
/// a 400 response.
pub(crate) fn parse_exchange_request(content_type: Option<&str>, body: &[u8]) -> Result<String, String> {
    match parse_json(content_type, body)?.get_mut("handshakeToken").map(Value::take) {
        Some(Value::String(token)) => Ok(token),
        Some(_) => Err("handshakeToken must be a string".to_owned()),
        None => Err("The body must contain {\"handshakeToken\": \"…\"}".to_owned()),
    }
}

/// Parses the body of a session request with a private key. If the body is invalid, returns the reason for a 400
/// response.
pub(crate) fn parse_session_request(
    endpoint: &Endpoint,
    content_type: Option<&str>,
    body: &[u8],
) -> Result<SessionRequest, String> {
    let kind = endpoint.kind;
    let json = parse_json(content_type, body)?;
    let members = match json.get(kind) {
        Some(Value::Object(members)) => members,
        Some(_) => return Err(format!("{kind} must be an object")),
        None => return Err(format!("The body must contain {{\"{kind}\": {{…}}}}")),
    };
    let request = SessionRequest {
        customer_id: optional_text(kind, members, "customer_id")?,
        customer_email: optional_text(kind, members, "customer_email")?,
        // The vendor's older pages document `subscription_id` for both endpoints, so both accept it.
        subscription_id: optional_text(kind, members, "subscription_id")?,
    };
    if request.customer_id.is_none() && request.customer_email.is_none() {
        return Err(format!("Either {kind}.customer_id or {kind}.customer_email is required"));
    }
    Ok(request)
}

fn parse_json(content_type: Option<&str>, body: &[u8]) -> Result<Value, String> {
    let media_type = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err("The content-type must be application/json".to_owned());
    }
    if body.len() > BODY_MAX_BYTES {
        return Err(format!("The body is larger than {BODY_MAX_BYTES} bytes"));
    }
    serde_json::from_slice(body).map_err(|error| format!("The body isn't JSON: {error}"))
}

/// Returns the text of an optional member; `None` if the member is absent. `null` and an empty text are invalid.
fn optional_text(kind: &str, members: &Map<String, Value>, name: &str) -> Result<Option<String>, String> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) if !text.is_empty() => Ok(Some(text.clone())),
        Some(Value::String(_)) => Err(format!("{kind}.{name} must not be empty")),
        Some(_) => Err(format!("{kind}.{name} must be a string")),
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

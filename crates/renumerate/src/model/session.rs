//! Sessions and their ids, typed by the kind of session.

use std::fmt;
use std::hash::Hash;
use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::endpoint::{Endpoint, EndpointKind};
use super::sealed::Sealed;
use crate::error::Attempt;

/// A kind of session: [`Retention`] or [`Subscription`].
pub trait SessionKind: Sealed + Copy + Eq + Hash + fmt::Debug + Send + Sync + 'static {
    /// The entry for this kind of session in the endpoint table.
    #[doc(hidden)]
    const ENDPOINT: &'static Endpoint;
}

/// The kind of sessions that open the cancel flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Retention;

/// The kind of sessions that open the `SubscriptionHub` widget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Subscription;

impl Sealed for Retention {}
impl SessionKind for Retention {
    const ENDPOINT: &'static Endpoint = EndpointKind::Retention.endpoint();
}

impl Sealed for Subscription {}
impl SessionKind for Subscription {
    const ENDPOINT: &'static Endpoint = EndpointKind::Subscription.endpoint();
}

/// A session that opens the cancel flow. The vendor's browser library opens it with `showRetentionView(id)` or
/// `mountCancelButton(el, id)`.
pub type RetentionSession = Session<Retention>;

/// A session that opens the `SubscriptionHub` widget. The vendor's browser library opens it with
/// `mountSubscriptionHub(el, id)`.
pub type SubscriptionSession = Session<Subscription>;

/// The id of a [`RetentionSession`], `ret_…`.
pub type RetentionSessionId = SessionId<Retention>;

/// The id of a [`SubscriptionSession`], `sub_…`.
pub type SubscriptionSessionId = SessionId<Subscription>;

/// The id of a session. It is a bearer credential: anyone who has the id can open the widget of the session's customer.
///
/// [`as_str`](SessionId::as_str), `String::from` and serde return the id in plain text. `Debug` masks the id and
/// `Display` is not implemented, so that the id does not appear in logs by accident.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SessionId<K: SessionKind> {
    text: String,
    kind: PhantomData<K>,
}

impl<K: SessionKind> SessionId<K> {
    /// Returns the id if the text begins with the prefix of this kind and has at least one more character. The
    /// characters after the prefix are not checked.
    pub(crate) fn parse(text: String) -> Option<Self> {
        K::ENDPOINT.is_session_id(&text).then_some(Self { text, kind: PhantomData })
    }

    /// Returns the id in plain text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<K: SessionKind> From<SessionId<K>> for String {
    fn from(id: SessionId<K>) -> Self {
        id.text
    }
}

impl<K: SessionKind> fmt::Debug for SessionId<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}…", K::ENDPOINT.id_prefix)
    }
}

impl<K: SessionKind> Serialize for SessionId<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de, K: SessionKind> Deserialize<'de> for SessionId<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(String::deserialize(deserializer)?).ok_or_else(|| {
            serde::de::Error::custom(format_args!(
                "not the id of a {} session: it begins with {}",
                K::ENDPOINT.name,
                K::ENDPOINT.id_prefix
            ))
        })
    }
}

/// A created session.
///
/// The serialized form has the fields `id`, `url` and, if present, `request_id`. The attempts are omitted, because the
/// serialized form is meant for a web page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(bound = "")]
pub struct Session<K: SessionKind> {
    id: SessionId<K>,
    url: SessionUrl,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    #[serde(skip)]
    attempts: Vec<Attempt>,
}

/// A created session of a kind that is known only at run time.
pub struct AnySession {
    /// The session id in plain text.
    pub id: String,
    /// The URL that the vendor's browser library loads.
    pub url: String,
    /// The request id of the response, if the service sent one.
    pub request_id: Option<String>,
    /// The record of each attempt of the call, in order.
    pub attempts: Vec<Attempt>,
}

impl AnySession {
    /// Creates a session. Its URL is the URL of the widget with the id as a query parameter.
    pub(crate) fn new(id: String, widget: &str, request_id: Option<String>, attempts: Vec<Attempt>) -> Self {
        // Do not percent-encode the id: the vendor's browser library does not encode it either.
        let url = format!("{widget}?session_id={id}");
        Self { id, url, request_id, attempts }
    }
}

impl fmt::Debug for AnySession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Omit the id and the URL, because they are secret.
        f.debug_struct("AnySession").field("attempts", &self.attempts).finish_non_exhaustive()
    }
}

impl<K: SessionKind> Session<K> {
    /// Converts an untyped session. It must come from the endpoint of the kind `K`: the prefix of the id is not checked
    /// here.
    pub(crate) fn from_any(session: AnySession) -> Self {
        let AnySession { id, url, request_id, attempts } = session;
        Self { id: SessionId { text: id, kind: PhantomData }, url: SessionUrl(url), request_id, attempts }
    }

    /// Returns the id, which the vendor's browser library requires.
    pub fn id(&self) -> &SessionId<K> {
        &self.id
    }

    /// Converts the session into its id.
    pub fn into_id(self) -> SessionId<K> {
        self.id
    }

    /// Returns the URL that the vendor's browser library loads in its iframe. A web view can load it too, although the
    /// vendor does not document this use. Keep the URL secret, because it contains the id.
    pub fn url(&self) -> &str {
        &self.url.0
    }

    /// Returns the request id of the response, if the service sent one. Quote this id when you contact the vendor's
    /// support.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Returns the record of each attempt of the call, in order. The last attempt succeeded.
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }
}

/// A URL that ends with a session id. `Debug` masks the id.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
struct SessionUrl(String);

impl fmt::Debug for SessionUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (widget, _) = self.0.split_once('?').unwrap_or_default();
        write!(f, "{widget}?session_id=…")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "sub__FZ1PXM7vi3xH6pU4JgMz82zKa1r1z0wCF";

    fn session() -> SubscriptionSession {
        let (widget, request_id) = ("https://subs.renumerate.com", Some("req_1".to_owned()));
        Session::from_any(AnySession::new(ID.to_owned(), widget, request_id, Vec::new()))
    }

    /// Rules: X2
    #[test]
    fn session_serializes_and_id_round_trips() {
        let json = serde_json::to_string(&session()).unwrap();
        let url = format!("https://subs.renumerate.com?session_id={ID}");
        assert_eq!(json, format!(r#"{{"id":"{ID}","url":"{url}","request_id":"req_1"}}"#));
        let id: SubscriptionSessionId = serde_json::from_str(&format!("\"{ID}\"")).unwrap();
        assert_eq!(id, session().into_id());
        assert_eq!(String::from(id), ID);
    }

    /// Rules: X2
    #[test]
    fn debug_output_masks_the_session_id() {
        let any = AnySession::new(ID.to_owned(), "https://subs.renumerate.com", None, Vec::new());
        let output = format!("{:?} {:#?} {:?} {any:?}", session(), session(), session().id());
        assert!(!output.contains("FZ1PXM7"), "{output}");
        assert!(output.contains("sub_…"));
    }

    /// Rules: D2
    #[test]
    fn id_requires_its_prefix_and_more_characters() {
        assert!(RetentionSessionId::parse("ret_=".to_owned()).is_some());
        for not_an_id in ["", "ret_", "sub_x", "RET_x", " ret_x", "x"] {
            assert!(RetentionSessionId::parse(not_an_id.to_owned()).is_none(), "{not_an_id}");
            assert!(serde_json::from_value::<RetentionSessionId>(not_an_id.into()).is_err());
        }
    }
}

//! The endpoint table, with one row for each kind of session.

/// The kind of a session as a value, for code that cannot use type parameters, such as the language bindings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndpointKind {
    /// A session for the cancel flow.
    Retention,
    /// A session for the `SubscriptionHub` widget.
    Subscription,
}

impl EndpointKind {
    /// Returns the row of this kind in the endpoint table.
    pub(crate) const fn endpoint(self) -> &'static Endpoint {
        match self {
            Self::Retention => &RETENTION,
            Self::Subscription => &SUBSCRIPTION,
        }
    }
}

/// Defines an enum with the same variants as [`EndpointKind`] and the conversion to it, so that a binding can export the
/// kinds with its own attributes.
#[cfg(feature = "__ffi")]
#[doc(hidden)]
#[macro_export]
macro_rules! mirror_endpoint_kind {
    ($(#[$attribute:meta])* $visibility:vis enum $name:ident;) => {
        $crate::mirror_endpoint_kind! { $(#[$attribute])* $visibility enum $name: Retention, Subscription; }
    };
    ($(#[$attribute:meta])* $visibility:vis enum $name:ident: $($variant:ident),+;) => {
        $(#[$attribute])*
        #[allow(missing_docs, reason = "the core's enum has the documentation")]
        $visibility enum $name {
            $($variant),+
        }

        impl From<$name> for $crate::ffi::EndpointKind {
            fn from(kind: $name) -> Self {
                match kind {
                    $($name::$variant => Self::$variant),+
                }
            }
        }
    };
}

/// A row of the endpoint table. It contains everything in which an endpoint differs from the others.
#[derive(Debug)]
pub struct Endpoint {
    pub(crate) kind: EndpointKind,
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
    pub(crate) envelope: &'static str,
    pub(crate) id_prefix: &'static str,
    pub(crate) parameters: &'static [&'static str],
    /// The URL of the vendor's widget.
    pub(crate) widget: &'static str,
    /// The path of the widget, relative to `widgets_base_url`.
    pub(crate) widget_path: &'static str,
}

impl Endpoint {
    /// Returns whether the text begins with the prefix of this endpoint's session ids and has at least one more
    /// character. The characters after the prefix are not checked.
    pub(crate) fn is_session_id(&self, text: &str) -> bool {
        text.strip_prefix(self.id_prefix).is_some_and(|suffix| !suffix.is_empty())
    }
}

pub(crate) static RETENTION: Endpoint = Endpoint {
    kind: EndpointKind::Retention,
    name: "retention",
    path: "/v1/retention/session",
    envelope: "retention",
    id_prefix: "ret_",
    parameters: &["customer_id", "customer_email", "subscription_id"],
    widget: "https://retention.renumerate.com",
    widget_path: "/retention",
};

pub(crate) static SUBSCRIPTION: Endpoint = Endpoint {
    kind: EndpointKind::Subscription,
    name: "subscription",
    path: "/v1/subscription/session",
    envelope: "subscription",
    id_prefix: "sub_",
    parameters: &["customer_id", "customer_email"],
    widget: "https://subs.renumerate.com",
    widget_path: "/subs",
};

/// All endpoints.
pub(crate) const ENDPOINTS: [&Endpoint; 2] = [&RETENTION, &SUBSCRIPTION];

/// Returns the prefixes of session ids, one for each endpoint.
pub(crate) fn id_prefixes() -> [&'static str; ENDPOINTS.len()] {
    ENDPOINTS.map(|endpoint| endpoint.id_prefix)
}

/// Returns the names of the parameters of all endpoints. A name may occur more than once.
pub(crate) fn parameter_names() -> impl Iterator<Item = &'static str> {
    ENDPOINTS.iter().flat_map(|endpoint| endpoint.parameters.iter().copied())
}

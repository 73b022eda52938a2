//! The table of the API endpoints that create sessions, with one row for each kind of session.

use super::params::ParameterList;

/// Calls another macro of this crate with the names of all kinds of sessions. The names are listed only here.
#[doc(hidden)]
#[macro_export]
macro_rules! with_endpoint_kinds {
    ($define:ident: $($arguments:tt)*) => {
        $crate::$define! { $($arguments)* { Retention, Subscription } }
    };
}

/// Defines an enum with one variant for each given kind of session.
#[doc(hidden)]
#[macro_export]
macro_rules! define_endpoint_kinds {
    ($(#[$attribute:meta])* $visibility:vis enum $name:ident { $($kind:ident),+ }) => {
        $(#[$attribute])*
        $visibility enum $name {
            $(
                #[doc = concat!("The kind `", stringify!($kind), "`.")]
                $kind
            ),+
        }

        impl $name {
            /// All kinds.
            pub(crate) const ALL: [Self; [$(stringify!($kind)),+].len()] = [$(Self::$kind),+];
        }
    };
}

with_endpoint_kinds! {
    define_endpoint_kinds:
    /// The kind of a session as a value, for code that cannot use type parameters, such as the language bindings.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum EndpointKind
}

/// Defines a copy of the enum [`EndpointKind`], and the conversion from the copy to `EndpointKind`. A language binding
/// exports the copy, because the binding must add its own attributes to the enum.
#[cfg(feature = "__ffi")]
#[doc(hidden)]
#[macro_export]
macro_rules! mirror_endpoint_kind {
    ($(#[$attribute:meta])* $visibility:vis enum $name:ident;) => {
        $crate::with_endpoint_kinds! { mirror_endpoint_kind: $(#[$attribute])* $visibility enum $name }
    };
    ($(#[$attribute:meta])* $visibility:vis enum $name:ident { $($kind:ident),+ }) => {
        $(#[$attribute])*
        #[allow(missing_docs, reason = "the core describes the kinds")]
        $visibility enum $name {
            $($kind),+
        }

        impl From<$name> for $crate::ffi::EndpointKind {
            fn from(kind: $name) -> Self {
                match kind {
                    $($name::$kind => Self::$kind),+
                }
            }
        }
    };
}

/// A row of the endpoint table. It contains all values that differ between the endpoints.
#[derive(Debug)]
pub struct Endpoint {
    pub(crate) kind: EndpointKind,
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
    pub(crate) envelope: &'static str,
    pub(crate) id_prefix: &'static str,
    pub(crate) parameters: ParameterList,
    /// The URL of the widget on the vendor's host.
    pub(crate) widget: &'static str,
    /// The path of the widget on another host, relative to the option `widgets_base_url`.
    pub(crate) widget_path: &'static str,
}

impl Endpoint {
    /// Returns whether the text begins with the prefix of this endpoint's session ids and has at least one more
    /// character. The characters after the prefix are not checked.
    pub(crate) fn is_session_id(&self, text: &str) -> bool {
        text.strip_prefix(self.id_prefix).is_some_and(|suffix| !suffix.is_empty())
    }
}

impl EndpointKind {
    /// Returns the row of this kind in the endpoint table.
    pub(crate) const fn endpoint(self) -> &'static Endpoint {
        match self {
            Self::Retention => &Endpoint {
                kind: Self::Retention,
                name: "retention",
                path: "/v1/retention/session",
                envelope: "retention",
                id_prefix: "ret_",
                parameters: ParameterList {
                    owner: "a retention session",
                    names: &["customer_id", "customer_email", "subscription_id"],
                },
                widget: "https://retention.renumerate.com",
                widget_path: "/retention",
            },
            Self::Subscription => &Endpoint {
                kind: Self::Subscription,
                name: "subscription",
                path: "/v1/subscription/session",
                envelope: "subscription",
                id_prefix: "sub_",
                parameters: ParameterList {
                    owner: "a subscription session",
                    names: &["customer_id", "customer_email"],
                },
                widget: "https://subs.renumerate.com",
                widget_path: "/subs",
            },
        }
    }
}

pub(crate) const RETENTION: &Endpoint = EndpointKind::Retention.endpoint();

#[cfg(test)]
pub(crate) const SUBSCRIPTION: &Endpoint = EndpointKind::Subscription.endpoint();

/// Returns the prefixes of session ids, one for each endpoint.
pub(crate) fn id_prefixes() -> [&'static str; EndpointKind::ALL.len()] {
    EndpointKind::ALL.map(|kind| kind.endpoint().id_prefix)
}

/// Returns the names of the parameters of all endpoints. A name may occur more than once.
pub(crate) fn parameter_names() -> impl Iterator<Item = &'static str> {
    EndpointKind::ALL.into_iter().flat_map(|kind| kind.endpoint().parameters.names.iter().copied())
}

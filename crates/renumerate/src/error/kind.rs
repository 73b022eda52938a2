//! Error kinds and their stable names, which are the same in every language.

/// The kind of an error. Each kind has a stable [code](ErrorKind::code), which is the same in every language of this
/// SDK.
///
/// | kind | code | class in other languages | when |
/// |---|---|---|---|
/// | `Configuration` | `configuration` | `ConfigurationError` | an option is invalid: the key, a URL, a file, or a number out of range |
/// | `Validation` | `validation` | `ValidationError` | a parameter cannot be valid; no request was sent |
/// | `BadRequest` | `bad_request` | `BadRequestError` | 400, 422 |
/// | `Authentication` | `authentication` | `AuthenticationError` | 401, 403 |
/// | `NotFound` | `not_found` | `NotFoundError` | 404: no such customer or subscription |
/// | `RateLimited` | `rate_limited` | `RateLimitError` | 429 |
/// | `Server` | `server` | `ServerError` | 5xx |
/// | `Api` | `api` | `ApiError` | another status of 400 or above |
/// | `Network` | `network` | `NetworkError` | the network failed before the response was complete: see [`Error::phase`](crate::Error::phase) |
/// | `Timeout` | `timeout` | `RequestTimeoutError` | no complete response in time: see [`Error::timeout_scope`](crate::Error::timeout_scope) |
/// | `UnexpectedResponse` | `unexpected_response` | `UnexpectedResponseError` | 1xx, 3xx, or a 2xx without a valid session id |
/// | `Closed` | `closed` | `ClosedError` | the client was closed before the call; not in Rust, where clients are dropped |
/// | `Internal` | `internal` | `InternalError` | a bug in this SDK, such as a call that ended without a result |
///
/// The vendor documents its statuses: <https://docs.renumerate.com/reference/error-reference>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An option of the client is invalid.
    Configuration,
    /// A parameter cannot be valid; no request was sent.
    Validation,
    /// Status 400 or 422.
    BadRequest,
    /// Status 401 or 403.
    Authentication,
    /// Status 404: the customer or subscription does not exist.
    NotFound,
    /// Status 429.
    RateLimited,
    /// Status 5xx.
    Server,
    /// Another status of 400 or above.
    Api,
    /// The network failed before the response was complete.
    Network,
    /// No complete response was received in time.
    Timeout,
    /// A response that does not match the documented contract.
    UnexpectedResponse,
    /// The client was closed before the call. Other languages can close a client; a Rust client is dropped instead.
    Closed,
    /// A bug in this SDK, such as a call that ended without a result.
    Internal,
}

impl ErrorKind {
    /// All kinds, for exhaustive tables and tests.
    pub const ALL: [Self; 13] = [
        Self::Configuration,
        Self::Validation,
        Self::BadRequest,
        Self::Authentication,
        Self::NotFound,
        Self::RateLimited,
        Self::Server,
        Self::Api,
        Self::Network,
        Self::Timeout,
        Self::UnexpectedResponse,
        Self::Closed,
        Self::Internal,
    ];

    /// Returns the stable code, such as `not_found`.
    pub const fn code(self) -> &'static str {
        self.names().0
    }

    /// Returns the name of the error class in other languages, such as `NotFoundError`.
    pub const fn class_name(self) -> &'static str {
        self.names().1
    }

    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Configuration => ("configuration", "ConfigurationError"),
            Self::Validation => ("validation", "ValidationError"),
            Self::BadRequest => ("bad_request", "BadRequestError"),
            Self::Authentication => ("authentication", "AuthenticationError"),
            Self::NotFound => ("not_found", "NotFoundError"),
            Self::RateLimited => ("rate_limited", "RateLimitError"),
            Self::Server => ("server", "ServerError"),
            Self::Api => ("api", "ApiError"),
            Self::Network => ("network", "NetworkError"),
            Self::Timeout => ("timeout", "RequestTimeoutError"),
            Self::UnexpectedResponse => ("unexpected_response", "UnexpectedResponseError"),
            Self::Closed => ("closed", "ClosedError"),
            Self::Internal => ("internal", "InternalError"),
        }
    }

    /// Returns the kind for a status of 400 or above. The kind does not depend on the response body.
    pub(crate) const fn of_status(status: u16) -> Self {
        match status {
            400 | 422 => Self::BadRequest,
            401 | 403 => Self::Authentication,
            404 => Self::NotFound,
            429 => Self::RateLimited,
            500..=599 => Self::Server,
            _ => Self::Api,
        }
    }
}

/// Defines an enum with the same variants as [`ErrorKind`] and the conversion from it, so that a binding can export the
/// kinds with its own attributes.
#[cfg(feature = "__ffi")]
#[doc(hidden)]
#[macro_export]
macro_rules! mirror_error_kind {
    ($(#[$attribute:meta])* $visibility:vis enum $name:ident;) => {
        $crate::mirror_error_kind! {
            $(#[$attribute])* $visibility enum $name: Configuration, Validation, BadRequest, Authentication, NotFound,
            RateLimited, Server, Api, Network, Timeout, UnexpectedResponse, Closed, Internal;
        }
    };
    ($(#[$attribute:meta])* $visibility:vis enum $name:ident: $($variant:ident),+;) => {
        $(#[$attribute])*
        #[allow(missing_docs, reason = "the core's enum has the documentation")]
        $visibility enum $name {
            $($variant),+
        }

        impl From<$crate::ErrorKind> for $name {
            fn from(kind: $crate::ErrorKind) -> Self {
                // The enum is non-exhaustive in other crates, so a missing variant must be found in this way.
                const { assert!([$($crate::ErrorKind::$variant),+].len() == $crate::ErrorKind::ALL.len()) };
                match kind {
                    $($crate::ErrorKind::$variant => Self::$variant,)+
                    _ => Self::Internal,
                }
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rules: E3, E4, E5, E6, E7, E8
    #[test]
    fn each_error_status_maps_to_its_kind() {
        use ErrorKind::{Api, Authentication, BadRequest, NotFound, RateLimited, Server};
        let table = [
            (BadRequest, &[400, 422][..]),
            (Authentication, &[401, 403]),
            (NotFound, &[404]),
            (RateLimited, &[429]),
            (Server, &[500, 501, 502, 503, 504, 520, 599]),
            (Api, &[402, 405, 408, 409, 410, 413, 418, 425, 451, 600, 999]),
        ];
        for (kind, statuses) in table {
            for status in statuses {
                assert_eq!(ErrorKind::of_status(*status), kind, "{status}");
            }
        }
    }

    #[test]
    fn codes_and_class_names_are_unique() {
        for (n, kind) in ErrorKind::ALL.iter().enumerate() {
            for other in ErrorKind::ALL.iter().skip(n + 1) {
                assert_ne!(kind.code(), other.code());
                assert_ne!(kind.class_name(), other.class_name());
            }
        }
    }
}

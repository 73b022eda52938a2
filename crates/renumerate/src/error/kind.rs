//! Error kinds and their stable names, which are the same in every language.

/// Calls another macro of this crate with all kinds of errors. Each kind has a variant, a code and a class name, which
/// are listed only here.
#[doc(hidden)]
#[macro_export]
macro_rules! with_error_kinds {
    ($define:ident: $($arguments:tt)*) => {
        $crate::$define! { $($arguments)* {
            /// An option of the client is invalid.
            Configuration => "configuration", "ConfigurationError";
            /// A parameter has a value that the service never accepts. No request was sent.
            Validation => "validation", "ValidationError";
            /// Status 400 or 422.
            BadRequest => "bad_request", "BadRequestError";
            /// Status 401 or 403.
            Authentication => "authentication", "AuthenticationError";
            /// Status 404 with an error message of the service: the customer or subscription does not exist.
            NotFound => "not_found", "NotFoundError";
            /// Status 429.
            RateLimited => "rate_limited", "RateLimitError";
            /// Status 5xx.
            Server => "server", "ServerError";
            /// Another status of 400 or above.
            Api => "api", "ApiError";
            /// The network failed before the response was complete.
            Network => "network", "NetworkError";
            /// No complete response was received in time.
            Timeout => "timeout", "RequestTimeoutError";
            /// The response does not match the documentation, for example 2xx without a session id, or a proxy's 404.
            UnexpectedResponse => "unexpected_response", "UnexpectedResponseError";
            /// The client was closed before the call. This does not occur in Rust, where a client is dropped instead.
            Closed => "closed", "ClosedError";
            /// A bug in this SDK, such as a call that ended without a result.
            Internal => "internal", "InternalError";
        } }
    };
}

/// Defines [`ErrorKind`].
#[doc(hidden)]
#[macro_export]
macro_rules! define_error_kinds {
    (
        $(#[$attribute:meta])* $visibility:vis enum $name:ident {
            $($(#[$doc:meta])* $kind:ident => $code:literal, $class:literal;)+
        }
    ) => {
        $(#[$attribute])*
        $visibility enum $name {
            $($(#[$doc])* $kind),+
        }

        impl $name {
            /// All kinds, for exhaustive tables and tests.
            pub const ALL: [Self; [$($code),+].len()] = [$(Self::$kind),+];

            /// Returns the stable code, such as `not_found`.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$kind => $code),+
                }
            }

            /// Returns the name of the error class in other languages, such as `NotFoundError`.
            pub const fn class_name(self) -> &'static str {
                match self {
                    $(Self::$kind => $class),+
                }
            }
        }
    };
}

with_error_kinds! {
    define_error_kinds:
    /// The kind of an error. Each kind has a stable [code](ErrorKind::code), which is the same in all languages of this
    /// SDK.
    ///
    /// | kind | code | class in other languages | when |
    /// |---|---|---|---|
    /// | `Configuration` | `configuration` | `ConfigurationError` | an option is invalid: the key, a URL, a file, or a number out of range |
    /// | `Validation` | `validation` | `ValidationError` | a parameter has a value that the service never accepts; no request was sent |
    /// | `BadRequest` | `bad_request` | `BadRequestError` | 400, 422 |
    /// | `Authentication` | `authentication` | `AuthenticationError` | 401, 403 |
    /// | `NotFound` | `not_found` | `NotFoundError` | 404 of the service: no such customer or subscription |
    /// | `RateLimited` | `rate_limited` | `RateLimitError` | 429 |
    /// | `Server` | `server` | `ServerError` | 5xx |
    /// | `Api` | `api` | `ApiError` | another status of 400 or above |
    /// | `Network` | `network` | `NetworkError` | the network failed before the response was complete: see [`Error::phase`](crate::Error::phase) |
    /// | `Timeout` | `timeout` | `RequestTimeoutError` | no complete response in time: see [`Error::timeout_scope`](crate::Error::timeout_scope) |
    /// | `UnexpectedResponse` | `unexpected_response` | `UnexpectedResponseError` | 1xx, 3xx, a 2xx without a valid session id, or a 404 that is not the service's |
    /// | `Closed` | `closed` | `ClosedError` | the client was closed before the call; not in Rust, where clients are dropped |
    /// | `Internal` | `internal` | `InternalError` | a bug in this SDK, such as a call that ended without a result |
    ///
    /// The vendor documents its statuses: <https://docs.renumerate.com/reference/error-reference>.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    pub enum ErrorKind
}

impl ErrorKind {
    /// Returns the kind for a status of 400 or above of the service. The kind does not depend on the response body.
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

/// Defines a copy of the enum [`ErrorKind`], and the conversion from `ErrorKind` to the copy. A language binding
/// exports the copy, because the binding must add its own attributes to the enum.
#[cfg(feature = "__ffi")]
#[doc(hidden)]
#[macro_export]
macro_rules! mirror_error_kind {
    ($(#[$attribute:meta])* $visibility:vis enum $name:ident;) => {
        $crate::with_error_kinds! { mirror_error_kind: $(#[$attribute])* $visibility enum $name }
    };
    (
        $(#[$attribute:meta])* $visibility:vis enum $name:ident {
            $($(#[$doc:meta])* $kind:ident => $code:literal, $class:literal;)+
        }
    ) => {
        $(#[$attribute])*
        #[allow(missing_docs, reason = "the core describes the kinds")]
        $visibility enum $name {
            $($kind),+
        }

        impl From<$crate::ErrorKind> for $name {
            fn from(kind: $crate::ErrorKind) -> Self {
                match kind {
                    $($crate::ErrorKind::$kind => Self::$kind,)+
                    // Other crates need this arm, because `ErrorKind` is non-exhaustive. It is never reached, because
                    // the other arms cover all kinds.
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

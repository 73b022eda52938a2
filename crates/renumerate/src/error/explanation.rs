//! Explanation of a failure.

use super::Message;

/// The reason for a failure of the network, and what to do about it.
#[derive(Debug)]
pub(crate) struct Explanation {
    /// Reason in a few words.
    pub(crate) reason: Message,
    /// Remedy, if a retry would fail for the same reason.
    pub(crate) remedy: Option<Message>,
}

impl Explanation {
    /// Explains a failure for which a retry does not help, such as an invalid certificate.
    pub(crate) fn permanent(reason: impl Into<Message>, remedy: impl Into<Message>) -> Self {
        Self { reason: reason.into(), remedy: Some(remedy.into()) }
    }

    /// Explains a failure after which a retry may succeed.
    pub(crate) fn temporary(reason: impl Into<Message>) -> Self {
        Self { reason: reason.into(), remedy: None }
    }
}

//! References to customers in sessions.

use crate::state::SessionRecord;
use crate::widgets::customer::CustomerRecord;

/// Reference to a customer by id, by e-mail address or by both.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CustomerRef<'a> {
    pub(crate) id: Option<&'a str>,
    pub(crate) email: Option<&'a str>,
    /// Id of the customer's subscription, if the session request contained one.
    pub(crate) subscription: Option<&'a str>,
}

impl<'a> From<&'a SessionRecord> for CustomerRef<'a> {
    fn from(session: &'a SessionRecord) -> Self {
        let SessionRecord { customer_id, customer_email, subscription_id, .. } = session;
        Self {
            id: customer_id.as_deref(),
            email: customer_email.as_deref(),
            subscription: subscription_id.as_deref(),
        }
    }
}

impl CustomerRef<'_> {
    /// Returns whether this reference names the customer in `record`. If the reference has an id, only the ids are
    /// compared; otherwise, the e-mail addresses. The session endpoints use the same rule.
    pub(super) fn names(self, record: &CustomerRecord) -> bool {
        match (self.id, self.email) {
            (Some(id), _) => record.id.as_deref() == Some(id),
            (None, email) => email.is_some() && record.email.as_deref() == email,
        }
    }
}

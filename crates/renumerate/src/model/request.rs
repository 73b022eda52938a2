//! What a session is asked for with.

use super::customer::{Customer, CustomerEmail, CustomerId, SubscriptionId};
use super::endpoint::{RETENTION, SUBSCRIPTION};
use super::params::RawParams;
use super::sealed::Sealed;
use super::session::{Retention, SessionKind, Subscription};
use crate::error::{Error, Result};

/// A request for a session of one kind: [`RetentionSessionRequest`] or [`SubscriptionSessionRequest`].
pub trait SessionRequest: Sealed + Send + Sync + 'static {
    /// The kind of session that the answer is.
    type Kind: SessionKind;

    /// The parameters in the order of the vendor's page, absent ones as `None`.
    fn parameters(&self) -> [(&'static str, Option<&str>); 3];
}

/// Asks for a retention session, which opens the cancel flow.
///
/// ```
/// use renumerate::{Customer, RetentionSessionRequest, SubscriptionId};
///
/// let request = RetentionSessionRequest::new(Customer::by_email("john.doe@example.com")?)
///     .with_subscription_id(SubscriptionId::new("sub_1MowQVLkdIwHu7ixeRlqHVzs")?);
/// # Ok::<(), renumerate::Error>(())
/// ```
///
/// The vendor's page: <https://docs.renumerate.com/reference/api>.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RetentionSessionRequest {
    customer: Customer,
    subscription_id: Option<SubscriptionId>,
}

impl RetentionSessionRequest {
    /// A request for this customer, whichever subscription it is about.
    pub fn new(customer: Customer) -> Self {
        Self { customer, subscription_id: None }
    }

    /// The same request, about one subscription of the customer.
    #[must_use]
    pub fn with_subscription_id(mut self, subscription_id: SubscriptionId) -> Self {
        self.subscription_id = Some(subscription_id);
        self
    }

    /// The request from plain parameters by name: `customer_id`, `customer_email`, `subscription_id`.
    ///
    /// This is the one way in for callers that do not have the types: it makes every check that they make, and
    /// refuses unknown names. A value of `None` is the same as leaving the name out.
    ///
    /// ```
    /// use renumerate::RetentionSessionRequest;
    ///
    /// RetentionSessionRequest::from_fields([("customer_id", Some("cus_NffrFeUfNV2Hib")), ("subscription_id", None)])?;
    /// let error = RetentionSessionRequest::from_fields([("customerId", Some("cus_1"))]).unwrap_err();
    /// assert!(error.to_string().contains("did you mean customer_id?"));
    /// # Ok::<(), renumerate::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Validation`](crate::ErrorKind::Validation), with the name of the parameter at fault.
    pub fn from_fields<N: AsRef<str>, V: Into<String>>(
        fields: impl IntoIterator<Item = (N, Option<V>)>,
    ) -> Result<Self> {
        let mut fields = RawParams::from_pairs(&RETENTION, fields)?;
        let subscription_id = fields.subscription_id.take().map(SubscriptionId::new).transpose();
        Ok(Self { customer: customer(fields)?, subscription_id: subscription_id? })
    }
}

/// Asks for a subscription session, which opens the `SubscriptionHub` widget.
///
/// It has no `subscription_id`: the hub shows all subscriptions of the customer.
///
/// ```
/// use renumerate::{Customer, SubscriptionSessionRequest};
///
/// let request = SubscriptionSessionRequest::new(Customer::by_id("cus_NffrFeUfNV2Hib")?);
/// # Ok::<(), renumerate::Error>(())
/// ```
///
/// The vendor's page: <https://docs.renumerate.com/reference/api>.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SubscriptionSessionRequest {
    customer: Customer,
}

impl SubscriptionSessionRequest {
    /// A request for this customer.
    pub fn new(customer: Customer) -> Self {
        Self { customer }
    }

    /// The request from plain parameters by name: `customer_id`, `customer_email`. See
    /// [`RetentionSessionRequest::from_fields`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Validation`](crate::ErrorKind::Validation), with the name of the parameter at fault.
    pub fn from_fields<N: AsRef<str>, V: Into<String>>(
        fields: impl IntoIterator<Item = (N, Option<V>)>,
    ) -> Result<Self> {
        Ok(Self { customer: customer(RawParams::from_pairs(&SUBSCRIPTION, fields)?)? })
    }
}

fn customer(fields: RawParams) -> Result<Customer> {
    let id = fields.customer_id.map(CustomerId::new).transpose()?;
    let email = fields.customer_email.map(CustomerEmail::new).transpose()?;
    match (id, email) {
        (Some(id), Some(email)) => Ok(Customer::IdAndEmail(id, email)),
        (Some(id), None) => Ok(Customer::Id(id)),
        (None, Some(email)) => Ok(Customer::Email(email)),
        (None, None) => Err(Error::validation(
            "customer_id",
            "no customer is given: give customer_id, customer_email or both",
        )),
    }
}

impl Sealed for RetentionSessionRequest {}
impl SessionRequest for RetentionSessionRequest {
    type Kind = Retention;

    fn parameters(&self) -> [(&'static str, Option<&str>); 3] {
        [
            ("customer_id", self.customer.id()),
            ("customer_email", self.customer.email()),
            ("subscription_id", self.subscription_id.as_ref().map(SubscriptionId::as_str)),
        ]
    }
}

impl Sealed for SubscriptionSessionRequest {}
impl SessionRequest for SubscriptionSessionRequest {
    type Kind = Subscription;

    fn parameters(&self) -> [(&'static str, Option<&str>); 3] {
        [
            ("customer_id", self.customer.id()),
            ("customer_email", self.customer.email()),
            ("subscription_id", None),
        ]
    }
}

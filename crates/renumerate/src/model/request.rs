//! Requests for sessions.

use super::customer::{Customer, CustomerEmail, CustomerId, SubscriptionId};
use super::endpoint::{RETENTION, SUBSCRIPTION};
use super::params::RawParams;
use super::sealed::Sealed;
use super::session::{Retention, SessionKind, Subscription};
use crate::error::{Error, Result};

/// A request for a session of one kind: [`RetentionSessionRequest`] or [`SubscriptionSessionRequest`].
pub trait SessionRequest: Sealed + Send + Sync + 'static {
    /// The kind of session that the request creates.
    type Kind: SessionKind;

    /// Returns the names and values of the parameters, in the order of the vendor's documentation. The value of an
    /// absent parameter is `None`.
    fn parameters(&self) -> [(&'static str, Option<&str>); 3];
}

/// A request for a retention session, which opens the cancel flow.
///
/// ```
/// use renumerate::{Customer, RetentionSessionRequest, SubscriptionId};
///
/// let request = RetentionSessionRequest::new(Customer::by_email("john.doe@example.com")?)
///     .with_subscription_id(SubscriptionId::new("sub_1MowQVLkdIwHu7ixeRlqHVzs")?);
/// # Ok::<(), renumerate::Error>(())
/// ```
///
/// See the vendor's documentation: <https://docs.renumerate.com/reference/api>.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RetentionSessionRequest {
    customer: Customer,
    subscription_id: Option<SubscriptionId>,
}

impl RetentionSessionRequest {
    /// Creates a request for a customer, without a specific subscription.
    pub fn new(customer: Customer) -> Self {
        Self { customer, subscription_id: None }
    }

    /// Sets the subscription of the request. Default: none.
    #[must_use]
    pub fn with_subscription_id(mut self, subscription_id: SubscriptionId) -> Self {
        self.subscription_id = Some(subscription_id);
        self
    }

    /// Creates a request from name-value pairs: `customer_id`, `customer_email`, `subscription_id`.
    ///
    /// Use this constructor if the parameter names are known only at run time. It validates the values like the typed
    /// constructors, and rejects unknown names. A value of `None` counts as absent.
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
    /// [`ErrorKind::Validation`](crate::ErrorKind::Validation), with the name of the invalid parameter.
    pub fn from_fields<N: AsRef<str>, V: Into<String>>(
        fields: impl IntoIterator<Item = (N, Option<V>)>,
    ) -> Result<Self> {
        let mut params = RawParams::from_pairs(&RETENTION, fields)?;
        let subscription_id = params.subscription_id.take().map(SubscriptionId::new).transpose();
        Ok(Self { customer: customer(params)?, subscription_id: subscription_id? })
    }
}

/// A request for a subscription session, which opens the `SubscriptionHub` widget.
///
/// It has no parameter `subscription_id`, because the widget shows all subscriptions of the customer.
///
/// ```
/// use renumerate::{Customer, SubscriptionSessionRequest};
///
/// let request = SubscriptionSessionRequest::new(Customer::by_id("cus_NffrFeUfNV2Hib")?);
/// # Ok::<(), renumerate::Error>(())
/// ```
///
/// See the vendor's documentation: <https://docs.renumerate.com/reference/api>.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SubscriptionSessionRequest {
    customer: Customer,
}

impl SubscriptionSessionRequest {
    /// Creates a request for a customer.
    pub fn new(customer: Customer) -> Self {
        Self { customer }
    }

    /// Creates a request from name-value pairs: `customer_id`, `customer_email`. See
    /// [`RetentionSessionRequest::from_fields`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Validation`](crate::ErrorKind::Validation), with the name of the invalid parameter.
    pub fn from_fields<N: AsRef<str>, V: Into<String>>(
        fields: impl IntoIterator<Item = (N, Option<V>)>,
    ) -> Result<Self> {
        Ok(Self { customer: customer(RawParams::from_pairs(&SUBSCRIPTION, fields)?)? })
    }
}

/// Validates the customer's parameters. At least one is required.
fn customer(params: RawParams) -> Result<Customer> {
    let id = params.customer_id.map(CustomerId::new).transpose()?;
    let email = params.customer_email.map(CustomerEmail::new).transpose()?;
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

//! Requests for sessions.

use std::marker::PhantomData;

use super::customer::{Customer, CustomerEmail, CustomerId, SubscriptionId};
use super::endpoint::{Endpoint, EndpointKind};
use super::params::{RawParams, TOKEN_PARAMETERS};
use super::session::{Retention, SessionKind, Subscription};
use crate::error::{Error, Message, Name, Result};

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
pub type RetentionSessionRequest = SessionRequest<Retention>;

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
pub type SubscriptionSessionRequest = SessionRequest<Subscription>;

/// A request for a session of one kind: [`RetentionSessionRequest`] or [`SubscriptionSessionRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionRequest<K: SessionKind> {
    parameters: Parameters,
    kind: PhantomData<K>,
}

impl<K: SessionKind> SessionRequest<K> {
    /// Creates a request for a customer.
    pub fn new(customer: Customer) -> Self {
        Self { parameters: Parameters { customer, subscription_id: None }, kind: PhantomData }
    }

    /// Creates a request from name-value pairs: `customer_id`, `customer_email` and, for a retention session,
    /// `subscription_id`.
    ///
    /// Use this constructor if the parameter names are known only at run time. The values are validated in the same way
    /// as by the typed constructors. Unknown names are rejected. A value of `None` counts as absent.
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
        Ok(Self { parameters: Parameters::from_fields(K::ENDPOINT, fields)?, kind: PhantomData })
    }

    /// Returns the parameters of the request.
    pub(crate) fn parameters(&self) -> &Parameters {
        &self.parameters
    }
}

impl SessionRequest<Retention> {
    /// Sets the subscription of the request. Default: none.
    #[must_use]
    pub fn with_subscription_id(mut self, subscription_id: SubscriptionId) -> Self {
        self.parameters.subscription_id = Some(subscription_id);
        self
    }
}

/// A request for a session of a kind that is known only at run time.
#[derive(Clone, Debug)]
pub struct AnyRequest {
    pub(crate) endpoint: &'static Endpoint,
    pub(crate) parameters: Parameters,
}

impl AnyRequest {
    /// Creates a request from name-value pairs, like [`SessionRequest::from_fields`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Validation`](crate::ErrorKind::Validation), with the name of the invalid parameter.
    pub fn from_fields<N: AsRef<str>, V: Into<String>>(
        kind: EndpointKind,
        fields: impl IntoIterator<Item = (N, Option<V>)>,
    ) -> Result<Self> {
        let endpoint = kind.endpoint();
        Ok(Self { endpoint, parameters: Parameters::from_fields(endpoint, fields)? })
    }
}

/// A request for a handshake token, from parameters whose names are known only at run time.
#[derive(Clone, Debug)]
pub struct TokenRequest {
    pub(crate) customer_id: CustomerId,
}

impl TokenRequest {
    /// Creates a request from name-value pairs. The only parameter is `customer_id`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Validation`](crate::ErrorKind::Validation), with the name of the invalid parameter.
    pub fn from_fields<N: AsRef<str>, V: Into<String>>(
        fields: impl IntoIterator<Item = (N, Option<V>)>,
    ) -> Result<Self> {
        let Some(id) = RawParams::from_pairs(TOKEN_PARAMETERS, fields)?.customer_id else {
            let name = Name("customer_id");
            return Err(Error::validation(name, name + " is not set", "set it to the id of the customer"));
        };
        Ok(Self { customer_id: CustomerId::new(id)? })
    }
}

/// The validated parameters of a request of any kind.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Parameters {
    customer: Customer,
    subscription_id: Option<SubscriptionId>,
}

/// The name and the value of a parameter. The value of an absent parameter is `None`.
pub(crate) type NamedValue<'a> = (&'static str, Option<&'a str>);

impl Parameters {
    fn from_fields<N: AsRef<str>, V: Into<String>>(
        endpoint: &Endpoint,
        fields: impl IntoIterator<Item = (N, Option<V>)>,
    ) -> Result<Self> {
        let RawParams { customer_id, customer_email, subscription_id } =
            RawParams::from_pairs(&endpoint.parameters, fields)?;
        let subscription_id = subscription_id.map(SubscriptionId::new).transpose()?;
        let id = customer_id.map(CustomerId::new).transpose()?;
        let email = customer_email.map(CustomerEmail::new).transpose()?;
        let customer = match (id, email) {
            (Some(id), Some(email)) => Customer::IdAndEmail(id, email),
            (Some(id), None) => Customer::Id(id),
            (None, Some(email)) => Customer::Email(email),
            (None, None) => {
                let remedy =
                    Message::from("set ") + Name("customer_id") + ", " + Name("customer_email") + " or both";
                return Err(Error::validation(Name("customer_id"), "there is no customer", remedy));
            }
        };
        Ok(Self { customer, subscription_id })
    }

    /// Returns the names and values of the parameters, in the order of the vendor's documentation.
    pub(crate) fn pairs(&self) -> [NamedValue<'_>; 3] {
        [
            ("customer_id", self.customer.id()),
            ("customer_email", self.customer.email()),
            ("subscription_id", self.subscription_id.as_ref().map(SubscriptionId::as_str)),
        ]
    }
}

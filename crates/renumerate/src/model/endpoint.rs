//! The endpoint table, with one row for each kind of session.

/// The kind of a session as a value, for code that cannot use type parameters, such as the language bindings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndpointKind {
    /// A session for the cancel flow.
    Retention,
    /// A session for the `SubscriptionHub` widget.
    Subscription,
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
    /// Returns the kind of session that the endpoint creates.
    pub fn kind(&self) -> EndpointKind {
        self.kind
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

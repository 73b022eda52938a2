//! The endpoint table: one row per kind of session.

/// The kinds of session, as values: for code that cannot use types, such as the bindings for other languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndpointKind {
    /// The cancel flow.
    Retention,
    /// The `SubscriptionHub`.
    Subscription,
}

/// A row of the table: everything in which the endpoints differ.
#[derive(Debug)]
pub struct Endpoint {
    pub(crate) kind: EndpointKind,
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
    pub(crate) envelope: &'static str,
    pub(crate) id_prefix: &'static str,
    pub(crate) parameters: &'static [&'static str],
    /// Where the vendor's widget for these sessions lives.
    pub(crate) widget: &'static str,
    /// The widget's path below a `widgets_base_url`.
    pub(crate) widget_path: &'static str,
}

impl Endpoint {
    /// The kind of session that it creates.
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

/// The table.
pub(crate) const ENDPOINTS: [&Endpoint; 2] = [&RETENTION, &SUBSCRIPTION];

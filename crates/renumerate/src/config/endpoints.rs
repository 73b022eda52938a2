//! Endpoint URLs of a client, computed once from its settings and the endpoint table.

use url::Url;

use crate::model::{Endpoint, EndpointKind};

/// The URLs of one endpoint.
#[derive(Debug)]
pub(crate) struct ResolvedEndpoint {
    kind: EndpointKind,
    /// The request URL: the base URL and the endpoint's path.
    pub(crate) url: Url,
    /// The URL of the widget, without a query.
    pub(crate) widget: String,
}

/// The URLs of all endpoints, one entry for each row of the endpoint table.
#[derive(Debug)]
pub(crate) struct ResolvedEndpoints([ResolvedEndpoint; EndpointKind::ALL.len()]);

impl ResolvedEndpoints {
    pub(crate) fn new(base_url: &Url, widgets_base_url: Option<&str>) -> Self {
        Self(EndpointKind::ALL.map(|kind| {
            let endpoint = kind.endpoint();
            let mut url = base_url.clone();
            url.set_path(&format!("{}{}", base_url.path().trim_end_matches('/'), endpoint.path));
            let widget = match widgets_base_url {
                Some(base) => format!("{base}{}", endpoint.widget_path),
                None => endpoint.widget.to_owned(),
            };
            ResolvedEndpoint { kind, url, widget }
        }))
    }

    /// Returns the URLs of an endpoint.
    pub(crate) fn of(&self, endpoint: &Endpoint) -> &ResolvedEndpoint {
        let [first, others @ ..] = &self.0;
        others.iter().find(|resolved| resolved.kind == endpoint.kind).unwrap_or(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{RETENTION, SUBSCRIPTION};

    fn endpoints(base_url: &str, widgets: Option<&str>) -> ResolvedEndpoints {
        ResolvedEndpoints::new(&Url::parse(base_url).unwrap(), widgets)
    }

    /// Rules: S2
    #[test]
    fn endpoint_path_is_appended_to_the_base_url_path() {
        for (base, prefix) in
            [("https://a.b", ""), ("https://a.b/", ""), ("https://a.b/x", "/x"), ("https://a.b/x/", "/x")]
        {
            let endpoints = endpoints(base, None);
            assert_eq!(
                endpoints.of(RETENTION).url.as_str(),
                format!("https://a.b{prefix}/v1/retention/session")
            );
            assert_eq!(
                endpoints.of(SUBSCRIPTION).url.as_str(),
                format!("https://a.b{prefix}/v1/subscription/session")
            );
        }
    }

    /// Rules: S19
    #[test]
    fn widgets_base_url_replaces_the_vendors_hosts() {
        let widgets = |base| {
            let endpoints = endpoints("https://a.b", base);
            [endpoints.of(RETENTION).widget.clone(), endpoints.of(SUBSCRIPTION).widget.clone()]
        };
        assert_eq!(widgets(None), ["https://retention.renumerate.com", "https://subs.renumerate.com"]);
        assert_eq!(widgets(Some("http://w:8/w")), ["http://w:8/w/retention", "http://w:8/w/subs"]);
    }
}

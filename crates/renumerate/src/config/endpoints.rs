//! What a client's settings make of the endpoint table, worked out once and not for each call.

use url::Url;

use crate::model::{ENDPOINTS, Endpoint, EndpointKind};

/// Where one endpoint's calls go, and where its sessions lead to.
#[derive(Debug)]
pub(crate) struct ResolvedEndpoint {
    kind: EndpointKind,
    /// The endpoint's path below the base URL's own.
    pub(crate) url: Url,
    /// Where the widget of its sessions lives.
    pub(crate) widget: String,
}

/// A route for each row of the table.
#[derive(Debug)]
pub(crate) struct ResolvedEndpoints([ResolvedEndpoint; ENDPOINTS.len()]);

impl ResolvedEndpoints {
    pub(crate) fn new(base_url: &Url, widgets_base_url: Option<&str>) -> Self {
        Self(ENDPOINTS.map(|endpoint| {
            let mut url = base_url.clone();
            url.set_path(&format!("{}{}", base_url.path().trim_end_matches('/'), endpoint.path));
            let widget = match widgets_base_url {
                Some(base) => format!("{base}{}", endpoint.widget_path),
                None => endpoint.widget.to_owned(),
            };
            ResolvedEndpoint { kind: endpoint.kind, url, widget }
        }))
    }

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
    fn an_endpoint_stands_below_the_base_urls_own_path() {
        for (base, below) in
            [("https://a.b", ""), ("https://a.b/", ""), ("https://a.b/x", "/x"), ("https://a.b/x/", "/x")]
        {
            let endpoints = endpoints(base, None);
            assert_eq!(
                endpoints.of(&RETENTION).url.as_str(),
                format!("https://a.b{below}/v1/retention/session")
            );
            assert_eq!(
                endpoints.of(&SUBSCRIPTION).url.as_str(),
                format!("https://a.b{below}/v1/subscription/session")
            );
        }
    }

    /// Rules: S19
    #[test]
    fn the_widgets_are_the_vendors_or_where_it_is_said() {
        let widgets = |base| {
            let endpoints = endpoints("https://a.b", base);
            [endpoints.of(&RETENTION).widget.clone(), endpoints.of(&SUBSCRIPTION).widget.clone()]
        };
        assert_eq!(widgets(None), ["https://retention.renumerate.com", "https://subs.renumerate.com"]);
        assert_eq!(widgets(Some("http://w:8/w")), ["http://w:8/w/retention", "http://w:8/w/subs"]);
    }
}

//! The variable `NO_PROXY`: hosts to reach without a proxy. Its format has no standard. This module accepts what curl or
//! Go accepts.

use std::net::IpAddr;

use ipnet::IpNet;
use url::{Host, Url};

use super::server::{split_port, unquoted};

/// An entry of the variable.
enum Entry {
    /// `*`
    AllHosts,
    /// `192.0.2.1` or `2001:db8::1`, perhaps with a port.
    Address(IpAddr, Option<u16>),
    /// `192.0.2.0/24`
    Network(IpNet),
    /// `example.com` or `.example.com`, which also match each subdomain, perhaps with a port.
    Domain(String, Option<u16>),
    /// `*.example.com`, perhaps with a port.
    Subdomains(String, Option<u16>),
}

/// Returns whether an entry of the variable matches the host and the port of the URL.
pub(super) fn matches(variable: &str, url: &Url) -> bool {
    entries(variable).filter_map(Entry::parse).any(|entry| entry.matches(url))
}

/// Returns the entries that no host can match.
pub(crate) fn never_matching(variable: &str) -> impl Iterator<Item = &str> {
    entries(variable).filter(|entry| Entry::parse(entry).is_none())
}

fn entries(variable: &str) -> impl Iterator<Item = &str> {
    unquoted(variable).split(|c: char| c == ',' || c.is_whitespace()).filter(|entry| !entry.is_empty())
}

impl Entry {
    fn parse(entry: &str) -> Option<Self> {
        if entry == "*" {
            return Some(Self::AllHosts);
        }
        if entry.contains('/') {
            return entry.parse().ok().map(Self::Network);
        }
        let (host, port) = split_port(entry);
        let port = port.map(str::parse).transpose().ok()?;
        let unbracketed = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        if let Ok(address) = unbracketed.unwrap_or(host).parse::<IpAddr>() {
            return Some(Self::Address(address, port));
        }
        let domain = |name: &str| match Host::parse(name.trim_end_matches('.')) {
            Ok(Host::Domain(name)) if !name.contains('*') => Some(name),
            _ => None,
        };
        match host.strip_prefix("*.") {
            Some(name) => Some(Self::Subdomains(domain(name)?, port)),
            None => Some(Self::Domain(domain(host.strip_prefix('.').unwrap_or(host))?, port)),
        }
    }

    fn matches(&self, url: &Url) -> bool {
        let is_port = |port: &Option<u16>| port.is_none() || *port == url.port_or_known_default();
        let (address, name) = match url.host() {
            Some(Host::Ipv4(address)) => (Some(IpAddr::V4(address)), ""),
            Some(Host::Ipv6(address)) => (Some(IpAddr::V6(address).to_canonical()), ""),
            Some(Host::Domain(name)) => (None, name.trim_end_matches('.')),
            None => (None, ""),
        };
        let is_subdomain = |domain: &str| name.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
        match self {
            Self::AllHosts => true,
            Self::Address(entry, port) => address == Some(entry.to_canonical()) && is_port(port),
            Self::Network(network) => address.is_some_and(|address| network.contains(&address)),
            Self::Domain(domain, port) => (name == domain || is_subdomain(domain)) && is_port(port),
            Self::Subdomains(domain, port) => is_subdomain(domain) && is_port(port),
        }
    }
}

//! The text of an error in one line. Each kind has a template, which RULES.md lists.

use std::time::Duration;

use super::{ErrorKind, Inner, Message, Name, NetworkPhase, TimeoutScope};

/// The host that a call failed at.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    pub(crate) host: String,
    /// Option or variable that names the host, unless it is the default.
    pub(crate) setting: Option<Message>,
    pub(crate) is_proxy: bool,
}

impl Peer {
    /// Returns the host with its setting: `127.0.0.1:12780 (RENUMERATE_BASE_URL)`.
    pub(crate) fn message(&self) -> Message {
        let host = Message::from(if self.is_proxy { "the proxy " } else { "" }) + self.host.as_str();
        match &self.setting {
            Some(setting) => host + " (" + setting.clone() + ")",
            None => host,
        }
    }
}

impl Inner {
    /// Returns what happened, the attempts in parentheses, and the hints.
    pub(super) fn text(&self) -> Message {
        let text = self.event() + self.circumstances().as_str();
        self.hints.iter().fold(text, |text, hint| text + "; " + hint.clone())
    }

    /// Returns what happened, at which host.
    fn event(&self) -> Message {
        let peer = self.peer.as_ref().map_or_else(|| "the service".into(), Peer::message);
        let reason = self.message.clone();
        let status = self.response.as_ref().map(|response| response.status);
        match (self.kind, status) {
            (ErrorKind::Network, Some(_)) => {
                Message::from("could not connect through ") + peer + ": " + reason
            }
            (ErrorKind::Network, None) => {
                let event = match self.phase {
                    Some(NetworkPhase::Dns) => "could not resolve ",
                    Some(NetworkPhase::Connect) | None => "could not connect to ",
                    Some(NetworkPhase::Tls) => "could not establish TLS with ",
                    Some(NetworkPhase::Send) => "could not send the request to ",
                    Some(NetworkPhase::Read) => "no complete response from ",
                };
                Message::from(event) + peer + ": " + reason
            }
            (ErrorKind::Timeout, _) => {
                let Some((scope, limit)) = self.timeout else { return reason };
                let event = match scope {
                    TimeoutScope::Connect => "could not connect to ",
                    TimeoutScope::Attempt | TimeoutScope::Total => "no complete response from ",
                };
                let option = Name(scope.option()) + " of " + seconds(limit);
                Message::from(event) + peer + " within the " + option
            }
            (ErrorKind::Authentication, Some(401)) => {
                let key = self.key_setting.clone().unwrap_or_else(|| Name("private_key").into());
                peer + " rejected the private key (" + key + ") with 401" + self.reason_after_status(" and ")
            }
            (_, Some(status)) => peer + format!(" answered {status}") + self.reason_after_status(" with "),
            (_, None) => reason,
        }
    }

    /// Returns the reason as it continues a text that ends with a status. `conjunction` is for a reason that is a
    /// description, not the error message of the response.
    fn reason_after_status(&self, conjunction: &str) -> Message {
        let has_message = self.response.as_ref().is_some_and(|response| response.has_message);
        Message::from(if has_message { ": " } else { conjunction }) + self.message.clone()
    }

    /// Returns the number of attempts, what the last one was waiting for, and the request id, in parentheses.
    fn circumstances(&self) -> String {
        let mut parts = Vec::new();
        let count = self.attempts.len();
        if count > 0 {
            parts.push(format!("{count} attempt{}", if count == 1 { "" } else { "s" }));
        }
        if let (ErrorKind::Timeout, Some(phase)) = (self.kind, self.phase) {
            let last = if count > 1 { "the last one " } else { "" };
            parts.push(format!("{last}{}", waiting_for(phase)));
        }
        if let Some(id) = self.response.as_ref().and_then(|response| response.request_id.as_deref()) {
            parts.push(format!("request id {id}"));
        }
        if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
    }
}

fn waiting_for(phase: NetworkPhase) -> &'static str {
    match phase {
        NetworkPhase::Dns => "resolving the host",
        NetworkPhase::Connect => "connecting",
        NetworkPhase::Tls => "establishing TLS",
        NetworkPhase::Send => "sending the request",
        NetworkPhase::Read => "waiting for the response",
    }
}

/// Formats a duration for a text: `3 s`, `0.25 s`.
pub(crate) fn seconds(duration: Duration) -> String {
    format!("{} s", duration.as_secs_f64())
}

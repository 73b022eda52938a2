//! Cancel flows of a session: which flows are open, and the decisions that end them.

use super::session_store::SessionRecord;
use crate::contract::EXCHANGE;
use crate::domain::SessionOutcome;

/// Maximum number of recorded outcomes, and of open flows, of one session. A session may have many outcomes in the
/// SubscriptionHub.
const MAX_OUTCOMES: usize = 20;

impl SessionRecord {
    /// Returns whether a handshake token was exchanged for the session. Such a session opens both widgets, for any
    /// number of flows.
    pub(crate) fn is_handshake(&self) -> bool {
        self.kind == EXCHANGE.kind
    }

    /// Opens a cancel flow. The customer can then make one decision about the subscription.
    pub(crate) fn open_flow(&mut self, subscription: Option<&str>) {
        let flow = self.flow_id(subscription).to_owned();
        if !self.open_flows.contains(&flow) {
            self.open_flows.push(flow);
        }
        if self.open_flows.len() > MAX_OUTCOMES {
            self.open_flows.remove(0);
        }
    }

    /// Records the decision of the customer in an open cancel flow. The decision ends the flow. Returns `false` if no
    /// flow is open.
    pub(crate) fn decide(&mut self, outcome: SessionOutcome) -> bool {
        let flow = self.flow_id(Some(&outcome.subscription_id));
        let Some(open) = self.open_flows.iter().position(|open| open == flow) else { return false };
        self.open_flows.remove(open);
        self.cancel_requested = None;
        self.outcomes.push(outcome);
        if self.outcomes.len() > MAX_OUTCOMES {
            self.outcomes.remove(0);
        }
        true
    }

    fn flow_id<'a>(&self, subscription: Option<&'a str>) -> &'a str {
        subscription.filter(|_| self.is_handshake()).unwrap_or_default()
    }
}

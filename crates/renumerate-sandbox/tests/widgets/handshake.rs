//! Widgets with the session of a handshake token, which opens both widgets for any number of flows.

use renumerate_sandbox::{Sandbox, Seed};
use serde_json::{Value, json};

use crate::support::{Page, WidgetSandbox, start};

/// Starts a sandbox whose customer `cus_1` has an inactive and two active subscriptions. Returns the sandbox and the id
/// of a session.
async fn with_session() -> (WidgetSandbox, String) {
    let seed: Seed = serde_json::from_value(json!({"customers": [{"id": "cus_1", "subscriptions": [
        {"id": "sub_0", "plan": "starter", "status": "cancelled"},
        {"id": "sub_1", "plan": "team"},
        {"id": "sub_2", "plan": "business"},
    ]}]}))
    .unwrap();
    let widgets = start(Sandbox::builder().seed(seed)).await;
    let id = widgets.handshake_session("cus_1").await;
    (widgets, id)
}

/// Cancels the subscription of an open cancel flow.
async fn cancel(widgets: &WidgetSandbox, opened: &Page) -> Page {
    widgets.post("/retention/cancel", &[opened.hidden_fields(), vec![("reason", "other")]].concat()).await
}

async fn cancelled(widgets: &WidgetSandbox, id: &str) -> Vec<String> {
    let session: Value = widgets.get_json(&format!("/_sandbox/sessions/{id}")).await.1;
    let outcomes = session["outcomes"].as_array().unwrap().iter();
    outcomes.map(|outcome| outcome["subscription_id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn one_session_opens_both_widgets_for_several_flows() {
    let (widgets, id) = with_session().await;
    for (subscription, plan) in [("sub_2", "Business"), ("sub_1", "Team")] {
        let hub = widgets.get(&format!("/subs?session_id={id}")).await;
        assert_eq!((hub.status, hub.heading()), (200, "Your subscriptions"));
        let opened = widgets.get(&format!("/retention?session_id={id}&subscription_id={subscription}")).await;
        assert!(
            opened.heading() == "Why do you want to cancel?" && opened.text.contains(plan),
            "{}",
            opened.text
        );
        assert_eq!(cancel(&widgets, &opened).await.message(), Some("on-cancelled"));
        assert_eq!(cancel(&widgets, &opened).await.heading(), "Already decided", "a flow has one decision");
    }
    assert_eq!(cancelled(&widgets, &id).await, ["sub_2", "sub_1"]);
}

#[tokio::test]
async fn first_active_subscription_is_the_default() {
    let (widgets, id) = with_session().await;
    for plan in ["Team", "Business"] {
        let opened = widgets.get(&format!("/retention?session_id={id}")).await;
        assert!(
            opened.heading() == "Why do you want to cancel?" && opened.text.contains(plan),
            "{}",
            opened.text
        );
        let kept = widgets.post("/retention/keep", &opened.hidden_fields()).await;
        assert_eq!(kept.message(), Some("on-retained"));
        let opened = widgets.get(&format!("/retention?session_id={id}&subscription_id=")).await;
        assert_eq!(
            cancel(&widgets, &opened).await.message(),
            Some("on-cancelled"),
            "a later flow can cancel"
        );
    }
    assert_eq!(cancelled(&widgets, &id).await, ["sub_1", "sub_1", "sub_2", "sub_2"]);
}

#[tokio::test]
async fn simultaneous_flows_do_not_affect_each_other() {
    let (widgets, id) = with_session().await;
    let open = async |subscription: &str| {
        widgets.get(&format!("/retention?session_id={id}&subscription_id={subscription}")).await
    };
    let (one, other) = (open("sub_1").await, open("sub_2").await);
    assert_eq!(cancel(&widgets, &one).await.message(), Some("on-cancelled"));
    assert_eq!(cancel(&widgets, &other).await.message(), Some("on-cancelled"));
    assert_eq!(cancelled(&widgets, &id).await, ["sub_1", "sub_2"]);
}

#[tokio::test]
async fn missing_subscription_gets_the_documented_message() {
    let (widgets, id) = with_session().await;
    for subscription in ["sub_1", "sub_2"] {
        let path = format!("/retention?session_id={id}&subscription_id={subscription}");
        cancel(&widgets, &widgets.get(&path).await).await;
    }
    for (path, message) in [
        (format!("session_id={id}&subscription_id=sub_3"), "Subscription not found"),
        (format!("session_id={id}&subscription_id={}", "x".repeat(300)), "Subscription not found"),
        (format!("session_id={id}"), "No active subscription"),
    ] {
        let page = widgets.get(&format!("/retention?{path}")).await;
        assert_eq!((page.status, page.message()), (404, Some("catastrophic-failure")), "{path}");
        assert!(page.text.contains(message), "{path}: {}", page.text);
    }
    let form = [("session_id", id.as_str())];
    assert_eq!(widgets.post("/retention/cancel", &form).await.status, 404);
    let cancelled = widgets.get(&format!("/retention?session_id={id}&subscription_id=sub_0")).await;
    assert_eq!(cancelled.heading(), "Already decided");
    let hub = widgets.get(&format!("/subs?session_id={id}")).await;
    assert_eq!(
        (hub.status, hub.text.matches(">Cancelled<").count()),
        (200, 3),
        "the hub shows cancellations"
    );
    // A cancelled subscription is active until its end, so the service still creates sessions.
    widgets.handshake_session("cus_1").await;
}

/// Without a seed, every subscription exists, as at the endpoints with a private key.
#[tokio::test]
async fn any_subscription_exists_without_a_seed() {
    let widgets = start(Sandbox::builder()).await;
    let id = widgets.handshake_session("cus_1").await;
    let opened = widgets.get(&format!("/retention?session_id={id}&subscription_id=sub_named")).await;
    assert!(opened.hidden_fields().contains(&("subscription", "sub_named")), "{}", opened.text);
    let long = format!("/retention?session_id={id}&subscription_id={}", "x".repeat(300));
    assert_eq!(widgets.get(&long).await.status, 404);
}

#[tokio::test]
async fn hub_opens_the_flow_in_its_own_frame_if_the_page_does_not() {
    let (widgets, id) = with_session().await;
    let form = [("session_id", id.as_str()), ("subscription", "sub_2")];
    let redirect = widgets.post("/subs/cancel", &form).await;
    let opened = widgets.get(redirect.header("location").unwrap()).await;
    assert!(
        opened.text.contains("Business") && opened.text.contains(r#"data-frame="subscription""#),
        "{}",
        opened.text
    );
    // Meanwhile, the cancel button of the page opens a flow in a dialog.
    let dialog = widgets.get(&format!("/retention?session_id={id}")).await;
    assert!(
        dialog.text.contains("Team") && dialog.text.contains(r#"data-frame="retention""#),
        "{}",
        dialog.text
    );
    let done = cancel(&widgets, &opened).await;
    assert!(
        done.text.contains("Back to your subscriptions") && !done.text.contains("data-close"),
        "{}",
        done.text
    );
    assert_eq!(cancelled(&widgets, &id).await, ["sub_2"]);
}

#[tokio::test]
async fn sessions_with_a_private_key_ignore_the_subscription_in_the_url() {
    let (widgets, _) = with_session().await;
    let customer = json!({"customer_id": "cus_1", "subscription_id": "sub_1"});
    let id = widgets.create_session("retention", customer).await;
    let opened = widgets.get(&format!("/retention?session_id={id}&subscription_id=sub_2")).await;
    assert!(opened.text.contains("Team"), "{}", opened.text);
}

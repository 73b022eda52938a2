//! The `SubscriptionHub` and its actions.

use renumerate_sandbox::{Sandbox, Seed};
use serde_json::{Value, json};

use crate::support::{Page, WidgetSandbox, start};

async fn hub() -> (WidgetSandbox, String) {
    let seed: Seed = serde_json::from_value(json!({"customers": [{"id": "cus_1", "subscriptions": [
        {"id": "sub_1", "plan": "team", "next_bill": "2999-12-01"},
        {"id": "sub_2", "plan": "business"},
    ]}]}))
    .unwrap();
    let widgets = start(Sandbox::builder().seed(seed)).await;
    let id = widgets.create_session("subscription", json!({"customer_id": "cus_1"})).await;
    (widgets, id)
}

async fn act(widgets: &WidgetSandbox, id: &str, action: &str, extra: &[(&str, &str)]) -> Page {
    let fields = [&[("session_id", id), ("subscription", "sub_1")], extra].concat();
    widgets.post(&format!("/subs/{action}"), &fields).await
}

async fn first_subscription(widgets: &WidgetSandbox) -> Value {
    widgets.get_json("/_sandbox/customers/cus_1").await.1["subscriptions"][0].clone()
}

#[tokio::test]
async fn plan_is_changed_and_subscription_is_paused_and_resumed() {
    let (widgets, id) = hub().await;
    let page = widgets.get(&format!("/subs?session_id={id}")).await;
    for part in ["Team", "Business", "$29.00 a month", "1 December 2999", "sub_1", "sub_2"] {
        assert!(page.text.contains(part), "{part} is missing: {}", page.text);
    }
    assert_eq!(act(&widgets, &id, "plans", &[]).await.heading(), "Choose a plan");
    let changed = act(&widgets, &id, "plan", &[("plan", "starter")]).await;
    assert!(changed.text.contains("Team is now Starter, $9.00 a month."), "{}", changed.text);
    assert_eq!(first_subscription(&widgets).await["plan"]["id"], "starter");

    assert_eq!(act(&widgets, &id, "pausing", &[]).await.heading(), "Pause Starter");
    assert!(act(&widgets, &id, "pause", &[("months", "3")]).await.text.contains("Starter is paused until"));
    assert_eq!(first_subscription(&widgets).await["status"], "paused");
    assert!(act(&widgets, &id, "resume", &[]).await.text.contains("is active again from today"));
    assert_eq!(first_subscription(&widgets).await["status"], "active");
}

#[tokio::test]
async fn invalid_actions_change_nothing() {
    let (widgets, id) = hub().await;
    let before = first_subscription(&widgets).await;
    for (action, field) in [
        ("plan", ("plan", "free")),
        ("pause", ("months", "99")),
        ("pause", ("months", "x")),
        ("delete", ("a", "b")),
    ] {
        assert_eq!(act(&widgets, &id, action, &[field]).await.status, 400, "{action}");
    }
    let foreign =
        widgets.post("/subs/resume", &[("session_id", &id), ("subscription", "sub_of_another")]).await;
    assert_eq!(foreign.status, 400);
    assert_eq!(first_subscription(&widgets).await, before);
}

#[tokio::test]
async fn cancel_flow_opens_for_the_requested_subscription() {
    let (widgets, id) = hub().await;
    let form = [("session_id", id.as_str()), ("subscription", "sub_2"), ("told", "yes")];
    assert_eq!(widgets.post("/subs/cancel", &form).await.status, 204);
    let opened = widgets.get(&format!("/retention?session_id={id}")).await;
    assert!(
        opened.heading() == "Why do you want to cancel?" && opened.text.contains("Business"),
        "{}",
        opened.text
    );
    assert!(opened.text.contains(r#"data-frame="retention""#), "in a dialog: {}", opened.text);
    let done = widgets.post("/retention/cancel", &[("session_id", &id), ("reason", "switching")]).await;
    assert_eq!(done.message(), Some("on-cancelled"));
    assert!(done.text.contains("data-close"), "{}", done.text);
    assert_eq!(first_subscription(&widgets).await["status"], "active");

    // The hub shows the cancellation. The same session can cancel the other subscription.
    let hub = widgets.get(&format!("/subs?session_id={id}")).await;
    assert_eq!(hub.text.matches(">Cancelled<").count(), 1);
    let redirect = act(&widgets, &id, "cancel", &[]).await;
    assert_eq!(redirect.status, 303, "without a message to the embedding page, the hub opens the flow");
    let opened = widgets.get(redirect.header("location").unwrap()).await;
    let done = widgets.post("/retention/cancel", &opened.hidden_fields()).await;
    assert_eq!(done.message(), Some("on-cancelled"));
    for page in [&opened, &done] {
        assert!(page.text.contains(r#"data-frame="subscription""#), "in the hub's frame: {}", page.text);
    }
    assert!(done.text.contains("Back to your subscriptions") && !done.text.contains("data-close"));
    let (_, session) = widgets.get_json(&format!("/_sandbox/sessions/{id}")).await;
    let cancelled: Vec<_> =
        session["outcomes"].as_array().unwrap().iter().map(|one| &one["subscription_id"]).collect();
    assert_eq!(cancelled, ["sub_2", "sub_1"]);
    assert_eq!(act(&widgets, &id, "resume", &[]).await.status, 200);
    assert_eq!(
        first_subscription(&widgets).await["status"],
        "cancelled",
        "a cancelled subscription is not resumed"
    );
}

#[tokio::test]
async fn opening_the_hub_discards_the_requested_cancellation() {
    let (widgets, id) = hub().await;
    act(&widgets, &id, "cancel", &[("told", "yes")]).await;
    widgets.get(&format!("/subs?session_id={id}")).await;
    let opened = widgets.get(&format!("/retention?session_id={id}")).await;
    assert_eq!(opened.heading(), "Which subscription do you want to cancel?");
}

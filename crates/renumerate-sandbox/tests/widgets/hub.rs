//! The `SubscriptionHub`: what it shows, and what can be done there.

use renumerate_sandbox::{Sandbox, Seed};
use serde_json::{Value, json};

use crate::browser::{Page, Served, serve};

async fn hub() -> (Served, String) {
    let seed: Seed = serde_json::from_value(json!({"customers": [{"id": "cus_1", "subscriptions": [
        {"id": "sub_1", "plan": "team", "next_bill": "2999-12-01"},
        {"id": "sub_2", "plan": "business"},
    ]}]}))
    .unwrap();
    let served = serve(Sandbox::builder().seed(seed)).await;
    let id = served.mint("subscription", json!({"customer_id": "cus_1"})).await;
    (served, id)
}

async fn act(served: &Served, id: &str, action: &str, more: &[(&str, &str)]) -> Page {
    let fields = [&[("session_id", id), ("subscription", "sub_1")], more].concat();
    served.post(&format!("/subs/{action}"), &fields).await
}

async fn first(served: &Served) -> Value {
    served.ask("/_sandbox/customers/cus_1").await.1["subscriptions"][0].clone()
}

#[tokio::test]
async fn a_plan_is_changed_and_a_subscription_paused_and_resumed() {
    let (served, id) = hub().await;
    let shown = served.get(&format!("/subs?session_id={id}")).await;
    for part in ["Team", "Business", "$29.00 a month", "1 December 2999", "sub_1", "sub_2"] {
        assert!(shown.text.contains(part), "{part} is missing: {}", shown.text);
    }
    assert_eq!(act(&served, &id, "plans", &[]).await.heading(), "Choose a plan");
    let changed = act(&served, &id, "plan", &[("plan", "starter")]).await;
    assert!(changed.text.contains("Team is now Starter, $9.00 a month."), "{}", changed.text);
    assert_eq!(first(&served).await["plan"]["id"], "starter");

    assert_eq!(act(&served, &id, "pausing", &[]).await.heading(), "Pause Starter");
    assert!(act(&served, &id, "pause", &[("months", "3")]).await.text.contains("Starter is paused until"));
    assert_eq!(first(&served).await["status"], "paused");
    assert!(act(&served, &id, "resume", &[]).await.text.contains("is active again from today"));
    assert_eq!(first(&served).await["status"], "active");
}

#[tokio::test]
async fn what_no_form_of_ours_sends_changes_nothing() {
    let (served, id) = hub().await;
    let before = first(&served).await;
    for (action, more) in [
        ("plan", ("plan", "free")),
        ("pause", ("months", "99")),
        ("pause", ("months", "x")),
        ("delete", ("a", "b")),
    ] {
        assert_eq!(act(&served, &id, action, &[more]).await.status, 400, "{action}");
    }
    let foreign =
        served.post("/subs/resume", &[("session_id", &id), ("subscription", "sub_of_another")]).await;
    assert_eq!(foreign.status, 400);
    assert_eq!(first(&served).await, before);
}

#[tokio::test]
async fn the_cancel_flow_opens_for_the_one_that_the_hub_has_asked_it_for() {
    let (served, id) = hub().await;
    let said = [("session_id", id.as_str()), ("subscription", "sub_2"), ("told", "yes")];
    assert_eq!(served.post("/subs/cancel", &said).await.status, 204);
    let opened = served.get(&format!("/retention?session_id={id}")).await;
    assert!(
        opened.heading() == "Why do you want to cancel?" && opened.text.contains("Business"),
        "{}",
        opened.text
    );
    assert!(opened.text.contains(r#"data-frame="retention""#), "a dialog of its own: {}", opened.text);
    let done = served.post("/retention/cancel", &[("session_id", &id), ("reason", "switching")]).await;
    assert_eq!(done.message(), Some("on-cancelled"));
    assert!(done.text.contains("data-close"), "{}", done.text);
    assert_eq!(first(&served).await["status"], "active");

    // Back at the hub it is cancelled, and the other can be cancelled with the same session.
    let hub = served.get(&format!("/subs?session_id={id}")).await;
    assert_eq!(hub.text.matches(">Cancelled<").count(), 1);
    assert_eq!(
        act(&served, &id, "cancel", &[]).await.status,
        303,
        "a page that cannot tell its parent opens the flow itself"
    );
    let opened = served.get(&format!("/retention?session_id={id}")).await;
    let done = served.post("/retention/cancel", &[("session_id", &id)]).await;
    assert_eq!(done.message(), Some("on-cancelled"));
    for page in [&opened, &done] {
        assert!(page.text.contains(r#"data-frame="subscription""#), "in the hub's frame: {}", page.text);
    }
    assert!(done.text.contains("Back to your subscriptions") && !done.text.contains("data-close"));
    let (_, session) = served.ask(&format!("/_sandbox/sessions/{id}")).await;
    let cancelled: Vec<_> =
        session["outcomes"].as_array().unwrap().iter().map(|one| &one["subscription_id"]).collect();
    assert_eq!(cancelled, ["sub_2", "sub_1"]);
    assert_eq!(act(&served, &id, "resume", &[]).await.status, 200);
    assert_eq!(first(&served).await["status"], "cancelled", "what has ended is not resumed");
}

#[tokio::test]
async fn a_flow_that_was_left_is_forgotten_at_the_hub() {
    let (served, id) = hub().await;
    act(&served, &id, "cancel", &[("told", "yes")]).await;
    served.get(&format!("/subs?session_id={id}")).await;
    let opened = served.get(&format!("/retention?session_id={id}")).await;
    assert_eq!(opened.heading(), "Which subscription do you want to cancel?");
}

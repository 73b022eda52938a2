//! Steps of the cancel flow, and their effects.

use renumerate_sandbox::{Sandbox, Seed};
use serde_json::{Value, json};

use crate::support::{WidgetSandbox, start};

async fn with_subscriptions(subscriptions: Value) -> WidgetSandbox {
    let seed: Seed = serde_json::from_value(json!({
        "customers": [{"id": "cus_1", "email": "a@example.com", "name": "Ada", "subscriptions": subscriptions}],
    }))
    .unwrap();
    start(Sandbox::builder().seed(seed)).await
}

async fn with_one_subscription() -> WidgetSandbox {
    with_subscriptions(json!([{"id": "sub_1", "plan": "team", "next_bill": "2999-12-01"}])).await
}

/// Creates a session, opens the cancel flow, and returns the id of the session.
async fn open(widgets: &WidgetSandbox, subscription: Option<&str>) -> String {
    let mut customer = json!({"customer_id": "cus_1"});
    if let Some(id) = subscription {
        customer["subscription_id"] = id.into();
    }
    let id = widgets.create_session("retention", customer).await;
    widgets.get(&format!("/retention?session_id={id}")).await;
    id
}

async fn subscription(widgets: &WidgetSandbox) -> Value {
    widgets.get_json("/_sandbox/customers/cus_1").await.1["subscriptions"][0].clone()
}

async fn outcomes(widgets: &WidgetSandbox, id: &str) -> Value {
    widgets.get_json(&format!("/_sandbox/sessions/{id}")).await.1["outcomes"].clone()
}

#[tokio::test]
async fn accepted_offer_fits_the_reason_and_changes_the_subscription() {
    for (reason, heading, offer) in [
        ("too_expensive", "Stay for 30 % less", "discount"),
        ("not_used", "Take a break instead", "pause"),
        ("missing_feature", "Business may fit you better", "plan"),
        ("too_much", "Starter may fit you better", "plan"),
    ] {
        let widgets = with_one_subscription().await;
        let id = open(&widgets, None).await;
        let form =
            [("session_id", id.as_str()), ("reason", reason), ("comment", "  a comment "), ("months", "2")];
        let page = widgets.post("/retention/offer", &form).await;
        assert_eq!((page.status, page.heading(), page.message()), (200, heading, None));
        assert_eq!(outcomes(&widgets, &id).await, json!([]), "an offer is not a decision");

        let done = widgets.post("/retention/accept", &form).await;
        assert_eq!((done.heading().split_once(' ').unwrap().0, done.message()), ("You", Some("on-retained")));
        let outcome = json!([{
            "subscription_id": "sub_1", "outcome": "retained", "reason": reason, "comment": "a comment", "offer": offer,
        }]);
        assert_eq!(outcomes(&widgets, &id).await, outcome);
        let after = subscription(&widgets).await;
        match offer {
            "discount" => assert_eq!(after["discount"], json!({"percent": 30, "months": 3})),
            "pause" => assert_eq!(after["status"], "paused"),
            _ => assert_eq!(after["plan"]["id"], if reason == "too_much" { "starter" } else { "business" }),
        }
    }
}

#[tokio::test]
async fn subscription_is_cancelled_once_and_the_next_session_shows_it() {
    let widgets = with_one_subscription().await;
    let id = open(&widgets, None).await;
    let form = [("session_id", id.as_str()), ("reason", "other")];
    let confirm = widgets.post("/retention/confirm", &form).await;
    assert!(
        confirm.heading() == "Cancel Team?" && confirm.text.contains("until 1 December 2999"),
        "{}",
        confirm.text
    );
    let done = widgets.post("/retention/cancel", &form).await;
    assert_eq!((done.heading(), done.message()), ("Your subscription is cancelled", Some("on-cancelled")));
    let after = subscription(&widgets).await;
    assert_eq!(
        (&after["status"], &after["ends_on"], &after["next_bill"]),
        (&json!("cancelled"), &json!("2999-12-01"), &Value::Null)
    );

    for repeated in [
        widgets.post("/retention/cancel", &form).await,
        widgets.post("/retention/keep", &form).await,
        widgets.post("/retention/accept", &form).await,
        widgets.get(&format!("/retention?session_id={id}")).await,
    ] {
        assert_eq!((repeated.status, repeated.message()), (200, None), "{}", repeated.text);
    }
    assert_eq!(outcomes(&widgets, &id).await.as_array().unwrap().len(), 1);
    let next = widgets.create_session("retention", json!({"customer_email": "a@example.com"})).await;
    assert_eq!(widgets.get(&format!("/retention?session_id={next}")).await.heading(), "Already decided");
}

#[tokio::test]
async fn first_of_two_windows_decides() {
    let widgets = with_one_subscription().await;
    let id = open(&widgets, None).await;
    widgets.get(&format!("/retention?session_id={id}")).await;
    let form = [("session_id", id.as_str())];
    assert_eq!(widgets.post("/retention/keep", &form).await.message(), Some("on-retained"));
    assert_eq!(widgets.post("/retention/cancel", &form).await.message(), None);
    assert_eq!(subscription(&widgets).await["status"], "active");
}

#[tokio::test]
async fn decided_session_cannot_be_changed() {
    let widgets = with_one_subscription().await;
    let id = open(&widgets, None).await;
    let form = [("session_id", id.as_str())];
    assert_eq!(widgets.post("/retention/keep", &form).await.heading(), "You keep Team");
    let reopened = widgets.get(&format!("/retention?session_id={id}")).await;
    assert_eq!((reopened.heading(), reopened.message()), ("Already decided", None));
    assert_eq!(widgets.post("/retention/cancel", &form).await.message(), None);
    assert_eq!(outcomes(&widgets, &id).await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn decided_session_shows_the_subscription_of_its_decision() {
    for (decision, text) in [("keep", "You keep Business."), ("cancel", "Business is cancelled")] {
        let widgets =
            with_subscriptions(json!([{"id": "sub_1", "plan": "team"}, {"id": "sub_2", "plan": "business"}]))
                .await;
        let id = open(&widgets, None).await;
        let chosen = [("session_id", id.as_str()), ("subscription", "sub_2")];
        widgets.post(&format!("/retention/{decision}"), &chosen).await;
        let other = [("session_id", id.as_str()), ("subscription", "sub_1")];
        for repeated in [
            widgets.get(&format!("/retention?session_id={id}")).await,
            widgets.post("/retention/reason", &other).await,
            widgets.post("/retention/cancel", &other).await,
        ] {
            assert!(
                repeated.heading() == "Already decided" && repeated.text.contains(text),
                "{}",
                repeated.text
            );
        }
    }
}

#[tokio::test]
async fn session_with_a_subscription_id_cancels_only_that_subscription() {
    let widgets =
        with_subscriptions(json!([{"id": "sub_1", "plan": "team"}, {"id": "sub_2", "plan": "business"}]))
            .await;
    let id = open(&widgets, Some("sub_2")).await;
    let other = [("session_id", id.as_str()), ("subscription", "sub_1")];
    let done = widgets.post("/retention/cancel", &other).await;
    assert!(done.text.contains("Business ends"), "the session is for sub_2: {}", done.text);
    assert_eq!(subscription(&widgets).await["status"], "active");
}

#[tokio::test]
async fn customer_chooses_if_the_session_has_no_subscription_id() {
    let widgets =
        with_subscriptions(json!([{"id": "sub_1", "plan": "team"}, {"id": "sub_2", "plan": "business"}]))
            .await;
    let id = open(&widgets, None).await;
    let choice = widgets.post("/retention/cancel", &[("session_id", &id), ("reason", "other")]).await;
    assert_eq!((choice.heading(), choice.message()), ("Which subscription do you want to cancel?", None));
    let foreign = [("session_id", id.as_str()), ("subscription", "sub_of_another")];
    assert_eq!(widgets.post("/retention/cancel", &foreign).await.message(), None);
    let chosen = [("session_id", id.as_str()), ("subscription", "sub_2")];
    assert_eq!(widgets.post("/retention/reason", &chosen).await.heading(), "Why do you want to cancel?");
    let done = widgets.post("/retention/cancel", &chosen).await;
    assert!(done.message() == Some("on-cancelled") && done.text.contains("Business ends"), "{}", done.text);
}

#[tokio::test]
async fn customer_without_subscriptions_has_nothing_to_cancel() {
    let widgets = with_subscriptions(json!([])).await;
    let id = widgets.create_session("retention", json!({"customer_id": "cus_1"})).await;
    let page = widgets.get(&format!("/retention?session_id={id}")).await;
    assert_eq!((page.status, page.heading()), (200, "There is nothing to cancel"));
}

#[tokio::test]
async fn ids_and_comments_are_escaped() {
    let hostile = "\"><img src=x onerror=alert(1)></textarea><script>alert(1)</script>";
    let widgets = start(Sandbox::builder()).await;
    let id = widgets
        .create_session("retention", json!({"customer_id": hostile, "subscription_id": hostile}))
        .await;
    let form = [("session_id", id.as_str()), ("reason", "too_expensive"), ("comment", hostile)];
    widgets.get(&format!("/retention?session_id={id}")).await;
    for path in ["reason", "offer", "confirm", "cancel"] {
        let page = widgets.post(&format!("/retention/{path}"), &form).await;
        assert!(
            page.status == 200 && !page.text.contains("<img") && !page.text.contains("alert(1)</script>"),
            "{}",
            page.text
        );
    }
    assert_eq!(outcomes(&widgets, &id).await[0]["comment"], hostile);
}

#[tokio::test]
async fn long_comments_are_truncated() {
    let widgets = with_one_subscription().await;
    let id = open(&widgets, None).await;
    widgets.post("/retention/cancel", &[("session_id", &id), ("comment", &"é".repeat(5000))]).await;
    assert_eq!(outcomes(&widgets, &id).await[0]["comment"].as_str().unwrap().chars().count(), 2000);
}

#[tokio::test]
async fn reset_restores_customers_and_deletes_sessions() {
    let widgets = with_one_subscription().await;
    let before = subscription(&widgets).await;
    let id = open(&widgets, None).await;
    widgets.post("/retention/cancel", &[("session_id", &id)]).await;
    assert_ne!(subscription(&widgets).await, before);
    widgets.sandbox.reset();
    assert_eq!(subscription(&widgets).await, before);
    assert_eq!(widgets.get(&format!("/retention?session_id={id}")).await.status, 404);
}

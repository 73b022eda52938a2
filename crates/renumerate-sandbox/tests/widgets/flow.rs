//! The cancel flow: what each step shows, and what it leaves behind.

use renumerate_sandbox::{Sandbox, Seed};
use serde_json::{Value, json};

use crate::browser::{Served, serve};

async fn seeded(subscriptions: Value) -> Served {
    let seed: Seed = serde_json::from_value(json!({
        "customers": [{"id": "cus_1", "email": "a@example.com", "name": "Ada", "subscriptions": subscriptions}],
    }))
    .unwrap();
    serve(Sandbox::builder().seed(seed)).await
}

async fn one() -> Served {
    seeded(json!([{"id": "sub_1", "plan": "team", "next_bill": "2999-12-01"}])).await
}

async fn opened(served: &Served, subscription: Option<&str>) -> String {
    let mut who = json!({"customer_id": "cus_1"});
    if let Some(id) = subscription {
        who["subscription_id"] = id.into();
    }
    let id = served.mint("retention", who).await;
    served.get(&format!("/retention?session_id={id}")).await;
    id
}

async fn subscription(served: &Served) -> Value {
    served.ask("/_sandbox/customers/cus_1").await.1["subscriptions"][0].clone()
}

async fn outcomes(served: &Served, id: &str) -> Value {
    served.ask(&format!("/_sandbox/sessions/{id}")).await.1["outcomes"].clone()
}

#[tokio::test]
async fn each_reason_has_an_offer_that_is_done_when_it_is_taken() {
    for (reason, heading, offer) in [
        ("too_expensive", "Stay for 30 % less", "discount"),
        ("not_used", "Take a break instead", "pause"),
        ("missing_feature", "Business may fit you better", "plan"),
        ("too_much", "Starter may fit you better", "plan"),
    ] {
        let served = one().await;
        let id = opened(&served, None).await;
        let said =
            [("session_id", id.as_str()), ("reason", reason), ("comment", "  so it is "), ("months", "2")];
        let shown = served.post("/retention/offer", &said).await;
        assert_eq!((shown.status, shown.heading(), shown.message()), (200, heading, None));
        assert_eq!(outcomes(&served, &id).await, json!([]), "an offer is no decision");

        let done = served.post("/retention/accept", &said).await;
        assert_eq!((done.heading().split_once(' ').unwrap().0, done.message()), ("You", Some("on-retained")));
        let outcome = json!([{"subscription_id": "sub_1", "outcome": "retained", "reason": reason, "comment": "so it is", "offer": offer}]);
        assert_eq!(outcomes(&served, &id).await, outcome);
        let after = subscription(&served).await;
        match offer {
            "discount" => assert_eq!(after["discount"], json!({"percent": 30, "months": 3})),
            "pause" => assert_eq!(after["status"], "paused"),
            _ => assert_eq!(after["plan"]["id"], if reason == "too_much" { "starter" } else { "business" }),
        }
    }
}

#[tokio::test]
async fn a_subscription_is_cancelled_once_and_the_next_session_shows_it() {
    let served = one().await;
    let id = opened(&served, None).await;
    let said = [("session_id", id.as_str()), ("reason", "other")];
    let sure = served.post("/retention/confirm", &said).await;
    assert!(sure.heading() == "Cancel Team?" && sure.text.contains("until 1 December 2999"), "{}", sure.text);
    let done = served.post("/retention/cancel", &said).await;
    assert_eq!((done.heading(), done.message()), ("Your subscription is cancelled", Some("on-cancelled")));
    let after = subscription(&served).await;
    assert_eq!(
        (&after["status"], &after["ends_on"], &after["next_bill"]),
        (&json!("cancelled"), &json!("2999-12-01"), &Value::Null)
    );

    for again in [
        served.post("/retention/cancel", &said).await,
        served.post("/retention/keep", &said).await,
        served.post("/retention/accept", &said).await,
        served.get(&format!("/retention?session_id={id}")).await,
    ] {
        assert_eq!((again.status, again.message()), (200, None), "{}", again.text);
    }
    assert_eq!(outcomes(&served, &id).await.as_array().unwrap().len(), 1);
    let next = served.mint("retention", json!({"customer_email": "a@example.com"})).await;
    assert_eq!(served.get(&format!("/retention?session_id={next}")).await.heading(), "This is settled");
}

#[tokio::test]
async fn of_two_windows_one_decides() {
    let served = one().await;
    let id = opened(&served, None).await;
    served.get(&format!("/retention?session_id={id}")).await;
    let said = [("session_id", id.as_str())];
    assert_eq!(served.post("/retention/keep", &said).await.message(), Some("on-retained"));
    assert_eq!(served.post("/retention/cancel", &said).await.message(), None);
    assert_eq!(subscription(&served).await["status"], "active");
}

#[tokio::test]
async fn a_session_that_is_settled_stays_so() {
    let served = one().await;
    let id = opened(&served, None).await;
    let said = [("session_id", id.as_str())];
    assert_eq!(served.post("/retention/keep", &said).await.heading(), "You keep Team");
    let again = served.get(&format!("/retention?session_id={id}")).await;
    assert_eq!((again.heading(), again.message()), ("This is settled", None));
    assert_eq!(served.post("/retention/cancel", &said).await.message(), None);
    assert_eq!(outcomes(&served, &id).await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_was_settled_is_told_of_the_subscription_that_it_was() {
    for (decision, told) in [("keep", "You keep Business."), ("cancel", "Business is cancelled")] {
        let served =
            seeded(json!([{"id": "sub_1", "plan": "team"}, {"id": "sub_2", "plan": "business"}])).await;
        let id = opened(&served, None).await;
        let chosen = [("session_id", id.as_str()), ("subscription", "sub_2")];
        served.post(&format!("/retention/{decision}"), &chosen).await;
        let other = [("session_id", id.as_str()), ("subscription", "sub_1")];
        for again in [
            served.get(&format!("/retention?session_id={id}")).await,
            served.post("/retention/reason", &other).await,
            served.post("/retention/cancel", &other).await,
        ] {
            assert!(again.heading() == "This is settled" && again.text.contains(told), "{}", again.text);
        }
    }
}

#[tokio::test]
async fn the_flow_is_about_the_subscription_that_the_backend_named() {
    let served = seeded(json!([{"id": "sub_1", "plan": "team"}, {"id": "sub_2", "plan": "business"}])).await;
    let id = opened(&served, Some("sub_2")).await;
    let other = [("session_id", id.as_str()), ("subscription", "sub_1")];
    let done = served.post("/retention/cancel", &other).await;
    assert!(done.text.contains("Business ends"), "another one is not this session's: {}", done.text);
    assert_eq!(subscription(&served).await["status"], "active");
}

#[tokio::test]
async fn where_none_is_named_the_customer_chooses() {
    let served = seeded(json!([{"id": "sub_1", "plan": "team"}, {"id": "sub_2", "plan": "business"}])).await;
    let id = opened(&served, None).await;
    let choice = served.post("/retention/cancel", &[("session_id", &id), ("reason", "other")]).await;
    assert_eq!((choice.heading(), choice.message()), ("Which subscription do you want to cancel?", None));
    let foreign = [("session_id", id.as_str()), ("subscription", "sub_of_another")];
    assert_eq!(served.post("/retention/cancel", &foreign).await.message(), None);
    let chosen = [("session_id", id.as_str()), ("subscription", "sub_2")];
    assert_eq!(served.post("/retention/reason", &chosen).await.heading(), "Why do you want to cancel?");
    let done = served.post("/retention/cancel", &chosen).await;
    assert!(done.message() == Some("on-cancelled") && done.text.contains("Business ends"), "{}", done.text);
}

#[tokio::test]
async fn a_customer_without_subscriptions_has_nothing_to_cancel() {
    let served = seeded(json!([])).await;
    let id = served.mint("retention", json!({"customer_id": "cus_1"})).await;
    let shown = served.get(&format!("/retention?session_id={id}")).await;
    assert_eq!((shown.status, shown.heading()), (200, "There is nothing to cancel"));
}

#[tokio::test]
async fn what_customers_and_backends_say_is_text() {
    let hostile = "\"><img src=x onerror=alert(1)></textarea><script>alert(1)</script>";
    let served = serve(Sandbox::builder()).await;
    let id = served.mint("retention", json!({"customer_id": hostile, "subscription_id": hostile})).await;
    let said = [("session_id", id.as_str()), ("reason", "too_expensive"), ("comment", hostile)];
    served.get(&format!("/retention?session_id={id}")).await;
    for path in ["reason", "offer", "confirm", "cancel"] {
        let shown = served.post(&format!("/retention/{path}"), &said).await;
        assert!(
            shown.status == 200 && !shown.text.contains("<img") && !shown.text.contains("alert(1)</script>"),
            "{}",
            shown.text
        );
    }
    assert_eq!(outcomes(&served, &id).await[0]["comment"], hostile);
}

#[tokio::test]
async fn what_is_written_is_kept_up_to_a_length() {
    let served = one().await;
    let id = opened(&served, None).await;
    served.post("/retention/cancel", &[("session_id", &id), ("comment", &"é".repeat(5000))]).await;
    assert_eq!(outcomes(&served, &id).await[0]["comment"].as_str().unwrap().chars().count(), 2000);
}

#[tokio::test]
async fn a_reset_puts_customers_back() {
    let served = one().await;
    let before = subscription(&served).await;
    let id = opened(&served, None).await;
    served.post("/retention/cancel", &[("session_id", &id)]).await;
    assert_ne!(subscription(&served).await, before);
    served.sandbox.reset();
    assert_eq!(subscription(&served).await, before);
    assert_eq!(served.get(&format!("/retention?session_id={id}")).await.status, 404);
}

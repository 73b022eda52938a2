//! Payment method, invoices and promo codes in the `SubscriptionHub`.

use renumerate_sandbox::{Sandbox, Seed};
use serde_json::{Value, json};

use crate::support::{Page, WidgetSandbox, start};

const NUMBER: &str = "5555 5555 5555 4444";

/// Starts a sandbox with a customer, and returns the sandbox and the id of a session.
async fn hub() -> (WidgetSandbox, String) {
    let seed: Seed = serde_json::from_value(json!({"customers": [{
        "id": "cus_1",
        "payment_method": {"brand": "visa", "last4": "4242", "exp_month": 1, "exp_year": 2020},
        "subscriptions": [
            {"id": "sub_1", "plan": "team", "started_on": "2001-01-01"},
            {"id": "sub_2", "plan": "team_yearly", "next_bill": "2999-12-01", "started_on": "2999-01-01"},
            {"id": "sub_3", "plan": "business", "status": "cancelled"},
        ],
    }]}))
    .unwrap();
    let widgets = start(Sandbox::builder().seed(seed)).await;
    let id = widgets.create_session("subscription", json!({"customer_id": "cus_1"})).await;
    (widgets, id)
}

async fn customer(widgets: &WidgetSandbox) -> Value {
    widgets.get_json("/_sandbox/customers/cus_1").await.1
}

async fn update_card(widgets: &WidgetSandbox, id: &str, number: &str, expiry: &str) -> Page {
    let form = [("session_id", id), ("number", number), ("expiry", expiry)];
    widgets.post("/subs/payment-method", &form).await
}

async fn redeem(widgets: &WidgetSandbox, id: &str, subscription: &str, code: &str) -> Page {
    let form = [("session_id", id), ("subscription", subscription), ("code", code)];
    widgets.post("/subs/redeem", &form).await
}

#[tokio::test]
async fn payment_method_is_updated_without_storing_the_number() {
    let (widgets, id) = hub().await;
    let hub = widgets.get(&format!("/subs?session_id={id}")).await;
    assert!(hub.text.contains("Visa ending in 4242") && hub.text.contains("expired 01/2020"), "{}", hub.text);
    let page = widgets.get(&format!("/subs/payment-method?session_id={id}")).await;
    assert_eq!((page.status, page.heading()), (200, "Payment method"));

    let updated = update_card(&widgets, &id, NUMBER, "07/49").await;
    assert_eq!((updated.status, updated.heading()), (200, "Your subscriptions"));
    assert!(
        updated.text.contains("Mastercard ending in 4444 is your payment method now."),
        "{}",
        updated.text
    );
    assert!(updated.text.contains("expires 07/2049"), "{}", updated.text);
    let after = customer(&widgets).await;
    let card = json!({"brand": "mastercard", "last4": "4444", "exp_month": 7, "exp_year": 2049});
    assert_eq!(after["payment_method"], card);
    let requests = widgets.get_json("/_sandbox/requests").await.1;
    let (_, session) = widgets.get_json(&format!("/_sandbox/sessions/{id}")).await;
    for text in [updated.text, after.to_string(), requests.to_string(), session.to_string()] {
        assert!(!text.replace(' ', "").contains("555555555555"), "{text}");
    }
}

#[tokio::test]
async fn invalid_card_is_rejected_with_a_message_and_without_the_number() {
    let (widgets, id) = hub().await;
    let before = customer(&widgets).await;
    for (number, expiry, message) in [
        ("5555 5555 5555 4445", "12/49", "The card number is invalid."),
        ("4111 1111 1111 1111", "12/49", "The sandbox accepts only test cards"),
        (NUMBER, "12/20", "The card has expired."),
        (NUMBER, NUMBER, "Enter the month and the year"),
    ] {
        let page = update_card(&widgets, &id, number, expiry).await;
        assert_eq!((page.status, page.heading()), (200, "Payment method"));
        assert!(page.text.contains(message), "{number} {expiry}: {}", page.text);
        assert_eq!(page.text.matches("aria-invalid").count(), 1, "{}", page.text);
        assert!(!page.text.contains(number), "{}", page.text);
    }
    let both = update_card(&widgets, &id, "", "").await;
    assert_eq!(both.text.matches("aria-invalid").count(), 2, "{}", both.text);
    let incomplete = widgets.post("/subs/payment-method", &[("session_id", &id), ("number", NUMBER)]).await;
    assert_eq!((incomplete.status, incomplete.text.contains("5555")), (400, false));
    assert_eq!(customer(&widgets).await, before);
}

#[tokio::test]
async fn pages_of_billing_need_a_session_of_the_hub() {
    let (widgets, _) = hub().await;
    let id = widgets.create_session("retention", json!({"customer_id": "cus_1"})).await;
    for path in ["/subs/payment-method", "/subs/invoices"] {
        assert_eq!(widgets.get(path).await.status, 400, "{path}");
        assert_eq!(widgets.get(&format!("{path}?session_id={id}")).await.status, 400, "{path}");
        assert_eq!(widgets.get(&format!("{path}?session_id=r10_unknown")).await.status, 404, "{path}");
    }
    assert_eq!(update_card(&widgets, &id, NUMBER, "12/49").await.status, 400);
    assert_eq!(customer(&widgets).await["payment_method"]["last4"], "4242");
}

#[tokio::test]
async fn latest_invoices_of_each_subscription_are_listed() {
    let (widgets, id) = hub().await;
    let page = widgets.get(&format!("/subs/invoices?session_id={id}")).await;
    assert_eq!((page.status, page.heading()), (200, "Invoices"));
    assert_eq!(page.text.matches("<td>$29.00</td>").count(), 12, "{}", page.text);
    let cancelled = page.text.matches("<td>$79.00</td>").count();
    assert!(cancelled > 0, "a cancelled subscription has invoices: {}", page.text);
    assert_eq!(page.text.matches("Paid").count(), 12 + cancelled, "{}", page.text);
    assert!(!page.text.contains("Team, yearly"), "a subscription without invoices: {}", page.text);

    // A change of the plan does not change past invoices.
    let form = [("session_id", id.as_str()), ("subscription", "sub_1"), ("plan", "starter")];
    widgets.post("/subs/plan", &form).await;
    let subscription = customer(&widgets).await["subscriptions"][0].clone();
    assert_eq!(subscription["plan"]["id"], "starter");
    let invoices = subscription["invoices"].as_array().unwrap();
    assert_eq!(invoices.len(), 12);
    for invoice in invoices {
        let (amount, currency, status) = (&invoice["amount"], &invoice["currency"], &invoice["status"]);
        assert_eq!((amount, currency, status), (&json!(2900), &json!("usd"), &json!("paid")));
    }
    let dates: Vec<_> = invoices.iter().map(|invoice| invoice["date"].as_str().unwrap()).collect();
    assert!(dates.is_sorted_by(|later, earlier| later > earlier), "{dates:?}");
}

#[tokio::test]
async fn promo_code_gives_a_discount_once() {
    let (widgets, id) = hub().await;
    let form = [("session_id", id.as_str()), ("subscription", "sub_1")];
    assert_eq!(widgets.post("/subs/promo-code", &form).await.heading(), "Promo code for Team");
    for (subscription, code, message) in [
        ("sub_1", "SAVE21", "This promo code does not exist."),
        ("sub_1", "", "This promo code does not exist."),
        ("sub_1", "SUMMER25", "This promo code has expired."),
        ("sub_1", " save20 ", "Team costs $23.20 a month with SAVE20."),
        ("sub_2", "SAVE20", "You have already used this promo code."),
        ("sub_1", "HALFPRICE", "This subscription already has a discount."),
        ("sub_2", "HALFPRICE", "Team, yearly costs $145.00 a year with HALFPRICE."),
    ] {
        let page = redeem(&widgets, &id, subscription, code).await;
        assert!(page.status == 200 && page.text.contains(message), "{code}: {}", page.text);
    }
    let after = customer(&widgets).await;
    assert_eq!(after["promo_codes"], json!(["SAVE20", "HALFPRICE"]));
    assert_eq!(after["subscriptions"][0]["discount"], json!({"percent": 20, "months": 3}));
    assert_eq!(after["subscriptions"][1]["discount"], json!({"percent": 50, "months": 2}));
}

#[tokio::test]
async fn promo_codes_have_the_documented_effects() {
    let documentation = include_str!("../../../../docs/sandbox.md");
    let table = documentation.split_once("| promo code | effect |\n|---|---|\n").unwrap().1;
    let rows = table.lines().map_while(|row| row.strip_prefix("| `")?.strip_suffix(" |")?.split_once("` | "));
    for (code, effect) in rows.clone() {
        let (widgets, id) = hub().await;
        redeem(&widgets, &id, "sub_1", code).await;
        let discount = customer(&widgets).await["subscriptions"][0]["discount"].clone();
        let documented = match effect.strip_suffix("; expired") {
            Some(_) => "no discount".to_owned(),
            None => effect.to_owned(),
        };
        let actual = match discount {
            Value::Null => "no discount".to_owned(),
            _ => format!("{} % off for {} months", discount["percent"], discount["months"]),
        };
        assert_eq!(actual, documented, "{code}");
    }
    assert_eq!(rows.count(), 3);
}

#[tokio::test]
async fn promo_code_of_a_cancelled_subscription_changes_nothing() {
    let (widgets, id) = hub().await;
    let before = customer(&widgets).await;
    let page = redeem(&widgets, &id, "sub_3", "SAVE20").await;
    assert_eq!((page.status, page.heading()), (200, "Your subscriptions"));
    assert_eq!(redeem(&widgets, &id, "sub_4", "SAVE20").await.status, 400);
    let without_code = [("session_id", id.as_str()), ("subscription", "sub_1")];
    assert_eq!(widgets.post("/subs/redeem", &without_code).await.status, 400);
    assert_eq!(customer(&widgets).await, before);
}

#[tokio::test]
async fn billing_data_is_generated_without_a_seed() {
    let widgets = start(Sandbox::builder()).await;
    let generated = customer(&widgets).await;
    assert_eq!(generated["payment_method"]["last4"].as_str().unwrap().len(), 4);
    assert!(!generated["subscriptions"][0]["invoices"].as_array().unwrap().is_empty(), "{generated}");
    assert_eq!(customer(&widgets).await, generated);
}

#[tokio::test]
async fn invalid_billing_data_in_a_seed_is_reported() {
    let card = |name: &str, value: Value| {
        let mut card = json!({"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2034});
        card[name] = value;
        json!({"customers": [{"id": "cus_1", "payment_method": card}]})
    };
    for (seed, reason) in [
        (card("last4", json!("42424")), "last4 must have four digits"),
        (card("last4", json!("424x")), "last4 must have four digits"),
        (card("exp_month", json!(13)), "exp_month must be between 1 and 12"),
        (card("exp_year", json!(34)), "exp_year must have four digits"),
        (
            json!({"customers": [{"id": "cus_1", "subscriptions": [{"id": "sub_1", "started_on": "May"}]}]}),
            "started_on must be a date",
        ),
    ] {
        let seed: Seed = serde_json::from_value(seed).unwrap();
        let folder = crate::support::TempFolder::new();
        let started = Sandbox::builder().seed(seed).widgets(folder.widgets()).start().await;
        let error = started.unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
    for (name, value) in [("brand", json!("gold")), ("number", json!("4242424242424242"))] {
        assert!(serde_json::from_value::<Seed>(card(name, value)).is_err(), "{name}");
    }
}

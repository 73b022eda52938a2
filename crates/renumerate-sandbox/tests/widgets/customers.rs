//! Customers of sandboxes that do not serve the widgets.

use renumerate_sandbox::{Sandbox, Seed};
use serde_json::json;

use crate::support::get_json;

#[tokio::test]
async fn every_sandbox_has_customers() {
    let sandbox = Sandbox::start().await.unwrap();
    let customer = sandbox.customer("cus_1").unwrap();
    assert_eq!(customer.id.as_deref(), Some("cus_1"));
    assert!(customer.subscriptions[0].id.starts_with("sub_"));
    for path in ["/_sandbox/customers/cus_1", "/_sandbox/customers/cus%5F1"] {
        assert_eq!(get_json(&sandbox, path).await, (200, json!(customer)));
    }
    sandbox.reset();
    assert_eq!(sandbox.customer("cus_1"), Some(customer));
}

#[tokio::test]
async fn only_customers_of_the_seed_exist() {
    let seed = json!({"customers": [{"id": "cus_1", "email": "a@b.c", "subscriptions": ["sub_1"]}]});
    let sandbox = Sandbox::builder().seed(serde_json::from_value(seed).unwrap()).start().await.unwrap();
    let (status, customer) = get_json(&sandbox, "/_sandbox/customers/a%40b.c").await;
    assert_eq!(
        (status, &customer["id"], &customer["subscriptions"][0]["id"]),
        (200, &json!("cus_1"), &json!("sub_1"))
    );
    let missing = json!({"error": "The seed has no such customer"});
    assert_eq!(get_json(&sandbox, "/_sandbox/customers/cus_2").await, (404, missing));
    assert_eq!(sandbox.customer("cus_2"), None);
}

#[tokio::test]
async fn seed_with_an_unknown_plan_is_rejected() {
    let seed = r#"{"customers": [{"id": "cus_1", "subscriptions": [{"id": "sub_1", "plan": "none"}]}]}"#;
    let seed: Seed = serde_json::from_str(seed).unwrap();
    let error = Sandbox::builder().seed(seed).start().await.unwrap_err().to_string();
    assert!(error.contains("sub_1") && error.contains("plan"), "{error}");
}

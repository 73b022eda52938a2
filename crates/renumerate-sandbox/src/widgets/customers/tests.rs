//! Tests of the store of customers.

use super::*;

fn today() -> Day {
    Day::parse("2026-11-23").unwrap()
}

fn by_id(id: &str) -> CustomerRef<'_> {
    CustomerRef { id: Some(id), email: None, subscription: None }
}

#[test]
fn changes_last_until_reset() {
    let mut customers = CustomerStore::new(None, today()).unwrap();
    let before = customers.find(by_id("cus_1"), today()).unwrap();
    let id = before.subscriptions[0].id.clone();
    assert!(customers.change(by_id("cus_1"), &id, today(), |one| one.cancel(today())).is_some());
    assert!(customers.find_by_id_or_email("cus_1", today()).unwrap().subscriptions[0].is_cancelled());
    assert!(customers.change(by_id("cus_1"), "sub_other", today(), |_| ()).is_none());
    customers.reset();
    assert_eq!(customers.find(by_id("cus_1"), today()), Some(before));
}

#[test]
fn subscription_of_a_session_is_added_to_the_customer() {
    let mut customers = CustomerStore::new(None, today()).unwrap();
    let named = CustomerRef { subscription: Some("sub_named"), ..by_id("cus_1") };
    let generated = customers.find(by_id("cus_1"), today()).unwrap().subscriptions;
    let entered = customers.find_and_store(named, today()).unwrap().subscriptions;
    assert_eq!((entered[0].id.as_str(), &entered[0].plan), ("sub_named", &generated[0].plan));
    assert_eq!(entered.len(), generated.len());
    customers.find_and_store(CustomerRef { subscription: Some("sub_other"), ..named }, today());
    let ids = |customers: &CustomerStore| {
        customers.find(by_id("cus_1"), today()).unwrap().subscriptions.into_iter().map(|one| one.id)
    };
    assert_eq!(ids(&customers).next_back().as_deref(), Some("sub_other"));
    assert_eq!(ids(&customers).count(), generated.len() + 1);
}

#[test]
fn customer_with_known_id_and_email_is_found_by_both() {
    let mut customers = CustomerStore::new(None, today()).unwrap();
    customers.find_and_store(CustomerRef { email: Some("a@b"), ..by_id("cus_1") }, today());
    assert_eq!(
        customers.find_by_id_or_email("a@b", today()),
        customers.find_by_id_or_email("cus_1", today())
    );
    let by_email = CustomerRef { id: None, email: Some("a@b"), subscription: None };
    let id = customers.find(by_email, today()).unwrap().subscriptions[0].id.clone();
    customers.change(by_email, &id, today(), |one| one.cancel(today())).unwrap();
    assert!(
        customers.find_by_id_or_email("cus_1", today()).unwrap().subscriptions[0].is_cancelled(),
        "both refer to the same customer"
    );
}

#[test]
fn missing_data_of_a_seed_is_generated() {
    let seed: Seed = serde_json::from_str(
        r#"{"plans": [{"id": "p", "name": "Pro", "amount": 100, "currency": "eur", "interval": "year"}], "customers": [
            {"id": "cus_1", "email": "a@b", "name": "Ada", "subscriptions": ["sub_1",
                {"id": "sub_2", "plan": "p", "status": "paused", "next_bill": "2026-12-01"}]}]}"#,
    )
    .unwrap();
    let customers = CustomerStore::new(Some(&seed), today()).unwrap();
    let customer = customers.find_by_id_or_email("a@b", today()).unwrap();
    assert_eq!(customers.find_by_id_or_email("cus_1", today()).as_ref(), Some(&customer));
    assert_eq!((customer.name.as_str(), customer.subscriptions.len()), ("Ada", 2));
    assert!(customer.subscriptions.iter().all(|one| one.plan.name == "Pro"));
    assert_eq!(customer.subscriptions[1].resumes_on, Day::parse("2026-12-23"));
    assert_eq!(customers.find_by_id_or_email("cus_2", today()), None);
    for twice in [
        r#"{"customers": [{"id": "c", "subscriptions": ["sub_1", "sub_1"]}]}"#,
        r#"{"customers": [], "plans": [{"id": "sub_1", "name": "A", "amount": 1, "currency": "usd", "interval": "month"},
            {"id": "sub_1", "name": "B", "amount": 2, "currency": "usd", "interval": "month"}]}"#,
    ] {
        let error =
            CustomerStore::new(Some(&serde_json::from_str(twice).unwrap()), today()).unwrap_err().to_string();
        assert!(error.contains("sub_1"), "{error}");
    }
    for (part, reason) in
        [(r#""plan": "q""#, "plan does not exist"), (r#""next_bill": "soon""#, "must be a date")]
    {
        let text =
            format!(r#"{{"customers": [{{"id": "c", "subscriptions": [{{"id": "sub_1", {part}}}]}}]}}"#);
        let error =
            CustomerStore::new(Some(&serde_json::from_str(&text).unwrap()), today()).unwrap_err().to_string();
        assert!(error.contains(reason) && error.contains("sub_1"), "{error}");
    }
}

#[test]
fn number_of_subscriptions_is_limited() {
    let mut customers = CustomerStore::new(None, today()).unwrap();
    for number in 0..200 {
        customers.find_and_store(
            CustomerRef { subscription: Some(&format!("sub_{number}")), ..by_id("cus_1") },
            today(),
        );
    }
    customers.find_and_store(CustomerRef { subscription: Some(&"x".repeat(256)), ..by_id("cus_1") }, today());
    let all = customers.find(by_id("cus_1"), today()).unwrap().subscriptions;
    let ids: Vec<_> = all.iter().map(|one| one.id.as_str()).collect();
    assert_eq!((ids.len(), ids[0], ids[49]), (50, "sub_150", "sub_199"));
}

#[test]
fn only_the_latest_email_of_a_customer_is_indexed() {
    let mut customers = CustomerStore::new(None, today()).unwrap();
    for number in 0..100 {
        let email = format!("{number}@example.com");
        customers.find_and_store(CustomerRef { email: Some(&email), ..by_id("cus_1") }, today());
    }
    assert_eq!((customers.index.by_email.len(), customers.index.numbers.len()), (1, 1));
    let customer = customers.find_by_id_or_email("99@example.com", today()).unwrap();
    assert_eq!(customer.id.as_deref(), Some("cus_1"));
}

#[test]
fn oldest_changes_are_evicted_with_their_index_entries() {
    let mut customers = CustomerStore::new(None, today()).unwrap();
    let long = "x".repeat(100_000);
    for number in 0..1000 {
        let id = format!("cus_{number}{long}");
        let customer = CustomerRef { email: Some(&id), subscription: Some("sub_1"), ..by_id(&id) };
        customers.find_and_store(customer, today());
    }
    let stored = customers.changed.end() - customers.changed.first();
    assert!((21..1000).contains(&stored), "{stored}");
    assert_eq!((customers.index.numbers.len(), customers.index.by_email.len()), (stored, stored));
}

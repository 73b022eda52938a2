//! Tests the table of magic customers, whose last column is the result of a call with default options.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use std::time::Duration;

use renumerate::{Client, Customer, RetentionSessionRequest};
use renumerate_sandbox::Sandbox;
use tokio::task::JoinSet;

const TABLE: &str = include_str!("../../renumerate-sandbox/cases/magic-customers.md");
const PAGE: &str = include_str!("../../../docs/sandbox.md");

/// Returns the result of a call, as the table describes it.
async fn result_of_call(customer: &str) -> String {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::builder()
        .base_url(sandbox.url())
        .private_key(sandbox.private_key())
        // No response takes longer, except those that never end.
        .attempt_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(17))
        .build()
        .unwrap();
    let request = RetentionSessionRequest::new(Customer::by_id(customer).unwrap());
    let (code, attempts) = match client.create_retention_session(&request).await {
        Ok(_) => ("session".to_owned(), sandbox.requests().len()),
        Err(error) => (format!("`{}`", error.code()), error.attempts().len()),
    };
    let plural = if attempts == 1 { "" } else { "s" };
    format!("{code}, {attempts} attempt{plural}")
}

#[test]
fn page_of_the_sandbox_contains_the_table() {
    assert!(PAGE.contains(TABLE), "docs/sandbox.md differs from cases/magic-customers.md");
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_have_the_results_in_the_table() {
    let rows: Vec<Vec<&str>> =
        TABLE.lines().skip(2).map(|row| row.split('|').map(str::trim).collect()).collect();
    let mut calls = JoinSet::new();
    for row in rows {
        let [_, ids, _, _, listed, _] = row[..] else { panic!("a row has four cells: {row:?}") };
        for id in ids.split(", ").map(|id| id.trim_matches('`')) {
            calls.spawn(async move { (id, listed, result_of_call(id).await) });
        }
    }
    for (id, listed, actual) in calls.join_all().await {
        assert_eq!(listed, actual, "{id}");
    }
}

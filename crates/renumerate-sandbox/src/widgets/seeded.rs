//! Customers from a seed.

use std::collections::BTreeSet;

use super::customer::{CustomerRecord, SubscriptionRecord};
use super::day::Day;
use super::generate::generate_customer;
use crate::domain::{Plan, SeedCustomer, SeedSubscription, Status};
use crate::error::SandboxError;

/// Creates a customer from the seed. Data that the seed does not contain is generated.
pub(super) fn seeded_customer(
    customer: &SeedCustomer,
    plans: &[Plan],
    today: Day,
) -> Result<CustomerRecord, SandboxError> {
    let generated = generate_customer(customer.id.as_deref(), customer.email.as_deref(), plans, today);
    let default = generated.subscriptions.first();
    let mut ids = BTreeSet::new();
    if let Some(twice) = customer.subscriptions.iter().find(|seed| !ids.insert(seed.id.as_str())) {
        return Err(SandboxError::seed(format!("a customer has two subscriptions with the id {}", twice.id)));
    }
    let subscriptions =
        customer.subscriptions.iter().map(|seed| seeded_subscription(seed, default, plans, today));
    Ok(CustomerRecord {
        id: customer.id.clone(),
        email: customer.email.clone(),
        name: customer.name.clone().unwrap_or(generated.name),
        subscriptions: subscriptions.collect::<Result<_, _>>()?,
    })
}

fn seeded_subscription(
    seed: &SeedSubscription,
    default: Option<&SubscriptionRecord>,
    plans: &[Plan],
    today: Day,
) -> Result<SubscriptionRecord, SandboxError> {
    let invalid = |reason: &str| SandboxError::seed(format!("subscription {}: {reason}", seed.id));
    let plan = match &seed.plan {
        Some(id) => {
            plans.iter().find(|plan| plan.id == *id).ok_or_else(|| invalid("its plan does not exist"))?
        }
        None => default.map(|default| &default.plan).ok_or_else(|| invalid("there is no plan"))?,
    };
    let next_bill = match &seed.next_bill {
        Some(text) => {
            Day::parse(text).ok_or_else(|| invalid("next_bill must be a date such as 2026-12-01"))?
        }
        None => default.and_then(|default| default.next_bill).unwrap_or(today),
    };
    let mut subscription = SubscriptionRecord::active(seed.id.clone(), plan.clone(), next_bill);
    subscription.pass_time(today);
    match seed.status {
        Status::Active => {}
        Status::Paused => subscription.pause(1, today),
        Status::Cancelled => subscription.cancel(today),
    }
    Ok(subscription)
}

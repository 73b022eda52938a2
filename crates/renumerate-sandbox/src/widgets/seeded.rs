//! Customers from a seed.

use std::collections::BTreeSet;

use super::customer::{CustomerRecord, SubscriptionRecord};
use super::day::Day;
use super::generate::generate_customer;
use crate::domain::{Plan, SeedCustomer, SeedSubscription, Status};
use crate::error::SandboxError;

/// Number of billing periods for which a customer has had a subscription, if the seed does not contain its start.
const DEFAULT_PERIODS: i32 = 3;

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
    let payment_method = customer.payment_method.clone().unwrap_or(generated.payment_method);
    if let Some(problem) = payment_method.problem() {
        return Err(SandboxError::seed(format!("the payment_method of a customer is invalid: {problem}")));
    }
    Ok(CustomerRecord {
        id: customer.id.clone(),
        email: customer.email.clone(),
        name: customer.name.clone().unwrap_or(generated.name),
        subscriptions: subscriptions.collect::<Result<_, _>>()?,
        payment_method,
        promo_codes: Vec::new(),
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
    let day = |text: &Option<String>, reason| {
        text.as_deref().map(|text| Day::parse(text).ok_or_else(|| invalid(reason))).transpose()
    };
    let next_bill = day(&seed.next_bill, "next_bill must be a date such as 2026-12-01")?;
    let next_bill = next_bill.or(default.and_then(|default| default.next_bill)).unwrap_or(today);
    let started_on = day(&seed.started_on, "started_on must be a date such as 2026-08-01")?;
    let started_on =
        started_on.unwrap_or_else(|| today.plus_months(-DEFAULT_PERIODS * plan.interval.months()));
    let mut subscription = SubscriptionRecord::active(seed.id.clone(), plan.clone(), next_bill);
    subscription.pass_time(today);
    subscription.bill_since(started_on, today);
    match seed.status {
        Status::Active => {}
        Status::Paused => subscription.pause(1, today),
        Status::Cancelled => subscription.cancel(today),
    }
    Ok(subscription)
}
